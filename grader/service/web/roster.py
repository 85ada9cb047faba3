"""The people of a course, from a table: `student,name,role,email,team` with a header, or what an LMS exports."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from grader.errors import UsageError
from grader.gradebook.lms.roster import read_roster
from grader.homework.submission import MAX_STUDENT
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.course.people import regroup, unfit
from grader.service.course.refusals import DeniedError
from grader.service.course.who import ROLES
from grader.service.store import Store
from grader.service.store.audit import note
from grader.service.store.people import Person, add_person, person_named

IDS = ("student", "student id", "id", "sis user id", "id number", "username", "user")
NAMES = ("name", "full name", "student name")
ADDRESSES = ("email", "e-mail", "email address")


class Row(NamedTuple):
    """Somebody as a table describes them; None is what it has no column for."""

    id: str
    role: str
    name: str | None
    email: str | None
    team: str | None


def add_roster(store: Store, path: Path, now: datetime, who: str = "roster") -> list[Person]:
    """Add everybody of a table, or bring them up to date; nobody is removed.

    What the table has no column for stays as it is known. Who has no role in it keeps theirs; new people are students.
    Who comes to another team has its extensions, also for what is handed in. `who` is recorded as the one who did it.

    Raises UsageError for a table without a column of ids, or a row that cannot be used, DeniedError where an instructor
    would take their own rights away; then nobody is added.
    """
    rows = _rows(path)
    with store.writing() as base:
        regroup(base, {one.id: one.team for one in rows if one.team is not None}, who, now)
        people = [
            add_person(base, one.id, one.name, _role(base, one.id, one.role, who), now, one.email) for one in rows
        ]
        note(base, now, who, "added people", path.name, people=len(people))
    return people


def _rows(path: Path) -> list[Row]:
    """What a table says of each person, once.

    Raises UsageError.
    """
    roster = read_roster(path)
    ids, roles = roster.column(*IDS), roster.column("role")
    columns = {
        "name": roster.column(*NAMES), "email": roster.column(*ADDRESSES), "team": roster.column("team", "group")
    }  # fmt: skip
    if ids is None:
        said = sentence("{file}: expected a column {name} in its first row", file=shown(path.name), name="student")
        raise UsageError(said)
    found: dict[str, tuple[int, Row]] = {}
    for cells, line in zip(roster.rows, roster.lines, strict=True):
        more = {name: None if place is None else cells[place].strip() for name, place in columns.items()}
        row = Row(cells[ids].strip(), "" if roles is None else cells[roles].strip().lower(), **more)
        first, before = found.setdefault(row.id, (line, row))
        if (wrong := _wrong(row)) is None and before != row:
            wrong = sentence("{id} is in row {first} with something else", id=shown(row.id), first=first)
        if wrong is not None:
            raise UsageError(sentence("{file}: row {line}: {said}", file=shown(path.name), line=line, said=wrong))
    return [row for _, row in found.values()]


def _wrong(row: Row) -> Sentence | None:
    """Why a row cannot be used."""
    if not row.id or len(row.id) > MAX_STUDENT or row.role not in ("", *ROLES):
        return sentence(
            "expected an id and one of the roles {roles}, received {id} and {role}",
            roles=", ".join(ROLES),
            id=shown(row.id),
            role=shown(row.role),
        )
    return unfit({name: text for name, text in row._asdict().items() if text is not None})


def _role(base: Connection, id: str, role: str, who: str) -> str:
    """The role that somebody has by a row of the table."""
    known = person_named(base, id)
    if known is None or known.role == role or not role:
        return role or (known.role if known else "student")
    if id == who and known.role == "instructor":
        raise DeniedError(sentence("you cannot take your own rights away: another instructor can"))
    return role
