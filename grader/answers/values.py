"""What was read: numbers with the digits as written, shapes, cells, formulas."""

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
    for roots and the like. `decimals` is the place of the last digit written (its unit is 10**-decimals; negative for
    `12.4 million` = -5, no whole number where a unit was changed), `significant` the number of significant digits; both
    are None for what has no last digit (fractions, roots). Zeros at the end of an integer are not significant.
    """

    value: int | Fraction | float
    text: str
    decimals: float | None = None
    significant: int | None = None


class Formula(Protocol):
    """A student's formula: read once, evaluated at many points, never run as code."""

    @property
    def text(self) -> str:
        """The formula as it was written."""

    @property
    def names(self) -> frozenset[str]:
        """Symbols and earlier parts that it uses."""

    @property
    def stepped(self) -> bool:
        """Whether it holds floor, ceil or //, so that only integer points tell."""

    def evaluate(self, point: Mapping[str, float]) -> float:
        """The value at a point; ArithmeticError or ValueError where it is undefined or too large."""


Cells: TypeAlias = "tuple[Cells | Number | Formula | None, ...]"
"""Nested tuples, ragged never; a leaf is None where the student left the cell blank."""

Options: TypeAlias = "tuple[str | None, ...]"
"""Options that were chosen, or the option beside each item, None where there is none."""

Value: TypeAlias = "Options | Number | Shape | tuple[Shape | None, ...] | Cells | Formula | str | None"


class Reading(Struct):
    """A value that an answer may stand for.

    `natural` readings are what a careful person takes the text for; when there are several, they say the same (`14x14`
    is a size, its side and its area). The others are what the text may mean, too. `how` says how a text was understood
    where its value alone does not tell.
    """

    value: Value
    how: Sentence | None = None
    natural: bool = True


class Readings(Struct):
    """What one answer may mean, the most natural reading first; none where nothing was answered.

    `kind` is the name of the kind as which it was read, `notes` are remarks for the student.
    """

    kind: str
    all: tuple[Reading, ...] = ()
    notes: tuple[Sentence, ...] = ()

    @classmethod
    def of(cls, kind: str, value: Value) -> Readings:
        """The only reading; None where nothing was answered."""
        return cls(kind) if value is None else cls(kind, (Reading(value),))

    @classmethod
    def among(cls, kind: str, readings: Iterable[Reading]) -> Readings:
        """Several readings, the natural ones first."""
        return cls(kind, tuple(sorted(readings, key=lambda reading: not reading.natural)))

    @property
    def blank(self) -> bool:
        """Whether nothing was answered."""
        return not self.all

    @property
    def value(self) -> Value:
        """The most natural reading; None where nothing was answered."""
        return self.all[0].value if self.all else None
