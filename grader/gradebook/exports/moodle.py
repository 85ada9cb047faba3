"""A table of grades as Moodle imports it: one unknown user, or one cell that is no number, would stop the whole import.

Source: Moodle, grade/import/csv/classes/load_data.php.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.gradebook.exports.records import Record
from grader.gradebook.exports.rosters import Match, Roster, match, required
from grader.gradebook.exports.tables import mark
from grader.reports.show import marks

USERNAME = ("username",)
IDNUMBER = ("idnumber", "id number")
EMAIL = ("email", "email address", "e-mail")


def matched(roster: Roster, records: Iterable[Record]) -> Match:
    """Who is who: by username, ID number, or e-mail address."""
    columns = [roster.column(*USERNAME), roster.column(*IDNUMBER), roster.column(*EMAIL)]
    return match(roster, records, columns, next((column for column in columns if column is not None), 0))


def rows(roster: Roster, found: Match, title: str) -> Iterator[list[str]]:
    """The header and a row for each student whom the roster knows."""
    columns = [roster.column(*USERNAME), roster.column(*IDNUMBER), roster.column(*EMAIL)]
    yield _header(title)
    for place, one in sorted(found.by_row.items()):
        row = roster.rows[place]
        yield [*("" if column is None else row[column] for column in columns), *_marks(one)]


def rows_alone(records: Iterable[Record], title: str) -> Iterator[list[str]]:
    """The same without a roster: the student's id is the username."""
    yield _header(title)
    for one in records:
        yield [one.student, "", "", *_marks(one)]


def _header(title: str) -> list[str]:
    return ["username", "idnumber", "email", title, f"{title} (feedback)"]


def _marks(one: Record) -> list[str]:
    if not one.graded:
        return ["", one.message]
    totals: dict[str, list[str]] = {}
    for part in one.parts:
        totals.setdefault(part.question, []).append(
            f"{part.part} {'…' if part.score is None else marks(part.score)}/{marks(part.max_score)}"
        )
    return [mark(one.score), "; ".join(f"{question}: {', '.join(parts)}" for question, parts in totals.items())]


def checked(roster: Roster, path: Path) -> None:
    """Whether the roster says by what Moodle knows people.

    Raises UsageError where it does not.
    """
    if all(roster.column(*column) is None for column in (USERNAME, IDNUMBER, EMAIL)):
        required(roster, path, "username", *IDNUMBER, *EMAIL)
