"""Tables for spreadsheets and gradebooks: cells that nothing runs, marks that are plain exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from grader.gradebook.results import harmless, liner

_CENT = Decimal("0.01")


class Figure(str):
    """A mark as it is written: a number though it may begin with a minus, where `-1` as an id is text."""

    __slots__ = ()


def mark(value: Decimal) -> Figure:
    """Marks with two decimals, no sign of thousands: what every importer compares.

    >>> mark(Decimal("1234.5")), mark(Decimal("0.125"))
    ('1234.50', '0.13')
    """
    return Figure(f"{value.quantize(_CENT, ROUND_HALF_UP):f}")


def cell(text: str) -> str:
    """A cell: marks as they are, and the dashes that stand for nothing; other text harmless.

    >>> cell(mark(Decimal("-1.5"))), cell("-1"), cell("=1+1"), cell("2024.001.7")
    ('-1.50', "'-1", "'=1+1", '2024.001.7')
    """
    return text if text == "--" or isinstance(text, Figure) else harmless(text)


def lines(rows: Iterable[Sequence[str]], end: str = "\n") -> Iterator[str]:
    """The lines of a CSV file, quoted where need be, every cell harmless."""
    line = liner(end)
    for row in rows:
        yield line(cell(text) for text in row)
