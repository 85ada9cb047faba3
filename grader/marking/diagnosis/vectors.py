"""Values as rows of numbers, so that one answer is compared with thousands of predictions at once.

Every cell becomes a vector: one number; the sizes of a shape, padded; a formula's values at a few points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers.values import Number
from grader.errors import AuthorError
from grader.formula.arithmetic import is_number
from grader.formula.evaluation import Evaluation
from grader.homework.solution import SolvedPart
from grader.marking.carrying import World
from grader.marking.cells import axes, cells
from grader.marking.report import Cell
from grader.marking.sheet import Sheet, without_batch
from grader.marking.tolerance import DIGITS, RELATIVE, ZERO, ZERO_ABSOLUTE, array_decimals

Floats = NDArray[np.float64]
RANKS = 8
"""How many sizes a shape has as a vector; what it has less is padded."""
_PAD = -1.0
_EXACT = 1e-9
_PLACES = 12
"""A size with more decimals than this was not rounded."""


@dataclass(frozen=True, eq=False)
class Vector:
    """A value as a matrix of cells by components, with its axes and the index of each cell."""

    axes: tuple[int, ...]
    cells: tuple[Cell, ...]
    values: Floats


def encode(values: Sequence[Any], part: SolvedPart) -> Vector | None:
    """A part's values at its frames as a vector; None for what has no such form (too large, ragged, no numbers)."""
    kind = part.kind
    try:
        shape = axes(values[0], kind)
        listed = [cells(value, kind) for value in values]
        where = tuple(listed[0])
        if kind in ("shape", "shapes"):
            rows = [[*_sizes(listed[0][cell])] for cell in where]
            return Vector(shape, where, np.array(rows, dtype=np.float64))
        rows = [[float(at[cell]) for at in listed] for cell in where]
        if shape == () and part.rank:  # one number for an array is read as an array of one cell
            shape, where = (1,) * part.rank, ((0,) * part.rank,)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        return None
    return Vector(shape, where, np.array(rows, dtype=np.float64))


def row_values(value: Any, kind: str) -> Floats:
    """One entry of a list as the components of its cell; ValueError or TypeError where it has none."""
    return np.array(_sizes(value) if kind == "shapes" else [float(value)])


def _sizes(shape: Any) -> list[float]:
    sizes = [float(shape)] if is_number(shape) else [float(size) for size in shape]
    if len(sizes) > RANKS:
        raise ValueError("a shape of too many sizes")
    return sizes + [_PAD] * (RANKS - len(sizes))


@dataclass(frozen=True, eq=False)
class Given:
    """A student's answer as a vector, with how far each cell may be from what it equals."""

    vector: Vector
    absolute: Floats
    relative: float

    def equals(self, prediction: Floats) -> bool:
        """Whether the answer equals one prediction in every cell."""
        if prediction.size != 1 or self.vector.values.size != 1:
            return bool(self.matches(prediction[None])[0].all())
        value = float(prediction[0, 0])  # the same for one number, at a fraction of the cost
        limit = max(float(self.absolute[0]), self.relative * abs(value))
        limit = max(limit, ZERO_ABSOLUTE) if self.relative and not value else limit
        return math.isfinite(value) and abs(value - float(self.vector.values[0, 0])) <= limit

    def matches(self, predictions: Floats) -> NDArray[np.bool_]:
        """Which cells of each prediction (predictions by cells by components) the answer equals."""
        distance = np.abs(predictions - self.vector.values)
        sizes = np.abs(predictions)
        limit = np.maximum(self.absolute[:, None], self.relative * sizes)
        if self.relative:  # float noise is no number: what vanishes beside the largest entry counts as 0
            noise = sizes <= ZERO * sizes.max(axis=-2, keepdims=True, initial=0.0)
            limit = np.where(noise, np.maximum(limit, ZERO_ABSOLUTE), limit)
        return np.all((distance <= limit) & np.isfinite(sizes), axis=-1)  # type: ignore[no-any-return]


def encode_answer(world: World, sheet: Sheet, part: SolvedPart, at: Sequence[Evaluation]) -> Given | None:
    """A student's answer as a vector at some frames; None where there is nothing to compare."""
    value = sheet.reads[part.id].value
    if value is None or part.kind in ("text", "choice"):
        return None
    if part.kind in ("shape", "shapes"):
        given = _without_batches(value, part, world)
        vector = encode([given], part)
        if vector is None:
            return None
        shapes = [given] if part.kind == "shape" else given
        return Given(vector, np.array([_rounded(shape) for shape in shapes]), 0.0)
    if part.kind == "formula":
        return _formulas(sheet, part, at)
    leaves = cells(value, part.kind)
    numbers = [leaf if isinstance(leaf, Number) else None for leaf in leaves.values()]
    rows = np.array([[np.nan if number is None else float(number.value)] for number in numbers])
    exact = part.wanted.counts
    decimals = array_decimals(numbers) if len(numbers) > 1 and not exact else None
    absolute = np.array([0.0 if exact and _whole(number) else _allowed(number, decimals) for number in numbers])
    return Given(Vector(axes(value, part.kind), tuple(leaves), rows), absolute, 0.0 if exact else RELATIVE)


def _without_batches(value: Any, part: SolvedPart, world: World) -> Any:
    key = world.key(part)
    if part.kind == "shape":
        return without_batch(value, len(key))
    rows = [without_batch(shape, len(right)) for shape, right in zip(value, key, strict=False)]
    return [(np.nan,) if shape is None else shape for shape in [*rows, *value[len(rows) :]]]


def _rounded(shape: Sequence[Any]) -> float:
    """How far the sizes of a shape may be from what they equal: a fraction such as 11.33 was rounded."""
    limits = [_EXACT]
    for size in shape:
        places = next((k for k in range(1, _PLACES) if 10**k % getattr(size, "denominator", 1) == 0), 0)
        if isinstance(size, Fraction) and places and abs(size) >= 10 ** (DIGITS - 1 - places):
            limits.append(0.5 * 10.0**-places)
    return max(limits)


def _whole(number: Number | None) -> bool:
    """Whether a number is a count; 37.33 is none, and may stand for a mistake that gives a fraction."""
    return number is None or number.value == int(number.value)


def _allowed(number: Number | None, decimals: int | None) -> float:
    if number is None or number.decimals is None:
        return 0.0
    limits = [0.0]
    if (number.significant or 0) >= DIGITS:
        limits.append(0.5 * 10.0**-number.decimals * (1 + 1e-9))
    if decimals is not None:
        limits.append(10.0**-decimals * (1 + 1e-9))
    return max(limits)


def _formulas(sheet: Sheet, part: SolvedPart, at: Sequence[Evaluation]) -> Given | None:
    leaves = cells(sheet.reads[part.id].value, "formula")
    rows = []
    for formula in leaves.values():
        rows.append([_evaluated(formula, sheet, part, frame) for frame in at])
    vector = Vector(axes(sheet.reads[part.id].value, "formula"), tuple(leaves), np.array(rows, dtype=np.float64))
    return Given(vector, np.full(len(leaves), 1e-12), 1e-9)


def _evaluated(formula: Any, sheet: Sheet, part: SolvedPart, frame: Evaluation) -> float:
    if formula is None:
        return float("nan")
    try:
        return float(formula.evaluate(sheet.environment(part, frame)))
    except (ArithmeticError, ValueError, AuthorError):
        return float("nan")
