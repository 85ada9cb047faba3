"""Field types that several documents share: ids, points, shares and other bounded numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from grader.homework.readers import Checked, RefusedError, Text
from grader.messages import sentence
from grader.messages.names import described, shown

ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
MAX_POINTS = 1_000_000
MAX_DECIMALS = 10


def check_id(value: str, *at: str | int) -> str:
    """An id: letters, digits, - and _."""
    if not ID.fullmatch(value):
        raise RefusedError(
            sentence("expected an id of letters, digits, - and _ (at most 100), received {id}", id=shown(value)), *at
        )
    return value


def _number(value: Any) -> Decimal:
    """A finite number small enough to add and print."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise RefusedError(sentence("expected a number, received {received}", received=described(value)))
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise RefusedError(sentence("expected a finite number, received {received}", received=described(value)))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and (exponent < -30 or number.adjusted() > 30):
        raise RefusedError(
            sentence("expected a number of at most 30 digits, received {received}", received=described(value))
        )
    return number


def _points(value: Any) -> Decimal:
    number = _number(value)
    exponent = number.as_tuple().exponent
    if not 0 <= number <= MAX_POINTS or (isinstance(exponent, int) and exponent < -MAX_DECIMALS):
        raise RefusedError(
            sentence(
                "expected points from 0 to {most:,} with at most {decimals} decimals, received {received}",
                most=MAX_POINTS,
                decimals=MAX_DECIMALS,
                received=described(value),
            )
        )
    return number


def _share(value: Any) -> Decimal:
    number = _number(value)
    if not 0 <= number <= 1:
        raise RefusedError(sentence("expected a share from 0 to 1, received {received}", received=described(value)))
    return number


def _positive(value: Any) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise RefusedError(sentence("expected a number above 0, received {received}", received=described(value)))
    return number


ID_TEXT = Text(check_id, pattern=f"^{ID.pattern}$")
POINTS = Checked(_points, {"maximum": MAX_POINTS, "minimum": 0, "type": "number"})
SHARE = Checked(_share, {"maximum": 1, "minimum": 0, "type": "number"})
POSITIVE = Checked(_positive, {"exclusiveMinimum": 0, "type": "number"})
TEXT = Text()
