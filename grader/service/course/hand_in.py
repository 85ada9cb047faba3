"""Handing in: from the bytes of a submission to a receipt."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from grader.errors import AuthorError, Place, StudentError
from grader.gradebook.database.schema import PersonMark, SubmissionRow
from grader.gradebook.review.apply import submitted_answer
from grader.homework import policy
from grader.homework.dates import FIRST_YEAR, LAST_YEAR
from grader.homework.files import check_names, read_submission
from grader.homework.names import unknown_assignment
from grader.homework.policy import Extension
from grader.homework.submission import Submission, nobody, unnamed
from grader.homework.toml import MAX_BYTES
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.course.apart import DiedError
from grader.service.course.assignments import Applied
from grader.service.course.deductions import costs, extension_of, said_of_team, together
from grader.service.course.policies import policy_of
from grader.service.course.refusals import DeniedError
from grader.service.course.service import Service
from grader.service.course.unsent import unsent
from grader.service.course.who import Right, Who
from grader.service.forms.spelling import spelled
from grader.service.forms.typed import submission_bytes
from grader.service.store import drafts, submissions
from grader.service.store.audit import note
from grader.service.store.marks import person_marks
from grader.service.store.submissions import HandIn, Marked

SUBMISSION_FILE = "submission.toml"
"""The name of a hand-in in messages."""
_AGAIN = timedelta(minutes=1)
"""How long a repetition by the same sender is the same hand-in: a double click, or a retry after no response."""


class Receipt(NamedTuple):
    """The proof that something was handed in."""

    number: str
    received_at: datetime
    digest: str


class _Paper(NamedTuple):
    """What one student hands in, and the marks that people gave that student before."""

    student: str
    data: bytes
    people: tuple[PersonMark, ...]


def receipt(hand_in: HandIn) -> Receipt:
    """The receipt of a hand-in."""
    return Receipt(hand_in.number, hand_in.received, hand_in.digest)


def file_name(hand_in: HandIn) -> str:
    """The file name of a hand-in: safe in any header and any folder."""
    return f"{hand_in.assignment}-{hand_in.number}.toml"


class Prepared(NamedTuple):
    """A hand-in that was checked, but is not stored yet.

    `again` is the attempt that it repeats, if it repeats one. Otherwise, once it is marked, `rows` are the marks of its
    `papers`, and `applied` is the state of the course that they come from.
    """

    submission: Submission
    data: bytes
    now: datetime
    typed: bool
    again: Marked | None
    papers: list[_Paper]
    applied: Applied | None = None
    rows: tuple[SubmissionRow, ...] = ()


def hand_in(
    service: Service, who: Who, data: bytes, received: datetime | None = None, *, typed: bool = False
) -> Marked:
    """Store and mark a submission; when this returns it is on disk. Runs in the service's thread.

    Raises as `prepare`.
    """
    return store(service, who, prepare(service, who, data, received, typed))


def prepare(service: Service, who: Who, data: bytes, received: datetime | None = None, typed: bool = False) -> Prepared:
    """Check a submission, in any thread, so that the thread that stores it has less to do.

    The same bytes again from the same sender within a minute are not a second attempt: the first is returned. The same
    holds for a file made from a `typed` form that differs only in its time.

    If the assignment has teams, every member gets the same answers as an attempt of their own, marked separately; the
    attempt of the student named is returned. `received` is the time of arrival, by default now, so that waiting in the
    queue makes nobody late. A hand-in by staff for others is judged by its `submitted_at`.

    Raises StudentError for a document that `grader check` refuses, DeniedError for a sender who may not hand it in, or
    not now.
    """
    submission = read(service, data)
    student = submission.student
    if not who.may(Right.HAND_IN, student):
        said = sentence(
            "expected a submission of {student}, received one of {other}",
            student=shown(who.person.student if who.person else who.name),
            other=shown(student),
        )
        raise DeniedError(said)
    now = received or service.now()
    return _looked_at(service, who, Prepared(submission, data, now, typed, None, []))


def _looked_at(service: Service, who: Who, prepared: Prepared) -> Prepared:
    """The hand-in, checked against the present state of the course."""
    submission, data, now, typed, *_ = prepared
    with service.store.reading() as base:
        again, _ = _taken(service, who, base, submission, data, now, typed)
        papers = [] if again is not None else _papers(service, base, submission, data)
    return prepared._replace(again=again, papers=papers, applied=None, rows=())


def mark(service: Service, prepared: Prepared) -> Prepared:
    """Mark a checked hand-in, in the service's thread or in that of its process `apart`.

    Raises StudentError for a document that cannot be marked.
    """
    applied, id = service.applied, prepared.submission.assignment
    return prepared._replace(applied=applied, rows=tuple(_marked(service, id, one) for one in prepared.papers))


def store(service: Service, who: Who, prepared: Prepared) -> Marked:
    """Check the hand-in again, as the course may have changed, and store it. Runs in the service's thread.

    Raises StudentError for a document that cannot be marked, DeniedError if it may not be handed in any more.
    """
    if prepared.again is not None:
        prepared = _looked_at(service, who, prepared)
    if prepared.again is not None:
        return prepared.again
    if prepared.applied is None:
        prepared = mark(service, prepared)
    submission, data, now, typed, _, papers, applied, rows = prepared
    id = submission.assignment
    with service.marking(id) as base:
        again, extension = _taken(service, who, base, submission, data, now, typed)
        if again is not None:
            return again
        current = _papers(service, base, submission, data)
        if service.applied is not applied or current != papers:
            rows = tuple(_marked(service, id, paper) for paper in current)
        made = _stored(service, who, base, submission, list(zip(current, rows, strict=True)), extension, now)
        if who.person is not None:
            _forget_drafts(service, base, who.person.id, submission)
    return made[0]


def _taken(
    service: Service, who: Who, base: Connection, submission: Submission, data: bytes, now: datetime, typed: bool
) -> tuple[Marked | None, Extension]:
    """The earlier attempt if this one repeats it, and the student's extension.

    Raises DeniedError if the policy accepts no hand-in by this student now, or if a team member, who would get the same
    attempt, has none left; staff may hand in for others at any time.
    """
    id, student = submission.assignment, submission.student
    past = submissions.past(base, id, student)
    rules = policy_of(service, id)
    extension = extension_of(base, id, rules, student)
    if past.last is not None and _is_again(who, base, past.last, submission, data, now, typed):
        return past.last, extension
    standing = policy.standing(rules, extension, now, past.used)
    if standing.said is not None and not standing.accepts and not who.may(Right.MANAGE):
        raise DeniedError(standing.said)
    if not who.may(Right.MANAGE) and (said := said_of_team(base, id, rules, extension, student)) is not None:
        raise DeniedError(said)
    return None, extension


def _is_again(
    who: Who, base: Connection, last: Marked, submission: Submission, data: bytes, now: datetime, typed: bool
) -> bool:
    """Whether this repeats the last attempt; an attempt that could not be marked is made again instead."""
    if last.row.status == "error" or last.hand_in.sender != who.sender:
        return False
    if abs(now - last.hand_in.received) >= _AGAIN:
        return False
    if not typed:
        return last.hand_in.digest == hashlib.sha256(data).hexdigest()
    before = read_submission(submissions.data_of(base, last.hand_in.id), SUBMISSION_FILE)
    return (before.answers, before.variant) == (submission.answers, submission.variant)


def _papers(service: Service, base: Connection, submission: Submission, data: bytes) -> list[_Paper]:
    """The paper of every team member, with that of the named student first."""
    id, student = submission.assignment, submission.student
    others = [one for one in together(base, id, policy_of(service, id), student) if one != student]
    files = [(student, data), *((other, _for_student(service, submission, other)) for other in others)]
    return [_Paper(one, file, tuple(person_marks(base, id, one))) for one, file in files]


def _for_student(service: Service, submission: Submission, student: str) -> bytes:
    """The same answers as a file of another team member."""
    typed = _typed(service, submission)
    return submission_bytes(submission.assignment, student, submission.submitted_at, typed)


def _typed(service: Service, submission: Submission) -> dict[str, dict[str, str]]:
    """The form input equivalent to a submission."""
    previewer = service.previewer(submission.assignment)
    specs = {} if previewer is None else previewer.specs
    return {
        question: {part: spelled(raw, specs.get((question, part))) for part, raw in parts.items()}
        for question, parts in submission.answers.items()
    }


def _forget_drafts(service: Service, base: Connection, person: int, submission: Submission) -> None:
    """Delete the drafts that were handed in; those changed on another page since, or not in the file, stay."""
    saved = drafts.of_person(base, person, submission.assignment)
    sent = saved.keys() - unsent(saved, _typed(service, submission))
    drafts.forget(base, person, submission.assignment, sent)


def _marked(service: Service, assignment: str, paper: _Paper) -> SubmissionRow:
    try:
        row = service.marked(assignment, SUBMISSION_FILE, paper.data, paper.people)
    except DiedError:
        row = service.unmarked(assignment, SUBMISSION_FILE, paper.data)
    if row.status == "rejected":
        raise StudentError(sentence("{reason}", reason=row.reason))
    return row


def _judged(who: Who, submission: Submission, now: datetime) -> datetime | None:
    """The time that decides whether a hand-in is late; None if staff have to decide.

    When staff hand in work that was sent to them, the time of the upload says nothing. The time in the document is used
    instead; without a usable one, such as one with an implausible year, staff decide.
    """
    own = who.person is not None and who.person.student == submission.student
    if own or not who.may(Right.MANAGE):
        return now
    said = submission.submitted_at
    if said is None or said.utcoffset() is None or not FIRST_YEAR <= said.year <= LAST_YEAR:
        return None
    return said if said <= now else None


def _stored(
    service: Service,
    who: Who,
    base: Connection,
    submission: Submission,
    papers: list[tuple[_Paper, SubmissionRow]],
    extension: Extension,
    now: datetime,
) -> list[Marked]:
    """Store the hand-in of each team member in one transaction; `extension` is that of the first."""
    id, first = submission.assignment, submission.student
    rules, judged = policy_of(service, id), _judged(who, submission, now)
    team = submissions.new_number() if len(papers) > 1 else ""
    made = []
    for (student, data, _), row in papers:
        own = extension if student == first else extension_of(base, id, rules, student)
        number, digest = submissions.new_number(), hashlib.sha256(data).hexdigest()
        lost = f"{costs(rules, own, judged):f}"
        new = HandIn(0, number, id, student, 0, now, judged, who.sender, team, digest, lost)
        stored = submissions.add(base, new, data, row)
        note(base, now, who.name, "handed in", number, assignment=id, student=student, attempt=stored.attempt)
        made.append(Marked(stored, row, 1))
    return made


def read(service: Service, data: bytes, asked: str | None = None) -> Submission:
    """Read a submission to an assignment of the course, or to the one that was `asked`.

    Raises StudentError with the message of `grader check`, which says nothing about what another assignment asks.
    """
    if len(data) > MAX_BYTES:
        raise StudentError(sentence("expected at most {limit:,} bytes", limit=MAX_BYTES), Place(file=SUBMISSION_FILE))
    try:
        submission = read_submission(data, SUBMISSION_FILE)
        if asked not in (None, submission.assignment):
            said = sentence(
                "expected a submission to {assignment}, received one to {other}",
                assignment=asked,
                other=submission.assignment,
            )
            raise StudentError(said)
        if unnamed(submission.student):
            raise StudentError(nobody()).at(file=SUBMISSION_FILE)
        if not is_plain(submission.student):
            said = sentence(
                "expected a student without control characters, received {received}", received=shown(submission.student)
            )
            raise StudentError(said, Place(file=SUBMISSION_FILE))
        assignment = service.assignments().get(submission.assignment)
        if assignment is None:
            raise StudentError(
                unknown_assignment(submission.assignment, service.assignments()), Place(file=SUBMISSION_FILE)
            )
        check_names(submission, assignment, SUBMISSION_FILE, data)
    except RecursionError:
        raise StudentError(
            sentence("the document is nested too deeply to be read"), Place(file=SUBMISSION_FILE)
        ) from None
    return submission


def is_plain(student: str) -> bool:
    """Whether a student's id is safe in a database, a header and a table."""
    return not any(unicodedata.category(char) == "Cc" for char in student)


def report_of(row: Any) -> Mapping[str, Any]:
    """The report of a marked submission as plain data: `grader/report/1`."""
    found: Mapping[str, Any] = json.loads(report_text(row))
    return found


def report_text(row: Any) -> str:
    """The report of a marked submission, as `grader check` writes it."""
    text = dict(row.texts).get(".json")
    if text is None:
        raise AuthorError(sentence("{reason}", reason=row.reason))
    return str(text)


def digest_of_answer(data: bytes, question: str, part: str) -> str:
    """The digest of an answer as written, by which a mark belongs to it."""
    return submitted_answer(data, question, part, SUBMISSION_FILE)
