"""How each answer was read, without any key: for students who want to know what the grader understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grader
from grader.language.kinds import Kind
from grader.messages import Sentence, sentence
from grader.reports import LIMIT
from grader.reports.parts import text
from grader.reports.sanitise import cut_lines, shorten, text_lines, visible
from grader.reports.show import one_line

SCHEMA = "grader/reading/1"
_WRITTEN = 200
_VALUE = 2_000
_ROWS = 24


@dataclass(frozen=True)
class ReadAnswer:
    """One answer: as written, as read (as data and as text), and what is said about it.

    `read` is None when the answer is blank or not readable.
    """

    question: str
    part: str
    kind: Kind
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


@dataclass(frozen=True)
class Reading:
    """All answers of a submission, in its order; `warning` says why kinds had to be guessed."""

    assignment: str
    student: str
    answers: tuple[ReadAnswer, ...]
    warning: Sentence | None = None


def terminal(reading: Reading, *, width: int = 100, colour: bool = False) -> str:
    """A table of part, kind, what was written and what was read; under an answer what is said about it."""
    from grader.reports.layout import Cell, columns, framed, paragraph, written

    width = max(width, 60)
    names = min(max([4, *(len(_name(answer)) for answer in reading.answers)]), width // 4)
    kinds = max([4, *(len(_kind(answer)) for answer in reading.answers)])
    value = (width - 4 - names - kinds - 3 * 2) // 2
    widths = [names, kinds, value, value]
    inside = columns([Cell([word], "dim") for word in ("part", "kind", "as written", "read as")], widths)
    for answer in reading.answers:
        style = {"read": "", "blank": "dim", "unreadable": "magenta"}[answer.outcome]
        cells = [Cell([_name(answer)]), Cell([_kind(answer)], "dim"), Cell(_written_lines(answer))]
        inside += columns([*cells, Cell(_read_lines(answer), style)], widths)
        for said in answer.notes:
            inside += paragraph(text(said), width - 4, 4, "yellow")
    head = ((f"{visible(reading.student)} · {visible(reading.assignment)}", "bold"),)
    lines = framed(inside, head, width)
    if reading.warning is not None:
        lines = [*paragraph(f"warning: {text(reading.warning)}", width, 0, "yellow"), *lines]
    return cut_lines(written(lines, colour=colour), f"{_closing(reading)}\n", LIMIT)


def markdown(reading: Reading) -> str:
    """The same table as Markdown."""
    from grader.reports.markdown import code, escape

    written = [
        f"# {escape(reading.assignment)}: how the answers were read",
        "",
        f"Student: {code(reading.student)}",
        "",
    ]
    if reading.warning is not None:
        written += [f"> Warning: {escape(text(reading.warning))}", ""]
    written += ["| part | kind | as written | read as | |", "| --- | --- | --- | --- | --- |"]
    for answer in reading.answers:
        shown = code(_one_line(answer)) if answer.outcome == "read" else answer.outcome
        cells = [
            escape(_name(answer)),
            escape(_kind(answer)),
            code(_written(answer)),
            shown,
            escape(" ".join(text(said) for said in answer.notes)),
        ]
        written.append(f"| {' | '.join(cells)} |")
    return cut_lines("\n".join([*written, "", ""]), f"{escape(_closing(reading))}\n", LIMIT)


def json(reading: Reading) -> str:
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
                "message": " ".join(str(said) for said in answer.notes),
            }
        )
    return fit(
        {
            "schema": SCHEMA,
            "grader": grader.__version__,
            "assignment": reading.assignment,
            "student": reading.student,
            "questions": [{"id": name, "parts": parts} for name, parts in questions.items()],
        }
    )


def _name(answer: ReadAnswer) -> str:
    return f"{visible(answer.question)}.{visible(answer.part)}"


def _kind(answer: ReadAnswer) -> str:
    return f"{answer.kind}?" if answer.guessed else answer.kind


def _written(answer: ReadAnswer) -> str:
    value = answer.submitted
    return (
        ""
        if value is None
        else shorten(visible(value.strip()) if isinstance(value, str) else one_line(value), _WRITTEN)
    )


def _written_lines(answer: ReadAnswer) -> list[str]:
    return text_lines(answer.submitted, _WRITTEN) if isinstance(answer.submitted, str) else [_written(answer)]


def _one_line(answer: ReadAnswer) -> str:
    rows = [visible(row) for row in answer.text.split("\n") if row]
    return shorten("; ".join(" ".join(row.split()) for row in rows), _WRITTEN)


def _read_lines(answer: ReadAnswer) -> list[str]:
    if answer.outcome != "read":
        return [answer.outcome]
    rows = answer.text[:_VALUE].split("\n")
    shown = [visible(row) for row in rows[:_ROWS]]
    cut = len(rows) > _ROWS or len(answer.text) > _VALUE
    return [*shown, f"… ({len(answer.text)} characters)"] if cut else shown


def _closing(reading: Reading) -> str:
    unreadable = sum(1 for answer in reading.answers if not answer.readable)
    blank = sum(1 for answer in reading.answers if answer.outcome == "blank")
    said = sentence(
        "{count} answers: {read} read, {blank} blank, {unreadable} not readable",
        count=len(reading.answers),
        read=len(reading.answers) - blank - unreadable,
        blank=blank,
        unreadable=unreadable,
    )
    guessed = any(answer.guessed for answer in reading.answers)
    return f"{said}{sentence('; a kind with ? is guessed from the form') if guessed else ''}"
