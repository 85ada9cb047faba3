"""The shape of an array: sizes of axes, without the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from grader.answers.comparison import (
    EXACT,
    SIGNIFICANT_DIGITS,
    AnswerVector,
    Comparison,
    ToleranceLimits,
    Vector,
    sizes_of,
)
from grader.answers.kinds.base import FormField, Kind, Numbers, Points, register
from grader.answers.phrases import is_blank
from grader.answers.plain_answers import plain_shape
from grader.answers.sayings import refuse_two_values
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings, Value, is_shape, shape_text
from grader.core.support.inputs import Array
from grader.formula.arithmetic import is_number, plain
from grader.messages import Sentence, sentence

_EXACT = 1e-9
_PLACES = 12
"""A size with more decimals than this is not taken for a rounded one."""


class ShapeKind(Numbers):
    """One shape, right or wrong as a whole."""

    name = "shape"
    tolerant = False
    sizes = True

    def infers(self, value: Any) -> bool:
        """A tuple of whole numbers."""
        return is_shape(value)

    def form(self, value: Any) -> Any:
        """A tuple of sizes; a number is a shape of one."""
        return as_shape(value)

    def counts(self, value: Any) -> bool:
        """Sizes are not counts: `-` does not mean 0."""
        return False

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The shape; blank for a blank answer."""
        from grader.answers.shapes import shape_readings

        if spec.symbols:
            return self.in_symbols().read(raw, spec)
        refuse_two_values(raw)
        return Readings.among(self.name, () if is_blank(raw) else shape_readings(raw, spec))

    def read_plain(self, raw: object, spec: AnswerSpec) -> Readings | None:
        """Sizes in digits."""
        sizes = plain_shape(raw, spec)
        return None if sizes is None else Readings.of(self.name, sizes)

    def in_symbols(self) -> Kind:
        """The form of this kind whose sizes are formulas."""
        from grader.answers.symbolic_kind import SYMBOLIC

        return SYMBOLIC[self.name]

    def asked(self, value: Any) -> tuple[int, ...]:
        """How many sizes the shape has."""
        return (len(value),)

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare the sizes exactly; a leading batch axis of 1 does not count."""
        if isinstance(key, tuple):
            value = without_batch(value, len(key))
            if len(value) != len(key):
                return Comparison(((),), expected_axes=(len(key),), received_axes=(len(value),))
        return Comparison(((),), frozenset({()} if same_shape(value, key) else ()), EXACT)

    def misfit(self, expected: tuple[int, ...], received: tuple[int, ...]) -> Sentence:
        """How many sizes were expected, and how many received."""
        return sentence(
            "sizes in the shape: expected {expected}, received {received}", expected=expected[0], received=received[0]
        )

    def by_entries(self, rank: int) -> bool:
        """A single shape is right or wrong as a whole."""
        return False

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """The shape in the form of the right one."""
        return shape_like(value, right)

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """One cell, with the padded sizes."""
        return encoded_shapes({(): values[0]}, ())

    def encode_entry(self, value: Any) -> Array | None:
        """One shape has no entries."""
        return None

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """The sizes: exact unless they were rounded."""
        shape = without_batch(value, len(key))
        return answered_shapes(encoded_shapes({(): shape}, ()), [shape])

    def show(self, value: Value) -> str:
        """The sizes in brackets."""
        return shape_text(value)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """The sizes with product signs."""
        return [sizes_text(value, leaf)]

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        return sentence("a shape ({order}), such as '5*4*3'", order=shape_order)

    def form_field(self, spec: AnswerSpec) -> FormField:
        """One line."""
        return FormField("text", placeholder="5 x 4 x 3")


register(ShapeKind())


def as_shape(value: Any) -> tuple[int, ...]:
    """A computed value as a tuple of sizes; a number is a shape of one, and a quotient that is whole is a size.

    Raises:
        ValueError: not whole numbers; or TypeError for a value without sizes.
    """
    sizes = (value,) if is_number(value) else tuple(value)
    if not sizes or not all(is_number(size) and size == int(size) for size in sizes):
        raise ValueError("not a shape of whole numbers")
    return tuple(map(int, sizes))


def without_batch(shape: Any, expected: int) -> Any:
    """A shape without a leading batch axis of 1, if it has one size too many."""
    if isinstance(shape, tuple) and len(shape) == expected + 1 and shape[0] == 1:
        return shape[1:]
    return shape


def same_shape(shape: Any, key: tuple[int, ...]) -> bool:
    """Whether a student's shape is the key's."""
    return shape is not None and bool(without_batch(tuple(shape), len(key)) == key)


def shape_like(value: Any, right: Any) -> Any:
    """A shape in the form of the right one: without the batch axis, and a plain number where that is one."""
    if value is None:
        return right
    sizes = tuple(int(size) if size == int(size) else size for size in value)
    if isinstance(right, tuple):
        return without_batch(sizes, len(right))
    return plain(sizes[0]) if len(sizes) == 1 else sizes


def sizes_text(value: object, leaf: Callable[[object], str]) -> str:
    """A shape in a report, `14 × 14 × 32`; a plain number is a shape of one."""
    if isinstance(value, list | tuple):
        return " × ".join(leaf(side) for side in value) or "()"
    return leaf(value)


def encoded_shapes(shapes: Mapping[tuple[int, ...], Any], axes: tuple[int, ...]) -> Vector | None:
    """Shapes as cells of padded sizes; None where one cannot be encoded."""
    try:
        rows = [sizes_of(shape) for shape in shapes.values()]
    except (TypeError, ValueError, OverflowError):
        return None
    return Vector(axes, tuple(shapes), np.array(rows, dtype=np.float64))


def answered_shapes(vector: Vector | None, shapes: Sequence[Any]) -> AnswerVector | None:
    """A student's shapes, with the allowed difference of each."""
    if vector is None:
        return None
    return AnswerVector(vector, np.array([_rounded(shape) for shape in shapes]), 0.0)


def _rounded(shape: Sequence[Any]) -> float:
    """How far the sizes of a shape may be off: a fraction such as 11.33 has been rounded."""
    limits = [_EXACT]
    for size in shape:
        places = next((k for k in range(1, _PLACES) if 10**k % getattr(size, "denominator", 1) == 0), 0)
        if isinstance(size, Fraction) and places and abs(size) >= 10 ** (SIGNIFICANT_DIGITS - 1 - places):
            limits.append(0.5 * 10.0**-places)
    return max(limits)
