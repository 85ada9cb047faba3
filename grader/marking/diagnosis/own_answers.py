"""Misconceptions applied to the student's own earlier answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np

from grader.answers.comparison import AnswerVector, Vector
from grader.answers.kinds import Kind
from grader.core.support.inputs import Array
from grader.errors import AuthorError
from grader.formula.arithmetic import plain
from grader.formula.evaluation import Evaluation
from grader.formula.graph import Graph
from grader.formula.substitution import NodeId, Substitution
from grader.formula.tree import Sequence as Listed
from grader.marking.attempt import Attempt
from grader.marking.diagnosis.hypotheses import Hypothesis, hypotheses
from grader.marking.diagnosis.predictions import PartPredictions, Prediction, same_values
from grader.structs import Struct

MAX_OWN = 300
"""How many hypotheses are evaluated on one student's earlier answers to a part."""
MOST_OWN_KEPT = 20
"""For how many sets of earlier answers the values are cached."""


Row = tuple[int, Array]
"""Which row of an answer, and its numbers."""


class OwnAnswers:
    """Results of mistakes given a student's earlier answers, cached for the next student with the same answers."""

    def __init__(self, predictions: PartPredictions, within: list[Evaluation]) -> None:
        """The hypotheses of a part with the answers substituted.

        Raises:
            AuthorError: where the part has no value then.
        """
        part = predictions.part
        self.within = within
        self.usual = predictions.encoded([frame.value(part.id) for frame in within])
        self.hypotheses = list(hypotheses(within[0], part.id, predictions.trials.call_mistakes))
        self.rows = list(within[0].graph.cells(part.id, within[0].value(part.id)).values())
        self.value = cache(lambda one: predictions.value((one,), within))
        self.first_row = cache(lambda one: first_row(one, self.rows, part.kind))


def own_answers(predictions: PartPredictions, attempt: Attempt, above: Sequence[str]) -> OwnAnswers | None:
    """The hypotheses on a student's answers to the parts `above`; None where the part then has no value."""
    bindings = [attempt.bindings(above, frame) for frame in predictions.frames]
    written = tuple((node, _written(value)) for bound in bindings for node, value in bound.items())
    kept: dict[tuple[Any, ...], OwnAnswers | None] = predictions.on_own_answers
    if written not in kept:
        frames = zip(predictions.frames, bindings, strict=True)
        try:
            kept[written] = OwnAnswers(predictions, [at.extended(Substitution(values=bound)) for at, bound in frames])
        except AuthorError:
            kept[written] = None
        if len(kept) > MOST_OWN_KEPT:
            del kept[next(iter(kept))]
    return kept[written]


def _written(value: Any) -> Any:
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else repr(value)


def from_own_answers(
    predictions: PartPredictions, written: AnswerVector, attempt: Attempt, above: Sequence[str]
) -> list[Prediction]:
    """The single misconceptions that give every cell after the answers to the parts `above` are substituted."""
    part, own = predictions.part, own_answers(predictions, attempt, above)
    if own is None:
        return []
    difference = Difference(own.rows, own.within[0].graph, part.id, differing_rows(written, own.usual))
    able = [one for one in own.hypotheses if difference.may_be_explained(one)]
    in_rows, found = len(written.vector.axes) == 1, []
    for one in able[:MAX_OWN]:
        if in_rows and not row_agrees(own.first_row(one), written):
            continue
        vector = own.value(one)
        if vector is None or vector.axes != written.vector.axes:
            continue
        if written.equals(vector.values) and not (own.usual and same_values(own.usual, vector)):
            found.append(Prediction((one,), vector))
    return found


def differing_rows(written: AnswerVector, usual: Vector | None) -> frozenset[int]:
    """The rows where an answer differs from its formula's value; empty where rows cannot be compared."""
    if usual is None or usual.values.shape != written.vector.values.shape or not written.vector.axes:
        return frozenset()
    different = np.flatnonzero(~written.matches(usual.values[None])[0])
    return frozenset(written.vector.cells[index][0] for index in different)


class Difference(Struct):
    """The rows of an answer to the part `name` that differ from its formula's value; `rows` are their nodes."""

    rows: Sequence[NodeId]
    graph: Graph
    name: str
    different: frozenset[int]

    def may_be_explained(self, one: Hypothesis) -> bool:
        """Whether a hypothesis can change these rows and leave the others: a cheap test before it is evaluated.

        A mistake at a row asked for shows in that row first. A mistake inside one entry of an explicit list changes
        only that entry.
        """
        nodes = {site.node for site in one.rules}
        if not self.different or not all(node in nodes or nodes & above for node, above in self._named):
            return not self.different
        if len(one.rules) != 1:
            return True
        (site,) = one.rules
        root = self.graph.nodes[self.name].expression
        if isinstance(root, Listed) and site.node == self.name:
            entry = sum(item.position <= site.position for item in root.items) - 1
            return self.different == {entry}
        first = self._first
        if site.entry is None or first is None or isinstance(first, str) or site.node != first[0]:
            return True
        return site.entry == first[1] or (site.entry < first[1] and (site.node, site.entry) not in self.rows)

    @cached_property
    def _first(self) -> NodeId | None:
        """The first row that differs."""
        first = min(self.different)
        return self.rows[first] if first < len(self.rows) else None

    @cached_property
    def _named(self) -> list[tuple[str, frozenset[str]]]:
        """The rows that differ and are named nodes, each with what it is computed from."""
        rows = [self.rows[row] for row in self.different if row < len(self.rows)]
        return [(node, self.graph.ancestors(node)) for node in rows if isinstance(node, str)]


def first_row(one: Hypothesis, rows: Sequence[NodeId], kind: Kind) -> Row | None:
    """The first row that a hypothesis changes, as numbers: NaN where it has no value.

    None where that is expensive to find out.
    """
    site = next(iter(one.rules))
    row = (site.node, site.entry)
    if one.result is None or site.entry is None or row not in rows:
        return None
    try:
        value = kind.encode_entry(plain(one.result()))
    except AuthorError:
        value = np.array([np.nan])
    return None if value is None else (rows.index(row), value)


def row_agrees(first: Row | None, written: AnswerVector) -> bool:
    """Whether the first row of an answer agrees with that of a hypothesis, if it is known; nothing agrees with NaN."""
    if first is None:
        return True
    at, value = first
    mine, absolute = written.vector.values[at], float(written.absolute[at])
    return bool(np.all(np.abs(value - mine) <= np.maximum(absolute, written.relative * np.abs(value))))
