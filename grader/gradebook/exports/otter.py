"""The columns of otter-grader's `final_grades.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from grader.gradebook.exports.records import Record
from grader.gradebook.exports.tables import mark

_DIGITS = Decimal("0.0001")


def rows(records: Iterable[Record], questions: dict[str, Decimal]) -> Iterator[list[str]]:
    """The header, the points of each question, and the rows; questions in the order of their names."""
    names = sorted(questions)
    points = sum(questions.values(), Decimal(0))
    yield ["file", *names, "total_points_earned", "percent_correct", "grading_status"]
    yield ["points-per-question", *(mark(questions[name]) for name in names), mark(points), "1", "--"]
    for one in records:
        totals = one.questions()
        share = (one.score / points).quantize(_DIGITS) if points else Decimal(0)
        status = "Completed" if one.graded else f"Error: {one.message}"
        cells = [mark(totals.get(name, Decimal(0))) for name in names]
        yield [f"{one.slug}.toml", *cells, mark(one.score), f"{share.normalize():f}", status]
