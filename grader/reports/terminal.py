"""The report for a terminal: a table per question, and under each part that is not right what is said about it."""

from __future__ import annotations

from decimal import Decimal

from rich.cells import cell_len

from grader.marking.report import PartReport, QuestionReport, Report, Verdict
from grader.reports import LIMIT, Reveal
from grader.reports.layout import Cell, Line, columns, fold, framed, paragraph, written
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
_GAP = 2
_NARROWEST = 60


def render(report: Report, *, reveal: Reveal = "never", width: int = 100, colour: bool = False) -> str:
    """The whole report as text of at most 60,000 characters; with colour codes when `colour` is set.

    Warnings are left to the caller, who has standard error for them.
    """
    width = max(width, _NARROWEST)
    title = f": {visible(report.title)}" if report.title else ""
    head = fold(f"{visible(report.student)} · {visible(report.assignment)}{title}", width)
    body: list[Line] = [((line, "bold"),) for line in head]
    for question in report.questions:
        body += [(), *_question(question, reveal, width)]
    total = f"   ({waiting(report)})" if report.pending_points else ""
    tail: list[Line] = [
        (),
        (("Total ", ""), (_points(report.score, report.max_score), "bold"), (total, "")),
        ((closing(report), ""),),
    ]
    return cut_lines(written(body, colour=colour), written(tail, colour=colour), LIMIT)


def _points(score: Decimal, points: Decimal) -> str:
    return f"{marks(score)} / {marks(points)}"


def _question(question: QuestionReport, reveal: Reveal, width: int) -> list[Line]:
    """One question as one table; a part's remarks stand under its row over the whole width."""
    shows_answers = any(revealed(part, reveal) and part.expected is not None for part in question.parts)
    widths = _widths(question, width - 4, 2 if shows_answers else 1)
    words = ["part", "verdict", "marks", "read as", "right answer"][: len(widths)]
    inside = columns([Cell([word], "dim", right=word == "marks") for word in words], widths)
    for part in question.parts:
        inside += columns(_cells(part, reveal, shows_answers), widths)
        inside += _said(part, reveal, width - 4)
    heading = f"{visible(question.id)}  {visible(question.title)}".rstrip()
    points = _points(question.score, question.max_score)
    room = max(width - 6 - len(points) - _GAP, 1)
    shown = heading if cell_len(heading) <= room else f"{fold(heading, max(room - 1, 1))[0]}…"
    table = framed(inside, ((shown, "bold"), (f"  {points}", "")), width)
    if question.convention:
        table += paragraph(f"accepted convention: {visible(question.convention)}", width, _GAP, "cyan")
    return table


def _widths(question: QuestionReport, width: int, values: int) -> list[int]:
    """Columns of the part's name, the verdict and the marks; the values share what is left."""
    name = min(max([4, *(cell_len(visible(part.id)) for part in question.parts)]), width // 4)
    points = max([5, *(len(_points(part.score, part.max_score)) for part in question.parts)])
    left = width - name - _VERDICT_WIDTH - points - (2 + values) * _GAP
    return [name, _VERDICT_WIDTH, points, *[max(left // values, 10)] * values]


def _cells(part: PartReport, reveal: Reveal, shows_answers: bool) -> list[Cell]:
    cells = [
        Cell([visible(part.id)]),
        Cell([f"{SYMBOLS[part.verdict]} {part.verdict}"], _COLOURS[part.verdict]),
        Cell([_points(part.score, part.max_score)], right=True),
    ]
    if nothing_read(part):
        cells.append(Cell([text(said) for said in part.message], "dim"))
    else:
        cells.append(Cell(_value(part.submitted if part.read is None else part.read, part)))
    if shows_answers:
        cells.append(Cell(_value(part.expected, part) if revealed(part, reveal) else []))
    return cells


def _value(value: object, part: PartReport) -> list[str]:
    """A value, cut; nothing where there is none. A unit that the part declares stands behind a value of one line."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return text_lines(value, _TEXT)
    shown = lines(value, part.kind)
    if part.unit and len(shown) == 1:
        shown = [f"{shown[0]} {visible(part.unit)}"]
    return shorten("\n".join(shown), _VALUE).split("\n")


def _said(part: PartReport, reveal: Reveal, width: int) -> list[Line]:
    said = [line for remark in remarks(part) for line in paragraph(remark, width, _INDENT)]
    for one in part.diagnoses:
        said += paragraph(f"• {diagnosis(one)}", width, _INDENT, "yellow")
    if revealed(part, reveal):
        for points, line in part.rubric:
            said += paragraph(f"rubric, {marks(points)}: {visible(line)}", width, _INDENT, "dim")
    return said
