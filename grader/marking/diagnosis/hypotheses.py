"""Hypotheses: one misconception at the sites of a graph where it can occur."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from grader.formula.evaluation import Evaluation
from grader.formula.substitution import NOT_MADE_HERE, Alternatives, NotApplicableError, Occurrence, Rule, Site
from grader.formula.tree import same
from grader.misconceptions.registry import Misconception, by_operation
from grader.structs import Struct

Variant = tuple[Rule, Callable[[], Any]]
"""A rule at one site, and its result there."""

Place = tuple[Occurrence, tuple[Variant, ...]]
"""An occurrence, and the result of one mistake there."""

HypothesisKey = tuple[str, frozenset[Site]]


class Hypothesis(Struct, eq=False):
    """One misconception at some sites: at one site, or at all sites of its operation."""

    misconception: Misconception
    rules: Mapping[Site, Rule]
    first: tuple[Site, Callable[[], Any]] | None = None
    """Its first site, and the rule's result there in the evaluation where it was found."""
    family: int = 1
    """How many alternative values the mistake may give at this site."""

    @property
    def sites(self) -> frozenset[Site]:
        """The sites at which it acts."""
        return frozenset(self.rules)

    @property
    def key(self) -> HypothesisKey:
        """An identity: the same mistake at the same sites, whatever its results."""
        return self.misconception.id, self.sites


class Variants:
    """The results of rules at the calls of one evaluation: each is tried once, for all parts that use the call."""

    def __init__(self, evaluation: Evaluation) -> None:
        """Nothing is tried yet."""
        self.evaluation = evaluation
        self._found: dict[tuple[str, Site], tuple[Variant, ...]] = {}

    def of(self, misconception: Misconception, record: Occurrence) -> tuple[Variant, ...]:
        """What to try at an occurrence: one rule, or one for each member of a family; none where it cannot apply."""
        if record.evaluation is not self.evaluation:
            return _variants(misconception, record)
        at = (misconception.id, record.site)
        if at not in self._found:
            self._found[at] = _variants(misconception, record)
        return self._found[at]


def arithmetic_hypotheses(evaluation: Evaluation, name: str, asked: frozenset[str]) -> Iterator[Hypothesis]:
    """General mistakes of arithmetic, each at one site; sites inside other parts are left out.

    If a formula holds the same expression several times, the mistake is also made in every copy at once.
    """
    evaluation.value(name)
    repeated: dict[tuple[str, str], tuple[Misconception, list[Place]]] = {}
    for record in evaluation.occurrences(name, asked):
        for rule in by_operation(record.operation, general=True):
            variants = _variants(rule, record)
            for rule_there, result in variants:
                yield Hypothesis(rule, {record.site: rule_there}, (record.site, result), len(variants))
            if variants:
                repeated.setdefault((record.site.node, rule.id), (rule, []))[1].append((record, variants))
    for rule, places in repeated.values():
        for alike in _written_alike(places):
            for index, (_, result) in enumerate(alike[0][1]):
                everywhere = {record.site: variants[index][0] for record, variants in alike}
                yield Hypothesis(rule, everywhere, first=(alike[0][0].site, result), family=len(alike[0][1]))


def _written_alike(places: list[Place]) -> Iterator[list[Place]]:
    """Places with the same expression and equally many variants, in groups of two or more."""
    left = list(places)
    while left:
        record, variants = left[0]
        alike = [each for each in left if same(each[0].expression, record.expression) and len(each[1]) == len(variants)]
        left = [each for each in left if all(each[0] is not other[0] for other in alike)]
        if len(alike) > 1:
            yield alike


def hypotheses(evaluation: Evaluation, name: str, known: Variants | None = None) -> Iterator[Hypothesis]:
    """Every misconception where it applies: at all sites of its operation at once, then at each alone."""
    known = known or Variants(evaluation)
    evaluation.value(name)
    found: dict[str, list[tuple[Misconception, Site, tuple[Variant, ...]]]] = {}
    for record in evaluation.occurrences(name):
        for rule in by_operation(record.operation):
            variants = known.of(rule, record)
            if variants:
                found.setdefault(rule.id, []).append((rule, record.site, variants))
    for places in found.values():
        misconception, site, variants = places[0]
        if len(places) > 1:
            everywhere = {site: variants[0][0] for _, site, variants in places}
            yield Hypothesis(misconception, everywhere, first=(site, variants[0][1]))
        for _, site, variants in places:
            for rule_there, result in variants:
                yield Hypothesis(misconception, {site: rule_there}, (site, result), len(variants))


def _variants(misconception: Misconception, record: Occurrence) -> tuple[Variant, ...]:
    """What to try at an occurrence: one rule, or one for each member of a family; none where it cannot apply."""
    try:
        result = misconception.rule(record)
    except NOT_MADE_HERE:
        return ()
    if isinstance(result, Alternatives):
        members = enumerate(result.values)
        return tuple((_member(misconception.rule, index), partial(record.value_of, each)) for index, each in members)
    return ((misconception.rule, partial(record.value_of, result)),)


def _member(rule: Rule, index: int) -> Rule:
    def member(occurrence: Occurrence) -> Any:
        result = rule(occurrence)
        if not isinstance(result, Alternatives) or index >= len(result.values):
            raise NotApplicableError
        return result.values[index]

    return member
