"""One wrong answer, ready to be compared with predictions, and what an agreement is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.language.arithmetic import plain
from grader.language.evaluation import UNFIT
from grader.language.kinds import Kind
from grader.language.substitution import NodeId
from grader.marking.causes import Cause
from grader.marking.chance import ALPHA, expected_accidents
from grader.marking.predictions import Prediction, Table
from grader.marking.vectors import Floats, Given, Vector, row_values

MAX_ALTERNATIVES = 6


@dataclass(frozen=True, eq=False)
class Case:
    """One wrong answer, ready to be compared: as a vector, with the key's, and which cells are wrong."""

    given: Given
    key: Floats | None
    wrong: NDArray[np.bool_]
    chance: float
    decimals: list[int | None]

    @property
    def fits(self) -> bool:
        """Whether the answer has the key's shape."""
        return self.key is not None


def first_difference(given: Given, usual: Vector | None) -> int | None:
    """The first row in which an answer is not what is usually computed; None where rows cannot be compared."""
    if usual is None or usual.values.shape != given.vector.values.shape or len(given.vector.axes) != 1:
        return None
    different = np.flatnonzero(~given.matches(usual.values[None])[0])
    return int(different[0]) if different.size else None


def may_start(cause: Cause, rows: Sequence[NodeId], start: int | None) -> bool:
    """Whether a cause can give an answer that first differs in a row; at a single row, only if it acts there or before.

    `rows` are the nodes of the answer's rows: a cause at an asked row shows in that row.
    """
    if start is None or len(cause.sites) != 1 or not rows:
        return True
    (site,) = cause.sites
    first = rows[start]
    if site.entry is None or isinstance(first, str) or site.node != first[0]:
        return True
    return site.entry == first[1] or (site.entry < first[1] and (site.node, site.entry) not in rows)


def row_agrees(cause: Cause, rows: Sequence[NodeId], given: Given, kind: Kind) -> bool:
    """Whether the answer has what a cause gives in its first row; True where that cannot be said so cheaply."""
    if cause.first is None or kind not in ("array", "shapes"):
        return True
    site, result = cause.first
    row = (site.node, site.entry)
    if site.entry is None or row not in rows or len(given.vector.axes) != 1:
        return True
    try:
        value = row_values(plain(result()), kind)
    except UNFIT:
        return False
    at = rows.index(row)
    mine, absolute = given.vector.values[at], float(given.absolute[at])
    return bool(np.all(np.abs(value - mine) <= np.maximum(absolute, given.relative * np.abs(value))))


@dataclass(frozen=True, eq=False)
class Matches:
    """Which cells each prediction of the answer's shape gives, for all predictions at once."""

    table: Table
    hits: NDArray[np.bool_]
    explained: NDArray[np.int_]
    """How many wrong cells each prediction gives."""
    missed: NDArray[np.int_]
    """How many right cells each prediction does not give."""

    @classmethod
    def of(cls, case: Case, table: Table | None) -> Matches | None:
        """The comparison; None where no prediction has the answer's shape."""
        if table is None or not table.predictions or table.values.shape[1:] != case.given.vector.values.shape:
            return None
        hits = case.given.matches(table.values)
        return cls(table, hits, (hits & case.wrong).sum(axis=1), (~hits & ~case.wrong).sum(axis=1))

    def full(self) -> list[Prediction]:
        """The predictions that give every cell."""
        return [self.table.predictions[index] for index in np.flatnonzero(self.hits.all(axis=1))]

    def worthy(self, case: Case, tried: int) -> list[int]:
        """The predictions that explain wrong cells as no accident does, and break few right ones; the best first."""
        least = next((n for n in range(1, int(case.wrong.sum()) + 1) if convincing(case, tried, n)), None)
        if least is None:
            return []
        good = np.flatnonzero((self.explained >= least) & (self.missed <= self.explained // 2))
        return sorted(map(int, good), key=lambda index: -int(self.hits[index].sum()))


def convincing(case: Case, tried: int, explained: int) -> bool:
    """Whether so many of the wrong cells are explained that hardly any of the predictions would do it by accident."""
    wrong = int(case.wrong.sum())
    return explained > 0 and expected_accidents(max(tried, 1), wrong, explained, case.chance) < ALPHA


def repeated(case: Case) -> bool:
    """Whether the answer holds one value everywhere: some rule gives it somewhere, which tells nothing."""
    return bool((case.given.vector.values == case.given.vector.values[0]).all())


def distinct(predictions: Sequence[Prediction]) -> list[Prediction]:
    """One prediction per misconception, the first."""
    first: dict[tuple[str, ...], Prediction] = {}
    for prediction in predictions:
        first.setdefault(prediction.ids, prediction)
    return list(first.values())[:MAX_ALTERNATIVES]
