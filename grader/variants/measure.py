"""How hard a key is to work out by hand, judged by its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from grader.answers.values import nested_cells
from grader.formula.arithmetic import is_number
from grader.homework.solution import SolvedPart
from grader.homework.vary import Equal

LARGEST_DENOMINATOR = 10_000


@dataclass(frozen=True)
class Measure:
    """Figures on one key: how many entries, zeros and negatives, the digits of one number, largest denominator."""

    entries: int
    zeros: int
    negatives: int
    digits: float
    denominator: int

    @classmethod
    def of(cls, part: SolvedPart) -> Measure | None:
        """The measure of a part's key; None where it has no numbers."""
        cells = nested_cells(part.value).values() if part.computed and part.samples is None else ()
        numbers = [entry for entry in cells if is_number(entry) and isfinite(entry)]
        if not numbers:
            return None
        return cls(
            len(numbers),
            sum(number == 0 for number in numbers),
            sum(number < 0 for number in numbers),
            sum(map(digits, numbers)) / len(numbers),
            max(map(_denominator, numbers)),
        )

    def apart(self, base: Measure, equal: Equal) -> str | None:
        """The first field of `equal` in which this key is too far from the base's; None where it is close enough."""
        several = base.entries
        if abs(self.zeros - base.zeros) > max(1, several * float(equal.zeros)):
            return "zeros"
        if abs(self.negatives - base.negatives) > max(1, several * float(equal.negatives)):
            return "negatives"
        if abs(self.digits - base.digits) > equal.digits:
            return "digits"
        low, high = sorted((self.denominator, base.denominator))
        return "denominators" if high > low * equal.denominators else None


def fraction(number: float) -> Fraction | None:
    """The fraction that a number is; None where its denominator would be above 10,000."""
    near = Fraction(number).limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(float(near) - number) <= 1e-9 * max(1.0, abs(number)) else None


def digits(number: float) -> int:
    """How many digits a number has: of the numerator for a fraction, else six.

    >>> digits(-12), digits(2.25), digits(0.1), digits(100), digits(2**0.5)
    (2, 1, 1, 3, 6)
    """
    exact = fraction(number)
    return len(str(abs(exact.numerator))) if exact is not None else 6


def _denominator(number: float) -> int:
    """The denominator of the fraction that a number is; the largest one if it is not a fraction."""
    exact = fraction(number)
    return LARGEST_DENOMINATOR if exact is None else exact.denominator
