"""Whether two values of one answer agree: equal, one as a percentage, or one rounded from the other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.answers.chains import Side
from grader.answers.numerals import Numeral, scaled
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.patterns import pattern
from grader.structs import Struct

_QUOTIENT = pattern(r"\(*-?(\d{0,9}[.,]?\d{1,15})\)*\s?/\s?\(*(\d{0,9}[.,]?\d{1,15})\)*", needs="/")


class Value(Struct):
    """What one side or statement may mean, the most natural first; `plain` values are not calculations."""

    numerals: tuple[Numeral, ...]
    plain: bool

    @property
    def first(self) -> Number:
        """The most natural number."""
        return self.numerals[0].number


def same_value(one: Value, other: Value, spec: AnswerSpec) -> bool:
    """Whether two values are equal, where one may be a percentage."""
    return any(same_number(first.number, second.number, spec) for first in one.numerals for second in other.numerals)


def same_number(one: Number, other: Number, spec: AnswerSpec) -> bool:
    """Whether two numbers are equal; where a percentage is asked for, 0.06 also equals 6."""
    return equal(one, other) or _share_of(one, other, spec) or _share_of(other, one, spec)


def _share_of(share: Number, percentage: Number, spec: AnswerSpec) -> bool:
    """Whether one number is the other as a share, where a percentage is asked for."""
    return spec.unit == "%" and equal(scaled(share, Fraction(100)), percentage)


def merged(one: Value, other: Value, spec: AnswerSpec) -> Value | None:
    """The one value that two values agree on, if need be by rounding; None where they differ."""
    for first in one.numerals:
        for second in other.numerals:
            if same_number(first.number, second.number, spec):
                said = first if _share_of(second.number, first.number, spec) else second
                units = one.numerals if spec.unit else ()  # a size in bytes, by powers of 1000 and of 1024
                others = [replace(n, natural=False) for n in units if not equal(n.number, said.number)]
                return Value((replace(said, natural=True), *others), one.plain and other.plain)
    shares = [(_as_percentage(one), other), (one, _as_percentage(other))] if spec.unit == "%" else []
    for pair in ((one, other), *shares):
        found = _rounded(*pair, spec)
        if found is not None:
            return found
    return None


def _as_percentage(value: Value) -> Value:
    return replace(value, numerals=tuple(replace(n, number=scaled(n.number, Fraction(100))) for n in value.numerals))


def _rounded(one: Value, other: Value, spec: AnswerSpec) -> Value | None:
    """The more precise of two values where one is rounded from the other; None where neither is."""
    if rounded_from(other.first, one.first):
        short, full = other, one
    elif rounded_from(one.first, other.first):
        short, full = one, other
    else:
        return None
    if spec.counts:
        return short if whole(short.first) and not whole(full.first) else full
    return short if (short.first.significant or 0) >= 3 and short is other else full


def unrounded(sides: list[tuple[Side, Value]]) -> list[tuple[Side, Value]]:
    """The sides without quotients of rounded numbers that follow a calculation which they agree with."""
    kept: list[tuple[Side, Value]] = []
    for side, value in sides:
        slack, found = _slack(side.text), float(value.first.value)
        earlier = [float(one.first.value) for _, one in kept if not one.plain] if slack else []
        if not any(abs(one - found) <= slack * abs(found) for one in earlier):
            kept.append((side, value))
    return kept


def _slack(text: str) -> float:
    """The relative rounding error of a quotient of decimals, `7.39/30.19`; 0 for anything else."""
    found = _QUOTIENT.fullmatch(text)
    numbers = [number.replace(",", ".") for number in found.groups()] if found else []
    decimals = [number for number in numbers if "." in number and float(number)]
    return sum(0.5 * 10.0 ** -len(number.partition(".")[2]) / float(number) for number in decimals)


def equal(one: Number, other: Number) -> bool:
    """Whether two numbers are equal up to floating-point error."""
    return one.value == other.value or abs(float(one.value) - float(other.value)) <= 1e-12 * abs(float(one.value))


def rounded_from(short: Number, full: Number, units: float = 1.0) -> bool:
    """Whether `short` is `full` rounded or truncated: within `units` units of its last digit."""
    if short.decimals is None or (full.decimals is not None and full.decimals <= short.decimals):
        return False
    return bool(abs(float(short.value) - float(full.value)) < units * 10.0**-short.decimals)


def whole(number: Number) -> bool:
    """Whether a number is an integer."""
    return float(number.value).is_integer()
