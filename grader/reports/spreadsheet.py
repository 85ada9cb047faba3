"""Cells of tables for spreadsheets: nothing in them runs as a formula or controls a terminal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from grader.reports.sanitise import visible

BYTE_ORDER_MARK = "\ufeff"
_CENT = Decimal("0.01")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_DIVIDED = re.compile('(;[\\s"]*)(?=[=+@＝＋－＠-])')
"""Where a spreadsheet with semicolon separators would begin a formula."""


class Figure(str):
    """A formatted mark: a number even with a leading minus, whereas `-1` as an id is text."""

    __slots__ = ()


def mark(value: Decimal) -> Figure:
    """Marks with two decimals and no thousands separator, as every importer expects.

    >>> mark(Decimal("1234.5")), mark(Decimal("0.125"))
    ('1234.50', '0.13')
    """
    return Figure(f"{value.quantize(_CENT, ROUND_HALF_UP):f}")


@lru_cache(10_000)
def exact(text: str) -> str:
    """An exact number with two decimals, or as many as it has.

    >>> exact("2"), exact("2.125"), exact("14.50")
    ('2.00', '2.125', '14.50')
    """
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    return f"{value:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{value:f}"


@lru_cache(1_000)
def harmless(text: str) -> str:
    r"""A cell that is harmless in spreadsheets and terminals: a quote before anything that would begin a formula.

    Source: CWE-1236, improper neutralization of formula elements in a CSV file.

    >>> harmless("=HYPERLINK(1)"), harmless(" \t-1"), harmless("student-01"), harmless("a;=1+1")
    ("'=HYPERLINK(1)", "' \\t-1", 'student-01', "a;'=1+1")
    """
    shown = _DIVIDED.sub(r"\1'", visible(text))
    begins = text[:1] in ("\t", "\r", "\n") or text.lstrip()[:1] in _FORMULA
    return f"'{shown}" if begins else shown


def cell(text: str) -> str:
    """A cell: marks and dashes for blanks unchanged; other text made harmless.

    >>> cell(mark(Decimal("-1.5"))), cell("-1"), cell("=1+1"), cell("2024.001.7")
    ('-1.50', "'-1", "'=1+1", '2024.001.7')
    """
    return text if text == "--" or isinstance(text, Figure) else harmless(text)


def liner(end: str = "\n") -> Callable[[Iterable[str]], str]:
    r"""A function that formats a line of cells; all are quoted if a spreadsheet with another separator would split one.

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
        (careful if any(";" in each or "\t" in each for each in row) else plain).writerow(row)
        return held.getvalue()

    return line


def lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a CSV file, quoted where necessary, every cell harmless."""
    line = liner()
    for row in rows:
        yield line(cell(text) for text in row)
