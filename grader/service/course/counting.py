"""The points of a hand-in after its late deduction, and which of a student's hand-ins counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from grader.gradebook.database.schema import PartLine
from grader.homework import policy
from grader.homework.policy import Best, ScoredAttempt
from grader.marking.report import WAITING
from grader.service.store.submissions import Marked


def final_score(one: Marked) -> Decimal:
    """The points of a hand-in after its late deduction."""
    return Decimal(one.row.score) * (1 - Decimal(one.hand_in.deduction))


def possible_score(one: Marked) -> Decimal | None:
    """The most that `final_score` may become while answers wait for a person; None if none waits."""
    if one.row.status != "needs_review":
        return None
    waiting = [line for line in PartLine.read(one.row.marks) if line.verdict in WAITING and not line.given]
    # Later parts of a question may carry forward whatever an unreadable answer is read as.
    unread = {question_of(line) for line in waiting if line.verdict != "pending"}
    rising = sum(
        (
            Decimal(line.max_score) - Decimal(line.score)
            for line in PartLine.read(one.row.marks)
            if not line.given and (line in waiting or question_of(line) in unread)
        ),
        Decimal(),
    )
    return (Decimal(one.row.score) + rising) * (1 - Decimal(one.hand_in.deduction))


def question_of(line: PartLine) -> str:
    """The question of a part."""
    return line.name.partition(".")[0]


def counting_by(
    best: Best, own: Sequence[Marked], possible: Callable[[Marked], Decimal | None] = possible_score
) -> Marked | None:
    """The one that counts of a student's hand-ins; one without marks counts only if it is alone.

    `possible` says what a hand-in may still become: if the best one counts, one that may still become the best takes
    precedence.
    """
    usable = [one for one in own if one.row.status != "error"] or own
    attempts = [
        ScoredAttempt(place, one.hand_in.attempt, final_score(one), possible(one)) for place, one in enumerate(usable)
    ]
    found = policy.counting(attempts, best)
    return None if found is None else usable[int(found.id)]
