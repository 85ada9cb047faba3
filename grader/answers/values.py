"""The values that readers return: numbers with the digits as written, shapes, cells, formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Protocol, TypeAlias

from grader.messages import Sentence
from grader.structs import Struct

Shape: TypeAlias = "tuple[int | Fraction, ...]"


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

Value: TypeAlias = "Options | Number | Shape | tuple[Shape | None, ...] | Cells | Formula | str | None"


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
