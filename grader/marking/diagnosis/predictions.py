"""What a part's answer would be under each misconception: computed once, looked up for each student."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np

from grader.errors import AuthorError
from grader.formula.arithmetic import plain
from grader.formula.evaluation import UNFIT, Evaluation
from grader.formula.substitution import NotApplicableError, Occurrence, Rule, Several, Site, Substitution
from grader.homework.solution import SolvedPart
from grader.marking.carrying import World, as_key
from grader.marking.diagnosis.causes import Cause, late_pairs, pairs, together
from grader.marking.diagnosis.vectors import Floats, Vector, encode
from grader.misconceptions.index import by_operation
from grader.misconceptions.rule import Misconception

MAX_EVALUATIONS = 2_000
MAX_WORK = 12_000
"""What the pairs of one part may cost: evaluations times the operations that one evaluation does."""
MAX_LATE_WORK = 1_000
"""The same for the late pairs."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """A part's value under one cause, or under two at once."""

    causes: tuple[Cause, ...]
    vector: Vector

    @property
    def ids(self) -> tuple[str, ...]:
        """The misconceptions' ids."""
        return tuple(cause.misconception.id for cause in self.causes)


@dataclass
class Table:
    """Predictions of one shape, stacked."""

    predictions: list[Prediction] = field(default_factory=list)

    @cached_property
    def values(self) -> Floats:
        """Predictions by cells by components."""
        return np.stack([prediction.vector.values for prediction in self.predictions])


Variant = tuple[Rule, Callable[[], Any]]
"""A rule at one site, and what it gave there."""

Tables = dict[tuple[int, ...], Table]


def tables(predictions: Iterable[Prediction]) -> Tables:
    """Predictions by their axes."""
    found: Tables = {}
    for prediction in predictions:
        found.setdefault(prediction.vector.axes, Table()).predictions.append(prediction)
    return found


class PartPredictions:
    """All that is predicted for one part: single misconceptions, and pairs when they are asked for."""

    def __init__(self, world: World, part: SolvedPart) -> None:
        """Nothing is computed yet."""
        self.world = world
        self.part = part
        self.frames = world.frames(part)
        self.evaluations = 0

    @cached_property
    def key(self) -> Vector | None:
        """The right value."""
        return encode([as_key(frame.value(self.part.id), self.part) for frame in self.frames], self.part)

    @cached_property
    def causes(self) -> list[Cause]:
        """Every misconception at every site of the part's graph, and at all sites of its operation at once."""
        return list(causes(self.frames[0], self.part.id)) if self.frames else []

    @cached_property
    def singles(self) -> list[Prediction]:
        """What one misconception predicts; only what differs from the right value."""
        return list(self._predicted((cause,) for cause in self.causes))

    @cached_property
    def single_tables(self) -> Tables:
        """Single misconceptions by shape."""
        return tables(self.singles)

    @cached_property
    def numbers(self) -> list[float]:
        """What single misconceptions predict for one number."""
        return [float(one.vector.values[0, 0]) for one in self.singles if one.vector.values.size == 1]

    @cached_property
    def pair_tables(self) -> Tables:
        """Pairs of misconceptions by shape, as many as the bounds on evaluations and on work allow."""
        return self._pair_tables(pairs, MAX_WORK)

    @cached_property
    def late_pair_tables(self) -> Tables:
        """The pairs that there are more of; none for one cell, which several of so many would give by accident."""
        if self.key is None or len(self.key.cells) < 2 or not self.pair_tables:
            return {}
        return self._pair_tables(late_pairs, MAX_LATE_WORK)

    def _pair_tables(self, paired: Callable[[list[Cause]], Iterator[tuple[Cause, Cause]]], work: int) -> Tables:
        effective = [prediction.causes[0] for prediction in self.singles]
        size = len(occurrences(self.frames[0], live(self.frames[0], self.part.id))) * len(self.frames)
        return tables(self._predicted(islice(paired(effective), work // max(1, size))))

    def _predicted(self, hypotheses: Iterable[tuple[Cause, ...]]) -> Iterator[Prediction]:
        for hypothesis in hypotheses:
            if self.evaluations >= MAX_EVALUATIONS:
                return
            self.evaluations += 1
            vector = self.value(hypothesis)
            if vector is not None and not same_values(vector, self.key):
                yield Prediction(hypothesis, vector)

    def value(self, hypothesis: tuple[Cause, ...], within: list[Evaluation] | None = None) -> Vector | None:
        """The part's value under some causes; None where there is none."""
        at_once = self._at_the_root(hypothesis, within or self.frames)
        if at_once is not None:
            return at_once
        operations = together(hypothesis)
        values = []
        for frame in within or self.frames:
            try:
                evaluation = frame.extended(Substitution(operations=operations))
                values.append(as_key(evaluation.value(self.part.id), self.part))
            except AuthorError:
                return None
        return encode(values, self.part)

    def _at_the_root(self, hypothesis: tuple[Cause, ...], frames: list[Evaluation]) -> Vector | None:
        """The value where a rule's own result is the part's: nothing else has to be evaluated."""
        cause = hypothesis[0]
        if len(hypothesis) > 1 or len(frames) > 1 or len(cause.rules) > 1 or cause.result is None:
            return None
        (site,) = cause.rules
        root = frames[0].graph.nodes[self.part.id].expression
        if (site.node, site.position, site.entry) != (self.part.id, root.position, None):
            return None
        try:
            return encode([as_key(plain(cause.result()), self.part)], self.part)
        except UNFIT:
            return None


def same_values(vector: Vector, other: Vector | None) -> bool:
    """Whether two values are the same but for rounding in the last places."""
    if other is None or vector.axes != other.axes:
        return False
    return bool(np.allclose(vector.values, other.values, rtol=1e-9, atol=1e-12, equal_nan=True))


def causes(evaluation: Evaluation, name: str) -> Iterator[Cause]:
    """Every misconception where it applies: at all sites of its operation at once, then at each alone."""
    evaluation.value(name)
    inside = live(evaluation, name)
    found: dict[str, list[tuple[Misconception, Site, tuple[Variant, ...]]]] = {}
    for record in occurrences(evaluation, inside):
        for rule in by_operation(record.operation):
            variants = _variants(rule, record)
            if variants:
                found.setdefault(rule.id, []).append((rule, record.site, variants))
    for places in found.values():
        first = places[0][0]
        if len(places) > 1:
            start = (places[0][1], places[0][2][0][1])
            yield Cause(first, {site: variants[0][0] for _, site, variants in places}, first=start)
        for _, site, variants in places:
            for rule_there, result in variants:
                yield Cause(first, {site: rule_there}, result, (site, result), len(variants))


def live(evaluation: Evaluation, name: str) -> frozenset[str]:
    """The nodes whose computation a name's value depends on: what stands behind a substituted value does not count."""
    replaced = {node if isinstance(node, str) else node[0] for node in evaluation.substitution.values}
    found, waiting = {name}, [name]
    while waiting:
        for read in evaluation.graph.nodes[waiting.pop()].reads & evaluation.graph.nodes.keys():
            if read not in found and read not in replaced:
                found.add(read)
                waiting.append(read)
    return frozenset(found)


def occurrences(evaluation: Evaluation, inside: frozenset[str]) -> list[Occurrence]:
    """Everything that was called for some nodes, here and in the bases, in the order of the graph."""
    found: dict[Site, Occurrence] = {}
    at: Evaluation | None = evaluation
    while at is not None:
        for site, record in at.records.items():
            if site.node in inside and (at is evaluation or site.node not in evaluation.reached):
                found.setdefault(site, record)
        at = at.base
    place = {name: index for index, name in enumerate(evaluation.graph.order)}
    return [found[site] for site in sorted(found, key=lambda site: (place[site.node], site.position, site.entry or 0))]


def _variants(misconception: Misconception, record: Occurrence) -> tuple[Variant, ...]:
    """What to try at an occurrence: one rule, one per member of a family, none where the mistake cannot be made."""
    try:
        result = misconception.rule(record)
    except Exception:
        return ()
    if isinstance(result, Several):
        members = enumerate(result.values)
        return tuple((_member(misconception.rule, index), partial(record.value_of, each)) for index, each in members)
    return ((misconception.rule, partial(record.value_of, result)),)


def _member(rule: Rule, index: int) -> Rule:
    def member(occurrence: Occurrence) -> Any:
        result = rule(occurrence)
        if not isinstance(result, Several) or index >= len(result.values):
            raise NotApplicableError
        return result.values[index]

    return member
