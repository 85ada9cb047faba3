"""One wrong answer, ready to be compared with predictions, and what an agreement is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.answers.kinds import Kind
from grader.answers.tolerance import ZERO_ABSOLUTE
from grader.formula.arithmetic import plain
from grader.formula.evaluation import UNFIT
from grader.formula.graph import Graph
from grader.formula.substitution import NodeId
from grader.formula.tree import Sequence as Sequence_
from grader.marking.diagnosis.causes import Cause, CauseKey
from grader.marking.diagnosis.chance import ALPHA, FINEST, expected_accidents
from grader.marking.diagnosis.predictions import Prediction, Table
from grader.marking.diagnosis.vectors import Floats, Given, Vector

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

    @cached_property
    def readings(self) -> tuple[Case, ...]:
        """The answer to all the digits that were written, which no accident gives; then the answer as it is marked.

        Several numbers on a grid (whole ones, quarters) have no digits to tell.
        """
        digits = self.digits
        if digits is None or digits.chance >= self.chance or (len(self.wrong) > 1 and self.chance > FINEST):
            return (self,)
        marked = self.given.absolute
        finer = np.minimum(digits.given.absolute, np.where(marked, marked, np.inf))
        return replace(digits, given=replace(digits.given, absolute=finer)), self

    def coarse(self) -> Case | None:
        """Several numbers that may have been rounded to fewer than three digits, as what each was rounded from."""
        digits = self.digits
        if digits is None or len(self.wrong) == 1:
            return None
        return digits if (digits.given.absolute > self.given.absolute * (1 + 1e-6)).any() else None

    @cached_property
    def digits(self) -> Case | None:
        """The answer by its digits alone, half a unit of the last one each; None where one has no last digit."""
        values = self.given.vector.values
        if values.shape[1] > 1 or None in self.decimals or not np.isfinite(values).all():
            return None
        units = np.array([10.0 ** -(places or 0) for places in self.decimals])
        chances = np.minimum(0.5, units / (2 * np.maximum(np.abs(values).max(), units)))
        given = replace(self.given, absolute=0.5 * units * (1 + 1e-9), relative=0.0)
        return replace(self, given=given, chance=float(np.exp(np.log(chances).mean())))


@dataclass(frozen=True)
class Elsewhere:
    """What is known from other parts: earlier ones to put in place, those that are right, causes that were found."""

    above: Sequence[str] = ()
    right: frozenset[str] = frozenset()
    causes: frozenset[CauseKey] = frozenset()

    def contradicts(self, prediction: Prediction) -> bool:
        """Whether the mistake would have been made in a part that is right."""
        return any(site.node in self.right for cause in prediction.causes for site in cause.sites)


def differences(given: Given, usual: Vector | None) -> frozenset[int]:
    """The rows in which an answer is not what is usually computed; empty where rows cannot be compared."""
    if usual is None or usual.values.shape != given.vector.values.shape or not given.vector.axes:
        return frozenset()
    different = np.flatnonzero(~given.matches(usual.values[None])[0])
    return frozenset(given.vector.cells[index][0] for index in different)


def may_explain(cause: Cause, rows: Sequence[NodeId], graph: Graph, name: str, different: frozenset[int]) -> bool:
    """Whether a cause at one site can give an answer that differs in some rows from what is usually computed.

    `rows` are the nodes of the answer's rows: a cause at an asked row shows in that row first. A cause inside one
    entry of a list that is written out (the formula of `name`) changes that entry alone.
    """
    if not different or not _reaches(cause, rows, graph, different):
        return not different
    if len(cause.sites) != 1:
        return True
    (site,) = cause.sites
    root = graph.nodes[name].expression
    if isinstance(root, Sequence_) and site.node == name:
        entry = sum(item.position <= site.position for item in root.items) - 1
        return different == {entry}
    first = rows[min(different)] if rows and min(different) < len(rows) else None
    if site.entry is None or first is None or isinstance(first, str) or site.node != first[0]:
        return True
    return site.entry == first[1] or (site.entry < first[1] and (site.node, site.entry) not in rows)


def _reaches(cause: Cause, rows: Sequence[NodeId], graph: Graph, different: frozenset[int]) -> bool:
    """Whether every row that differs is computed from some site of the cause, where rows are names of their own."""
    nodes = {site.node for site in cause.sites}
    for row in different:
        node = rows[row] if row < len(rows) else ()
        if isinstance(node, str) and node not in nodes and not nodes & graph.ancestors(node):
            return False
    return True


def row_agrees(cause: Cause, rows: Sequence[NodeId], given: Given, kind: Kind) -> bool:
    """Whether the answer has what a cause gives in its first row; True where that cannot be said so cheaply."""
    if cause.first is None:
        return True
    site, result = cause.first
    row = (site.node, site.entry)
    if site.entry is None or row not in rows or len(given.vector.axes) != 1:
        return True
    try:
        value = kind.encode_entry(plain(result()))
    except UNFIT:
        return False
    if value is None:
        return True
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


def given_in_full(case: Case, table: Table) -> list[Prediction]:
    """The predictions that give every cell; most are out by the first cell that is wrong."""
    given = case.given
    if table.values.shape[1:] != given.vector.values.shape or not case.wrong.any():
        return []
    at = int(np.flatnonzero(case.wrong)[0])
    column, answer = table.values[:, at], given.vector.values[at]
    far = np.abs(column - answer) > max(float(given.absolute[at]), ZERO_ABSOLUTE) + given.relative * np.abs(column)
    near = np.flatnonzero(~far.any(axis=-1))
    if not near.size:
        return []
    hits = given.matches(table.values[near]).all(axis=1)
    return [table.predictions[index] for index in near[hits]]


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
