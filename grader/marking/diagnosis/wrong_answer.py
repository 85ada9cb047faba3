"""One wrong answer compared with predictions: which cells each one gives, and the evidence of the other parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import AnswerVector, Floats
from grader.marking.diagnosis.coincidence import (
    ALPHA,
    FINEST,
    crowded,
    crowded_about,
    expected_coincidences,
)
from grader.marking.diagnosis.hypotheses import HypothesisKey
from grader.marking.diagnosis.predictions import Prediction, Table
from grader.structs import Struct

MAX_ALTERNATIVES = 6
"""How many misconceptions with the same answer are reported."""

MOST_BROKEN = 0.5
"""How many right cells a prediction may miss, as a share of the wrong ones that it explains."""


class WrongAnswer(Struct, eq=False):
    """An answer as a vector, with the key's (None where the shapes differ), and which cells are wrong.

    `chance` is the chance that one cell agrees with a prediction by coincidence; `decimals` are the decimals written in
    each cell, None for a cell that is not a rounded number.
    """

    written: AnswerVector
    key: Floats | None
    wrong: NDArray[np.bool_]
    chance: float
    decimals: list[int | None]

    @cached_property
    def first(self) -> int:
        """The first wrong cell, which rules out most predictions by itself; the first of all where none is wrong."""
        return int(self.wrong.argmax())

    @cached_property
    def count(self) -> int:
        """How many cells are wrong."""
        return int(np.count_nonzero(self.wrong))

    @property
    def fits(self) -> bool:
        """Whether the answer has the key's shape."""
        return self.key is not None

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
        digits = self.digits
        if digits is None or len(self.wrong) == 1:
            return None
        return digits if (digits.written.absolute > self.written.absolute * (1 + 1e-6)).any() else None

    @cached_property
    def digits(self) -> WrongAnswer | None:
        """The answer by its digits alone, half a unit of the last one each; None where one has no last digit."""
        values = self.written.vector.values
        if values.shape[1] > 1 or None in self.decimals or not np.isfinite(values).all():
            return None
        units, size = [10.0 ** -(places or 0) for places in self.decimals], float(np.abs(values).max())
        chances = [min(0.5, unit / (2 * max(size, unit))) for unit in units]
        return self._within(0.5 * np.array(units) * (1 + 1e-9), float(np.exp(np.log(chances).mean())))

    def _within(self, absolute: Floats, chance: float) -> WrongAnswer:
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
    """Which cells each prediction of the answer's shape gives, for all predictions at once."""

    table: Table
    hits: NDArray[np.bool_]
    explained: NDArray[np.int_]
    """How many wrong cells each prediction gives."""
    missed: NDArray[np.int_]
    """How many right cells each prediction misses."""

    @classmethod
    def of(cls, answer: WrongAnswer, table: Table | None) -> Matches | None:
        """The comparison; None where no prediction has the answer's shape."""
        if table is None or table.values.shape[1:] != answer.written.vector.values.shape:
            return None
        hits = answer.written.matches(table.values)
        return cls(table, hits, (hits & answer.wrong).sum(axis=1), (~hits & ~answer.wrong).sum(axis=1))

    def convincing(self, answer: WrongAnswer, tried: int) -> list[int]:
        """The predictions that explain more wrong cells than coincidence and miss few right ones, best first."""
        most = int(self.explained.max(initial=0))
        least = next((count for count in range(1, most + 1) if answer.convinces(tried, count)), None)
        if least is None:
            return []
        good = np.flatnonzero((self.explained >= least) & (self.missed <= MOST_BROKEN * self.explained))
        return sorted(map(int, good), key=lambda index: -int(self.hits[index].sum()))


def giving_every_cell(answer: WrongAnswer, table: Table | None) -> list[Prediction]:
    """The predictions that give every cell."""
    written = answer.written
    if table is None or table.values.shape[1:] != written.vector.values.shape:
        return []
    return [table.predictions[index] for index in written.giving(table.values, answer.first).tolist()]


def distinct(predictions: Sequence[Prediction]) -> list[Prediction]:
    """One prediction per misconception, the first."""
    first: dict[tuple[str, ...], Prediction] = {}
    for prediction in predictions:
        first.setdefault(prediction.ids, prediction)
    return list(first.values())[:MAX_ALTERNATIVES]
