"""The columns of nbgrader's `grades.csv`, so that what reads that file reads this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from grader.gradebook.exports.records import Record
from grader.gradebook.exports.tables import mark

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


def rows(records: Iterable[Record], points: Decimal) -> Iterator[list[str]]:
    """The header and the rows; what was not graded counts 0, as there."""
    yield list(COLUMNS)
    for one in records:
        score = mark(one.score if one.graded else Decimal(0))
        yield [one.assignment, "", "", one.student, "", "", "", score, "0.00", score, mark(points)]
