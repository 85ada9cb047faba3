"""What an assignment's policy says of a student: its rules, and what was decided for the class or for one student."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection, select

from grader.homework import policy
from grader.homework.policy import Attempt, Policy, Standing
from grader.service.course.deductions import extension_of
from grader.service.course.service import Service
from grader.service.store import submissions
from grader.service.store.submissions import Marked
from grader.service.store.tables import releases


def is_released(base: Connection, assignment: str) -> bool:
    """Whether the feedback of an assignment was released."""
    wanted = select(releases.c.released).where(releases.c.assignment == assignment)
    return base.execute(wanted).one_or_none() is not None


def policy_of(service: Service, assignment: str) -> Policy:
    """The policy of an assignment as it is applied."""
    return service.assignments()[assignment].policy


def standing_of(service: Service, base: Connection, assignment: str, student: str, now: datetime) -> Standing:
    """What a student may do now."""
    extension = extension_of(base, assignment, student)
    used = submissions.counted_attempts(base, assignment, student)
    return policy.standing(policy_of(service, assignment), extension, now, used)


def sees_feedback(service: Service, base: Connection, assignment: str, student: str) -> bool:
    """Whether a student sees the marks of an assignment now."""
    rules = policy_of(service, assignment)
    due = policy.due_of(rules, extension_of(base, assignment, student))
    return policy.feedback_visible(rules, due, is_released(base, assignment), service.now())


def final_score(one: Marked) -> Decimal:
    """The points of a hand-in after what being late costs."""
    return Decimal(one.row.score) * (1 - Decimal(one.hand_in.deduction))


def counting(service: Service, assignment: str, own: Sequence[Marked]) -> Marked | None:
    """The one of a student's hand-ins to an assignment that counts; one that could not be marked does only alone."""
    usable = [one for one in own if one.row.status != "error"] or own
    attempts = [Attempt(place, one.hand_in.received, final_score(one)) for place, one in enumerate(usable)]
    found = policy.counting(attempts, policy_of(service, assignment).best)
    return None if found is None else usable[int(found.id)]


def class_of(service: Service, base: Connection, assignment: str) -> list[Marked]:
    """Of each student the hand-in that counts, by student."""
    found = groupby(submissions.of_assignment(base, assignment), lambda one: one.hand_in.student)
    return [one for _, own in found if (one := counting(service, assignment, list(own))) is not None]
