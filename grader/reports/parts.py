"""What all formats for people say about a part: its cells, remarks and diagnoses, and the right answer if revealed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from grader.core.support.inputs import Cell
from grader.marking.report import Diagnosis, PartReport, SubmissionReport
from grader.messages import Sentence, sentence
from grader.messages.languages import Say, right_to_left
from grader.reports import Reveal
from grader.reports.sanitise import shorten, visible
from grader.reports.show import marks
from grader.reports.verdicts import CAUSE_WORDS

HEADS = (
    sentence("part"),
    sentence("verdict"),
    sentence("marks"),
    sentence("read as"),
    sentence("right answer"),
)
"""The columns of the table of a question."""

RIGHT_TO_LEFT, POP = "\u2067", "\u2069"
_CELLS = 8
_MESSAGE = 1_000


def revealed(part: PartReport, reveal: Reveal) -> bool:
    """Whether the right answer of this part may be shown."""
    return reveal == "always" or (reveal == "wrong" and part.verdict != "correct")


def right_answer(part: PartReport, reveal: Reveal) -> Any:
    """The right answer as plain data if it may be shown, else None."""
    if not revealed(part, reveal):
        return None
    return part.expected() if callable(part.expected) else part.expected


def text(said: Sentence, say: Say = str) -> str:
    """A sentence on one line of bounded length, control characters escaped."""
    return shorten(visible(say(said), isolates=right_to_left(say)), _MESSAGE, say)


def turned(said: str, say: Say) -> str:
    """A sentence for a left-to-right line, isolated if its language is right-to-left."""
    return f"{RIGHT_TO_LEFT}{said}{POP}" if right_to_left(say) else said


def points(score: Decimal, most: Decimal, say: Say = str) -> str:
    """The marks earned and the marks available.

    >>> points(Decimal("4.50"), Decimal(6))
    '4.5 / 6'
    """
    return say(sentence("{score} / {points}", score=Decimal(marks(score)), points=Decimal(marks(most))))


def cells(found: Sequence[Cell]) -> str | Sentence:
    """The zero-based indices of the first few cells.

    >>> cells([(0, 1), (2, 0)])
    '(0, 1), (2, 0)'
    """
    shown = ", ".join(f"({', '.join(map(str, cell))})" for cell in found[:_CELLS])
    if len(found) <= _CELLS:
        return shown
    return sentence("{cells} and {more} more", cells=shown, more=len(found) - _CELLS)


def nothing_read(part: PartReport) -> bool:
    """Whether the part is missing, so that its message can replace the answer."""
    return part.verdict == "missing" and part.read is None


def waiting(pending: Decimal, say: Say = str) -> str:
    """The note after the total if points wait for a person, otherwise an empty text."""
    if not pending:
        return ""
    return say(sentence("waiting for a person: {points}", points=Decimal(marks(pending))))


def remarks(part: PartReport, say: Say = str) -> list[str]:
    """The remarks below a part: its message and, if it is not right, the rule that was applied."""
    if part.verdict == "pending" or nothing_read(part):
        return []
    said = [text(one, say) for one in part.message]
    if part.verdict == "correct":
        return said
    if part.carried_from and part.verdict == "carried" and not said:
        said.append(text(sentence("carried from {names}", names=", ".join(part.carried_from)), say))
    if part.rule is not None and part.verdict in ("partial", "wrong") and text(part.rule, say) not in " ".join(said):
        said.append(text(sentence("rule: {rule}", rule=part.rule), say))
    return said


def causes(part: PartReport) -> list[Diagnosis]:
    """The diagnoses to show: not those of carried errors that the part's message already contains."""
    return [one for one in part.diagnoses if one.kind != "carried" or one.message not in part.message]


def diagnosis(one: Diagnosis, say: Say = str) -> str:
    """A named cause: its id, what the numbers equal, how many cells that explains, and which it does not."""
    cause = sentence("{id} ({kind})", id=one.id, kind=CAUSE_WORDS[one.kind].word)
    said = [f"{text(cause, say)}: {text(one.message, say)}"]
    if one.explained < one.of and not {"explained", "cell"} & set(one.message.fields):
        said.append(text(sentence("[explains {explained} of {of} entries]", explained=one.explained, of=one.of), say))
    if one.unexplained and not {"cells", "cell"} & set(one.message.fields):
        said.append(text(sentence("[leaves {cells}]", cells=cells(one.unexplained)), say))
    return " ".join(said)


def rubric_line(points: Decimal, line: str) -> Sentence:
    """One line of a rubric, with its points."""
    return sentence("rubric, {points}: {line}", points=Decimal(marks(points)), line=line)


def closing(report: SubmissionReport, say: Say = str) -> str:
    """The note on whether a person has to look at the report, and at how many parts."""
    return closed(sum(part.waits for part in report.parts), say)


def closed(waiting: int, say: Say = str) -> str:
    """The note for this number of parts that wait for a person."""
    if not waiting:
        return say(sentence("graded: no part waits for a person"))
    if waiting == 1:
        return say(sentence("needs review: 1 part is waiting for a person"))
    return say(sentence("needs review: {count} parts are waiting for a person", count=waiting))
