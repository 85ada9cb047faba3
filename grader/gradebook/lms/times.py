"""Times as tables write them: what can be read one way only is read, the rest is left out and never guessed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import datetime

from dateutil import parser

_LONGEST = 60
_YEARS = range(1990, 2100)
"""The calendar that is meant: 1404 is a year of another."""
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}(?!\d)")
_OFFSET = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d\d))?\b")
"""Hours ahead of Greenwich; the parser takes the sign of `GMT+3` the other way round, as POSIX does."""
_DEFAULTS = (datetime(2001, 2, 3, 4, 5), datetime(2012, 11, 10, 9, 8))
"""What is missing in a text is taken from these: where the two outcomes differ, something is."""


def read_times(cells: Sequence[str]) -> list[datetime | None]:
    """The moment in each cell of a column; None for a blank one and for what has no reading, or more than one.

    Whether the day or the month comes first is told by the column as a whole: by some number over 12.

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
            warnings.simplefilter("error")  # a time zone that is not known
            first, second = (parser.parse(text, default=each, dayfirst=bool(day_first)) for each in _DEFAULTS)
    except (ValueError, OverflowError, Warning):
        return None
    return first if first == second and first.year in _YEARS else None
