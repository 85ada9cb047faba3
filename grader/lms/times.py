"""Times in tables: unambiguous ones are read, others left out and never guessed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import datetime

from dateutil import parser

_LONGEST = 60
_YEARS = range(1990, 2100)
"""The plausible years: 1404, for instance, is in another calendar."""
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}(?!\d)")
_OFFSET = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d\d))?\b")
"""Hours ahead of Greenwich; the parser inverts the sign of `GMT+3`, as POSIX does."""
_DEFAULTS = (datetime(2001, 2, 3, 4, 5), datetime(2012, 11, 10, 9, 8))
"""Two defaults for missing fields: if the results differ, the text is incomplete."""


def read_times(cells: Sequence[str]) -> list[datetime | None]:
    """The moment in each cell of a column; None for a blank cell and for a text with no reading, or more than one.

    Whether the day or the month comes first is decided for the column as a whole, by a number over 12.

    >>> read_times(["1/15/2026 13:45:22", "2/3/2026 9:00:00"])[1]
    datetime.datetime(2026, 2, 3, 9, 0)
    >>> read_times(["2/3/2026 9:00:00", "noon", "2026-01-02T03:04:05+03:30"])[:2]
    [None, None]
    >>> print(*read_times(["2026/01/02 10:00:00 PM GMT+3:30", "2 January 2026, 1:45 PM"]), sep="; ")
    2026-01-02 22:00:00+03:30; 2026-01-02 13:45:00
    """
    starts = [found for cell in cells if (found := _NUMBERS.match(cell.strip()))]
    day_first = any(int(found[1]) > 12 for found in starts)
    month_first = any(int(found[2]) > 12 for found in starts)
    order = None if day_first == month_first else day_first
    return [_moment(cell.strip(), order) for cell in cells]


def _moment(text: str, day_first: bool | None) -> datetime | None:
    if not text or len(text) > _LONGEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.year in _YEARS else None
    except ValueError:
        pass
    text = _OFFSET.sub(lambda found: f"{found[1]}{int(found[2]):02}:{found[3] or '00'}", text)
    numbers = _NUMBERS.match(text)
    if numbers and day_first is None and numbers[1] != numbers[2]:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an unknown time zone
            first, second = (parser.parse(text, default=each, dayfirst=bool(day_first)) for each in _DEFAULTS)
    except (ValueError, OverflowError, Warning):
        return None
    return first if first == second and first.year in _YEARS else None
