"""The columns of otter-grader's `final_grades.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from grader.lms.exporter import Export, Exporter, Request, register
from grader.lms.results import Record
from grader.reports.spreadsheet import mark

_DIGITS = Decimal("0.0001")


@register
class OtterExporter(Exporter):
    """otter-grader's `final_grades.csv`: the points of each question, then the students."""

    name = "otter"
    about = "the columns of otter-grader's `final_grades.csv`"
    then = "give it to tools that read otter-grader's table"
    file_name = "{assignment}-otter.csv"
    takes_roster = False

    def export(self, request: Request) -> Export:
        """One row for each student; questions in the order of their names."""
        return Export.of_table(_rows(request))


def _rows(request: Request) -> Iterator[list[str]]:
    results = request.results
    points = results.questions
    names = sorted(points)
    total = sum(points.values(), Decimal(0))
    yield ["file", *names, "total_points_earned", "percent_correct", "grading_status"]
    yield ["points-per-question", *(mark(points[name]) for name in names), mark(total), "1", "--"]
    for one in results.records():
        earned = one.questions()
        blank = set() if request.provisional else one.unfinished()
        cells = ["" if name in blank else mark(earned.get(name, Decimal(0))) for name in names]
        yield [f"{one.slug}.toml", *cells, *_totals(request, one, total)]


def _totals(request: Request, one: Record, total: Decimal) -> tuple[str, str, str]:
    """The marks, their share of the points, and the state."""
    if one.graded and not one.final and not request.provisional:
        return "", "", "Waiting for a person"
    share = (one.score / total).quantize(_DIGITS) if total else Decimal(0)
    return mark(one.score), f"{share.normalize():f}", "Completed" if one.graded else f"Error: {one.message}"
