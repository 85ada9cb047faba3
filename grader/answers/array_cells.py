"""Arrays after reading: transposed, scaled, reshaped to the expected shape, and checked."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from grader.answers.numbers import number_from
from grader.answers.numerals import scaled
from grader.answers.outer import Framed
from grader.answers.pasted import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.values import Cells, Formula, Number, nested_axes, nested_cells
from grader.core.support.inputs import Cell
from grader.messages import Sentence, sentence

Leaf: TypeAlias = "Number | Formula | None"


def with_others(value: Cells | Leaf, others: dict[Cell, Number], at: Cell) -> Cells | Leaf:
    """The array with other numbers at some indices: other readings, or the sides of the squares that they count."""
    if isinstance(value, tuple):
        return tuple(with_others(inner, others, (*at, index)) for index, inner in enumerate(value))
    return others.get(at, value)


def fitted(cells: Cells, spec: AnswerSpec) -> Cells:
    """The array in the expected shape, where they differ only by axes of length 1."""
    asked, written = spec.axes, nested_axes(cells)
    if asked is None or asked == written or len(asked) == len(written):
        return cells
    if [size for size in asked if size != 1] != [size for size in written if size != 1]:
        return cells
    leaves = list(nested_cells(cells).values())
    for size in reversed(asked[1:]):
        leaves = [tuple(leaves[at : at + size]) for at in range(0, len(leaves), size)]
    return tuple(leaves)


def transposed(built: Cells | Leaf) -> Cells | Leaf:
    """The transpose; a single row becomes a column."""
    if not isinstance(built, tuple):
        return built
    rows = built if all(isinstance(row, tuple) for row in built) else (built,)
    return tuple(zip(*rows, strict=False))


def times(built: Cells | Leaf, outer: Framed, spec: AnswerSpec) -> Cells | Leaf:
    """Every number times the outer factor."""
    if isinstance(built, tuple):
        return tuple(times(inner, outer, spec) for inner in built)
    if not isinstance(built, Number):
        return built
    factor = number_from(unlatex(outer.factor).strip(), spec)
    if factor is None or (outer.divided and not factor.value):
        raise unreadable("expected a factor other than 0, received {received}", received=quoted(outer.factor))
    if isinstance(factor.value, float):
        value = float(built.value)
        return Number(value / factor.value if outer.divided else value * factor.value, built.text)
    return scaled(built, 1 / Fraction(factor.value) if outer.divided else Fraction(factor.value))


def check_even(cells: Cells | Leaf, index: Cell) -> tuple[int, ...]:
    """The shape; refuses a ragged array, naming the two rows that differ."""
    if not isinstance(cells, tuple):
        return ()
    first: tuple[int, ...] | None = None
    for at, item in enumerate(cells):
        shape = check_even(item, (*index, at))
        if first is None:
            first = shape
        elif shape != first:
            raise unreadable(
                "expected rows of equal length, received {first} in row 0 and {other} in row {row}, counted from zero",
                first=_length(first),
                other=_length(shape),
                row=at,
            )
    return (len(cells), *(first or ()))


def _length(shape: tuple[int, ...]) -> Sentence:
    if not shape:
        return sentence("a single value")
    if shape == (1,):
        return sentence("1 cell")
    return sentence("{count} cells", count=" x ".join(map(str, shape)))
