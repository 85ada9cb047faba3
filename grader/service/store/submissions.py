"""Hand-ins and their marks."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select, update

from grader.gradebook.database.schema import DETAILS, SUBMISSION_COLUMNS, SubmissionRow
from grader.service.store.tables import results, submissions

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The characters of a receipt's number, without look-alikes."""
_STORED = (*(name for name in SUBMISSION_COLUMNS if name != "path"), *DETAILS, "texts")


class HandIn(NamedTuple):
    """A hand-in of a student, without its bytes."""

    id: int
    number: str
    assignment: str
    student: str
    attempt: int
    received: datetime
    judged: datetime | None
    sender: str
    team: str
    digest: str
    deduction: str


class Marked(NamedTuple):
    """A hand-in with its marks: the gradebook's row of it."""

    hand_in: HandIn
    row: SubmissionRow
    version: int


class Past(NamedTuple):
    """What a student has handed in to an assignment so far."""

    last: Marked | None
    used: int


_HAND_IN = [submissions.c[name] for name in HandIn._fields]
_MARKED = [*_HAND_IN, results.c.row, results.c.version]
# Statements that every hand-in runs are built once: building a statement takes five times as long as running it.
_OF = (submissions.c.assignment == bindparam("assignment"), submissions.c.student == bindparam("student"))
_JOINED = submissions.join(results)
_ALL = (
    select(*_MARKED)
    .select_from(_JOINED)
    .order_by(submissions.c.assignment, submissions.c.student, submissions.c.attempt)
)
_SCORES = (
    select(*_HAND_IN, *(results.c[name] for name in ("status", "score", "max_score", "marks", "causes", "version")))
    .select_from(_JOINED)
    .where(_OF[0])
    .order_by(submissions.c.student, submissions.c.attempt)
)
_OF_STUDENT = _ALL.where(*_OF)
_USED = func.count(case((results.c.status != "error", 1))).over()
_PAST = _OF_STUDENT.order_by(None).add_columns(_USED).order_by(submissions.c.attempt.desc()).limit(1)
_LAST = select(submissions.c.id, submissions.c.attempt).where(*_OF).order_by(submissions.c.attempt.desc()).limit(1)
_DATA = select(submissions.c.data).where(submissions.c.id == bindparam("id"))
_NEXT = select(func.coalesce(func.max(submissions.c.attempt), 0) + 1).where(
    submissions.c.assignment == bindparam("to"), submissions.c.student == bindparam("of")
)
_ADDED = submissions.insert().values(attempt=_NEXT.scalar_subquery()).returning(submissions.c.id, submissions.c.attempt)
_MARKS_ADDED = results.insert()


def new_number() -> str:
    """The number of a receipt: twelve characters that nobody can guess, in groups that can be read aloud."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def add(base: Connection, hand_in: HandIn, data: bytes, row: SubmissionRow) -> HandIn:
    """Store a hand-in as the student's next attempt, with its marks; assigns its id and attempt number."""
    values = hand_in._asdict()
    del values["id"], values["attempt"]
    id, attempt = base.execute(_ADDED, {"data": data, "to": hand_in.assignment, "of": hand_in.student, **values}).one()
    base.execute(_MARKS_ADDED, {"submission": id, "version": 1, **_result(row)})
    return hand_in._replace(id=id, attempt=attempt)


def remark(base: Connection, submission: int, row: SubmissionRow, version: int) -> bool:
    """Store new marks, unless others were stored since `version`; return whether they were stored."""
    wanted = update(results).where(results.c.submission == submission, results.c.version == version)
    return base.execute(wanted.values(version=version + 1, **_result(row))).rowcount == 1


def same(one: SubmissionRow, other: SubmissionRow) -> bool:
    """Whether two rows have the same stored form."""
    return _result(one) == _result(other)


def some_lose(base: Connection, assignment: str) -> bool:
    """Whether any hand-in to an assignment has a late deduction."""
    where = (submissions.c.assignment == assignment, submissions.c.deduction != "0")
    return base.execute(select(submissions.c.id).where(*where).limit(1)).one_or_none() is not None


def past(base: Connection, assignment: str, student: str) -> Past:
    """A student's last attempt, and the number used; attempts that a fault of ours left unmarked do not count."""
    found = base.execute(_PAST, {"assignment": assignment, "student": student}).one_or_none()
    if found is None:
        return Past(None, 0)
    *last, used = found
    return Past(next(_read([last])), used)


def last_attempt(base: Connection, assignment: str, student: str) -> tuple[int, int] | None:
    """The id and the number of a student's last attempt."""
    found = base.execute(_LAST, {"assignment": assignment, "student": student}).one_or_none()
    return None if found is None else (found.id, found.attempt)


def used(attempts: Iterable[Marked]) -> int:
    """How many of these attempts count as used; see `past`."""
    return sum(one.row.status != "error" for one in attempts)


def one(base: Connection, id: int) -> Marked | None:
    """A hand-in by its id."""
    return next(marked(base, submissions.c.id == id), None)


def data_of(base: Connection, id: int) -> bytes:
    """The bytes that were handed in."""
    return bytes(base.execute(_DATA, {"id": id}).scalar_one())


def of_student(base: Connection, student: str, assignment: str | None = None) -> list[Marked]:
    """A student's hand-ins, oldest first."""
    if assignment is None:
        return list(marked(base, submissions.c.student == student))
    return list(_read(base.execute(_OF_STUDENT, {"assignment": assignment, "student": student})))


def of_assignment(base: Connection, assignment: str, ids: list[int] | None = None) -> Iterator[Marked]:
    """All hand-ins to an assignment, or those with some ids, by student and attempt."""
    return marked(base, submissions.c.assignment == assignment, *([] if ids is None else [submissions.c.id.in_(ids)]))


def scores(base: Connection, assignment: str) -> Iterator[Marked]:
    """All hand-ins to an assignment, by student and attempt, each with what its final score depends on.

    The rows lack everything else, so that a class is read quickly.
    """
    for found in base.execute(_SCORES, {"assignment": assignment}):
        *hand_in, status, score, max_score, marks, causes, version = found
        row = SubmissionRow(b"", "", "", status, score=score, max_score=max_score, marks=marks, causes=causes)
        yield Marked(HandIn(*hand_in), row, version)


def marked(base: Connection, *where: Any) -> Iterator[Marked]:
    """Hand-ins with their marks, by assignment, student and attempt."""
    return _read(base.execute(_ALL.where(*where)))


def _read(found: Iterable[Any]) -> Iterator[Marked]:
    for *hand_in, row, version in found:
        yield Marked(HandIn(*hand_in), read_row(row), version)


def versions(base: Connection, assignment: str) -> dict[int, int]:
    """The version of the marks of each hand-in to an assignment."""
    wanted = select(results.c.submission, results.c.version).select_from(submissions.join(results))
    return {
        found.submission: found.version for found in base.execute(wanted.where(submissions.c.assignment == assignment))
    }


def state(base: Connection, assignment: str) -> dict[int, tuple[int, str]]:
    """For each hand-in to an assignment, the version of its marks, and its student."""
    columns = (results.c.submission, results.c.version, submissions.c.student)
    wanted = select(*columns).select_from(submissions.join(results)).where(submissions.c.assignment == assignment)
    return {found.submission: (found.version, found.student) for found in base.execute(wanted)}


def _result(row: SubmissionRow) -> dict[str, str]:
    stored = {name: getattr(row, name) for name in _STORED}
    shown = {name: getattr(row, name) for name in ("status", "score", "max_score", "marks", "causes")}
    return {**shown, "row": json.dumps(stored, ensure_ascii=False, separators=(",", ":"))}


def read_row(stored: str) -> SubmissionRow:
    """The gradebook's row from its stored form."""
    values = json.loads(stored)
    for name in (*DETAILS, "texts"):
        values[name] = tuple(tuple(one) for one in values[name])
    return SubmissionRow(path=b"", **values)
