"""Two misconceptions at once: which pairs are worth a try, and what two rules give where they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from grader.formula.substitution import Again, NotApplicableError, Occurrence, Rule, Site
from grader.misconceptions.rule import Misconception

FEW = 3
CauseKey = tuple[str, frozenset[Site]]


@dataclass(frozen=True, eq=False)
class Cause:
    """One misconception at some sites: one of them, or all of its operation."""

    misconception: Misconception
    rules: Mapping[Site, Rule]
    result: Callable[[], Any] | None = None
    """What the rule gave at its one site in the evaluation in which it was found."""
    first: tuple[Site, Callable[[], Any]] | None = None
    """The first of its sites, and what the rule gave there."""
    family: int = 1
    """How many values the mistake may give at this site; which one is not known."""

    @property
    def sites(self) -> frozenset[Site]:
        """Where it acts."""
        return frozenset(self.rules)

    @property
    def key(self) -> CauseKey:
        """The same mistake at the same places, whatever it gave there."""
        return self.misconception.id, self.sites


def pairs(effective: list[Cause]) -> Iterator[tuple[Cause, Cause]]:
    """Pairs of different misconceptions, those that come early in the graph and act everywhere first.

    Two that meet at one call are tried in both orders. Left out is what `late_pairs` gives.
    """
    return _in_both_orders(_by_turns(_parted(effective)[0]))


def late_pairs(effective: list[Cause]) -> Iterator[tuple[Cause, Cause]]:
    """Pairs with a member of a large family, or with a single row where the same mistake in all rows is tried."""
    first, rest = _parted(effective)
    return _in_both_orders(chain(_by_turns(first, rest), _by_turns(rest)))


def _parted(effective: list[Cause]) -> tuple[list[Cause], list[Cause]]:
    wide = {cause.misconception.id for cause in effective if len(cause.sites) > FEW}
    first: list[Cause] = []
    rest: list[Cause] = []
    for cause in effective:
        late = cause.family > FEW or (_one_row(cause) and _id(cause) in wide)
        (rest if late else first).append(cause)
    return first, rest


def _in_both_orders(found: Iterator[tuple[Cause, Cause]]) -> Iterator[tuple[Cause, Cause]]:
    for one, other in found:
        yield one, other
        if len(one.rules) == len(other.rules) and one.sites & other.sites:
            yield other, one


def _by_turns(causes: list[Cause], others: list[Cause] | None = None) -> Iterator[tuple[Cause, Cause]]:
    """Pairs of different misconceptions, of one list or of two, those first that come early in both."""
    count, more = len(causes), len(causes if others is None else others)
    for total in range(count + more - 1):
        for place in range(max(0, total - more + 1), min(count, total + 1)):
            partner = total - place
            if others is None and partner <= place:
                break
            one, other = causes[place], (causes if others is None else others)[partner]
            if _id(one) != _id(other):
                yield one, other


def _id(cause: Cause) -> str:
    return cause.misconception.id


def _one_row(cause: Cause) -> bool:
    return len(cause.sites) == 1 and all(site.entry is not None for site in cause.sites)


def together(hypothesis: tuple[Cause, ...]) -> dict[Site, Rule]:
    """The rule at each site when some causes act at once; where two meet, the one with fewer sites comes first."""
    rules: dict[Site, Rule] = {}
    for cause in sorted(hypothesis, key=lambda cause: len(cause.rules)):
        for site, rule in cause.rules.items():
            rules[site] = _composed(rules[site], rule) if site in rules else rule
    return rules


def _composed(first: Rule, second: Rule) -> Rule:
    """Two rules at one call.

    One that changes arguments goes first and the other sees the changed call; of two shapes each gives the sizes that
    it changes; else the first holds.
    """

    def composed(occurrence: Occurrence) -> Any:
        results = [_result(rule, occurrence) for rule in (first, second)]
        for result, other in zip(results, (second, first), strict=True):
            if isinstance(result, Again):
                again = _result(other, _changed(occurrence, result))
                if again is not None:
                    return again
        values = [None if result is None else occurrence.value_of(result) for result in results]
        if values[0] is None or values[1] is None:
            return _given(values[0] if values[1] is None else values[1])
        return _merged(occurrence.right(), values[0], values[1])

    return composed


def _result(rule: Rule, occurrence: Occurrence) -> Any:
    try:
        return rule(occurrence)
    except NotApplicableError:
        return None


def _given(value: Any) -> Any:
    if value is None:
        raise NotApplicableError
    return value


def _merged(right: Any, one: Any, other: Any) -> Any:
    """Of two wrong shapes, the sizes that each changes; the first of two other values."""
    shapes = all(isinstance(value, tuple) for value in (right, one, other))
    if not shapes or not len(right) == len(one) == len(other):
        return one
    return tuple(b if a == r else a for r, a, b in zip(right, one, other, strict=True))


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
