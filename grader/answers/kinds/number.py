"""One number: a decimal, a fraction, a percentage, a calculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.answers.comparison import (
    AnswerVector,
    Comparison,
    ToleranceLimits,
    Vector,
    compared_numbers,
    encoded_numbers,
)
from grader.answers.kinds.base import FormField, Numbers, Points, register
from grader.answers.phrases import is_blank
from grader.answers.plain_answers import plain_number
from grader.answers.sayings import refuse_two_values
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings, Value, number_like, value_text
from grader.core.support.inputs import Array
from grader.formula.arithmetic import is_number
from grader.messages import Sentence, sentence


class OneNumber(Numbers):
    """What numbers and integers share."""

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

        refuse_two_values(raw)
        dash_is_zero = spec.counts and isinstance(raw, str)
        return Readings.among(self.name, () if is_blank(raw) and not dash_is_zero else number_readings(raw, spec))

    def read_plain(self, raw: object, spec: AnswerSpec) -> Readings | None:
        """A number in digits."""
        number = plain_number(raw, spec)
        return None if number is None else Readings.of(self.name, number)

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare the number with the key."""
        return compared_numbers({(): key}, {(): value}, tolerance)

    def by_entries(self, rank: int) -> bool:
        """A single value is right or wrong as a whole."""
        return False

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

    def encode_entry(self, value: Any) -> Array | None:
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

    def infers(self, value: Any) -> bool:
        """A float."""
        return isinstance(value, float)

    def counts(self, value: Any) -> bool:
        """A number is not a count."""
        return False

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        return sentence("a number")


register(NumberKind())
