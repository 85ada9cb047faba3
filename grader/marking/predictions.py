"""What a part's answer would be under each misconception: computed once, looked up for each student."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np

from grader.errors import AuthorError
from grader.homework.solution import SolvedPart
from grader.language.arithmetic import plain
from grader.language.evaluation import UNFIT, Evaluation
from grader.language.substitution import Again, NotApplicableError, Occurrence, Rule, Several, Site, Substitution
from grader.marking.carrying import World, as_key
from grader.marking.vectors import Floats, Vector, encode
from grader.misconceptions.index import by_operation
from grader.misconceptions.rule import Misconception

MAX_EVALUATIONS = 2_000


@dataclass(frozen=True, eq=False)
class Cause:
    """One misconception at some sites: one of them, or all of its operation."""

    misconception: Misconception
    rules: Mapping[Site, Rule]
    result: Callable[[], Any] | None = None
    """What the rule gave at its one site in the evaluation in which it was found."""

    @property
    def sites(self) -> frozenset[Site]:
        """Where it acts."""
        return frozenset(self.rules)


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
    def pair_tables(self) -> Tables:
        """Pairs of misconceptions by shape, as many as the bound on evaluations allows."""
        effective = [prediction.causes[0] for prediction in self.singles]
        return tables(self._predicted(_pairs(effective)))

    def _predicted(self, hypotheses: Iterable[tuple[Cause, ...]]) -> Iterator[Prediction]:
        for hypothesis in hypotheses:
            if self.evaluations >= MAX_EVALUATIONS:
                return
            self.evaluations += 1
            vector = self.value(hypothesis)
            if vector is not None and not _same(vector, self.key):
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


def _same(vector: Vector, other: Vector | None) -> bool:
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
            yield Cause(first, {site: variants[0][0] for _, site, variants in places})
        for _, site, variants in places:
            for rule_there, result in variants:
                yield Cause(first, {site: rule_there}, result)


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


def _pairs(effective: list[Cause]) -> Iterator[tuple[Cause, Cause]]:
    """Pairs of different misconceptions, those that come early in the graph and act everywhere first."""
    count = len(effective)
    ordered = (
        (effective[first], effective[total - first])
        for total in range(1, 2 * count)
        for first in range(max(0, total - count + 1), (total + 1) // 2)
    )
    different = (pair for pair in ordered if pair[0].misconception.id != pair[1].misconception.id)
    return islice(different, 50 * MAX_EVALUATIONS)


def together(hypothesis: tuple[Cause, ...]) -> dict[Site, Rule]:
    """The rule at each site when some causes act at once; two at one site act one upon the other."""
    rules: dict[Site, Rule] = {}
    for cause in hypothesis:
        for site, rule in cause.rules.items():
            rules[site] = _composed(rules[site], rule) if site in rules else rule
    return rules


def _composed(first: Rule, second: Rule) -> Rule:
    """Two rules at one call: the one that changes arguments goes first, the other sees the changed call."""

    def composed(occurrence: Occurrence) -> Any:
        for one, other in ((first, second), (second, first)):
            try:
                changed = one(occurrence)
                if isinstance(changed, Again):
                    return other(_changed(occurrence, changed))
            except NotApplicableError:
                continue
        raise NotApplicableError

    return composed


def _changed(occurrence: Occurrence, again: Again) -> Occurrence:
    named = dict(again.arguments)
    return Occurrence(
        occurrence.site,
        again.operation,
        (),
        named,
        occurrence.expression,
        occurrence.evaluation,
        lambda: occurrence.value_of(again),
    )
