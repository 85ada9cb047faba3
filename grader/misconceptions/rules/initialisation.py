"""The spread of initial weights, and the bound on a gradient that passes many layers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from grader.formula.arithmetic import is_number
from grader.formula.substitution import NotApplicableError, Occurrence, Several
from grader.formula.tree import Binary, Constant
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import Part, argument, factors, meaning, operands, part_of, resolved

_COUNT = 10


def _one_for_two(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.again(**{name: 2 * value for name, value in given.items()})


def _variance(occurrence: Occurrence) -> Any:
    return occurrence.right() ** 2


def _uniform_bound(occurrence: Occurrence) -> Any:
    return math.sqrt(3) * occurrence.right()


def _no_channels(occurrence: Occurrence) -> Any:
    """Without the factor of the fan-in that is no side of the kernel: the one that stands alone, else any."""
    part = argument(occurrence, "fan_in")
    if part is None:
        raise NotApplicableError
    found = list(_factors(occurrence, resolved(occurrence.evaluation, part)))
    needs(len(found) >= 3 and math.prod(found) == occurrence.bound()["fan_in"])
    alone = [value for value in found if found.count(value) == 1]
    chosen = [value for value in dict.fromkeys(alone or found) if value != 1]
    needs(chosen)
    return Several(tuple(occurrence.again(fan_in=occurrence.bound()["fan_in"] / value) for value in chosen))


def _factors(occurrence: Occurrence, part: Part) -> Iterator[Any]:
    """The factors of a product with their values; a square counts as two."""
    above, below = factors(part)
    needs(not below)
    for factor in above:
        expression = factor.expression
        if isinstance(expression, Binary) and expression.operator == "**":
            base = meaning(occurrence.evaluation, Part(factor.node, expression.left))
            exponent = meaning(occurrence.evaluation, Part(factor.node, expression.right))
            needs(type(exponent) is int and 0 < exponent <= 8)
            yield from [base] * exponent
        else:
            yield meaning(occurrence.evaluation, factor)


def _one_fan(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["fan_in"] != given["fan_out"])
    return Several((occurrence.again(fan_out=given["fan_in"]), occurrence.again(fan_in=given["fan_out"])))


def _he_for_xavier(occurrence: Occurrence) -> Any:
    return occurrence.again("he_std", fan_in=occurrence.bound()["fan_in"])


def _chain(occurrence: Occurrence) -> tuple[Any, Any]:
    """Base and exponent of a power that stands for a product over layers; squares and units are something else."""
    base, exponent = occurrence.arguments
    below, above = (resolved(occurrence.evaluation, one).expression for one in operands(occurrence))
    needs(not (isinstance(above, Constant) and above.value in (0, 1, 2)))
    needs(not (isinstance(below, Constant) and below.value in (2, 10, 1000, 1024)))
    needs(is_number(base) and is_number(exponent) and exponent > 0)
    return base, exponent


def _product(occurrence: Occurrence) -> list[Any]:
    """Three or more numbers, not all whole, that are multiplied: what a product over different layers looks like.

    A count among them, or a square, is a factor of something else: the norm of a layer is neither.
    """
    part = part_of(occurrence)
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


def _sum(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        return math.fsum(_product(occurrence))
    base, exponent = _chain(occurrence)
    return base * exponent


def _one_fewer(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        values = _product(occurrence)
        return Several((math.prod(values[1:]), math.prod(values[:-1])))
    base, exponent = _chain(occurrence)
    return base ** (exponent - 1)


RULES: tuple[Misconception, ...] = (
    misconception(
        "he-xavier",
        "he_std",
        _one_for_two,
        "the numerator of Xavier's formula stands in He's",
        "Use He's numerator: it makes up for what ReLU cuts off.",
    ),
    misconception(
        "he-variance",
        ("he_std", "xavier_std"),
        _variance,
        "the variance is given in place of the standard deviation",
        "Take the square root of the variance.",
    ),
    misconception(
        "he-no-channels",
        "he_std",
        _no_channels,
        "one factor is left out of the fan-in",
        "Count every input channel in the fan-in: channels times height times width of the kernel.",
    ),
    misconception(
        "init-uniform-bound",
        ("he_std", "xavier_std"),
        _uniform_bound,
        "the bound of the uniform distribution is given",
        "Give the standard deviation: the bound of a uniform distribution is larger.",
    ),
    misconception(
        "xavier-no-two",
        "xavier_std",
        _one_for_two,
        "the numerator of Xavier's variance is one",
        "Divide by the mean of fan-in and fan-out, not by their sum.",
    ),
    misconception(
        "xavier-one-fan",
        "xavier_std",
        _one_fan,
        "only one of fan-in and fan-out is used",
        "Add fan-in and fan-out.",
    ),
    misconception(
        "xavier-as-he",
        "xavier_std",
        _he_for_xavier,
        "He's formula is used in place of Xavier's",
        "Use both fan-in and fan-out.",
    ),
    misconception(
        "bound-sum",
        ("**", "*"),
        _sum,
        "the factors are added, not multiplied",
        "Multiply the factors: back-propagation multiplies the Jacobians of the layers.",
        "paper 002 q6",
    ),
    misconception(
        "bound-off-by-one",
        ("**", "*"),
        _one_fewer,
        "there is one factor fewer in the product",
        "Count the factors again: one for each layer between the two points.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
