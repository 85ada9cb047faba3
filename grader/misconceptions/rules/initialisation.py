"""Initial weights: mistakes with their standard deviation, and with the bound on a gradient after many layers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from grader.formula.arithmetic import is_number
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Constant
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import (
    Subexpression,
    argument,
    factors,
    meaning,
    operands,
    own_expression,
    resolved,
)

_COUNT = 10


@misconception(
    id="he-xavier",
    operations="he_std",
    equals="He's formula is used with the numerator of Xavier's",
    repair="Use He's numerator: it makes up for what ReLU cuts off.",
)
def _one_for_two(occurrence: Occurrence) -> Any:
    return occurrence.changed(fan_in=2 * occurrence.bound()["fan_in"])


@misconception(
    id="he-variance",
    operations=("he_std", "xavier_std"),
    equals="the variance is given in place of the standard deviation",
    repair="Take the square root of the variance.",
)
def _variance(occurrence: Occurrence) -> Any:
    return occurrence.right() ** 2


@misconception(
    id="he-no-channels",
    operations="he_std",
    equals="one factor is left out of the fan-in",
    repair="Count every input channel in the fan-in: channels times height times width of the kernel.",
)
def _no_channels(occurrence: Occurrence) -> Any:
    """The fan-in without the factor that is not a side of the kernel: one that occurs once, or any if none does."""
    part = argument(occurrence, "fan_in")
    if part is None:
        raise NotApplicableError
    found = list(_factors(occurrence, resolved(occurrence.evaluation, part)))
    needs(len(found) >= 3 and math.prod(found) == occurrence.bound()["fan_in"])
    alone = [value for value in found if found.count(value) == 1]
    chosen = [value for value in dict.fromkeys(alone or found) if value != 1]
    needs(chosen)
    return Alternatives(tuple(occurrence.changed(fan_in=occurrence.bound()["fan_in"] / value) for value in chosen))


@misconception(
    id="init-uniform-bound",
    operations=("he_std", "xavier_std"),
    equals="the bound of the uniform distribution is given",
    repair="Give the standard deviation: the bound of a uniform distribution is larger.",
)
def _uniform_bound(occurrence: Occurrence) -> Any:
    return math.sqrt(3) * occurrence.right()


def _factors(occurrence: Occurrence, part: Subexpression) -> Iterator[Any]:
    """The values of the factors of a product; a power counts as many factors as its exponent."""
    above, below = factors(part)
    needs(not below)
    for factor in above:
        expression = factor.expression
        if isinstance(expression, Binary) and expression.operator == "**":
            base = meaning(occurrence.evaluation, Subexpression(factor.node, expression.left))
            exponent = meaning(occurrence.evaluation, Subexpression(factor.node, expression.right))
            needs(type(exponent) is int and 0 < exponent <= 8)
            yield from [base] * exponent
        else:
            yield meaning(occurrence.evaluation, factor)


@misconception(
    id="xavier-no-two",
    operations="xavier_std",
    equals="the numerator of Xavier's variance is one",
    repair="Divide by the mean of fan-in and fan-out, not by their sum.",
)
def _sum_for_mean(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(fan_in=2 * given["fan_in"], fan_out=2 * given["fan_out"])


@misconception(
    id="xavier-one-fan",
    operations="xavier_std",
    equals="only one of fan-in and fan-out is used",
    repair="Add fan-in and fan-out.",
)
def _one_fan(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["fan_in"] != given["fan_out"])
    return Alternatives((occurrence.changed(fan_out=given["fan_in"]), occurrence.changed(fan_in=given["fan_out"])))


@misconception(
    id="xavier-as-he",
    operations="xavier_std",
    equals="He's formula is used in place of Xavier's",
    repair="Use both fan-in and fan-out.",
)
def _he_for_xavier(occurrence: Occurrence) -> Any:
    return occurrence.changed("he_std", fan_in=occurrence.bound()["fan_in"])


def _chain(occurrence: Occurrence) -> tuple[Any, Any]:
    """The base and the exponent of a power that may be a product over layers: not a square, not a unit prefix."""
    base, exponent = occurrence.arguments
    below, above = (resolved(occurrence.evaluation, one).expression for one in operands(occurrence))
    needs(not (isinstance(above, Constant) and above.value in (0, 1, 2)))
    needs(not (isinstance(below, Constant) and below.value in (2, 10, 1000, 1024)))
    needs(is_number(base) and is_number(exponent) and exponent > 0)
    return base, exponent


def _product(occurrence: Occurrence) -> list[Any]:
    """The factors of a product that may be one over layers: three or more, and not all integers.

    NotApplicableError if there is a large count or a power among them: the norm of a layer is neither.
    """
    part = own_expression(occurrence)
    formula = occurrence.evaluation.graph.nodes[part.node].expression
    inside = [one.parts for one in formula.walk() if isinstance(one, Binary) and one.operator in ("*", "/")]
    needs(not any(part.expression in parts for parts in inside))
    above, below = factors(part)
    values = [meaning(occurrence.evaluation, factor) for factor in above]
    needs(len(values) >= 3 and not below and all(is_number(value) for value in values))
    needs(any(value != int(value) for value in values))
    needs(not any(isinstance(value, int) and value >= _COUNT for value in values))
    written = [resolved(occurrence.evaluation, factor).expression for factor in above]
    needs(not any(isinstance(one, Binary) and one.operator == "**" for one in written))
    return values


@misconception(
    id="bound-sum",
    operations=("**", "*"),
    equals="the factors are added, not multiplied",
    repair="Multiply the factors: back-propagation multiplies the Jacobians of the layers.",
    source="paper 002 q6",
)
def _sum(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        return math.fsum(_product(occurrence))
    base, exponent = _chain(occurrence)
    return base * exponent


@misconception(
    id="bound-off-by-one",
    operations=("**", "*"),
    equals="there is one factor fewer in the product",
    repair="Count the factors again: one for each layer between the two points.",
)
def _one_fewer(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        values = _product(occurrence)
        return Alternatives((math.prod(values[1:]), math.prod(values[:-1])))
    base, exponent = _chain(occurrence)
    return base ** (exponent - 1)
