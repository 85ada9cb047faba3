"""A wrong answer against a table of predictions: which cells each of them gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.answers.tolerance import ZERO_ABSOLUTE
from grader.marking.diagnosis.predictions import Prediction, Table
from grader.marking.diagnosis.wrong_answer import WrongAnswer
from grader.structs import Struct

MAX_ALTERNATIVES = 6
"""How many misconceptions that give the same answer are reported."""

MOST_BROKEN = 0.5
"""How many right cells a prediction may miss, as a share of the wrong ones that it explains."""


class Matches(Struct, eq=False):
    """Which cells each prediction of the answer's shape gives, for all predictions at once."""

    table: Table
    hits: NDArray[np.bool_]
    explained: NDArray[np.int_]
    """How many wrong cells each prediction gives."""
    missed: NDArray[np.int_]
    """How many right cells each prediction does not give."""

    @classmethod
    def of(cls, answer: WrongAnswer, table: Table | None) -> Matches | None:
        """The comparison; None where no prediction has the answer's shape."""
        if table is None or table.values.shape[1:] != answer.written.vector.values.shape:
            return None
        hits = answer.written.matches(table.values)
        return cls(table, hits, (hits & answer.wrong).sum(axis=1), (~hits & ~answer.wrong).sum(axis=1))

    def full(self) -> list[Prediction]:
        """The predictions that give every cell."""
        return [self.table.predictions[index] for index in np.flatnonzero(self.hits.all(axis=1))]

    def convincing(self, answer: WrongAnswer, tried: int) -> list[int]:
        """The predictions that explain wrong cells as no coincidence does and break few right ones; the best first."""
        least = next((n for n in range(1, int(answer.wrong.sum()) + 1) if answer.convinces(tried, n)), None)
        if least is None:
            return []
        good = np.flatnonzero((self.explained >= least) & (self.missed <= MOST_BROKEN * self.explained))
        return sorted(map(int, good), key=lambda index: -int(self.hits[index].sum()))


def giving_every_cell(answer: WrongAnswer, table: Table) -> list[Prediction]:
    """The predictions that give every cell; most are ruled out by the first cell that is wrong."""
    written = answer.written
    if table.values.shape[1:] != written.vector.values.shape or not answer.wrong.any():
        return []
    at = int(np.flatnonzero(answer.wrong)[0])
    column, value = table.values[:, at], written.vector.values[at]
    far = np.abs(column - value) > max(float(written.absolute[at]), ZERO_ABSOLUTE) + written.relative * np.abs(column)
    near = np.flatnonzero(~far.any(axis=-1))
    if not near.size:
        return []
    hits = written.matches(table.values[near]).all(axis=1)
    return [table.predictions[index] for index in near[hits]]


def distinct(predictions: Sequence[Prediction]) -> list[Prediction]:
    """One prediction per misconception, the first."""
    first: dict[tuple[str, ...], Prediction] = {}
    for prediction in predictions:
        first.setdefault(prediction.ids, prediction)
    return list(first.values())[:MAX_ALTERNATIVES]
