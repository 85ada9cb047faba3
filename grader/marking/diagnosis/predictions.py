"""What a part's answer would be under each hypothesis, and after a slip: computed once, compared with every answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import AnswerVector, Vector
from grader.core.support.inputs import Array, Cell
from grader.errors import AuthorError
from grader.formula.arithmetic import close, plain
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import Rule, Site, Substitution
from grader.homework.solution import SolvedPart
from grader.marking.carrying import World, as_key
from grader.marking.diagnosis.hypotheses import (
    CallMistakes,
    Hypothesis,
    arithmetic_hypotheses,
    hypotheses,
    pairs,
    together,
)
from grader.marking.diagnosis.slips import IN_ALL_CELLS, Slip, fitted, is_shape
from grader.structs import Struct

MAX_EVALUATIONS = 2_000
MAX_WORK = 12_000
"""The budget for the pairs of one part: evaluations times the operations of one evaluation."""
MAX_LATE_WORK = 1_000
"""The same for the late pairs."""
MOST_SLIPPED = 100_000
"""The most numbers of a table for which what slips make of it is kept."""
MOST_KEPT = 50_000
"""The total number of calls in the evaluations cached for the other parts of a question."""


class Prediction(Struct, eq=False):
    """A part's value under one hypothesis, or under two at once."""

    hypotheses: tuple[Hypothesis, ...]
    vector: Vector

    @property
    def ids(self) -> tuple[str, ...]:
        """The misconceptions' ids."""
        return tuple(one.misconception.id for one in self.hypotheses)


class Slipped:
    """The results of slips in all cells on some targets, computed once for all answers compared with them."""

    def __init__(self, targets: Array, axes: tuple[int, ...]) -> None:
        """Apply every slip that needs no answer to every target."""
        self.targets = targets
        with np.errstate(all="ignore"):  # a square that overflows is not a slip
            made = [(one, result) for one in IN_ALL_CELLS for result in one.make(targets, axes)]
        results = np.stack([result for _, result in made])
        rows, places = np.nonzero(np.isfinite(results).all(axis=(2, 3)))
        self._results = results[rows, places]
        self._made_by = [(made[row][0], place) for row, place in zip(rows.tolist(), places.tolist(), strict=True)]

    def found(self, written: AnswerVector, at: int = 0) -> dict[int, Slip]:
        """The targets that a slip turns into the answer, in order, each with the first such slip.

        The cell `at` is compared first, because it rules out most targets.
        """
        found: dict[int, Slip] = {}
        if written.vector.values.shape != self.targets.shape[1:]:
            return found
        with np.errstate(all="ignore"):
            for row in written.giving(self._results, at).tolist():
                one, place = self._made_by[row]
                if place not in found and one.holds(written, self.targets[place], self._results[row]):
                    found[place] = one.one if len(self.targets[0]) == 1 else one.several
            for slip, places, made in fitted(written, self.targets):
                for place in places[written.giving(made, at)].tolist():
                    found.setdefault(place, slip)
        return dict(sorted(found.items()))


class PredictionTable(Struct, eq=False, frozen=False):
    """Predictions of one shape, stacked."""

    predictions: list[Prediction] = field(default_factory=list)
    _slipped: Slipped | None = None

    @cached_property
    def values(self) -> Array:
        """Predictions by cells by components."""
        values = [prediction.vector.values for prediction in self.predictions]
        return np.stack(values) if values else np.zeros((0, 0, 0))

    @property
    def slipped(self) -> Slipped:
        """What slips in all cells make of them, which is several times as much: that of a large table is not kept."""
        made = self._slipped or Slipped(self.values, self.predictions[0].vector.axes)
        self._slipped = made if self.values.size <= MOST_SLIPPED else None
        return made

    def rearranged(self, written: AnswerVector, at: int) -> list[int]:
        """The predictions with an answer's numbers in any order, or with its absolute values.

        Most are ruled out by the largest number, and by the cell `at`.
        """
        answer = written.vector.values
        if answer.shape != self.values.shape[1:] or answer.shape == (1, 1):
            return []
        if is_shape(answer):
            same: NDArray[np.bool_] = (self._ordered == np.sort(answer, axis=-1)).all(axis=(1, 2))
            return [int(index) for index in same.nonzero()[0]]
        if answer.shape[-1] != 1:
            return []
        order = np.argsort(answer[:, 0])
        ordered = written.of_values(answer[order], written.absolute[order])
        unsigned = written.of_values(np.abs(answer), written.absolute)
        largest = len(answer) - 1
        return sorted({*ordered.giving(self._ordered, largest).tolist(), *unsigned.giving(self._unsigned, at).tolist()})

    @cached_property
    def _ordered(self) -> Array:
        """The numbers of each in order of size; the sizes of a shape within each cell."""
        return np.sort(self.values, axis=1 if self.values.shape[-1] == 1 else -1)

    @cached_property
    def _unsigned(self) -> Array:
        return np.abs(self.values)


PredictionTables = dict[tuple[int, ...], PredictionTable]
"""Predictions by the shape of the answer."""


class Trials:
    """The question evaluated under misconceptions: once for all the parts that depend on where they act."""

    def __init__(self, world: World) -> None:
        """Nothing is tried yet."""
        self.evaluation = world.base
        self.call_mistakes = CallMistakes(world.base)
        self._parts = world.solved.parts.keys()
        self._cached: dict[tuple[frozenset[tuple[Site, Rule]], ...], Evaluation] = {}
        self._calls = 0

    def value(self, acting: tuple[Hypothesis, ...], name: str, within: Evaluation) -> Any:
        """A part's value under some hypotheses; an evaluation of the question is cached if other parts need it, too.

        Raises:
            AuthorError: if it has none.
        """
        shared = within is self.evaluation and self._shared(acting)
        rules = tuple(frozenset(one.rules.items()) for one in acting) if shared else ()
        found = self._cached.get(rules)
        if found is not None:
            return found.value(name)
        made = within.extended(Substitution(operations=together(acting)))
        try:
            return made.value(name)
        finally:
            if rules and self._calls < MOST_KEPT:
                self._calls += len(made.records)
                self._cached[rules] = made

    def _shared(self, acting: tuple[Hypothesis, ...]) -> bool:
        """Whether several parts depend on where the hypotheses act."""
        below = self.evaluation.graph.descendants
        nodes = {site.node for one in acting for site in one.sites}
        return all(len((below[node] | {node}) & self._parts) > 1 for node in nodes)


class PartPredictions:
    """All predictions for one part: single misconceptions, and pairs on demand."""

    def __init__(self, world: World, part: SolvedPart, trials: Trials | None = None) -> None:
        """Nothing is computed yet; `trials` are those of the question without sample points."""
        self.trials = trials or Trials(world)
        self.world = world
        self.part = part
        self.frames = world.frames(part)
        self.evaluations = 0
        self.on_own_answers: dict[tuple[Any, ...], Any] = {}  # by the answers; managed by `own_answers`

    @cached_property
    def key(self) -> Vector | None:
        """The right value."""
        return self.encoded([frame.value(self.part.id) for frame in self.frames])

    @cached_property
    def right(self) -> PredictionTable:
        """The right value as a table of its own."""
        return PredictionTable([] if self.key is None else [Prediction((), self.key)])

    @cached_property
    def asked(self) -> tuple[Cell, ...]:
        """The entries asked for, where not all are."""
        return tuple(self.part.kind.cells(self.world.key(self.part))) if self.part.spec.unasked else ()

    def encoded(self, values: Sequence[Any]) -> Vector | None:
        """A value at each frame as a vector, with only the entries asked for."""
        vector = self.part.kind.encode([as_key(value, self.part) for value in values], self.part.rank)
        return vector and vector.at(self.asked)

    @cached_property
    def hypotheses(self) -> list[Hypothesis]:
        """Every misconception at every site of the part's graph, and at all sites of its operation at once."""
        return list(hypotheses(self.frames[0], self.part.id, self.trials.call_mistakes))

    @cached_property
    def singles(self) -> list[Prediction]:
        """The predictions of single misconceptions that differ from the right value."""
        return list(self._predicted((one,) for one in self.hypotheses))

    @cached_property
    def arithmetic_tables(self) -> PredictionTables:
        """The predictions of single general mistakes of arithmetic, by shape."""
        asked = frozenset(self.world.solved.parts)
        return _by_shape(self._predicted((one,) for one in arithmetic_hypotheses(self.frames[0], self.part.id, asked)))

    @cached_property
    def single_tables(self) -> PredictionTables:
        """Single misconceptions by shape."""
        return _by_shape(self.singles)

    @cached_property
    def numbers(self) -> list[float]:
        """The predictions of single misconceptions for one number."""
        return [float(one.vector.values[0, 0]) for one in self.singles if one.vector.values.size == 1]

    @cached_property
    def pair_tables(self) -> PredictionTables:
        """Pairs of misconceptions by shape, as many as the bounds on evaluations and on work allow."""
        return self._paired(MAX_WORK)

    @cached_property
    def late_pair_tables(self) -> PredictionTables:
        """The more numerous pairs; none for a single cell, which some of so many would match by accident."""
        if self.key is None or len(self.key.cells) < 2 or not self.pair_tables:
            return {}
        return self._paired(MAX_LATE_WORK, late=True)

    def _paired(self, work: int, late: bool = False) -> PredictionTables:
        effective = [prediction.hypotheses[0] for prediction in self.singles]
        size = len(self.frames[0].occurrences(self.part.id)) * len(self.frames)
        return _by_shape(self._predicted(islice(pairs(effective, late), work // max(1, size))))

    def _predicted(self, tried: Iterable[tuple[Hypothesis, ...]]) -> Iterator[Prediction]:
        for acting in tried:
            if self.evaluations >= MAX_EVALUATIONS:
                return
            self.evaluations += 1
            vector = self.value(acting)
            if vector is not None and not same_values(vector, self.key):
                yield Prediction(acting, vector)

    def value(self, acting: tuple[Hypothesis, ...], within: list[Evaluation] | None = None) -> Vector | None:
        """The part's value under some hypotheses; None where there is none."""
        frames = within or self.frames
        at_once = self._at_the_root(acting, frames)
        if at_once is not None:
            return at_once
        try:
            return self.encoded([self.trials.value(acting, self.part.id, frame) for frame in frames])
        except AuthorError:
            return None

    def _at_the_root(self, acting: tuple[Hypothesis, ...], frames: list[Evaluation]) -> Vector | None:
        """The value where a rule's result is the part's own: nothing else has to be evaluated."""
        one = acting[0]
        if len(acting) > 1 or len(frames) > 1 or len(one.rules) > 1 or one.result is None:
            return None
        (site,) = one.rules
        root = frames[0].graph.nodes[self.part.id].expression
        if (site.node, site.position, site.entry) != (self.part.id, root.position, None):
            return None
        try:
            return self.encoded([plain(one.result())])
        except AuthorError:
            return None


def _by_shape(predictions: Iterable[Prediction]) -> PredictionTables:
    found: PredictionTables = {}
    for prediction in predictions:
        found.setdefault(prediction.vector.axes, PredictionTable()).predictions.append(prediction)
    return found


def same_values(vector: Vector, other: Vector | None) -> bool:
    """Whether two values are equal up to rounding in the last digits."""
    if other is None or vector.axes != other.axes:
        return False
    return close(vector.values, other.values, relative=1e-9, absolute=1e-12)
