"""The gradebook of Canvas as its importer reads it: the information columns of its own export, and one assignment.

Source: canvas-lms, lib/gradebook_importer.rb and lib/gradebook_exporter.rb.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from grader.errors import UsageError
from grader.lms.exporter import Export, Exporter, Request, register
from grader.lms.results import Record
from grader.lms.roster import Roster, match, read_roster, required
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown
from grader.reports.spreadsheet import mark

_INFORMATION = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS_POSSIBLE = "    Points Possible"
_DROPPED = re.compile(r"\b(?:final|current|override)\s+(?:score|points|grade)\b", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9.,]+%?")
_NUMBERED = re.compile(r"(.*?)\s*\(\d+\)\s*")


@register
class CanvasExporter(Exporter):
    """A gradebook with one assignment; the roster's information columns are kept as they were."""

    name = "canvas"
    about = "a gradebook for Canvas's import"
    then = "in the course, Grades, Import"
    file_name = "{assignment}-canvas.csv"
    takes_roster = True

    def export(self, request: Request) -> Export:
        """The header, the points possible, and one row for each student who has a mark."""
        if request.roster is None:
            return _without_roster(request)
        results = request.results
        roster = read_roster(request.roster)
        width = _width(roster, request.roster)
        title = _column_title(roster, [results.assignment, results.title], request.title)
        people = _people(roster)
        # The order in which Canvas itself searches: ID, SIS user ID, login ID, name.
        columns = [people.column("ID"), people.column("SIS User ID"), people.column("SIS Login ID"), 0]
        found = match(people, results.records(), columns, 0)
        notes = [*found.notes, *_column_notes(roster, title, results.points)]
        header = [*roster.header[:width], title]
        rows = _table(request, header, ((list(row[:width]), one) for row, one in found.rows))
        return Export.of_table(rows, notes, complete=found.everybody)


def _without_roster(request: Request) -> Export:
    """Use the student's id as name and as login, by which Canvas may find the person."""
    results = request.results
    title = _column_title(None, [results.assignment], request.title)
    rows = (([one.student, "", "", one.student, ""], one) for one in results.records())
    notes = [
        sentence("no --roster: Canvas finds students by login or name, and makes a new assignment {title}", title=title)
    ]
    converted = [one.student for one in results.records() if is_converted(one.student)]
    if converted:
        notes.append(
            sentence(
                "logins that Canvas would take for numbers, and match nobody ({count}): {names}; use --roster",
                count=len(converted),
                names=listed(converted),
            )
        )
    return Export.of_table(_table(request, [*_INFORMATION, title], rows), notes)


def _width(roster: Roster, path: Path) -> int:
    """How many information columns the roster has.

    Raises UsageError if it is not a Canvas gradebook.
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


def _people(roster: Roster) -> Roster:
    """The roster without the rows that are not students: the points possible, and Canvas's notes."""
    return roster.only(lambda row: bool(row[0].strip()) and not _is_points_possible(row))


def _is_points_possible(row: tuple[str, ...]) -> bool:
    return row[0].strip().casefold().startswith(_POINTS_POSSIBLE.strip().casefold())


def _column_title(roster: Roster | None, names: Iterable[str], title: str | None) -> str:
    """The title of the assignment's column: the roster's own if it has the assignment, so that no new one is created.

    Raises UsageError for a title that Canvas drops, and where several columns match.
    """
    wanted = [name for name in ([title] if title else names) if name]
    chosen = next((found for name in wanted if (found := _column_called(roster, name))), wanted[0] if wanted else "")
    if _DROPPED.search(chosen):
        said = sentence("Canvas drops a column called {title}: give another with --title", title=shown(chosen))
        raise UsageError(said)
    return chosen


def _column_called(roster: Roster | None, name: str) -> str | None:
    """The roster's column with that name: exactly, or else ignoring Canvas's number, blanks and case."""
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


def _table(request: Request, header: list[str], rows: Iterable[tuple[list[str], Record]]) -> Iterator[list[str]]:
    yield header
    yield [_POINTS_POSSIBLE, *[""] * (len(header) - 2), mark(request.results.points)]
    for cells, one in rows:
        if one.graded:
            yield [*cells, request.total(one)]


def is_converted(login: str) -> bool:
    """Whether Canvas would change a login: it converts anything that looks like a number, ignoring dots and commas.

    >>> is_converted("1,234"), is_converted("2024.001.7"), is_converted("123456"), is_converted("student-01")
    (True, True, False, False)
    """
    return bool(_NUMBER.fullmatch(login.strip())) and not login.strip().isdigit()


def _column_notes(roster: Roster, title: str, points: Decimal) -> list[Sentence]:
    """Notes on what Canvas will do with the column: create an assignment, or use different points."""
    if title not in roster.header:
        said = [sentence("the roster has no column for this assignment: Canvas makes a new one, {title}", title=title)]
        assignments = [name for name in roster.header if _NUMBERED.fullmatch(name)]
        if assignments:
            said.append(
                sentence("assignments of the roster, to name one with --title: {columns}", columns=listed(assignments))
            )
        return said
    theirs = _points_of(roster, title)
    if theirs is None or theirs == points:
        return []
    return [
        sentence(
            "the roster gives {title} {theirs} points, the assignment has {ours}",
            title=title,
            theirs=mark(theirs),
            ours=mark(points),
        )
    ]


def _points_of(roster: Roster, title: str) -> Decimal | None:
    """The points possible that the roster itself gives the assignment; None if it does not say."""
    place = roster.column(title)
    said = next((row[place] for row in roster.rows if place is not None and _is_points_possible(row)), "")
    try:
        return Decimal(said.strip())
    except ArithmeticError:
        return None
