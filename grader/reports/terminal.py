"""The report for a terminal: a table for each question, with remarks under each part that is not right."""

from __future__ import annotations

from rich.cells import cell_len

from grader.marking.report import PartReport, QuestionReport, SubmissionReport
from grader.messages import Sentence, sentence
from grader.messages.languages import Say, right_to_left
from grader.reports import LIMIT, Reveal
from grader.reports.layout import Line, TableCell, columns, fold, framed, paragraph, written
from grader.reports.parts import (
    HEADS,
    POP,
    RIGHT_TO_LEFT,
    causes,
    closing,
    diagnosis,
    nothing_read,
    points,
    remarks,
    revealed,
    right_answer,
    rubric_line,
    text,
    turned,
    waiting,
)
from grader.reports.sanitise import cut_lines, shorten, text_lines, visible
from grader.reports.show import labelled, lines
from grader.reports.verdicts import VERDICTS

_VALUE = 2_000
_TEXT = 200
_INDENT = 4
_GAP = 2
_NARROWEST = 60


def render(
    report: SubmissionReport, *, reveal: Reveal = "never", width: int = 100, colour: bool = False, say: Say = str
) -> str:
    """The whole report as text of at most 60,000 characters; with colour codes if `colour` is set.

    Warnings are not in it: the caller prints them on standard error.
    """
    width = max(width, _NARROWEST)
    title = f": {visible(report.title)}" if report.title else ""
    variant = "" if report.variant is None else f" ({report.variant.id})"
    head = fold(f"{visible(report.student)} · {visible(report.assignment)}{variant}{title}", width)
    body: list[Line] = [((line, "bold"),) for line in head]
    for question in report.questions:
        body += [(), *_question(question, reveal, width, say)]
    pending = f"   ({waiting(report.pending_points, say)})" if report.pending_points else ""
    total = [(say(sentence("Total")) + " ", ""), (points(report.score, report.max_score, say), "bold"), (pending, "")]
    if right_to_left(say):
        total = [(RIGHT_TO_LEFT, ""), *total, (POP, "")]
    tail: list[Line] = [(), tuple(total), ((turned(closing(report, say), say), ""),)]
    return cut_lines(written(body, colour=colour), written(tail, colour=colour), LIMIT, say)


def _said_in_line(said: Sentence, say: Say) -> str:
    return turned(text(said, say), say)


def _question(question: QuestionReport, reveal: Reveal, width: int, say: Say) -> list[Line]:
    """One question as a table; the remarks on a part fill the whole width under its row."""
    shows_answers = any(right_answer(part, reveal) is not None for part in question.parts)
    widths = _widths(question, width - 4, 2 if shows_answers else 1, say)
    heads = HEADS[: len(widths)]
    inside = columns([TableCell([_said_in_line(head, say)], "dim", right=head is HEADS[2]) for head in heads], widths)
    for part in question.parts:
        inside += columns(_cells(part, reveal, shows_answers, say), widths)
        inside += _said(part, reveal, width - 4, say)
    heading = f"{visible(question.id)}  {visible(question.title)}".rstrip()
    marks = turned(points(question.score, question.max_score, say), say)
    room = max(width - 6 - cell_len(marks) - _GAP, 1)
    shown = heading if cell_len(heading) <= room else f"{fold(heading, max(room - 1, 1))[0]}…"
    table = framed(inside, ((shown, "bold"), (f"  {marks}", "")), width)
    if question.convention:
        said = sentence("accepted convention: {name}", name=question.convention)
        table += paragraph(_said_in_line(said, say), width, _GAP, "cyan")
    return table


def _widths(question: QuestionReport, width: int, values: int, say: Say) -> list[int]:
    """The widths of the columns: name, verdict and marks as needed, and the values share the rest."""
    name = min(max([4, *(cell_len(visible(part.id)) for part in question.parts)]), width // 4)
    marks = max([5, *(cell_len(points(part.score, part.max_score, say)) for part in question.parts)])
    verdict = max(cell_len(say(shown.word)) for shown in VERDICTS.values()) + 2
    left = width - name - verdict - marks - (2 + values) * _GAP
    return [name, verdict, marks, *[max(left // values, 10)] * values]


def _cells(part: PartReport, reveal: Reveal, shows_answers: bool, say: Say) -> list[TableCell]:
    verdict = VERDICTS[part.verdict]
    cells = [
        TableCell([visible(part.id)]),
        TableCell([f"{verdict.symbol} {_said_in_line(verdict.word, say)}"], verdict.colour),
        TableCell([turned(points(part.score, part.max_score, say), say)], right=True),
    ]
    if nothing_read(part):
        cells.append(TableCell([_said_in_line(said, say) for said in part.message], "dim"))
    else:
        cells.append(TableCell(_value(part.submitted if part.read is None else part.read, part, say)))
    if shows_answers:
        cells.append(TableCell(_value(right_answer(part, reveal), part, say)))
    return cells


def _value(value: object, part: PartReport, say: Say) -> list[str]:
    """The lines of a value, cut if they are long; a value of one line is followed by the part's unit."""
    if value is None or value == "":
        return []
    value = labelled(value, part.kind, part.choices)
    if isinstance(value, str):
        return text_lines(value, _TEXT, say)
    shown = lines(value, part.kind)
    if part.unit and len(shown) == 1:
        shown = [f"{shown[0]} {visible(part.unit)}"]
    return shorten("\n".join(shown), _VALUE, say).split("\n")


def _said(part: PartReport, reveal: Reveal, width: int, say: Say) -> list[Line]:
    said = [line for remark in remarks(part, say) for line in paragraph(turned(remark, say), width, _INDENT)]
    for one in causes(part):
        said += paragraph(turned(f"• {diagnosis(one, say)}", say), width, _INDENT, "yellow")
    if revealed(part, reveal):
        for line in part.rubric:
            said += paragraph(_said_in_line(rubric_line(*line), say), width, _INDENT, "dim")
    return said
