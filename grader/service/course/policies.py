"""An assignment's policy for a student: its rules, with the decisions of staff for the class or for the student."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection, select

from grader.gradebook.database.schema import PartLine
from grader.homework import policy
from grader.homework.policy import Attempt, Policy
from grader.marking.report import WAITING
from grader.service.course.deductions import extension_of
from grader.service.course.refusals import UnusableError
from grader.service.course.service import Service
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.store.tables import releases


def is_released(base: Connection, assignment: str) -> bool:
    """Whether an assignment's feedback was released."""
    wanted = select(releases.c.released).where(releases.c.assignment == assignment)
    return base.execute(wanted).one_or_none() is not None


def policy_of(service: Service, assignment: str) -> Policy:
    """The policy of an assignment as applied.

    Raises UnusableError for one that this version of the grader cannot read any more.
    """
    found = service.assignments().get(assignment)
    if found is None:
        raise UnusableError
    return found.policy


def sees_feedback(service: Service, base: Connection, assignment: str, student: str) -> bool:
    """Whether a student sees the marks of an assignment now."""
    rules = policy_of(service, assignment)
    due = policy.due_of(rules, extension_of(base, assignment, rules, student))
    return policy.feedback_visible(rules, due, is_released(base, assignment), service.now())


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


def counting(service: Service, assignment: str, own: Sequence[Marked]) -> Marked | None:
    """The one that counts of a student's hand-ins to an assignment; one without marks counts only if it is alone.

    If the best one counts, one that may still become the best takes precedence until a person has marked it.
    """
    return _first(service, assignment, own, possible_score)


def best_so_far(service: Service, assignment: str, own: Sequence[Marked]) -> Marked | None:
    """The one that would count if answers waiting for a person earned nothing, so that points never sink."""
    return _first(service, assignment, own, lambda _: None)


def _first(
    service: Service, assignment: str, own: Sequence[Marked], possible: Callable[[Marked], Decimal | None]
) -> Marked | None:
    usable = [one for one in own if one.row.status != "error"] or own
    attempts = [
        Attempt(place, one.hand_in.attempt, final_score(one), possible(one)) for place, one in enumerate(usable)
    ]
    found = policy.counting(attempts, policy_of(service, assignment).best)
    return None if found is None else usable[int(found.id)]


def class_of(service: Service, base: Connection, assignment: str) -> list[Marked]:
    """The hand-in that counts for each student, by student."""
    found = groupby(submissions.of_assignment(base, assignment), lambda one: one.hand_in.student)
    return [one for _, own in found if (one := counting(service, assignment, list(own))) is not None]
