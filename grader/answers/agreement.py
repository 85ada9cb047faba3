"""Whether the values of sides and of statements are the same: equal, a share in per cent, or rounded."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.answers.numerals import Numeral, scaled
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.structs import Struct


class Value(Struct):
    """What one side or statement stands for, the natural first; `plain` values are no calculations."""

    numerals: tuple[Numeral, ...]
    plain: bool

    @property
    def first(self) -> Number:
        """The most natural number."""
        return self.numerals[0].number


def same_value(one: Value, other: Value, spec: AnswerSpec) -> bool:
    """Whether two values are equal, one of them perhaps a share in per cent."""
    return any(same_number(first.number, second.number, spec) for first in one.numerals for second in other.numerals)


def same_number(one: Number, other: Number, spec: AnswerSpec) -> bool:
    """Whether two numbers are equal; where per cent are asked, 0.06 and 6 are, too."""
    return equal(one, other) or (spec.unit == "%" and equal(scaled(one, Fraction(100)), other))


def merged(one: Value, other: Value, spec: AnswerSpec) -> Value | None:
    """One value where two are the same or one is rounded from the other; None where they differ."""
    for first in one.numerals:
        for second in other.numerals:
            if same_number(first.number, second.number, spec):
                units = one.numerals if spec.unit else ()  # a size in bytes of 1000 and of 1024
                others = [replace(n, natural=False) for n in units if not equal(n.number, second.number)]
                return Value((replace(second, natural=True), *others), one.plain and other.plain)
    shares = [replace(one, numerals=tuple(replace(n, number=scaled(n.number, Fraction(100))) for n in one.numerals))]
    for first_of in (one, *(shares if spec.unit == "%" else [])):
        found = _rounded(first_of, other, spec)
        if found is not None:
            return found
    return None


def _rounded(one: Value, other: Value, spec: AnswerSpec) -> Value | None:
    """The better of two values of which one is rounded from the other; None where neither is."""
    if rounded_from(other.first, one.first):
        short, full = other, one
    elif rounded_from(one.first, other.first):
        short, full = one, other
    else:
        return None
    if spec.counts:
        return short if whole(short.first) and not whole(full.first) else full
    return short if (short.first.significant or 0) >= 3 and short is other else full


def equal(one: Number, other: Number) -> bool:
    """Whether two numbers have the same value, but for float noise."""
    return one.value == other.value or abs(float(one.value) - float(other.value)) <= 1e-12 * abs(float(one.value))


def rounded_from(short: Number, full: Number, units: float = 1.0) -> bool:
    """Whether a number is another one, rounded or cut off: less than so many units of its last digit away."""
    if short.decimals is None or (full.decimals is not None and full.decimals <= short.decimals):
        return False
    return bool(abs(float(short.value) - float(full.value)) < units * 10.0**-short.decimals)


def whole(number: Number) -> bool:
    """Whether a number has no fraction."""
    return float(number.value).is_integer()
