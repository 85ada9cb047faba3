"""The people of a course, from a table: `student,name,role,email,team` with a header, or what an LMS exports."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from grader.errors import UsageError
from grader.gradebook.lms.roster import read_roster
from grader.homework.submission import MAX_STUDENT
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.course.refusals import DeniedError
from grader.service.course.who import ROLES
from grader.service.store import Store
from grader.service.store.audit import note
from grader.service.store.people import Person, add_person, person_named
from grader.service.store.teams import put_team

IDS = ("student", "student id", "id", "sis user id", "id number", "username", "user")
NAMES = ("name", "full name", "student name")
ADDRESSES = ("email", "e-mail", "email address")


def add_roster(store: Store, path: Path, now: datetime, who: str = "roster") -> list[Person]:
    """Add everybody of a table, or bring them up to date; nobody is removed.

    Who has no role in it keeps theirs; new people are students. `who` is recorded as the one who did it.

    Raises UsageError for a table without a column of ids, or a row that cannot be used, DeniedError where an instructor
    would take their own rights away; then nobody is added.
    """
    roster = read_roster(path)
    ids, names, roles = roster.column(*IDS), roster.column(*NAMES), roster.column("role")
    addresses, teams = roster.column(*ADDRESSES), roster.column("team", "group")
    if ids is None:
        said = sentence("{file}: expected a column {name} in its first row", file=shown(path.name), name="student")
        raise UsageError(said)
    found: list[tuple[str, str, str, str, str]] = []
    for row, line in zip(roster.rows, roster.lines, strict=True):
        id = row[ids].strip()
        role = row[roles].strip().lower() if roles is not None else ""
        if not id or len(id) > MAX_STUDENT or role not in ("", *ROLES):
            said = sentence(
                "{file}: row {line}: expected an id and one of the roles {roles}, received {id} and {role}",
                file=shown(path.name),
                line=line,
                roles=", ".join(ROLES),
                id=shown(id),
                role=shown(role),
            )
            raise UsageError(said)
        name, address, team = (row[place].strip() if place is not None else "" for place in (names, addresses, teams))
        found.append((id, name, address, team, role))
    with store.writing() as base:
        people = [
            add_person(base, id, name, _role(base, id, role, who), now, address) for id, name, address, _, role in found
        ]
        for id, _, _, team, _ in found if teams is not None else ():
            put_team(base, id, team)
        note(base, now, who, "added people", path.name, people=len(people))
    return people


def _role(base: Connection, id: str, role: str, who: str) -> str:
    """The role that somebody has by a row of the table."""
    known = person_named(base, id)
    if known is None or known.role == role or not role:
        return role or (known.role if known else "student")
    if id == who and known.role == "instructor":
        raise DeniedError(sentence("you cannot take your own rights away: another instructor can"))
    return role
