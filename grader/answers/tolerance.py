"""When one number is right: exactly, within a relative error, or by the digits written.

Source: the equality rules of the assignment format. Limits are inclusive: a difference equal to the limit passes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Protocol, SupportsFloat

from grader.answers.values import Number
from grader.messages import Sentence, sentence
from grader.structs import Struct

RELATIVE = 1e-6
ZERO = 1e-12
ZERO_ABSOLUTE = 1e-9
DIGITS = 3
_SLACK = 1 + 1e-9
"""Half a unit of a decimal digit is not a binary fraction: a tie must not fail by rounding error."""

EXACT = sentence("exactly equal")
WITHIN_RELATIVE = sentence("within 1e-6 relative; keep at least three digits")
BY_DIGITS = sentence("within 1e-6 relative or half a unit of the last digit written; keep at least three digits")
BY_DECIMALS = sentence(
    "within 1e-6 relative or one unit of the last decimal written in the array; keep at least three digits"
)


class Tolerance(Protocol):
    """A part's own tolerance; meeting any one of several limits is enough."""

    @property
    def relative(self) -> SupportsFloat | None:
        """Share of the key's value."""

    @property
    def absolute(self) -> SupportsFloat | None:
        """Distance from the key's value."""

    @property
    def decimals(self) -> int | None:
        """Half a unit of this decimal place."""

    @property
    def significant(self) -> int | None:
        """Half a unit of this significant digit."""


class Allowance(Struct):
    """How far an answer may be from the key: the default rules, or the part's own tolerance.

    `decimals` is the number of decimals that an array's most precise entry sets (None for one number, or where no entry
    sets any). A key that is mathematically 0 is exactly 0 here.
    """

    tolerance: Tolerance | None = None
    decimals: float | None = None

    def right(self, number: Number, key: int | float) -> bool:
        """Whether a number is right."""
        return self.applied(number, key) is not None

    def applied(self, number: Number, key: int | float) -> Sentence | None:
        """The rule by which a number is right, or None."""
        if self.tolerance is not None:
            return tolerance_rule(self.tolerance) if _tolerated(number, key, self.tolerance) else None
        if isinstance(key, int):
            return EXACT if number.value == key else None
        distance = _distance(number.value, key)
        near = distance <= (RELATIVE * abs(key) * _SLACK if key else ZERO_ABSOLUTE)
        if near:
            return WITHIN_RELATIVE
        if _by_digits(number, distance):
            return BY_DIGITS
        if self.decimals is not None and distance <= array_limit(number, self.decimals):
            return BY_DECIMALS
        return None


def array_limit(number: Number, decimals: float) -> float:
    """How far an entry may be off, by its array's decimals, or by its own if it has more.

    One unit of the last decimal if the entry has three significant digits there, half a unit if it has fewer; nothing
    if no digit is left, as in 0.000 for 0.00001, or if the entry has no last digit.
    """
    if number.decimals is None or not number.value:
        return 0.0
    units = 1.0 if (number.significant or 0) >= DIGITS else 0.5
    return float(units * 10.0 ** -max(decimals, number.decimals) * _SLACK)


def _distance(value: int | Fraction | float, key: int | float) -> float:
    """|value - key|, exact where the value is exact, so that ties are detected."""
    if isinstance(value, float):
        return abs(value - key)
    try:
        return float(abs(Fraction(value) - Fraction(key)))
    except OverflowError:
        return math.inf


def _by_digits(number: Number, distance: float) -> bool:
    if number.significant is None or number.decimals is None or number.significant < DIGITS:
        return False
    return bool(distance <= 0.5 * 10.0 ** -_last_place(number) * _SLACK)


def _last_place(number: Number) -> float:
    """The place of the last significant digit: 1230 is written to tens, as an integer's trailing zeros do not count."""
    assert number.decimals is not None
    if not isinstance(number.value, int) or number.decimals != 0 or not number.value:
        return number.decimals
    left, place = number.value, 0
    while left % 10 == 0:
        left, place = left // 10, place - 1
    return place


def array_decimals(numbers: Iterable[Number | None]) -> float | None:
    """The number of decimals that the most precise entry of an array sets for all entries.

    Only an entry with at least three significant digits sets it, and only after the decimal point: a matrix of whole
    numbers is not taken for a rounded one, so 4 never passes for 5.
    """
    written = [number for number in numbers if number is not None and (number.significant or 0) >= DIGITS]
    most = max((number.decimals or 0 for number in written), default=0)
    return most if most >= 1 else None


def _tolerated(number: Number, key: int | float, tolerance: Tolerance) -> bool:
    distance = _distance(number.value, key)
    limits = []
    if tolerance.relative is not None:
        limits.append(float(tolerance.relative) * abs(key))
    if tolerance.absolute is not None:
        limits.append(float(tolerance.absolute))
    if tolerance.decimals is not None:
        limits.append(0.5 * 10.0**-tolerance.decimals)
    if tolerance.significant is not None:
        exponent = math.floor(math.log10(abs(key))) if key else 0
        limits.append(0.5 * 10.0 ** (exponent - tolerance.significant + 1))
    return any(distance <= limit * _SLACK for limit in limits) or number.value == key


def tolerance_rule(tolerance: Tolerance) -> Sentence:
    """A part's own tolerance in words."""
    said: Sentence | None = None
    for limit in _limits(tolerance):
        said = limit if said is None else sentence("{one} or {other}", one=said, other=limit)
    assert said is not None
    return said


def _limits(tolerance: Tolerance) -> Iterator[Sentence]:
    if tolerance.relative is not None:
        yield sentence("within {limit} relative", limit=f"{float(tolerance.relative):g}")
    if tolerance.absolute is not None:
        yield sentence("within {limit} absolute", limit=f"{float(tolerance.absolute):g}")
    if tolerance.decimals is not None:
        yield sentence("rounded to this many decimals: {count}", count=tolerance.decimals)
    if tolerance.significant is not None:
        yield sentence("rounded to this many significant digits: {count}", count=tolerance.significant)
