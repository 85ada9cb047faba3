"""The table of a batch: one row for each submission file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from grader.gradebook.database.schema import MARKED, SubmissionRow
from grader.reports.spreadsheet import harmless, liner

COLUMNS = ("file", "assignment", "student", "status", "score", "max_score", "pending_points", "reason")


@lru_cache(10_000)
def number(text: str) -> str:
    """An exact number with two decimals, or as many as it has.

    >>> number("2"), number("2.125"), number("14.50")
    ('2.00', '2.125', '14.50')
    """
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    return f"{value:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{value:f}"


def lines(rows: Iterable[SubmissionRow]) -> Iterator[str]:
    """The lines of results.csv, each with its end."""
    line = liner()
    yield line(COLUMNS)
    for row in rows:
        marked = not row.standing and row.status in MARKED
        numbers = [number(text) for text in (row.score, row.max_score, row.pending)] if marked else ["", "", ""]
        names = [harmless(row.file), harmless(row.assignment or ""), harmless(row.student or "")]
        yield line([*names, row.standing or row.status, *numbers, harmless(row.why or row.reason)])
