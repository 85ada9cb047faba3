"""An assignment's policy for a student: its rules, with the decisions of staff for the class or for the student."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection

from grader.homework import policy
from grader.homework.policy import Policy
from grader.service.course.counting import counting_by
from grader.service.course.deductions import extension_of
from grader.service.course.refusals import UnusableError
from grader.service.course.service import Service
from grader.service.store import submissions
from grader.service.store.releases import is_released
from grader.service.store.submissions import Marked


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


def counting(service: Service, assignment: str, own: Sequence[Marked]) -> Marked | None:
    """The one that counts of a student's hand-ins to an assignment; one without marks counts only if it is alone.

    If the best one counts, one that may still become the best takes precedence until a person has marked it.
    """
    return counting_by(policy_of(service, assignment).best, own)


def best_so_far(service: Service, assignment: str, own: Sequence[Marked]) -> Marked | None:
    """The one that would count if answers waiting for a person earned nothing, so that points never sink."""
    return counting_by(policy_of(service, assignment).best, own, lambda _: None)


def class_of(service: Service, base: Connection, assignment: str) -> list[Marked]:
    """The hand-in that counts for each student, by student."""
    found = groupby(submissions.of_assignment(base, assignment), lambda one: one.hand_in.student)
    return [one for _, own in found if (one := counting(service, assignment, list(own))) is not None]
