"""The columns of nbgrader's `grades.csv`, so that programs that read that file can read this one.

Source: nbgrader, nbgrader/plugins/export.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from grader.lms.exporter import Export, Exporter, Request, register
from grader.reports.spreadsheet import mark

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


@register
class NbgraderExporter(Exporter):
    """nbgrader's `grades.csv`; ungraded work counts 0, as it does there."""

    name = "nbgrader"
    about = "the columns of nbgrader's `grades.csv`"
    then = "give it to tools that read nbgrader's export"
    file_name = "{assignment}-nbgrader.csv"
    takes_roster = False

    def export(self, request: Request) -> Export:
        """One row for each student."""
        return Export.of_table(_rows(request))


def _rows(request: Request) -> Iterator[list[str]]:
    results = request.results
    yield list(COLUMNS)
    for one in results.records():
        score = request.total(one) if one.graded else mark(Decimal(0))
        yield [one.assignment, "", "", one.student, "", "", "", score, "0.00", score, mark(results.points)]
