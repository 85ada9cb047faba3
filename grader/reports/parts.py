"""What is said about one part, the same in every format for people: verdict, cells, diagnoses, what may be revealed."""

from __future__ import annotations

from collections.abc import Sequence

from grader.marking.report import Cell, Diagnosis, PartReport, Report, Verdict
from grader.messages import Sentence, sentence
from grader.reports import Reveal
from grader.reports.sanitise import shorten, visible
from grader.reports.show import marks

SYMBOLS: dict[Verdict, str] = {
    "correct": "✓",
    "partial": "◐",
    "carried": "→",
    "wrong": "✗",
    "missing": "–",
    "unreadable": "?",
    "pending": "…",
    "error": "!",
}
_CELLS = 8
_MESSAGE = 1_000


def revealed(part: PartReport, reveal: Reveal) -> bool:
    """Whether the right answer of this part may be shown."""
    return reveal == "always" or (reveal == "wrong" and part.verdict != "correct")


def text(said: Sentence) -> str:
    """One sentence as one harmless line of bounded length."""
    return shorten(visible(str(said)), _MESSAGE)


def cells(found: Sequence[Cell]) -> str:
    """Cells by their zero-based indices, the first few of them.

    >>> cells([(0, 1), (2, 0)])
    '(0, 1), (2, 0)'
    """
    shown = ", ".join(f"({', '.join(map(str, cell))})" if len(cell) != 1 else f"({cell[0]})" for cell in found[:_CELLS])
    return shown if len(found) <= _CELLS else f"{shown} and {len(found) - _CELLS} more"


def nothing_read(part: PartReport) -> bool:
    """Whether the part is missing, so that its message can stand in place of an answer."""
    return part.verdict == "missing" and part.read is None


def waiting(report: Report) -> str:
    """What stands behind the total when points wait for a person."""
    return str(sentence("waiting for a person: {points}", points=marks(report.pending_points)))


def remarks(part: PartReport) -> list[str]:
    """What stands under a part that is not right: its message and the rule that was applied."""
    if part.verdict == "pending" or nothing_read(part):
        return []
    said = [text(one) for one in part.message]
    if part.verdict == "correct":
        return said
    if part.carried_from and part.verdict == "carried" and not said:
        said.append(text(sentence("carried from {names}", names=", ".join(part.carried_from))))
    if part.rule is not None and part.verdict in ("partial", "wrong") and text(part.rule) not in " ".join(said):
        said.append(str(sentence("rule: {rule}", rule=text(part.rule))))
    return said


def diagnosis(one: Diagnosis) -> str:
    """One named cause: its id, what the numbers equal, how many cells that explains and which it leaves."""
    said = f"{visible(one.id)} ({one.kind}): {text(one.message)}"
    if one.of > 1 and f"{one.explained} of {one.of}" not in said:
        said += str(sentence(" [explains {explained} of {of} entries]", explained=one.explained, of=one.of))
    if one.unexplained and cells(one.unexplained) not in said:
        said += str(sentence(" [leaves {cells}]", cells=cells(one.unexplained)))
    return said


def closing(report: Report) -> str:
    """What the total means: whether a person has to look, and at how many parts."""
    return closed(sum(part.verdict in ("pending", "unreadable", "error") for part in report.parts))


def closed(waiting: int) -> str:
    """What the total means when that many parts wait for a person."""
    if not waiting:
        return str(sentence("graded: no part waits for a person"))
    return str(
        sentence(
            "needs review: {count} waiting for a person",
            count="1 part is" if waiting == 1 else f"{waiting} parts are",
        )
    )
