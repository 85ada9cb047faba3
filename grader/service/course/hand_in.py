"""Handing in: from the bytes of a submission to a receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from grader.errors import AuthorError, Place, StudentError
from grader.gradebook.database.schema import PersonMark, SubmissionRow
from grader.gradebook.review.apply import answer_digest
from grader.homework.files import check_names, read_submission
from grader.homework.names import unknown_assignment
from grader.homework.submission import Submission, nobody, unnamed
from grader.homework.toml import MAX_BYTES
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.course.policies import standing_of
from grader.service.course.refusals import DeniedError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.store import drafts, submissions
from grader.service.store.audit import note
from grader.service.store.marks import person_marks
from grader.service.store.submissions import HandIn, Marked

FILE = "submission.toml"
"""How messages call what was handed in."""


class Receipt(NamedTuple):
    """What proves that something was handed in."""

    number: str
    received_at: datetime
    digest: str


def receipt(hand_in: HandIn) -> Receipt:
    """The receipt of a hand-in."""
    return Receipt(hand_in.number, hand_in.received, hand_in.digest)


def file_name(hand_in: HandIn) -> str:
    """What the file of a hand-in is called: safe in any header and any folder."""
    return f"{hand_in.assignment}-{hand_in.number}.toml"


def hand_in(service: Service, who: Who, data: bytes, *, team: str = "") -> Marked:
    """Store and mark a submission; when this returns it is on disk.

    It runs in the service's thread. `team` is the number of the hand-in of the same paper by another student.

    Raises StudentError for a document that `grader check` refuses, DeniedError for somebody who may not hand it in, or
    not now.
    """
    submission = read(service, data)
    id, student = submission.assignment, submission.student
    if not who.may(Right.HAND_IN, student):
        said = sentence(
            "expected a submission of {student}, received one of {other}",
            student=shown(who.person.student if who.person else who.name),
            other=shown(student),
        )
        raise DeniedError(said)
    now = service.now()
    with service.store.reading() as base:
        refused_by_policy(service, who, base, id, student, now)
        people = tuple(person_marks(base, id, student))
    applied, row = service.applied, _marked(service, id, data, people)
    with service.marking(id) as base:
        given = tuple(person_marks(base, id, student))
        if service.applied is not applied or given != people:  # by another worker, in between
            row = _marked(service, id, data, given)
        deduction = refused_by_policy(service, who, base, id, student, now)
        made = HandIn(
            0, submissions.new_number(), id, student, 0, now, who.name, team,
            hashlib.sha256(data).hexdigest(), f"{deduction:f}",
        )  # fmt: skip
        made = submissions.add(base, made, data, row)
        if who.person is not None:
            drafts.forget(base, who.person.id, id)
        note(base, now, who.name, "handed in", made.number, assignment=id, student=student, attempt=made.attempt)
    return Marked(made, row, 1)


def _marked(service: Service, id: str, data: bytes, people: tuple[PersonMark, ...]) -> SubmissionRow:
    row = service.marked(id, FILE, data, people)
    if row.status == "rejected":
        raise StudentError(sentence("{reason}", reason=row.reason))
    return row


def read(service: Service, data: bytes) -> Submission:
    """A submission that fits an assignment of the course.

    Raises StudentError with what `grader check` says of it.
    """
    if len(data) > MAX_BYTES:
        raise StudentError(sentence("expected at most {limit:,} bytes", limit=MAX_BYTES), Place(file=FILE))
    try:
        submission = read_submission(data, FILE)
        if unnamed(submission.student):
            raise StudentError(nobody()).at(file=FILE)
        assignment = service.assignments().get(submission.assignment)
        if assignment is None:
            raise StudentError(unknown_assignment(submission.assignment, service.assignments()), Place(file=FILE))
        check_names(submission, assignment, FILE, data)
    except RecursionError:
        raise StudentError(sentence("the document is nested too deeply to be read"), Place(file=FILE)) from None
    return submission


def refused_by_policy(service: Service, who: Who, base: Any, id: str, student: str, now: datetime) -> Decimal:
    """The share of the marks that is lost at this moment.

    Raises DeniedError where the policy takes no hand-in now; staff hand in for others at any time.
    """
    standing = standing_of(service, base, id, student, now)
    if standing.said is not None and not standing.accepts and not who.may(Right.MANAGE):
        raise DeniedError(standing.said)
    return standing.deduction


def report_of(row: Any) -> Mapping[str, Any]:
    """The report of a marked submission as plain data: `grader/report/1`."""
    text = dict(row.texts).get(".json")
    if text is None:
        raise AuthorError(sentence("{reason}", reason=row.reason))
    found: Mapping[str, Any] = json.loads(text)
    return found


def digest_of_answer(data: bytes, question: str, part: str) -> str:
    """The digest of an answer as it was written, by which a mark belongs to it."""
    return answer_digest(read_submission(data, FILE).answers.get(question, {}).get(part))
