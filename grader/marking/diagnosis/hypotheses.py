"""Hypotheses: one misconception at the sites of a graph where it can occur, and two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from itertools import chain
from typing import Any

from grader.formula.evaluation import Evaluation
from grader.formula.substitution import (
    NOT_MADE_HERE,
    Alternatives,
    ChangedCall,
    NotApplicableError,
    Occurrence,
    Rule,
    Site,
)
from grader.formula.tree import same
from grader.misconceptions.registry import Misconception, by_operation
from grader.structs import Struct

FEW = 3
"""The largest family that is tried early, and the most sites at which one mistake is tried early in single rows."""

HypothesisKey = tuple[str, frozenset[Site]]
MistakenCall = tuple[Occurrence, tuple["Hypothesis", ...]]
"""A call, and what one mistake may give there."""


class Hypothesis(Struct, eq=False):
    """One misconception at some sites: at one site, or at all sites of its operation."""

    misconception: Misconception
    rules: Mapping[Site, Rule]
    result: Callable[[], Any] | None = None
    """The rule's result at the first site, in the evaluation where it was found."""
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


class CallMistakes(Struct, eq=False):
    """The mistakes at the calls of one evaluation: each is tried once, for all parts that use the call."""

    evaluation: Evaluation
    _found: dict[tuple[str, Site], tuple[Hypothesis, ...]] = field(default_factory=dict)

    def of(self, misconception: Misconception, record: Occurrence) -> tuple[Hypothesis, ...]:
        """One mistake at one call: one hypothesis for each value that it may give, none where it cannot be made."""
        if record.evaluation is not self.evaluation:
            return _mistakes_at(misconception, record)
        at = (misconception.id, record.site)
        if at not in self._found:
            self._found[at] = _mistakes_at(misconception, record)
        return self._found[at]


def _mistakes_at(misconception: Misconception, record: Occurrence) -> tuple[Hypothesis, ...]:
    try:
        result = misconception.rule(record)
    except NOT_MADE_HERE:
        return ()
    if not isinstance(result, Alternatives):
        return (Hypothesis(misconception, {record.site: misconception.rule}, partial(record.value_of, result)),)
    return tuple(
        Hypothesis(
            misconception,
            {record.site: _member(misconception.rule, index)},
            partial(record.value_of, value),
            family=len(result.values),
        )
        for index, value in enumerate(result.values)
    )


def _member(rule: Rule, index: int) -> Rule:
    def member(occurrence: Occurrence) -> Any:
        result = rule(occurrence)
        if not isinstance(result, Alternatives) or index >= len(result.values):
            raise NotApplicableError
        return result.values[index]

    return member


def _everywhere(ones: Sequence[Hypothesis]) -> Hypothesis:
    """The same mistake at several sites at once."""
    return replace(ones[0], rules={site: rule for one in ones for site, rule in one.rules.items()}, family=1)


def hypotheses(evaluation: Evaluation, name: str, known: CallMistakes | None = None) -> Iterator[Hypothesis]:
    """Every misconception where it applies: at all sites of its operation at once, then at each alone."""
    known = known or CallMistakes(evaluation)
    evaluation.value(name)
    found: dict[str, list[tuple[Hypothesis, ...]]] = {}
    for record in evaluation.occurrences(name):
        for misconception in by_operation(record.operation):
            mistakes = known.of(misconception, record)
            if mistakes:
                found.setdefault(misconception.id, []).append(mistakes)
    for places in found.values():
        if len(places) > 1:
            yield _everywhere([mistakes[0] for mistakes in places])
        yield from chain.from_iterable(places)


def arithmetic_hypotheses(evaluation: Evaluation, name: str, asked: frozenset[str]) -> Iterator[Hypothesis]:
    """General mistakes of arithmetic, each at one site; sites inside other parts are left out.

    If a formula holds the same expression several times, the mistake is also made in every copy at once.
    """
    evaluation.value(name)
    repeated: dict[tuple[str, str], list[MistakenCall]] = {}
    for record in evaluation.occurrences(name, asked):
        for misconception in by_operation(record.operation, general=True):
            mistakes = _mistakes_at(misconception, record)
            yield from mistakes
            if mistakes:
                repeated.setdefault((record.site.node, misconception.id), []).append((record, mistakes))
    for places in repeated.values():
        for alike in _written_alike(places):
            yield from map(_everywhere, zip(*alike, strict=True))


def _written_alike(places: list[MistakenCall]) -> Iterator[list[tuple[Hypothesis, ...]]]:
    """What a mistake gives where an expression is repeated, in as many ways each time."""
    left = places
    while left:
        record, mistakes = left[0]
        alike = [each for each in left if same(each[0].expression, record.expression) and len(each[1]) == len(mistakes)]
        left = [each for each in left if each not in alike]
        if len(alike) > 1:
            yield [mistakes for _, mistakes in alike]


HypothesisPair = tuple[Hypothesis, Hypothesis]


def pairs(effective: list[Hypothesis], late: bool = False) -> Iterator[HypothesisPair]:
    """Pairs of different misconceptions, those that come early in the graph and act everywhere first.

    Two that meet at one call are tried in both orders. Pairs with a member of a large family, or with a mistake in a
    single row that is also tried in all rows, are left out; if `late`, these are given, and no others.
    """
    wide = {one.misconception.id for one in effective if len(one.sites) > FEW}
    few: list[Hypothesis] = []
    many: list[Hypothesis] = []
    for one in effective:
        single_row = len(one.sites) == 1 and all(site.entry is not None for site in one.sites)
        of_many = one.family > FEW or (single_row and one.misconception.id in wide)
        (many if of_many else few).append(one)
    for one, other in chain(_early_first(few, many), _early_first(many)) if late else _early_first(few):
        yield one, other
        if len(one.rules) == len(other.rules) and one.sites & other.sites:
            yield other, one


def _early_first(ones: list[Hypothesis], others: list[Hypothesis] | None = None) -> Iterator[HypothesisPair]:
    """Pairs of different misconceptions within one list or across two, by the sum of their positions."""
    partners = ones if others is None else others
    for total in range(len(ones) + len(partners) - 1):
        for place in range(max(0, total - len(partners) + 1), min(len(ones), total + 1)):
            if others is None and total - place <= place:
                break
            one, other = ones[place], partners[total - place]
            if one.misconception.id != other.misconception.id:
                yield one, other


def together(acting: tuple[Hypothesis, ...]) -> dict[Site, Rule]:
    """The rule at each site when hypotheses act at once; where two meet, the one with fewer sites comes first."""
    found: dict[Site, list[Hypothesis]] = {}
    for one in sorted(acting, key=lambda one: len(one.rules)):
        for site in one.rules:
            found.setdefault(site, []).append(one)
    return {site: _composed(site, *ones) if len(ones) > 1 else ones[0].rules[site] for site, ones in found.items()}


def _composed(site: Site, first: Hypothesis, second: Hypothesis) -> Rule:
    """The combination of two rules at one call.

    A rule that changes arguments acts first, and the other sees the changed call; of two shapes each contributes the
    sizes that it changes; otherwise the first one wins.
    """

    def composed(occurrence: Occurrence) -> Any:
        results = [_result(one, site, occurrence) for one in (first, second)]
        for result, other in zip(results, (second, first), strict=True):
            if isinstance(result, ChangedCall):
                keywords = dict(result.arguments)
                call = replace(
                    occurrence, operation=result.operation, arguments=(), keywords=keywords, changed_to=result
                )
                again = _result(other, site, call)
                if again is not None:
                    return again
        values = [occurrence.value_of(result) for result in results if result is not None]
        if not values:
            raise NotApplicableError
        return values[0] if len(values) == 1 else _merged(occurrence.right(), *values)

    return composed


def _result(one: Hypothesis, site: Site, occurrence: Occurrence) -> Any:
    """A rule's result for a call; None where it does not apply, as to an operation introduced by another rule."""
    if occurrence.operation not in one.misconception.operations:
        return None
    try:
        return one.rules[site](occurrence)
    except NotApplicableError:
        return None


def _merged(right: Any, one: Any, other: Any) -> Any:
    """For two wrong shapes, the sizes that each changes; otherwise the first of two values."""
    shapes = all(isinstance(value, tuple) for value in (right, one, other))
    if not shapes or not len(right) == len(one) == len(other):
        return one
    return tuple(b if a == r else a for r, a, b in zip(right, one, other, strict=True))
