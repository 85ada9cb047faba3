"""The gradebook of Canvas as its importer reads it: the information columns of its own export, and one assignment.

Source: canvas-lms, lib/gradebook_importer.rb and lib/gradebook_exporter.rb.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.exports.records import Record
from grader.gradebook.exports.rosters import Match, Roster, match, required
from grader.gradebook.exports.tables import mark
from grader.messages import sentence
from grader.messages.names import shown

INFORMATION = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS_POSSIBLE = "    Points Possible"
_DROPPED = re.compile(r"\b(?:final|current|override)\s+(?:score|points|grade)\b", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9.,]+%?")
_NUMBERED = re.compile(r"(.*?)\s*\(\d+\)\s*")


def checked(roster: Roster, path: Path) -> int:
    """How many information columns the roster has.

    Raises UsageError where it is no gradebook of Canvas.
    """
    section = required(roster, path, "Section")
    first, second = roster.header[0], roster.header[1] if len(roster.header) > 1 else ""
    if "Student" not in first or "ID" not in second:
        said = sentence(
            "{file}: expected a gradebook exported from Canvas (columns Student, ID, …, Section), received {first}, "
            "{second}, …",
            file=shown(path.name),
            first=shown(first),
            second=shown(second),
        )
        raise UsageError(said)
    return section + 1


def people(roster: Roster) -> Roster:
    """The roster without the rows that are no students: the points possible, and notes of Canvas."""
    rows = [
        row for row in roster.rows if row[0].strip() and not row[0].strip().casefold().startswith("points possible")
    ]
    return Roster(roster.header, tuple(rows))


def matched(roster: Roster, records: Iterable[Record]) -> Match:
    """Who is who, in the order in which Canvas itself looks: ID, SIS user ID, login ID, name."""
    columns = [roster.column("ID"), roster.column("SIS User ID"), roster.column("SIS Login ID"), 0]
    return match(roster, records, columns, 0)


def column_title(roster: Roster | None, names: Iterable[str], title: str | None) -> str:
    """The title of the assignment's column: the roster's own where it has the assignment, so that none is made anew.

    Raises UsageError for a title that Canvas drops, and where several columns may be meant.
    """
    wanted = [name for name in ([title] if title else names) if name]
    chosen = next((found for name in wanted if (found := _column_called(roster, name))), wanted[0] if wanted else "")
    if _DROPPED.search(chosen):
        said = sentence("Canvas drops a column called {title}: give another with --title", title=shown(chosen))
        raise UsageError(said)
    return chosen


def _column_called(roster: Roster | None, name: str) -> str | None:
    """The roster's column of that name: just so, or else but for Canvas's number, blanks and capitals."""
    header = () if roster is None else roster.header
    if name in header:
        return name
    found = [one for one in header if _bare(one) == _bare(name)]
    if len(found) > 1:
        said = sentence(
            "several columns of the roster are called {title}: choose one of {columns} with --title",
            title=shown(name),
            columns=", ".join(map(shown, found)),
        )
        raise UsageError(said)
    return found[0] if found else None


def _bare(title: str) -> str:
    found = _NUMBERED.fullmatch(title)
    return " ".join((found[1] if found else title).split()).casefold()


def rows(roster: Roster, found: Match, title: str, points: Decimal, width: int) -> Iterator[list[str]]:
    """The header, the points possible, and every student who has a mark; the information columns as they were."""
    yield [*roster.header[:width], title]
    yield [POINTS_POSSIBLE, *[""] * (width - 1), mark(points)]
    yield from _marked(((roster.rows[place][:width], one) for place, one in sorted(found.by_row.items())))


def converted(login: str) -> bool:
    """Whether Canvas reads another login: it takes what looks like a number for one, dots and commas aside.

    >>> converted("1,234"), converted("2024.001.7"), converted("123456"), converted("student-01")
    (True, True, False, False)
    """
    return bool(_NUMBER.fullmatch(login.strip())) and not login.strip().isdigit()


def rows_alone(records: Iterable[Record], title: str, points: Decimal) -> Iterator[list[str]]:
    """The same without a roster: the student's id stands as name and as login, by which Canvas may find somebody."""
    yield [*INFORMATION, title]
    yield [POINTS_POSSIBLE, *[""] * (len(INFORMATION) - 1), mark(points)]
    yield from _marked(((one.student, "", "", one.student, ""), one) for one in records)


def _marked(found: Iterable[tuple[tuple[str, ...], Record]]) -> Iterator[list[str]]:
    for cells, one in found:
        if one.graded:
            yield [*cells, mark(one.score)]


def points_of(roster: Roster, title: str) -> Decimal | None:
    """The points possible that the roster itself gives the assignment; None where it says nothing."""
    place = roster.column(title)
    if place is None:
        return None
    for row in roster.rows:
        if row[0].strip().casefold().startswith("points possible"):
            try:
                return Decimal(row[place].strip())
            except ArithmeticError:
                return None
    return None
