"""How each answer was read, without any key: for students who want to know what the grader understood."""

from __future__ import annotations

from typing import Any

import grader
from grader.messages import Sentence, sentence
from grader.messages.languages import Say, right_to_left
from grader.reports import LIMIT
from grader.reports.parts import text, turned
from grader.reports.sanitise import cut_lines, shorten, text_lines, visible
from grader.reports.show import one_line
from grader.structs import Struct

SCHEMA = "grader/reading/1"
_HEADS = (sentence("part"), sentence("kind"), sentence("as written"), sentence("read as"))
_OUTCOMES = {"read": sentence("read"), "blank": sentence("blank"), "unreadable": sentence("unreadable")}
_WRITTEN = 200
_VALUE = 2_000
_ROWS = 24


class AnswerReading(Struct):
    """One answer: as written, as read (as data and as text), and the remark on it.

    `read` is None if the answer is blank or unreadable.
    """

    question: str
    part: str
    kind: str
    guessed: bool
    submitted: Any
    read: Any = None
    text: str = ""
    readable: bool = True
    notes: tuple[Sentence, ...] = ()

    @property
    def outcome(self) -> str:
        """One word: `read`, `blank` or `unreadable`."""
        if not self.readable:
            return "unreadable"
        return "blank" if self.read is None else "read"


class SubmissionReading(Struct):
    """All answers of a submission, in its order; `warning` says why kinds had to be guessed."""

    assignment: str
    student: str
    answers: tuple[AnswerReading, ...]
    warning: Sentence | None = None


def terminal(reading: SubmissionReading, *, width: int = 100, colour: bool = False, say: Say = str) -> str:
    """A table of part, kind, what was written and what was read, with remarks under the answers."""
    from grader.reports.layout import TableCell, columns, framed, paragraph, written

    width = max(width, 60)
    names = min(max([4, *(len(_name(answer)) for answer in reading.answers)]), width // 4)
    kinds = max([4, *(len(_kind(answer)) for answer in reading.answers)])
    value = (width - 4 - names - kinds - 3 * 2) // 2
    widths = [names, kinds, value, value]
    inside = columns([TableCell([turned(say(head), say)], "dim") for head in _HEADS], widths)
    for answer in reading.answers:
        style = {"read": "", "blank": "dim", "unreadable": "magenta"}[answer.outcome]
        cells = [TableCell([_name(answer)]), TableCell([_kind(answer)], "dim"), TableCell(_written_lines(answer))]
        inside += columns([*cells, TableCell(_read_lines(answer, say), style)], widths)
        for said in answer.notes:
            inside += paragraph(turned(text(said, say), say), width - 4, 4, "yellow")
    head = ((f"{visible(reading.student)} · {visible(reading.assignment)}", "bold"),)
    lines = framed(inside, head, width)
    if reading.warning is not None:
        warning = text(sentence("warning: {said}", said=reading.warning), say)
        lines = [*paragraph(turned(warning, say), width, 0, "yellow"), *lines]
    return cut_lines(written(lines, colour=colour), f"{turned(_closing(reading, say), say)}\n", LIMIT, say)


def markdown(reading: SubmissionReading, *, say: Say = str) -> str:
    """The same table as Markdown."""
    from grader.reports.markdown import code, escape, prose

    title = sentence("{assignment}: how the answers were read", assignment=reading.assignment)
    written = [
        f"# {prose(text(title, say))}",
        "",
        say(sentence("Student:")) + " " + code(reading.student, say),
        "",
    ]
    if reading.warning is not None:
        written += ["> " + prose(text(sentence("Warning: {said}", said=reading.warning), say)), ""]
    written += [f"| {' | '.join(say(head) for head in _HEADS)} | |", "| --- | --- | --- | --- | --- |"]
    for answer in reading.answers:
        shown = code(_one_line(answer), say) if answer.outcome == "read" else say(_OUTCOMES[answer.outcome])
        cells = [
            escape(_name(answer)),
            escape(_kind(answer)),
            code(_written(answer), say),
            shown,
            prose(" ".join(text(said, say) for said in answer.notes)),
        ]
        written.append(f"| {' | '.join(cells)} |")
    tail = f"{prose(_closing(reading, say))}\n"
    if not right_to_left(say):
        return cut_lines("\n".join([*written, "", ""]), tail, LIMIT)
    return cut_lines("\n".join(['<div dir="rtl">', "", *written, "", ""]), f"{tail}\n</div>\n", LIMIT, say)


def json(reading: SubmissionReading, *, say: Say = str) -> str:
    """The same as one JSON document."""
    from grader.reports.json import fit, plain, submitted

    questions: dict[str, list[dict[str, Any]]] = {}
    for answer in reading.answers:
        questions.setdefault(answer.question, []).append(
            {
                "id": answer.part,
                "kind": answer.kind,
                "guessed": answer.guessed,
                "outcome": answer.outcome,
                "submitted": submitted(answer.submitted),
                "read": plain(answer.read),
                "message": " ".join(say(said) for said in answer.notes),
            }
        )
    return fit(
        {
            "schema": SCHEMA,
            "grader": grader.__version__,
            "assignment": reading.assignment,
            "student": reading.student,
            "questions": [{"id": name, "parts": parts} for name, parts in questions.items()],
        },
        say,
    )


def _name(answer: AnswerReading) -> str:
    return f"{visible(answer.question)}.{visible(answer.part)}"


def _kind(answer: AnswerReading) -> str:
    return f"{answer.kind}?" if answer.guessed else answer.kind


def _written(answer: AnswerReading) -> str:
    value = answer.submitted
    return (
        ""
        if value is None
        else shorten(visible(value.strip()) if isinstance(value, str) else one_line(value), _WRITTEN)
    )


def _written_lines(answer: AnswerReading) -> list[str]:
    return text_lines(answer.submitted, _WRITTEN) if isinstance(answer.submitted, str) else [_written(answer)]


def _one_line(answer: AnswerReading) -> str:
    rows = [visible(row) for row in answer.text.split("\n") if row]
    return shorten("; ".join(" ".join(row.split()) for row in rows), _WRITTEN)


def _read_lines(answer: AnswerReading, say: Say) -> list[str]:
    if answer.outcome != "read":
        return [turned(say(_OUTCOMES[answer.outcome]), say)]
    rows = answer.text[:_VALUE].split("\n")
    shown = [visible(row) for row in rows[:_ROWS]]
    cut = len(rows) > _ROWS or len(answer.text) > _VALUE
    return [*shown, f"… ({len(answer.text)} characters)"] if cut else shown


def _closing(reading: SubmissionReading, say: Say) -> str:
    unreadable = sum(1 for answer in reading.answers if not answer.readable)
    blank = sum(1 for answer in reading.answers if answer.outcome == "blank")
    said = sentence(
        "answers: {count} ({read} read, {blank} blank, {unreadable} not readable)",
        count=len(reading.answers),
        read=len(reading.answers) - blank - unreadable,
        blank=blank,
        unreadable=unreadable,
    )
    if not any(answer.guessed for answer in reading.answers):
        return say(said)
    return say(said) + say(sentence("; a kind with ? is guessed from the form"))
