"""An answer compared with the key: when one number is right, which cells of a reading are, and all of them at once.

One number is right exactly, within a relative error, or by the digits written; the source is the equality rules of the
assignment format. Limits are inclusive: a difference equal to the limit passes. `Comparison` is computed once, for both
the verdict and the message. `Vector` and `AnswerVector` hold values as rows of numbers, so that the diagnosis can
compare one answer with thousands of predictions; every cell is a row: one number; the sizes of a shape, padded; a
formula's values at a few points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from grader.answers.values import Number
from grader.core.support.inputs import Array, Cell
from grader.messages import Sentence, sentence
from grader.structs import Struct

RELATIVE = 1e-6
ZERO = 1e-12
ZERO_ABSOLUTE = 1e-9
SIGNIFICANT_DIGITS = 3
_SLACK = 1 + 1e-9
"""Half a unit of a decimal digit is not a binary fraction: a tie must not fail by rounding error."""

EXACT = sentence("exactly equal")
WITHIN_RELATIVE = sentence("within 1e-6 relative; keep at least three digits")
BY_DIGITS = sentence("within 1e-6 relative or half a unit of the last digit written; keep at least three digits")
BY_DECIMALS = sentence(
    "within 1e-6 relative or one unit of the last decimal written in the array; keep at least three digits"
)


class ToleranceLimits(Protocol):
    """A part's own tolerance; meeting any one of several limits is enough."""

    @property
    def relative(self) -> SupportsFloat | None:
        """Share of the key's value."""

    @property
    def absolute(self) -> SupportsFloat | None:
        """Distance from the key's value."""

    @property
    def decimals(self) -> int | None:
        """Half a unit of this decimal place."""

    @property
    def significant(self) -> int | None:
        """Half a unit of this significant digit."""


class Allowance(Struct):
    """How far an answer may be from the key: the default rules, or the part's own tolerance.

    `decimals` is the number of decimals that an array's most precise entry sets (None for one number, or where no entry
    sets any). A key that is mathematically 0 is exactly 0 here.
    """

    tolerance: ToleranceLimits | None = None
    decimals: float | None = None

    def right(self, number: Number, key: int | float) -> bool:
        """Whether a number is right."""
        return self.applied(number, key) is not None

    def applied(self, number: Number, key: int | float) -> Sentence | None:
        """The rule by which a number is right, or None."""
        if self.tolerance is not None:
            return tolerance_rule(self.tolerance) if _tolerated(number, key, self.tolerance) else None
        if isinstance(key, int):
            return EXACT if number.value == key else None
        distance = _distance(number.value, key)
        near = distance <= (RELATIVE * abs(key) * _SLACK if key else ZERO_ABSOLUTE)
        if near:
            return WITHIN_RELATIVE
        if _by_digits(number, distance):
            return BY_DIGITS
        if self.decimals is not None and distance <= array_limit(number, self.decimals):
            return BY_DECIMALS
        return None


def array_limit(number: Number, decimals: float) -> float:
    """How far an entry may be off, by its array's decimals, or by its own if it has more.

    One unit of the last decimal if the entry has three significant digits there, half a unit if it has fewer; nothing
    if no digit is left, as in 0.000 for 0.00001, or if the entry has no last digit.
    """
    if number.decimals is None or not number.value:
        return 0.0
    units = 1.0 if (number.significant or 0) >= SIGNIFICANT_DIGITS else 0.5
    return float(units * 10.0 ** -max(decimals, number.decimals) * _SLACK)


def _distance(value: int | Fraction | float, key: int | float) -> float:
    """|value - key|, exact where the value is exact, so that ties are detected."""
    if isinstance(value, float):
        return abs(value - key)
    try:
        return float(abs(Fraction(value) - Fraction(key)))
    except OverflowError:
        return math.inf


def _by_digits(number: Number, distance: float) -> bool:
    if number.significant is None or number.decimals is None or number.significant < SIGNIFICANT_DIGITS:
        return False
    return bool(distance <= 0.5 * 10.0 ** -_last_place(number) * _SLACK)


def _last_place(number: Number) -> float:
    """The place of the last significant digit: 1230 is written to tens, as an integer's trailing zeros do not count."""
    assert number.decimals is not None
    if not isinstance(number.value, int) or number.decimals != 0 or not number.value:
        return number.decimals
    left, place = number.value, 0
    while left % 10 == 0:
        left, place = left // 10, place - 1
    return place


def array_decimals(numbers: Iterable[Number | None]) -> float | None:
    """The number of decimals that the most precise entry of an array sets for all entries.

    Only an entry with at least three significant digits sets it, and only after the decimal point: a matrix of whole
    numbers is not taken for a rounded one, so 4 never passes for 5.
    """
    written = [number for number in numbers if number is not None and (number.significant or 0) >= SIGNIFICANT_DIGITS]
    most = max((number.decimals or 0 for number in written), default=0)
    return most if most >= 1 else None


def _tolerated(number: Number, key: int | float, tolerance: ToleranceLimits) -> bool:
    distance = _distance(number.value, key)
    limits = []
    if tolerance.relative is not None:
        limits.append(float(tolerance.relative) * abs(key))
    if tolerance.absolute is not None:
        limits.append(float(tolerance.absolute))
    if tolerance.decimals is not None:
        limits.append(0.5 * 10.0**-tolerance.decimals)
    if tolerance.significant is not None:
        exponent = math.floor(math.log10(abs(key))) if key else 0
        limits.append(0.5 * 10.0 ** (exponent - tolerance.significant + 1))
    return any(distance <= limit * _SLACK for limit in limits) or number.value == key


def tolerance_rule(tolerance: ToleranceLimits) -> Sentence:
    """A part's own tolerance in words."""
    said: Sentence | None = None
    for limit in _limits(tolerance):
        said = limit if said is None else sentence("{one} or {other}", one=said, other=limit)
    assert said is not None
    return said


def _limits(tolerance: ToleranceLimits) -> Iterator[Sentence]:
    if tolerance.relative is not None:
        yield sentence("within {limit} relative", limit=f"{float(tolerance.relative):g}")
    if tolerance.absolute is not None:
        yield sentence("within {limit} absolute", limit=f"{float(tolerance.absolute):g}")
    if tolerance.decimals is not None:
        yield sentence("rounded to this many decimals: {count}", count=tolerance.decimals)
    if tolerance.significant is not None:
        yield sentence("rounded to this many significant digits: {count}", count=tolerance.significant)


class Comparison(Struct):
    """Which cells are right; or, where the shapes differ, which shape was expected and received."""

    all_cells: tuple[Cell, ...]
    right: frozenset[Cell] = frozenset()
    rule: Sentence | None = None
    expected_axes: tuple[int, ...] | None = None
    received_axes: tuple[int, ...] | None = None
    surplus: int = 0
    """How many extra entries a set has."""

    @property
    def fits(self) -> bool:
        """Whether the shape is right."""
        return self.expected_axes is None

    @property
    def equal(self) -> bool:
        """Whether every cell is right and there are no extra entries."""
        return self.fits and len(self.right) == len(self.all_cells) and not self.surplus

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """The cells that are not right, in row-major order."""
        return tuple(cell for cell in self.all_cells if cell not in self.right)


def compared_numbers(
    keys: Mapping[Cell, Any], answers: Mapping[Cell, Number | None], tolerance: ToleranceLimits | None
) -> Comparison:
    """Compare numbers with the key's, entry by entry; a blank entry is wrong."""
    decimals = array_decimals(answers.values()) if len(keys) > 1 else None
    allowance = Allowance(tolerance, decimals)
    applied: dict[Cell, Sentence] = {}
    for cell, key in keys.items():
        number = answers[cell]
        rule = None if number is None else allowance.applied(number, key)
        if rule is not None:
            applied[cell] = rule
    return Comparison(tuple(keys), frozenset(applied), _stated(applied, keys, tolerance))


def _stated(applied: Mapping[Cell, Sentence], keys: Mapping[Cell, Any], tolerance: ToleranceLimits | None) -> Sentence:
    """The loosest rule that some entry needed; without one, the rule that was applied."""
    if tolerance is not None:
        return tolerance_rule(tolerance)
    used = set(map(str, applied.values()))
    for rule in (BY_DECIMALS, BY_DIGITS):
        if str(rule) in used:
            return rule
    return EXACT if all(isinstance(key, int) for key in keys.values()) else WITHIN_RELATIVE


RANKS = 8
"""The length of a shape as a vector; shorter shapes are padded."""
_PAD = -1.0


class Vector(Struct, eq=False):
    """A value as a matrix of cells by components, with its axes and the index of each cell."""

    axes: tuple[int, ...]
    cells: tuple[Cell, ...]
    values: Array

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
    absolute: Array
    relative: float

    def at(self, cells: tuple[Cell, ...]) -> AnswerVector:
        """The given cells of the answer, with what each may differ by."""
        vector = self.vector.at(cells)
        if vector is self.vector:
            return self
        where = [self.vector.cells.index(cell) for cell in cells]
        return AnswerVector(vector, self.absolute[where], self.relative)

    def of_values(self, values: Array, absolute: Array) -> AnswerVector:
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

    def giving(self, predictions: Array, at: int = 0) -> NDArray[np.intp]:
        """Which predictions give every cell: most are ruled out by the cell `at` alone."""
        distance = np.abs(predictions[:, at, 0] - self.vector.values[at, 0])
        near: NDArray[np.intp] = (distance <= self.reach(at)).nonzero()[0]
        if near.size:
            near = near[self.matches(predictions[near]).all(axis=1)]
        return near

    def equals(self, prediction: Array, at: int = 0) -> bool:
        """Whether the answer equals one prediction in every cell; most are ruled out by the cell `at` alone."""
        if prediction.size != 1 or self.vector.values.size != 1:
            near = abs(float(prediction[at, 0]) - float(self.vector.values[at, 0])) <= self.reach(at)
            return near and bool(self.matches(prediction[None])[0].all())
        value = float(prediction[0, 0])  # a fast path for a single number
        limit = max(float(self.absolute[0]), self.relative * abs(value))
        limit = max(limit, ZERO_ABSOLUTE) if self.relative and not value else limit
        return math.isfinite(value) and abs(value - float(self.vector.values[0, 0])) <= limit

    def matches(self, predictions: Array) -> NDArray[np.bool_]:
        """Which cells of each prediction (predictions by cells by components) the answer equals."""
        distance = np.abs(predictions - self.vector.values)
        sizes = np.abs(predictions)
        limit = np.maximum(self.absolute[:, None], self.relative * sizes)
        if self.relative:  # entries negligible beside the largest one are rounding error, and count as 0
            noise = sizes <= ZERO * sizes.max(axis=-2, keepdims=True, initial=0.0)
            limit = np.maximum(limit, ZERO_ABSOLUTE * noise)
        found = (distance <= limit) & np.isfinite(sizes)
        return found[..., 0] if found.shape[-1] == 1 else np.all(found, axis=-1)


def encoded_numbers(leaves: Mapping[Cell, Any], axes: tuple[int, ...], exact: bool) -> AnswerVector:
    """Numbers as a vector; counts (`exact`) must match exactly unless they have a fraction."""
    numbers = [leaf if isinstance(leaf, Number) else None for leaf in leaves.values()]
    rows = np.array([[np.nan if number is None else float(number.value)] for number in numbers])
    decimals = array_decimals(numbers) if len(numbers) > 1 and not exact else None
    absolute = np.array([0.0 if exact and _whole(number) else _allowed(number, decimals) for number in numbers])
    return AnswerVector(Vector(axes, tuple(leaves), rows), absolute, 0.0 if exact else RELATIVE)


def _whole(number: Number | None) -> bool:
    """Whether a number is a count or blank; 37.33 is not, and may be the rounded result of a mistake."""
    return number is None or number.value == int(number.value)


def _allowed(number: Number | None, decimals: float | None) -> float:
    """How far a written number may be off, by its own digits and the decimals of its array."""
    if number is None or number.decimals is None:
        return 0.0
    limits = [0.0]
    if (number.significant or 0) >= SIGNIFICANT_DIGITS:
        limits.append(0.5 * 10.0**-number.decimals * _SLACK)
    if decimals is not None:
        limits.append(array_limit(number, decimals))
    return max(limits)


def sizes_of(shape: Any) -> list[float]:
    """The sizes of a shape, padded; a number is a shape of one.

    Raises:
        ValueError: too many sizes; or TypeError for what is not a shape.
    """
    sizes = [float(shape)] if isinstance(shape, int | float) else [float(size) for size in shape]
    if len(sizes) > RANKS:
        raise ValueError("a shape of too many sizes")
    return sizes + [_PAD] * (RANKS - len(sizes))
