"""One number: a decimal, a fraction, a percentage, a calculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from grader.answers.comparison import (
    RELATIVE,
    AnswerVector,
    Comparison,
    Floats,
    Tolerance,
    Vector,
    allowed,
    array_decimals,
    compared_numbers,
)
from grader.answers.kinds.base import FormField, Kind, PartFields, Points, entries_misfit, register
from grader.answers.phrases import is_blank
from grader.answers.plain_answers import plain_number
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number, Readings, Value, value_text
from grader.messages import Sentence, sentence


class OneNumber(Kind):
    """What numbers and integers share."""

    machine = True
    computed = True
    symbolic = False
    sizes = False
    fields = frozenset()
    blank = "''"

    def check(self, part: PartFields) -> None:
        """Accept every part."""

    def form(self, value: Any) -> Any:
        """The number as a float.

        Raises:
            ValueError: not one number.
        """
        if not is_number(value):
            raise ValueError("not one number")
        return float(value)

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The number; blank for a blank answer."""
        from grader.answers.numbers import number_readings

        dash_is_zero = spec.counts and isinstance(raw, str)
        return Readings.among(self.name, () if is_blank(raw) and not dash_is_zero else number_readings(raw, spec))

    def read_plain(self, raw: object, spec: AnswerSpec) -> Readings | None:
        """A number in digits."""
        number = plain_number(raw, spec)
        return None if number is None else Readings.of(self.name, number)

    def axes(self, value: Any) -> tuple[int, ...]:
        """One value has no axes."""
        return ()

    def compare(self, value: Any, key: Any, tolerance: Tolerance | None) -> Comparison:
        """Compare the number with the key."""
        return compared_numbers({(): key}, {(): value}, tolerance)

    def misfit(self, expected: tuple[int, ...], received: tuple[int, ...]) -> Sentence:
        """Both shapes."""
        return entries_misfit(expected, received)

    def by_entries(self, rank: int) -> bool:
        """A single value is right or wrong as a whole."""
        return False

    def names(self, value: Any) -> frozenset[str]:
        """A number uses no names."""
        return frozenset()

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """The number as a graph value."""
        return number_like(value, right)

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """One cell, with the number at each frame."""
        try:
            row = [[float(value.item() if isinstance(value, np.generic) else value) for value in values]]
        except (TypeError, ValueError, OverflowError):
            return None
        return Vector((), ((),), np.array(row, dtype=np.float64))

    def encode_entry(self, value: Any) -> Floats | None:
        """One value has no entries."""
        return None

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """The number, with half a unit of its last digit."""
        return encoded_numbers({(): value}, (), spec.counts)

    def show(self, value: Value) -> str:
        """The number with the digits written."""
        return value_text(value)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """None: a number is laid out by its axes."""
        return None

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, with examples."""
        return sentence("a number, such as 0.75, '9/4' or '2.87 * 10^-5'")

    def form_field(self, spec: AnswerSpec) -> FormField:
        """One line."""
        return FormField("text", placeholder="9/4")


class NumberKind(OneNumber):
    """A number, compared within a tolerance."""

    name = "number"
    tolerant = True

    def infers(self, value: Any) -> bool:
        """A float."""
        return isinstance(value, float)

    def counts(self, value: Any) -> bool:
        """A number is not a count."""
        return False

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        return sentence("a number")


NUMBER = register(NumberKind())


def is_number(value: object) -> bool:
    """Whether a computed value is one number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_like(number: Any, right: Any) -> Any:
    """A number as a graph value: an integer where the right one is; the right one for a blank cell."""
    if number is None:
        return right
    value: int | Fraction | float = number.value
    return value if isinstance(value, int) and not isinstance(right, float) else float(value)


def encoded_numbers(leaves: Mapping[tuple[int, ...], Any], axes: tuple[int, ...], exact: bool) -> AnswerVector:
    """Numbers as a vector; counts (`exact`) must match exactly unless they have a fraction."""
    numbers = [leaf if isinstance(leaf, Number) else None for leaf in leaves.values()]
    rows = np.array([[np.nan if number is None else float(number.value)] for number in numbers])
    decimals = array_decimals(numbers) if len(numbers) > 1 and not exact else None
    absolute = np.array([0.0 if exact and _whole(number) else allowed(number, decimals) for number in numbers])
    return AnswerVector(Vector(axes, tuple(leaves), rows), absolute, 0.0 if exact else RELATIVE)


def _whole(number: Number | None) -> bool:
    """Whether a number is a count or blank; 37.33 is not, and may be the rounded result of a mistake."""
    return number is None or number.value == int(number.value)
