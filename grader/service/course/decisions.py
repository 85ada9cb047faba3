"""Decisions about equal answers: either all of their students get the mark, or none does."""

from __future__ import annotations

from sqlalchemy import Connection

from grader.gradebook.review import queue
from grader.gradebook.review.queue import DecisionOutcome, Group, WantedDecision, checked
from grader.messages import Sentence
from grader.service.course.gradebook import Gradebook
from grader.service.course.hand_in import digest_of_answer
from grader.service.course.marking import mark_again
from grader.service.course.policies import counting
from grader.service.course.refusals import MissingError, OvertakenError
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store import marks, submissions
from grader.service.store.audit import note
from grader.service.store.marks import MarkVersion
from grader.service.store.submissions import HandIn


def decide(service: Service, gradebook: Gradebook, who: Who, typed: WantedDecision) -> DecisionOutcome | Sentence:
    """Give all students of a group the same mark, unless somebody marked one of them since the group was shown.

    Returns what is wrong with the decision, by the assignment as it is applied by now. Runs in the service's thread, as
    one transaction. Raises MissingError for a part that is not asked any more.
    """
    with service.marking(typed.assignment) as base:
        if typed.part not in service.applied.course.parts(typed.assignment):
            raise MissingError
        wanted = checked(typed, service.applied.course)
        if isinstance(wanted, Sentence):
            return wanted
        group = group_of(gradebook, wanted, base)
        if group is None or group.version != wanted.version:
            return DecisionOutcome.of_another(group, wanted)
        students = sorted({member.answer.student for member in group.members})
        for student in students:
            _give(service, base, who, wanted, student)
        for student in students:
            mark_again(service, base, wanted.assignment, student)
    return DecisionOutcome(True, group_of(gradebook, wanted))


def group_of(gradebook: Gradebook, wanted: WantedDecision, base: Connection | None = None) -> Group | None:
    """The present state of the group."""
    with gradebook.of(wanted.assignment, base) as database:
        return queue.group_of(database, wanted)


def _give(service: Service, base: Connection, who: Who, wanted: WantedDecision, student: str) -> None:
    """Give the mark to the hand-in that counts for a student."""
    hand_in = counted(service, base, wanted.assignment, student)
    question, _, part = wanted.part.partition(".")
    digest = digest_of_answer(submissions.data_of(base, hand_in.id), question, part)
    known = marks.counting(base, hand_in, question, part, digest)
    version = 1 if known is None else known.version + 1
    now = service.now()
    mark = MarkVersion(
        hand_in.id, question, part, version, wanted.points, wanted.comment, wanted.reading, digest, who.name, now
    )
    if not marks.give(base, hand_in, mark):
        raise OvertakenError.in_between()
    decided = {"reading": wanted.reading} if wanted.reading else {"points": wanted.points}
    note(base, now, who.name, "marked", f"{hand_in.number} {wanted.part}", version=version, **decided)


def counted(service: Service, base: Connection, assignment: str, student: str) -> HandIn:
    """The hand-in that counts for a student.

    Raises MissingError where there is none.
    """
    found = counting(service, assignment, submissions.of_student(base, student, assignment))
    if found is None:
        raise MissingError
    return found.hand_in
