"""Marks by people: each replaces the version that was seen, and is applied to the report at once."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from grader.errors import StudentError
from grader.gradebook.review.queue import WantedDecision, checked
from grader.messages import Sentence
from grader.service.course.hand_in import SUBMISSION_FILE, digest_of_answer
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.store import marks, submissions
from grader.service.store.audit import note
from grader.service.store.marks import MarkVersion, person_marks
from grader.service.store.submissions import HandIn, Marked


class MarkRequest(NamedTuple):
    """A requested mark; `version` is the one that the person has seen, 0 for none.

    `asked` is the digest of what they have seen of the part, see `asked_digest`; empty if they do not say it.
    """

    submission: int
    question: str
    part: str
    points: str
    comment: str = ""
    version: int = 0
    asked: str = ""


class MarkOutcome(NamedTuple):
    """The outcome: the newest mark, which is somebody else's if this one was not saved."""

    saved: bool
    newest: MarkVersion | None


def give(service: Service, who: Who, request: MarkRequest) -> MarkOutcome:
    """Give one part of one hand-in a mark, unless somebody has given it another one since this person saw it.

    Runs in the service's thread. Raises MissingError for an unknown hand-in or part, StudentError for unfit points and
    for a part that was changed since this person saw it.
    """
    with service.store.reading() as base:
        found = submissions.one(base, request.submission)
        if found is None or not who.may(Right.MARK):
            raise MissingError
        data = submissions.data_of(base, request.submission)
    with service.marking(found.hand_in.assignment) as base:
        name, course = f"{request.question}.{request.part}", service.applied.course
        if name not in course.parts(found.hand_in.assignment):
            raise MissingError
        typed = WantedDecision(
            found.hand_in.assignment, name, "", "", request.points, comment=request.comment, asked=request.asked
        )
        wanted = checked(typed, course)
        if isinstance(wanted, Sentence):
            raise StudentError(wanted)
        answer = digest_of_answer(data, request.question, request.part)
        mark = MarkVersion(
            request.submission, request.question, request.part, request.version + 1, wanted.points, wanted.comment, "",
            answer, who.name, service.now(),
        )  # fmt: skip
        saved = marks.give(base, found.hand_in, mark)
        if saved:
            details = {"points": wanted.points, "version": mark.version}
            note(base, mark.given, who.name, "marked", f"{found.hand_in.number} {name}", **details)
            mark_again(service, base, found.hand_in.assignment, found.hand_in.student)
        newest = marks.counting(base, found.hand_in, request.question, request.part, answer)
    # The same mark again, by a second click or by a program that got no answer, is no other mark.
    again = newest is not None and newest._replace(given=mark.given) == mark
    return MarkOutcome(saved or again, newest)


def counting_marks(base: Connection, hand_in: HandIn) -> dict[str, MarkVersion]:
    """The counting mark of each part of a hand-in (`question.part`) that has one, also from an earlier attempt."""
    names = {(one.question, one.part): None for one in person_marks(base, hand_in.assignment, hand_in.student)}
    data = submissions.data_of(base, hand_in.id) if names else b""
    found = {
        f"{question}.{part}": marks.counting(base, hand_in, question, part, digest_of_answer(data, question, part))
        for question, part in names
    }
    return {name: one for name, one in found.items() if one is not None}


def mark_again(service: Service, base: Connection, assignment: str, student: str) -> list[Marked]:
    """Mark a student's hand-ins again with the present marks by people; return those that changed."""
    people = tuple(person_marks(base, assignment, student))
    changed: list[Marked] = []
    for one in submissions.of_student(base, student, assignment):
        row = service.marked(assignment, SUBMISSION_FILE, submissions.data_of(base, one.hand_in.id), people)
        if row.causes != one.row.causes and submissions.remark(base, one.hand_in.id, row, one.version):
            changed.append(Marked(one.hand_in, row, one.version + 1))
    return changed
