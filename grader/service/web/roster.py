"""The people of a course, from a table: `student,name,role,email,team` with a header, or what an LMS exports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from grader.errors import UsageError
from grader.homework.submission import MAX_STUDENT
from grader.lms.answer_table import POINTS_POSSIBLE
from grader.lms.roster import Roster, read_roster
from grader.lms.students import FIRST, LAST, STUDENT_COLUMN
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown
from grader.service.course.hand_in import is_plain
from grader.service.course.people import regroup, unfit
from grader.service.course.refusals import DeniedError
from grader.service.course.who import ROLES
from grader.service.store import Store
from grader.service.store.audit import note
from grader.service.store.people import Person, PersonUpdate, add_people, people_named

IDS = ("student id", "sis user id", "id number", "id", "username", "user", STUDENT_COLUMN)
"""The exact header `student` comes first; `Student` is the name if there is also an id, as in Canvas."""
NAMES = ("name", "full name", "student name", STUDENT_COLUMN)
MORE = ("name", "email", "team")
ADDRESSES = ("email", "e-mail", "email address")


class RosterRow(NamedTuple):
    """A person as described by a table; None where it has no column."""

    id: str
    role: str
    name: str | None
    email: str | None
    team: str | None


def add_roster(
    store: Store,
    path: Path,
    now: datetime,
    who: str = "roster",
    warn: Callable[[Sentence], None] = lambda _: None,
) -> list[Person]:
    """Add or update everybody in a table; nobody is removed.

    Data without a column stays as it is. People without a role in the table keep theirs; new people are students.
    Students who change teams get the new team's extensions, also for earlier hand-ins. `who` is the name in the log.
    `warn` is told of a platform's rows without an id, such as Canvas's test student, which are left out.

    Raises UsageError for a table without a column of ids, or a row that cannot be used, DeniedError if an instructor
    would remove their own rights; then nobody is added.
    """
    roster = read_roster(path)
    with store.reading() as base:
        ids = _ids(base, roster, path.name)
    if roster.header[ids] != STUDENT_COLUMN:
        roster = _with_ids(roster, ids, path.name, warn)
    rows = _rows(roster, ids, path.name)
    with store.writing() as base:
        regroup(base, {one.id: one.team for one in rows if one.team is not None}, who, now)
        known = people_named(base, [one.id for one in rows])
        wanted = [PersonUpdate(one.id, _role(known.get(one.id), one.role, who), one.name, one.email) for one in rows]
        people = add_people(base, wanted, now)
        note(base, now, who, "added people", path.name, people=len(people))
    return people


def _ids(base: Connection, roster: Roster, file: str) -> int:
    """The column of ids: the one where at least half are people of the course, else the first by name.

    Raises UsageError.
    """
    own = [roster.header.index(STUDENT_COLUMN)] if STUDENT_COLUMN in roster.header else []
    places = own or [place for name in IDS if (place := roster.column(name)) is not None]
    if not places:
        said = sentence("{file}: expected a column {name} in its first row", file=shown(file), name="student")
        raise UsageError(said)
    if len(places) == 1:
        return places[0]
    cells = {place: {row[place].strip() for row in roster.rows if is_plain(row[place])} - {""} for place in places}
    known = people_named(base, sorted(set().union(*cells.values()))).keys()
    counts = {place: len(known & cells[place]) for place in places}
    most = max(places, key=counts.__getitem__)
    return most if 2 * counts[most] >= len(cells[most]) else places[0]


def _with_ids(roster: Roster, ids: int, file: str, warn: Callable[[Sentence], None]) -> Roster:
    """The rows with an id; the others of a platform are no people of the course."""
    without = roster.only(lambda row: not row[ids].strip() and not _is_points(row))
    if without.lines:
        said = sentence(
            "{file}: rows without an id were left out: {rows}", file=shown(file), rows=listed(map(str, without.lines))
        )
        warn(said)
    return roster.only(lambda row: bool(row[ids].strip()))


def _is_points(row: tuple[str, ...]) -> bool:
    """Whether it is the row in which Canvas says what assignments are worth."""
    return any(cell.strip().casefold().startswith(POINTS_POSSIBLE) for cell in row)


def _rows(roster: Roster, ids: int, file: str) -> list[RosterRow]:
    """The table's row for each person, without repetition.

    Raises UsageError.
    """
    columns = _columns(roster, ids)
    found: dict[str, tuple[int, RosterRow]] = {}
    for cells, line in zip(roster.rows, roster.lines, strict=True):
        texts = {name: " ".join(cells[place].strip() for place in places).strip() for name, places in columns.items()}
        row = RosterRow(cells[ids].strip(), texts.pop("role", "").lower(), **{name: texts.get(name) for name in MORE})
        first, before = found.setdefault(row.id, (line, row))
        if (wrong := _wrong(row)) is None and before != row:
            wrong = sentence("{id} is in row {first} with something else", id=shown(row.id), first=first)
        if wrong is not None:
            raise UsageError(sentence("{file}: row {line}: {said}", file=shown(file), line=line, said=wrong))
    return [row for _, row in found.values()]


def _first(roster: Roster, *names: str) -> int | None:
    """The first existing column with one of these names."""
    return next((place for name in names if (place := roster.column(name)) is not None), None)


def _columns(roster: Roster, ids: int) -> dict[str, list[int]]:
    """The columns of a table besides the id; a name may be split over two columns."""
    others = Roster(tuple("" if place == ids else one for place, one in enumerate(roster.header)), (), ())
    places = {
        "role": [others.column("role")],
        "name": [_first(others, *NAMES)],
        "email": [_first(others, *ADDRESSES)],
        "team": [_first(others, "team", "group")],
    }
    if places["name"] == [None]:
        places["name"] = [others.column(*FIRST), others.column(*LAST)]
    found = {name: [place for place in some if place is not None] for name, some in places.items()}
    return {name: some for name, some in found.items() if some}


def _wrong(row: RosterRow) -> Sentence | None:
    """Why a row cannot be used."""
    if not row.id or len(row.id) > MAX_STUDENT or row.role not in ("", *ROLES):
        return sentence(
            "expected an id and one of the roles {roles}, received {id} and {role}",
            roles=", ".join(ROLES),
            id=shown(row.id),
            role=shown(row.role),
        )
    return unfit({name: text for name, text in row._asdict().items() if text is not None})


def _role(known: Person | None, role: str, who: str) -> str:
    """A person's role after applying a row of the table."""
    if known is None or known.role == role or not role:
        return role or (known.role if known else "student")
    if known.student == who and known.role == "instructor":
        raise DeniedError(sentence("you cannot take your own rights away: another instructor can"))
    return role
