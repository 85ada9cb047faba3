"""A plain table for spreadsheets: one row for each student, one column for each part."""

from __future__ import annotations

from collections.abc import Iterator

from grader.lms.exporter import Export, Exporter, Request, register
from grader.reports.spreadsheet import mark

COLUMNS = ("assignment", "student", "status", "score", "max_score", "pending_points")


@register
class PlainExporter(Exporter):
    """A table with a column for each part."""

    name = "csv"
    about = "a plain table with a column for each part"
    then = "open it in a spreadsheet"
    file_name = "{assignment}-csv.csv"
    takes_roster = False

    def export(self, request: Request) -> Export:
        """One row for each student; a part that waits for a person is blank, as is everything ungraded."""
        return Export.of_table(_rows(request), for_people=True)


def _rows(request: Request) -> Iterator[list[str]]:
    results = request.results
    yield [*COLUMNS, *(f"{question}.{part}" for question, part in results.parts)]
    for one in results.records():
        scores = {(part.question, part.part): part.score for part in one.parts}
        totals = [request.total(one), mark(one.max_score), mark(one.pending)] if one.graded else ["", "", ""]
        cells = ["" if (score := scores.get(name)) is None else mark(score) for name in results.parts]
        yield [one.assignment, one.student, one.status, *totals, *cells]
