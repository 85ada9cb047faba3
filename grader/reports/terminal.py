"""The report for a terminal: a table per question, and under each part that is not right what is said about it."""

from __future__ import annotations

import io
from decimal import Decimal

from rich.box import ROUNDED
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from grader.marking.report import PartReport, QuestionReport, Report, Verdict
from grader.reports import LIMIT, Reveal
from grader.reports.parts import SYMBOLS, closing, diagnosis, nothing_read, remarks, revealed, text, waiting
from grader.reports.sanitise import cut_lines, shorten, text_lines, visible
from grader.reports.show import lines, marks

_COLOURS: dict[Verdict, str] = {
    "correct": "green",
    "partial": "yellow",
    "carried": "cyan",
    "wrong": "red",
    "missing": "red",
    "unreadable": "magenta",
    "pending": "blue",
    "error": "bold red",
}
_VERDICT_WIDTH = max(len(verdict) for verdict in _COLOURS) + 2
_VALUE = 2_000
_TEXT = 200
_INDENT = 4


def render(report: Report, *, reveal: Reveal = "never", width: int = 100, colour: bool = False) -> str:
    """The whole report as text of at most 60,000 characters; with colour codes when `colour` is set.

    Warnings are left to the caller, who has standard error for them.
    """
    printer = _Printer(width, colour)
    head = Text.assemble((visible(report.student), "bold"), f" · {visible(report.assignment)}")
    if report.title:
        head.append(f": {visible(report.title)}")
    body = printer.text(head) + "".join(
        printer.text(*_question(question, reveal, width)) for question in report.questions
    )
    return cut_lines(body, printer.text(*_totals(report)), LIMIT)


class _Printer:
    """Rich, writing into a string: no markup, no emoji codes, no highlighting is ever read from a text."""

    def __init__(self, width: int, colour: bool) -> None:
        self._buffer = io.StringIO()
        self._console = Console(
            file=self._buffer,
            width=width,
            force_terminal=colour,
            no_color=None if colour else True,
            color_system="auto" if colour else None,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def text(self, *parts: RenderableType) -> str:
        """What the parts look like, without blanks at the ends of lines."""
        self._buffer.seek(0)
        self._buffer.truncate()
        for part in parts:
            self._console.print(part)
        return "".join(f"{line.rstrip()}\n" for line in self._buffer.getvalue().splitlines())


def _points(score: Decimal, points: Decimal) -> str:
    return f"{marks(score)} / {marks(points)}"


def _widths(question: QuestionReport, width: int) -> tuple[int, int, int]:
    """Columns of the part's name and of its marks, and what is left for the answer."""
    name = min(max([4, *(cell_len(visible(part.id)) for part in question.parts)]), width // 4)
    points = max([5, *(len(_points(part.score, part.max_score)) for part in question.parts)])
    return name, points, max(width - name - points - _VERDICT_WIDTH - 10, 20)


def _question(question: QuestionReport, reveal: Reveal, width: int) -> list[RenderableType]:
    """One question as one table; a part's remarks stand under its row over the whole width."""
    name, points, value = _widths(question, width - 4)
    shows_answers = any(revealed(part, reveal) and part.expected is not None for part in question.parts)

    def row() -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=name, overflow="fold")
        table.add_column(width=_VERDICT_WIDTH, no_wrap=True)
        table.add_column(width=points, justify="right", no_wrap=True)
        for _ in range(2 if shows_answers else 1):
            table.add_column(width=(value - 2) // 2 if shows_answers else value, overflow="fold")
        return table

    heading = row()
    words = ["part", "verdict", "marks", "read as", *(["right answer"] if shows_answers else [])]
    heading.add_row(*(Text(word, "dim") for word in words))
    inside = Table.grid()
    inside.add_row(heading)
    for part in question.parts:
        line = row()
        line.add_row(*_cells(part, reveal, shows_answers))
        inside.add_row(line)
        for said in _said(part, reveal):
            inside.add_row(said)
    title = Text(f"{visible(question.id)}  {visible(question.title)}".rstrip(), "bold")
    title.append(f"  {_points(question.score, question.max_score)}", "not bold")
    framed: list[RenderableType] = [
        Text(),
        Panel(inside, box=ROUNDED, title=title, title_align="left", border_style="dim", width=width),
    ]
    if question.convention:
        framed.append(Text(f"  accepted convention: {visible(question.convention)}", "cyan"))
    return framed


def _cells(part: PartReport, reveal: Reveal, shows_answers: bool) -> list[Text]:
    colour = _COLOURS[part.verdict]
    cells = [
        Text(visible(part.id)),
        Text(f"{SYMBOLS[part.verdict]} {part.verdict}", colour),
        Text(_points(part.score, part.max_score)),
        _nothing(part) if nothing_read(part) else _value(part.submitted if part.read is None else part.read, part),
    ]
    if shows_answers:
        cells.append(_value(part.expected, part) if revealed(part, reveal) else Text())
    return cells


def _nothing(part: PartReport) -> Text:
    return Text(" ".join(text(said) for said in part.message), "dim")


def _value(value: object, part: PartReport) -> Text:
    """A value, cut; nothing where there is none. A unit that the part declares stands behind it."""
    if value is None or value == "":
        return Text()
    if isinstance(value, str):
        return Text("\n".join(text_lines(value, _TEXT)))
    shown = shorten("\n".join(lines(value, part.kind)), _VALUE)
    return Text(f"{shown} {visible(part.unit)}" if part.unit and "\n" not in shown else shown)


def _said(part: PartReport, reveal: Reveal) -> list[RenderableType]:
    said: list[RenderableType] = [Padding(Text(remark), (0, 0, 0, _INDENT)) for remark in remarks(part)]
    for one in part.diagnoses:
        said.append(Padding(Text(f"• {diagnosis(one)}", "yellow"), (0, 0, 0, _INDENT)))
    if revealed(part, reveal):
        for points, line in part.rubric:
            said.append(Padding(Text(f"rubric, {marks(points)}: {visible(line)}", "dim"), (0, 0, 0, _INDENT)))
    return said


def _totals(report: Report) -> list[RenderableType]:
    total = Text.assemble("\nTotal ", (_points(report.score, report.max_score), "bold"))
    if report.pending_points:
        total.append(f"   ({waiting(report)})")
    return [total, Text(closing(report))]
