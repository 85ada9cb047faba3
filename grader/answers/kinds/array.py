"""Arrays of numbers: lists, matrices, and more axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
from grader.answers.plain_answers import plain_array
from grader.answers.spec import AnswerSpec
from grader.answers.values import (
    NOT_ASKED,
    Readings,
    Value,
    is_shape,
    is_shapes,
    nested_axes,
    nested_cells,
    number_like,
    value_text,
)
from grader.core.support.inputs import Array, Cell
from grader.formula.arithmetic import as_array, plain
from grader.messages import Sentence, sentence


class ArrayKind(Numbers):
    """An array whose entries earn marks one by one."""

    name = "array"

    def infers(self, value: Any) -> bool:
        """Anything that is neither a single value nor shapes."""
        return not (isinstance(value, int | float) or is_shape(value) or is_shapes(value))

    def form(self, value: Any) -> Any:
        """Nested lists of exact integers, or a float64 array.

        Raises:
            ValueError: no entries, ragged, or not numbers.
        """
        array = as_array(value)
        if array.size == 0 or array.ndim == 0:
            raise ValueError("not an array with entries")
        if array.dtype == object:
            return array.tolist()
        return _with_gaps(value, array) if np.isnan(array).any() else array

    def counts(self, value: Any) -> bool:
        """Whether every entry is a whole number."""
        return all(isinstance(entry, int) for entry in self.cells(value).values())

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The array; blank for a blank answer."""
        from grader.answers.matrices import array_readings

        dash_is_zero = spec.counts and not isinstance(raw, str)
        return Readings.among(self.name, () if is_blank(raw) and not dash_is_zero else array_readings(raw, spec))

    def read_plain(self, raw: object, spec: AnswerSpec) -> Readings | None:
        """A table of numbers in digits."""
        cells = plain_array(raw, spec)
        return None if cells is None else Readings.of(self.name, cells)

    def axes(self, value: Any) -> tuple[int, ...]:
        """Its shape."""
        return nested_axes(value)

    def cells(self, value: Any) -> dict[Cell, Any]:
        """Every entry asked for, by index, in row-major order."""
        return {cell: entry for cell, entry in super().cells(value).items() if entry != NOT_ASKED}

    def unasked(self, value: Any) -> tuple[Cell, ...]:
        """The entries of the key that are not asked for."""
        return tuple(cell for cell, entry in super().cells(value).items() if entry == NOT_ASKED)

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare entry by entry."""
        keys, expected, received = self.cells(key), self.axes(key), self.axes(value)
        if expected != received:
            return Comparison(tuple(keys), expected_axes=expected, received_axes=received)
        return compared_numbers(keys, self.cells(value), tolerance)

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """Nested lists of numbers as values of the graph."""
        if isinstance(value, tuple):
            return [self.substitute(*pair, point) for pair in zip(value, right, strict=True)]
        return number_like(value, right)

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """A cell for each entry."""
        return encoded_entries(values, rank)

    def encode_entry(self, value: Any) -> Array | None:
        """One number."""
        return np.array([float(value)])

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """The entries, each with the digits written; nothing for a blank one."""
        return encoded_numbers(self.cells(value), self.axes(value), spec.counts)

    def show(self, value: Value) -> str:
        """Aligned rows."""
        return value_text(value)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """Numbers are laid out by their axes."""
        return None

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        return array_hint(spec.rank)

    def form_field(self, spec: AnswerSpec) -> FormField:
        """Several lines; one for each entry of a list whose entries have names. A blank count is no `-`, which is 0."""
        names = spec.labels if spec.rank == 1 else ()
        return replace(array_field(spec.rank), blank="?" if spec.counts else "-", table=names or None)


register(ArrayKind())


def _with_gaps(value: Any, array: Array) -> Any:
    """Nested lists with `any` for entries that are not asked for; integers stay exact."""
    if np.isnan(array).all():
        raise ValueError("not an array with an entry that is asked")
    if isinstance(value, list | tuple | np.ndarray):
        return [_with_gaps(inner, array) for inner in value]
    return NOT_ASKED if isinstance(value, float) and np.isnan(value) else plain(value)


def encoded_entries(values: Sequence[Any], rank: int) -> Vector | None:
    """A cell for each entry of a nested value, with its numbers at each frame; None where that is impossible."""
    try:
        shape = nested_axes(values[0])
        listed = [nested_cells(value) for value in values]
        where = tuple(listed[0])
        rows = [[np.nan if at[cell] == NOT_ASKED else float(at[cell]) for at in listed] for cell in where]
        if shape == () and rank:  # one number for an array is read as an array of one cell
            shape, where = (1,) * rank, ((0,) * rank,)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        return None
    return Vector(shape, where, np.array(rows, dtype=np.float64))


def array_hint(rank: int) -> Sentence:
    """A list, a matrix, or an array of more axes, for a template."""
    if rank <= 1:
        return sentence("a list, such as [1, '1/2', 3]")
    if rank == 2:
        return sentence("a matrix, row by row, such as [[1, '1/2', 3], [4, 5, 6]]")
    return sentence("an array of {rank} axes, as lists in lists", rank=rank)


def array_field(rank: int) -> FormField:
    """Several lines, into which rows, LaTeX and what a framework prints can be pasted."""
    if rank <= 1:
        return FormField("textarea", 2, "1  1/2  3", grid=1)
    return FormField("textarea", 6, "1  1/2  3\n4  5  6", grid=2 if rank == 2 else 0)
