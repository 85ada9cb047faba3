"""Two misconceptions at once: the pairs that are tried, and the result of two rules at one call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from grader.formula.substitution import ChangedCall, NotApplicableError, Occurrence, Rule, Site
from grader.marking.diagnosis.hypotheses import Hypothesis

FEW = 3
"""The largest family that is tried early, and the most sites at which one mistake is tried early in single rows."""

Pair = tuple[Hypothesis, Hypothesis]


def pairs(effective: list[Hypothesis]) -> Iterator[Pair]:
    """Pairs of different misconceptions, those that come early in the graph and act everywhere first.

    Two that meet at one call are tried in both orders. The pairs of `late_pairs` are left out.
    """
    return _in_both_orders(_early_first(_early_and_late(effective)[0]))


def late_pairs(effective: list[Hypothesis]) -> Iterator[Pair]:
    """Pairs with a member of a large family, or with a mistake in a single row that is also tried in all rows."""
    early, late = _early_and_late(effective)
    return _in_both_orders(chain(_early_first(early, late), _early_first(late)))


def _early_and_late(effective: list[Hypothesis]) -> tuple[list[Hypothesis], list[Hypothesis]]:
    wide = {one.misconception.id for one in effective if len(one.sites) > FEW}
    early: list[Hypothesis] = []
    late: list[Hypothesis] = []
    for one in effective:
        of_many = one.family > FEW or (_single_row(one) and one.misconception.id in wide)
        (late if of_many else early).append(one)
    return early, late


def _single_row(one: Hypothesis) -> bool:
    return len(one.sites) == 1 and all(site.entry is not None for site in one.sites)


def _in_both_orders(found: Iterator[Pair]) -> Iterator[Pair]:
    for one, other in found:
        yield one, other
        if len(one.rules) == len(other.rules) and one.sites & other.sites:
            yield other, one


def _early_first(ones: list[Hypothesis], others: list[Hypothesis] | None = None) -> Iterator[Pair]:
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
                again = _result(other, site, _changed(occurrence, result))
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


def _changed(occurrence: Occurrence, call: ChangedCall) -> Occurrence:
    """The call that a rule turns an occurrence into, as an occurrence for the other rule."""
    return replace(
        occurrence,
        operation=call.operation,
        arguments=(),
        keywords=dict(call.arguments),
        changed_to=call,
    )
