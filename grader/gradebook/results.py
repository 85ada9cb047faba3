"""The table of a batch: one row for each submission file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from grader.gradebook.store import Row
from grader.reports.sanitise import visible

COLUMNS = ("file", "assignment", "student", "status", "score", "max_score", "pending_points", "reason")

_DIVIDED = re.compile('(;[\\s"]*)(?=[=+@＝＋－＠-])')
"""Where a spreadsheet that divides cells by semicolons would begin a formula."""


@lru_cache(1_000)
def harmless(text: str) -> str:
    r"""A cell that no spreadsheet runs and no terminal obeys: a quote before what would begin a formula.

    >>> harmless("=HYPERLINK(1)"), harmless(" \t-1"), harmless("student-01"), harmless("a;=1+1")
    ("'=HYPERLINK(1)", "' \\t-1", 'student-01', "a;'=1+1")
    """
    first = text.lstrip()[:1]
    shown = _DIVIDED.sub(r"\1'", visible(text))
    return (
        f"'{shown}"
        if text[:1] in ("\t", "\r", "\n") or first in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
        else shown
    )


@lru_cache(10_000)
def number(text: str) -> str:
    """An exact number with two decimals, or as many as it has.

    >>> number("2"), number("2.125"), number("14.50")
    ('2.00', '2.125', '14.50')
    """
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    return f"{value:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{value:f}"


def liner(end: str = "\n") -> Callable[[Iterable[str]], str]:
    r"""What makes a line of cells; all of them in quotes where a spreadsheet of another country would divide one.

    >>> liner()(["a", "b,c"]), liner()(["a", "x;=1+1"])
    ('a,"b,c"\n', '"a","x;=1+1"\n')
    """
    held = io.StringIO()
    plain = csv.writer(held, lineterminator=end)
    careful = csv.writer(held, lineterminator=end, quoting=csv.QUOTE_ALL)

    def line(cells: Iterable[str]) -> str:
        held.seek(0)
        held.truncate()
        row = list(cells)
        (careful if any(";" in cell or "\t" in cell for cell in row) else plain).writerow(row)
        return held.getvalue()

    return line


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of results.csv, each with its end."""
    line = liner()
    yield line(COLUMNS)
    for row in rows:
        marked = not row.standing and row.status in ("graded", "needs_review")
        numbers = [number(text) for text in (row.score, row.max_score, row.pending)] if marked else ["", "", ""]
        names = [harmless(row.file), harmless(row.assignment or ""), harmless(row.student or "")]
        yield line([*names, row.standing or row.status, *numbers, harmless(row.why or row.reason)])
