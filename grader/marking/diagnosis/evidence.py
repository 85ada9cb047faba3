"""One wrong answer: which of its cells each prediction gives, and how likely that would be by coincidence.

Source: the expected number of false positives among many hypotheses tried, as in a Bonferroni correction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import AnswerVector, Vector
from grader.core.support.inputs import Array
from grader.marking.diagnosis.hypotheses import HypothesisKey
from grader.marking.diagnosis.predictions import Prediction, PredictionTable
from grader.marking.diagnosis.slips import ROUNDED_COUNT, ROUNDED_EARLY, Slip
from grader.structs import Struct

ALPHA = 0.05
"""The significance level: a cause is named only if fewer than this many of the predictions tried are
expected to explain as much by coincidence."""
CROWDED = 0.35
"""No cause is named for one number if at least this share of the numbers about as far from the key is predicted."""
SMALLEST = 3.0
"""The smallest size that is assumed of a key, so that small integers count as near a key close to zero."""
FINEST = 1e-3
"""The chance that a cell with off-grid values agrees, whatever its digits."""
LARGEST_DENOMINATOR = 64
"""Fractions with denominators up to this are on a grid."""
MOST_OF_GRID = 200
"""So many cells of an answer tell its grid."""
MOST_CHANCE = 0.5
"""The chance that one cell or shape agrees is never taken to be more than this."""
FAR = 3
"""An answer beyond this many times the key's size is judged by its own size."""
REACH = 2
"""Predictions up to this many times that size are counted."""
MAX_ALTERNATIVES = 6
"""How many misconceptions with the same answer are reported."""
MOST_BROKEN = 0.5
"""How many right cells a prediction may miss, as a share of the wrong ones that it explains."""


def shape_chance(answer: Array, key: Array) -> float:
    """The chance that one shape agrees by coincidence: one over the shapes of about its size; equal sides count once.

    Its size is that of the answer, or of the key if that is larger. For a list of shapes, the geometric mean over its
    shapes.
    """
    chances = []
    for shapes in (answer, key):
        sizes = [{size for size in shape if size >= 0} for shape in shapes.tolist()]
        logs = [-sum(math.log(2 * size + 1) for size in each) for each in sizes]
        chances.append(math.exp(sum(logs) / len(logs)))
    return min(MOST_CHANCE, *chances)


def cell_chance(answer: Array, key: Array) -> float:
    """The chance that one cell agrees by coincidence: one over the number of values that a cell could hold.

    Counts the values on the answer's own grid (integers, quarters) up to its size and the key's; values off any coarse
    grid, and formulas, agree by coincidence once in a thousand.
    """
    if answer.shape[-1] > 1:
        return FINEST
    own, right = (list(filter(math.isfinite, values.ravel().tolist())) for values in (answer, key))
    if not own and not right:
        return FINEST
    denominators = {1}
    for value in own[:MOST_OF_GRID]:
        _, denominator = value.as_integer_ratio()
        if denominator > LARGEST_DENOMINATOR:
            exact = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
            if abs(float(exact) - value) > 1e-9 * max(1.0, abs(value)):
                return FINEST
            denominator = exact.denominator
        denominators.add(denominator)
    step = 1 / math.lcm(*denominators)
    span = 2 * max(map(abs, own + right))
    return min(MOST_CHANCE, max(1e-9, 1 / (span / step + 1)))


def crowded(key: float, answer: float, predictions: Iterable[float]) -> bool:
    """Whether so many integers around the key's size are predicted that an answer among them is no evidence.

    An answer far larger than the key is judged by its own size.

    >>> crowded(5, 7, [0.0, 2.0, 3.0, 7.0, 9.0]), crowded(24, 25, [22.0, 23.0, 25.0, 30.0])
    (True, False)
    >>> crowded(5, 100, [0.0, 2.0, 3.0, 7.0, 9.0, 100.0]), crowded(0.36, 1, [0.0, 1.0, 2.0, 0.6])
    (False, True)
    """
    size, sign = max(SMALLEST, math.ceil(abs(key))), math.copysign(1.0, key or answer)
    reach = REACH * (size if abs(answer) <= FAR * size else abs(answer))
    near = {value for value in predictions if value.is_integer() and 0 <= sign * value <= reach}
    return len(near) >= CROWDED * reach


def crowded_about(key: float, answer: float, limit: float, predictions: Iterable[float]) -> bool:
    """The same for a number with decimals: how much of the range about as far from the key is covered.

    >>> crowded_about(0.98734, 0.988, 0.0005, [0.9878, 0.9882, 0.98687])
    True
    >>> crowded_about(2.648, 3.97, 0.005, [3.9712, 5.11, 1.2])
    False
    """
    reach = REACH * abs(answer - key)
    windows = {round(value / (2 * limit)) for value in predictions if abs(value - key) <= reach} if limit else set()
    return len(windows) * limit >= CROWDED * reach > 0


def expected_coincidences(tried: int, wrong: int, explained: int, chance: float) -> float:
    """The number of `tried` predictions expected to explain `explained` or more of `wrong` cells by coincidence.

    The tail of a binomial distribution, times the number of predictions.

    >>> expected_coincidences(100, 1, 1, 0.01)
    1.0
    """
    tail = sum(math.comb(wrong, k) * chance**k * (1 - chance) ** (wrong - k) for k in range(explained, wrong + 1))
    return tried * tail


def rounds_to(exact: float, written: float, places: int) -> bool:
    """Whether a number rounds to what was written with this many decimals; ties may go up, to even, or as in floats.

    >>> rounds_to(7.5, 8, 0), rounds_to(7.5, 7, 0), rounds_to(6.5, 6, 0), rounds_to(0.36, 0.3, 1)
    (True, False, True, False)
    """
    half, distance = 0.5 * 10.0**-places, abs(written - exact)
    if abs(distance - half) > half * 1e-9:
        return distance < half
    even = round(written / (2 * half)) % 2 == 0
    return even or abs(written) > abs(exact) or (places >= 0 and float(f"{exact:.{places}f}") == written)


class WrongAnswer(Struct, eq=False):
    """An answer and its key as vectors (no key if the shapes differ), and which cells are wrong.

    `chance` is the chance that one cell agrees with a prediction by coincidence; `decimals` are the decimals written in
    each cell, None for a cell that is not a rounded number.
    """

    written: AnswerVector
    key: Array | None
    wrong: NDArray[np.bool_]
    chance: float
    decimals: list[int | None]

    @cached_property
    def first(self) -> int:
        """The first wrong cell, which rules out most predictions by itself; the very first if none is wrong."""
        return int(self.wrong.argmax())

    @cached_property
    def count(self) -> int:
        """How many cells are wrong."""
        return int(np.count_nonzero(self.wrong))

    @property
    def repeats_one_value(self) -> bool:
        """Whether every cell holds the same value: some misconception gives that somewhere, so it is no evidence."""
        return bool((self.written.vector.values == self.written.vector.values[0]).all())

    @property
    def is_one_number(self) -> bool:
        """Whether it is one number, or repeats one where the key does, so that all cells are worth one."""
        values, key = self.written.vector.values, self.key
        if key is None or values.shape[1] > 1:
            return False
        return values.size == 1 or (self.repeats_one_value and bool((key == key[0]).all()))

    @property
    def turned(self) -> AnswerVector | None:
        """A matrix transposed; None for other ranks."""
        axes = self.written.vector.axes
        if len(axes) != 2:
            return None
        order = np.arange(self.wrong.size).reshape(axes).T.ravel()
        vector = Vector(axes[::-1], tuple(np.ndindex(*axes[::-1])), self.written.vector.values[order])
        return AnswerVector(vector, self.written.absolute[order], self.written.relative)

    def convinces(self, tried: int, explained: int) -> bool:
        """Whether explaining this many wrong cells rules out coincidence, given how many predictions were tried."""
        return explained > 0 and expected_coincidences(max(tried, 1), self.count, explained, self.chance) < ALPHA

    def crowded(self, predicted: Sequence[float]) -> bool:
        """Whether it is one number, and so many numbers near the key are predicted that it is no evidence."""
        values = self.written.vector.values
        if self.key is None or not self.is_one_number or not np.isfinite(values).all():
            return False
        answer, right = float(values[0, 0]), float(self.key[0, 0])
        if answer.is_integer():
            return crowded(right, answer, predicted)
        limit = max(float(self.written.absolute[0]), self.written.relative * abs(answer))
        return crowded_about(right, answer, limit, predicted)

    def tells_arithmetic(self, predictions: Sequence[Prediction]) -> bool:
        """Whether agreeing with one of these general mistakes is evidence, as many of them apply everywhere."""
        if len(self.wrong) > 1 and not self.is_one_number:
            return not self.repeats_one_value and self.convinces(len(predictions), self.count)
        found = [one.vector.values for one in predictions]
        numbers = [float(values[0, 0]) for values in found if bool((values == values[0, 0]).all())]
        return not self.crowded(numbers)

    @cached_property
    def precisions(self) -> tuple[WrongAnswer, ...]:
        """The answer to all digits written, which coincidence rarely matches; then within the marking tolerance.

        For several numbers on a grid (integers, quarters) digits are no evidence.
        """
        on_grid = len(self.wrong) > 1 and self.chance > FINEST
        digits = None if on_grid else self.digits
        if digits is None or digits.chance >= self.chance:
            return (self,)
        marked = self.written.absolute
        return self._within(np.minimum(digits.written.absolute, np.where(marked, marked, np.inf)), digits.chance), self

    def coarse(self) -> WrongAnswer | None:
        """Several numbers possibly rounded to fewer than three digits, with the interval each was rounded from."""
        digits = self.digits if len(self.wrong) > 1 else None
        coarser = digits is not None and (digits.written.absolute > self.written.absolute * (1 + 1e-6)).any()
        return digits if coarser else None

    @cached_property
    def digits(self) -> WrongAnswer | None:
        """The answer by its digits alone, half a unit of the last one each; None where one has no last digit."""
        values = self.written.vector.values
        if values.shape[1] > 1 or None in self.decimals or not np.isfinite(values).all():
            return None
        units, size = [10.0 ** -(places or 0) for places in self.decimals], float(np.abs(values).max())
        chances = [unit / (2 * max(size, unit)) for unit in units]
        return self._within(0.5 * np.array(units) * (1 + 1e-9), float(np.exp(np.log(chances).mean())))

    def rounded_from(self, target: Array, counts: bool) -> Slip | None:
        """The slip of rounding a target to too few digits, if rounding it to the digits written gives the answer."""
        values = self.written.vector.values
        if target.shape != values.shape or target.shape[-1] != 1 or not values.any():
            return None
        cells = zip(target[:, 0].tolist(), values[:, 0].tolist(), self.decimals, strict=True)
        if not all(places is not None and rounds_to(exact, value, places) for exact, value, places in cells):
            return None
        return ROUNDED_COUNT if counts else ROUNDED_EARLY

    def _within(self, absolute: Array, chance: float) -> WrongAnswer:
        """The answer within these absolute limits alone."""
        written = AnswerVector(self.written.vector, absolute, 0.0)
        return WrongAnswer(written, self.key, self.wrong, chance, self.decimals)


class OtherParts(Struct):
    """The evidence of the other parts: earlier answers to substitute, which parts are right, the causes found."""

    above: Sequence[str] = ()
    right: frozenset[str] = frozenset()
    blamed: frozenset[HypothesisKey] = frozenset()

    def contradict(self, prediction: Prediction) -> bool:
        """Whether the mistake would also have changed a part that is right."""
        return any(site.node in self.right for one in prediction.hypotheses for site in one.sites)


class Matches(Struct, eq=False):
    """Which cells each prediction of the answer's shape gives, for all predictions of a table at once."""

    hits: NDArray[np.bool_]
    explained: NDArray[np.int_]
    """How many wrong cells each prediction gives."""

    @classmethod
    def of(cls, answer: WrongAnswer, table: PredictionTable) -> Matches:
        """The comparison; of nothing where the cells differ in kind."""
        fits = table.values.shape[1:] == answer.written.vector.values.shape
        hits = answer.written.matches(table.values) if fits else np.zeros((0, len(answer.wrong)), dtype=np.bool_)
        return cls(hits, (hits & answer.wrong).sum(axis=1))

    def convincing(self, answer: WrongAnswer, tried: int) -> list[int]:
        """The predictions that explain more wrong cells than coincidence and miss few right ones, best first."""
        most = int(self.explained.max(initial=0))
        least = next((count for count in range(1, most + 1) if answer.convinces(tried, count)), None)
        if least is None:
            return []
        missed = (~self.hits & ~answer.wrong).sum(axis=1)
        good = np.flatnonzero((self.explained >= least) & (missed <= MOST_BROKEN * self.explained))
        return sorted(map(int, good), key=lambda index: -int(self.hits[index].sum()))


def giving_every_cell(answer: WrongAnswer, table: PredictionTable) -> list[Prediction]:
    """The predictions that give every cell."""
    written = answer.written
    if table.values.shape[1:] != written.vector.values.shape:
        return []
    return [table.predictions[index] for index in written.giving(table.values, answer.first).tolist()]


def distinct(predictions: Sequence[Prediction]) -> list[Prediction]:
    """One prediction per misconception, the first."""
    first: dict[tuple[str, ...], Prediction] = {}
    for prediction in predictions:
        first.setdefault(prediction.ids, prediction)
    return list(first.values())[:MAX_ALTERNATIVES]
