"""The values that readers return: what they are, their cells by index, and how they are shown.

Values are numbers with the digits as written, shapes, formulas, and nested tuples of these. Keys have cells, too. A
value is shown as text for people, and as plain data for JSON.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import numpy as np

from grader.core.support.inputs import Cell
from grader.messages import Sentence
from grader.structs import Struct

WrittenShape: TypeAlias = "tuple[int | Fraction, ...]"


class Number(Struct):
    """A finite number as a student wrote it.

    `value` is exact (int or Fraction) wherever the text is (integers, decimals, fractions, powers of ten), a float
    for roots and the like. `decimals` is the place of the last digit written (its unit is 10**-decimals; -5 for
    `12.4 million`, fractional after a conversion of units), `significant` the number of significant digits; both
    are None for values without a last digit (fractions, roots). Trailing zeros of an integer are not significant.
    """

    value: int | Fraction | float
    text: str
    decimals: float | None = None
    significant: int | None = None


class Formula(Protocol):
    """A student's formula: parsed once, evaluated at many points, never run as code."""

    @property
    def text(self) -> str:
        """The formula as written."""

    @property
    def names(self) -> frozenset[str]:
        """The symbols and earlier parts that it uses."""

    @property
    def stepped(self) -> bool:
        """Whether it uses floor, ceil or //, so that only integer points are meaningful."""

    def evaluate(self, point: Mapping[str, float]) -> float:
        """The value at a point; ArithmeticError or ValueError where it is undefined or too large."""


Cells: TypeAlias = "tuple[Cells | Number | Formula | None, ...]"
"""Nested tuples, never ragged; a leaf is None where the student left the cell blank."""

Options: TypeAlias = "tuple[str | None, ...]"
"""The chosen options, or the option matched with each item, None where there is none."""

Value: TypeAlias = "Options | Number | WrittenShape | tuple[WrittenShape | None, ...] | Cells | Formula | str | None"


class Reading(Struct):
    """A value that an answer may mean.

    `natural` readings are what a careful person would take the text to mean; several of them say the same (`14x14` is a
    shape, its side and its area). The others are possible meanings. `how` says how a text was understood where the
    value alone does not show it.
    """

    value: Value
    how: Sentence | None = None
    natural: bool = True


class Readings(Struct):
    """What one answer may mean, the most natural reading first; empty for a blank answer.

    `kind` is the name of the kind it was read as; `notes` are remarks for the student.
    """

    kind: str
    all: tuple[Reading, ...] = ()
    notes: tuple[Sentence, ...] = ()

    @classmethod
    def of(cls, kind: str, value: Value) -> Readings:
        """A single reading; a value of None is a blank answer."""
        return cls(kind) if value is None else cls(kind, (Reading(value),))

    @classmethod
    def among(cls, kind: str, readings: Iterable[Reading]) -> Readings:
        """Several readings, the natural ones first."""
        return cls(kind, tuple(sorted(readings, key=lambda reading: not reading.natural)))

    @property
    def blank(self) -> bool:
        """Whether the answer is blank."""
        return not self.all

    @property
    def value(self) -> Value:
        """The value of the most natural reading; None for a blank answer."""
        return self.all[0].value if self.all else None


NOT_ASKED = "any"
"""What authors and keys write for an entry that is not asked for."""


def nested_axes(value: Any) -> tuple[int, ...]:
    """How many entries a nested value has along each axis; () for one value.

    >>> nested_axes([[1, 2, 3], [4, 5, 6]]), nested_axes(7)
    ((2, 3), ())
    """
    sizes = []
    while isinstance(value, list | tuple | np.ndarray):
        sizes.append(len(value))
        if len(value) == 0:
            break
        value = value[0]
    return tuple(sizes)


def nested_cells(value: Any) -> dict[Cell, Any]:
    """Every entry of a nested value by its index, in row-major order; one entry at () for one value.

    >>> nested_cells([[1, 2]])
    {(0, 0): 1, (0, 1): 2}
    """
    return dict(walked(value, (), len(nested_axes(value))))


def walked(value: Any, at: Cell, depth: int) -> Iterator[tuple[Cell, Any]]:
    """The entries `depth` levels down, each with its index."""
    if depth == 0:
        yield at, value.item() if isinstance(value, np.generic) else value
        return
    for index, entry in enumerate(value):
        yield from walked(entry, (*at, index), depth - 1)


def take(value: Any, cell: Cell) -> Any:
    """The entry (or the inner list) at an index."""
    for index in cell:
        value = value[index]
    return value


def number_like(number: Any, right: Any) -> Any:
    """A number as a graph value: an integer where the right one is; the right one for a blank cell."""
    if number is None:
        return right
    value: int | Fraction | float = number.value
    return value if isinstance(value, int) and not isinstance(right, float) else float(value)


def all_zero(value: Any) -> bool:
    """Whether every number of a value is zero; False where an entry is not a number.

    >>> all_zero([[0, 0.0]]), all_zero([]), all_zero("0")
    (True, False, False)
    """
    numbers = list(_numbers(value))
    return bool(numbers) and all(number == 0 for number in numbers)


def constant(value: Any) -> bool:
    """Whether an array of two or more numbers holds one number throughout; False for a shape.

    >>> constant([2.0, 2.0]), constant([2.0]), constant((14, 14))
    (True, False, False)
    """
    if isinstance(value, tuple) or (isinstance(value, list) and any(isinstance(item, tuple) for item in value)):
        return False
    numbers = list(_numbers(value))
    return len(numbers) > 1 and all(number == numbers[0] for number in numbers)


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, np.ndarray):
        yield from value.flat
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float):
        yield value
    else:
        yield float("nan")


def value_text(value: object) -> str:
    """A number, a formula, or nested rows of them."""
    if not isinstance(value, tuple):
        return _leaf(value)
    if not any(isinstance(item, tuple) for item in value):
        return "  ".join(map(_leaf, value))
    if any(isinstance(cell, tuple) for row in value for cell in row):
        return "\n\n".join(map(value_text, value))
    rows = [[_leaf(cell) for cell in row] for row in value]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _leaf(value: object) -> str:
    if value is None:
        return "blank"
    return number_text(value) if isinstance(value, Number) else str(getattr(value, "text", value))


def number_text(number: Number) -> str:
    """The number as it was read: a fraction as a fraction, a decimal with the digits written.

    >>> number_text(Number(Fraction(9, 4), "9/4")), number_text(Number(Fraction(1, 10), "0.10", 2, 2))
    ('9/4', '0.10')
    """
    value = number.value
    if isinstance(value, float):
        return repr(value)
    decimals = None if number.decimals is None else math.ceil(number.decimals)
    if decimals is None or decimals <= 0:
        return str(value) if value.denominator < 10**12 else repr(float(value))
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact:.{decimals}f}" if decimals <= 15 else f"{float(value):.{(number.significant or 1) - 1}e}"


def plain(readings: Readings) -> object:
    """The most natural reading as JSON data.

    Whole numbers as integers, others as floats, shapes as lists, blanks as None.
    """
    return plain_value(readings.value)


def plain_value(value: object) -> object:
    """A reading as JSON data."""
    if isinstance(value, Number):
        exact = value.value
        if isinstance(exact, Fraction):
            return float(exact)
        return int(exact) if isinstance(exact, int) else exact
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, Fraction):
        return float(value)
    if value is None or isinstance(value, (int, str)):
        return value
    return str(getattr(value, "text", value))


def shape_text(value: object) -> str:
    """A shape in brackets, `(14, 14, 32)`."""
    if not isinstance(value, tuple):
        return str(value)
    sizes = ", ".join(str(size) if isinstance(size, int) else repr(float(size)) for size in value)
    return f"({sizes}{',' if len(value) == 1 else ''})"


def is_shape(value: Any) -> bool:
    """Whether a computed value is a tuple of whole numbers."""
    return isinstance(value, tuple) and bool(value) and all(type(size) is int for size in value)


def is_shapes(value: Any) -> bool:
    """Whether a computed value is a list that holds a tuple."""
    return isinstance(value, list) and any(isinstance(item, tuple) for item in value)
