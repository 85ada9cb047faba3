"""A table of grades as Moodle imports it: one unknown user, or one cell that is not a number, stops the whole import.

Source: Moodle, grade/import/csv/classes/load_data.php.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.lms.exporter import Export, Exporter, Request, register
from grader.lms.results import Record
from grader.lms.roster import Roster, match, read_roster, required
from grader.messages import sentence
from grader.reports.show import marks

_USERNAME = ("username",)
_ID_NUMBER = ("idnumber", "id number")
_EMAIL = ("email", "email address", "e-mail")


@register
class MoodleExporter(Exporter):
    """A table of grades with Moodle's columns for users; only students in the roster."""

    name = "moodle"
    about = "a table of grades for Moodle's import"
    then = "in the course, Grades, Import, CSV file; map `username`, `idnumber` or `email` to the user"
    file_name = "{assignment}-moodle.csv"
    takes_roster = True

    def export(self, request: Request) -> Export:
        """One row for each student, found by username, ID number or e-mail address."""
        results = request.results
        title = request.title or results.assignment
        if request.roster is None:
            rows = (([one.student, "", ""], one) for one in results.records())
            note = sentence(
                "no --roster: the student's id is taken for the username; one that Moodle does not know stops the "
                "import"
            )
            return Export.of_table(_table(request, rows, title), [note])
        roster = read_roster(request.roster)
        columns = _columns(roster, request.roster)
        label = next(column for column in columns if column is not None)
        found = match(roster, results.records(), columns, label)
        users = ((["" if column is None else row[column] for column in columns], one) for row, one in found.rows)
        return Export.of_table(_table(request, users, title), found.notes, complete=found.everybody)


def _columns(roster: Roster, path: Path) -> list[int | None]:
    """The columns of the roster that Moodle can identify people by.

    Raises UsageError if it has none.
    """
    columns = [roster.column(*names) for names in (_USERNAME, _ID_NUMBER, _EMAIL)]
    if all(column is None for column in columns):
        required(roster, path, *_USERNAME, *_ID_NUMBER, *_EMAIL)
    return columns


def _table(request: Request, rows: Iterator[tuple[list[str], Record]], title: str) -> Iterator[list[str]]:
    yield ["username", "idnumber", "email", title, f"{title} (feedback)"]
    for user, one in rows:
        yield [*user, request.total(one), _feedback(one)]


def _feedback(one: Record) -> str:
    """The marks of each part, or why there are none."""
    if not one.graded:
        return one.message
    totals: dict[str, list[str]] = {}
    for part in one.parts:
        totals.setdefault(part.question, []).append(
            f"{part.part} {'…' if part.score is None else marks(part.score)}/{marks(part.max_score)}"
        )
    return "; ".join(f"{question}: {', '.join(parts)}" for question, parts in totals.items())
