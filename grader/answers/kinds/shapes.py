"""A list of shapes, one per layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.answers.comparison import EXACT, AnswerVector, Comparison, ToleranceLimits, Vector, sizes_of
from grader.answers.kinds.base import FormField, Kind, Numbers, Points, register
from grader.answers.kinds.shape import (
    answered_shapes,
    as_shape,
    encoded_shapes,
    same_shape,
    shape_like,
    sizes_text,
    without_batch,
)
from grader.answers.phrases import is_blank
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings, Value, is_shapes, shape_text
from grader.core.support.inputs import Array
from grader.messages import Sentence, sentence


class ShapesKind(Numbers):
    """A list of shapes, each an entry."""

    name = "shapes"
    tolerant = False
    sizes = True

    def infers(self, value: Any) -> bool:
        """A list that holds a tuple."""
        return is_shapes(value)

    def form(self, value: Any) -> Any:
        """A list of tuples of sizes."""
        return [as_shape(item) for item in value]

    def counts(self, value: Any) -> bool:
        """Sizes are not counts: `-` does not mean 0."""
        return False

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The shapes, None for a blank row; blank for a blank answer."""
        from grader.answers.shape_lists import shapes_readings

        if spec.symbols:
            return self.in_symbols().read(raw, spec)
        return Readings.among(self.name, () if is_blank(raw) else shapes_readings(raw, spec))

    def in_symbols(self) -> Kind:
        """The form of this kind whose sizes are formulas."""
        from grader.answers.symbolic_kind import SYMBOLIC

        return SYMBOLIC[self.name]

    def axes(self, value: Any) -> tuple[int, ...]:
        """How many shapes there are."""
        return (len(value),)

    def asked(self, value: Any) -> tuple[int, ...]:
        """How many shapes there are, and how many sizes each has if that is the same for all."""
        lengths = {len(shape) for shape in value}
        return (len(value), *(lengths if len(lengths) == 1 else ()))

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare every shape exactly."""
        keys = self.cells(key)
        if len(value) != len(key):
            return Comparison(tuple(keys), expected_axes=self.axes(key), received_axes=self.axes(value))
        right = {cell for cell, shape in self.cells(value).items() if same_shape(shape, keys[cell])}
        return Comparison(tuple(keys), frozenset(right), EXACT)

    def misfit(self, expected: tuple[int, ...], received: tuple[int, ...]) -> Sentence:
        """How many shapes were expected, and how many received."""
        if not expected or not received:
            return super().misfit(expected, received)
        return sentence(
            "shapes in the list: expected {expected}, received {received}", expected=expected[0], received=received[0]
        )

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """Every shape in the form of the right one."""
        return [shape_like(shape, inner) for shape, inner in zip(value, right, strict=True)]

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """A cell for each shape, with its padded sizes."""
        try:
            return encoded_shapes(self.cells(values[0]), self.axes(values[0]))
        except TypeError:
            return None

    def encode_entry(self, value: Any) -> Array | None:
        """The padded sizes of one shape."""
        return np.array(sizes_of(value))

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """The sizes of each shape; nothing for a blank one."""
        rows = [without_batch(shape, len(right)) for shape, right in zip(value, key, strict=False)]
        shapes = [(np.nan,) if shape is None else shape for shape in [*rows, *value[len(rows) :]]]
        return answered_shapes(encoded_shapes(self.cells(shapes), self.axes(shapes)), shapes)

    def show(self, value: Value) -> str:
        """One shape per line."""
        assert isinstance(value, tuple)
        return "\n".join("blank" if shape is None else shape_text(shape) for shape in value)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """A text for each shape."""
        return [sizes_text(entry, leaf) for entry in value] if isinstance(value, list | tuple) else None

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        return sentence("a list of shapes ({order}), such as ['5*4*3', '60']", order=shape_order)

    def form_field(self, spec: AnswerSpec) -> FormField:
        """Several lines, one for each shape."""
        return FormField("textarea", rows=6, placeholder="5 x 4 x 3", table=spec.labels)


register(ShapesKind())
