"""Values as rows of numbers, so that one answer can be compared with thousands of predictions at once.

Every cell becomes a vector: one number; the sizes of a shape, padded; a formula's values at a few points.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers.cells import Cell
from grader.answers.tolerance import DIGITS, ZERO, ZERO_ABSOLUTE, array_limit
from grader.answers.values import Number
from grader.structs import Struct

Floats = NDArray[np.float64]
RANKS = 8
"""The length of a shape as a vector; shorter shapes are padded."""
_PAD = -1.0


class Vector(Struct, eq=False):
    """A value as a matrix of cells by components, with its axes and the index of each cell."""

    axes: tuple[int, ...]
    cells: tuple[Cell, ...]
    values: Floats

    def at(self, cells: tuple[Cell, ...]) -> Vector:
        """The given cells, in order; the whole vector where it lacks any of them."""
        if not cells:
            return self
        where = {cell: index for index, cell in enumerate(self.cells)}
        if not where.keys() >= set(cells):
            return self
        return Vector((len(cells),), cells, self.values[[where[cell] for cell in cells]])


class AnswerVector(Struct, eq=False):
    """A student's answer as a vector, with the allowed difference of each cell."""

    vector: Vector
    absolute: Floats
    relative: float

    def at(self, cells: tuple[Cell, ...]) -> AnswerVector:
        """The given cells of the answer, with what each may differ by."""
        vector = self.vector.at(cells)
        if vector is self.vector:
            return self
        where = [self.vector.cells.index(cell) for cell in cells]
        return AnswerVector(vector, self.absolute[where], self.relative)

    def of_values(self, values: Floats, absolute: Floats) -> AnswerVector:
        """Other values in the same cells, with what each may differ by."""
        return AnswerVector(Vector(self.vector.axes, self.vector.cells, values), absolute, self.relative)

    def reach(self, at: int) -> float:
        """The most that a prediction may be off in a cell: no less than any limit of `matches` there.

        What is within r times its own size of v is at most v / (1 - r) in size.
        """
        most = float(self.absolute[at])
        if self.relative:
            size = abs(float(self.vector.values[at, 0]))
            most = max(most, ZERO_ABSOLUTE, self.relative * size / (1 - self.relative))
        return most * (1 + 1e-9)  # rounding

    def giving(self, predictions: Floats, at: int = 0) -> NDArray[np.intp]:
        """Which predictions give every cell: most are ruled out by the cell `at` alone."""
        distance = np.abs(predictions[:, at, 0] - self.vector.values[at, 0])
        near: NDArray[np.intp] = (distance <= self.reach(at)).nonzero()[0]
        if near.size:
            near = near[self.matches(predictions[near]).all(axis=1)]
        return near

    def equals(self, prediction: Floats, at: int = 0) -> bool:
        """Whether the answer equals one prediction in every cell; most are ruled out by the cell `at` alone."""
        if prediction.size != 1 or self.vector.values.size != 1:
            near = abs(float(prediction[at, 0]) - float(self.vector.values[at, 0])) <= self.reach(at)
            return near and bool(self.matches(prediction[None])[0].all())
        value = float(prediction[0, 0])  # a fast path for a single number
        limit = max(float(self.absolute[0]), self.relative * abs(value))
        limit = max(limit, ZERO_ABSOLUTE) if self.relative and not value else limit
        return math.isfinite(value) and abs(value - float(self.vector.values[0, 0])) <= limit

    def matches(self, predictions: Floats) -> NDArray[np.bool_]:
        """Which cells of each prediction (predictions by cells by components) the answer equals."""
        distance = np.abs(predictions - self.vector.values)
        sizes = np.abs(predictions)
        limit = np.maximum(self.absolute[:, None], self.relative * sizes)
        if self.relative:  # entries negligible beside the largest one are rounding error, and count as 0
            noise = sizes <= ZERO * sizes.max(axis=-2, keepdims=True, initial=0.0)
            limit = np.maximum(limit, ZERO_ABSOLUTE * noise)
        found = (distance <= limit) & np.isfinite(sizes)
        return found[..., 0] if found.shape[-1] == 1 else np.all(found, axis=-1)


def sizes_of(shape: Any) -> list[float]:
    """The sizes of a shape, padded; a number is a shape of one.

    Raises:
        ValueError: too many sizes; or TypeError for what is not a shape.
    """
    sizes = [float(shape)] if isinstance(shape, int | float) else [float(size) for size in shape]
    if len(sizes) > RANKS:
        raise ValueError("a shape of too many sizes")
    return sizes + [_PAD] * (RANKS - len(sizes))


def allowed(number: Number | None, decimals: float | None) -> float:
    """How far a written number may be off, by its own digits and the decimals of its array."""
    if number is None or number.decimals is None:
        return 0.0
    limits = [0.0]
    if (number.significant or 0) >= DIGITS:
        limits.append(0.5 * 10.0**-number.decimals * (1 + 1e-9))
    if decimals is not None:
        limits.append(array_limit(number, decimals))
    return max(limits)
