"""What was handed in, and what marking gave."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from grader.gradebook.database.schema import COLUMNS, DETAILS, SubmissionRow
from grader.service.store.tables import results, submissions

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a receipt's number: no signs that look alike."""
_STORED = (*(name for name in COLUMNS if name != "path"), *DETAILS, "texts")


class HandIn(NamedTuple):
    """What a student handed in, without its bytes."""

    id: int
    number: str
    assignment: str
    student: str
    attempt: int
    received: datetime
    sender: str
    team: str
    digest: str
    deduction: str


class Marked(NamedTuple):
    """A hand-in with its marks: the gradebook's row of it."""

    hand_in: HandIn
    row: SubmissionRow
    version: int


_HAND_IN = [submissions.c[name] for name in HandIn._fields]
_MARKED = [*_HAND_IN, results.c.row, results.c.version]


def new_number() -> str:
    """The number of a receipt: twelve signs that nobody can guess, in groups that can be read aloud."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def add(base: Connection, hand_in: HandIn, data: bytes, row: SubmissionRow) -> HandIn:
    """Store a hand-in as the student's next attempt, with its marks; its id and its attempt are given here."""
    values = hand_in._replace(attempt=attempts(base, hand_in.assignment, hand_in.student) + 1)._asdict()
    del values["id"]
    id = base.execute(submissions.insert().values(data=data, **values)).inserted_primary_key[0]  # type: ignore[index]
    base.execute(results.insert().values(submission=id, version=1, **_result(row)))
    return HandIn(id=id, **values)


def remark(base: Connection, submission: int, row: SubmissionRow, version: int) -> bool:
    """Store new marks, unless somebody stored others since `version`; whether they were stored."""
    wanted = update(results).where(results.c.submission == submission, results.c.version == version)
    return base.execute(wanted.values(version=version + 1, **_result(row))).rowcount == 1


def attempts(base: Connection, assignment: str, student: str) -> int:
    """The number of the student's last attempt."""
    wanted = select(func.max(submissions.c.attempt)).where(*_of(assignment, student))
    return int(base.execute(wanted).scalar() or 0)


def counted_attempts(base: Connection, assignment: str, student: str) -> int:
    """How many attempts were used: those that a fault of ours kept from being marked cost nothing."""
    wanted = select(func.count()).select_from(submissions.join(results)).where(*_of(assignment, student))
    return int(base.execute(wanted.where(results.c.status != "error")).scalar() or 0)


def one(base: Connection, id: int) -> Marked | None:
    """A hand-in by its id."""
    return next(marked(base, submissions.c.id == id), None)


def data_of(base: Connection, id: int) -> bytes:
    """The bytes that were handed in."""
    return bytes(base.execute(select(submissions.c.data).where(submissions.c.id == id)).scalar_one())


def of_student(base: Connection, student: str, assignment: str | None = None) -> list[Marked]:
    """A student's hand-ins, the oldest first."""
    where = [submissions.c.student == student]
    if assignment is not None:
        where.append(submissions.c.assignment == assignment)
    return list(marked(base, *where))


def of_assignment(base: Connection, assignment: str) -> Iterator[Marked]:
    """All hand-ins to an assignment, by student and attempt."""
    return marked(base, submissions.c.assignment == assignment)


def marked(base: Connection, *where: Any) -> Iterator[Marked]:
    """Hand-ins with their marks, by assignment, student and attempt."""
    wanted = select(*_MARKED).select_from(submissions.join(results)).where(*where)
    order = (submissions.c.assignment, submissions.c.student, submissions.c.attempt)
    for found in base.execute(wanted.order_by(*order)):
        *hand_in, row, version = found
        yield Marked(HandIn(*hand_in), read_row(row), version)


def versions(base: Connection, assignment: str) -> dict[int, int]:
    """How often each hand-in to an assignment was marked."""
    wanted = select(results.c.submission, results.c.version).select_from(submissions.join(results))
    return {
        found.submission: found.version for found in base.execute(wanted.where(submissions.c.assignment == assignment))
    }


def state(base: Connection, assignment: str) -> dict[int, tuple[int, str]]:
    """Of each hand-in to an assignment how often it was marked, and whose it is."""
    columns = (results.c.submission, results.c.version, submissions.c.student)
    wanted = select(*columns).select_from(submissions.join(results)).where(submissions.c.assignment == assignment)
    return {found.submission: (found.version, found.student) for found in base.execute(wanted)}


def _of(assignment: str, student: str) -> Sequence[Any]:
    return (submissions.c.assignment == assignment, submissions.c.student == student)


def _result(row: SubmissionRow) -> dict[str, str]:
    stored = {name: getattr(row, name) for name in _STORED}
    shown = {name: getattr(row, name) for name in ("status", "score", "max_score", "marks", "causes")}
    return {**shown, "row": json.dumps(stored, ensure_ascii=False, separators=(",", ":"))}


def read_row(stored: str) -> SubmissionRow:
    """The gradebook's row, as it was stored."""
    values = json.loads(stored)
    for name in (*DETAILS, "texts"):
        values[name] = tuple(tuple(one) for one in values[name])
    return SubmissionRow(path=b"", **values)
