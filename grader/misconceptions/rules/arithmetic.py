"""General mistakes in arithmetic written out in formulas: terms, factors, signs, squares, divisors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, binary, is_array, is_number, unary
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Constant, Expression, Name, Unary, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import Subexpression, meaning, operands

_TENS = (10, 100, 1000)
_MOST_NAMES = 6
"""The largest number of names that may be confused with another one."""


def _chain(expression: Expression, *signs: str) -> bool:
    return isinstance(expression, Binary) and expression.operator in signs


def _is(expression: Expression, *values: float) -> bool:
    return isinstance(expression, Constant) and expression.value in values


@misconception(
    id="term-left-out",
    operations=("+", "-"),
    equals="a term of a sum is left out",
    repair="Compare your formula with the definition term by term.",
    general=True,
)
def _term_left_out(occurrence: Occurrence) -> Any:
    """Either side alone; the right one only if the left is not a sum, for a difference only if it is a number."""
    left, right = (part.expression for part in operands(occurrence))
    sides = [occurrence.arguments[0]] if not _is(left, 0) else []
    if occurrence.operation == "+" and not _chain(left, "+", "-") and not _is(right, 0):
        sides.append(occurrence.arguments[1])
    if occurrence.operation == "-" and isinstance(left, Constant):
        sides.append(occurrence.arguments[1])
    return Alternatives(tuple(sides))


@misconception(
    id="factor-left-out",
    operations="*",
    equals="a factor of a product is left out",
    repair="Compare your formula with the definition factor by factor.",
    general=True,
)
def _factor_left_out(occurrence: Occurrence) -> Any:
    """Either side alone, the right one only if the left is a square or not a product; a power of ten is a slip."""
    left, right = (part.expression for part in operands(occurrence))
    sides = [] if _is(right, *_TENS) else [occurrence.arguments[0]]
    if (not _chain(left, "*", "/") or same(*left.parts)) and not _is(left, *_TENS):
        sides.append(occurrence.arguments[1])
    if _chain(left, "*") and same(left.parts[1], right):
        sides.append(meaning(occurrence.evaluation, Subexpression(occurrence.site.node, left.parts[0])))
    return Alternatives(tuple(sides))


@misconception(
    id="divisor-left-out",
    operations="/",
    equals="a division is left out",
    repair="Divide as the definition says.",
    general=True,
)
def _divisor_left_out(occurrence: Occurrence) -> Any:
    return occurrence.arguments[0]


@misconception(
    id="sign-in-a-sum",
    operations=("+", "-"),
    equals="a term of a sum has the opposite sign",
    repair="Check every sign of the formula: what is added, and what is subtracted.",
    general=True,
)
def _other_sign(occurrence: Occurrence) -> Any:
    other = {"+": "-", "-": "+"}[occurrence.operation]
    return binary(other, *occurrence.arguments)


@misconception(
    id="sign-of-argument",
    operations=("exp", "sigmoid", "relu", "log", "softmax"),
    equals="the argument of a function has the opposite sign",
    repair="Check the sign of what the function is applied to.",
    general=True,
)
def _sign_of_argument(occurrence: Occurrence) -> Any:
    expression = occurrence.expression
    needs(isinstance(expression, Call) and expression.arguments and _has_minus(expression.arguments[0]))
    (name,) = (name for name in ("value", "input") if name in occurrence.bound())
    return occurrence.changed(**{name: unary("-", occurrence.bound()[name])})


def _has_minus(expression: Expression) -> bool:
    """Whether an expression, or the first factor of a product, has a minus sign."""
    while _chain(expression, "*", "/"):
        expression = expression.parts[0]
    return isinstance(expression, Unary) and expression.operator == "-"


@misconception(
    id="operands-exchanged",
    operations=("-", "/", "//", "**"),
    equals="the two sides of a difference, a quotient or a power are exchanged",
    repair="Check which number comes first.",
    general=True,
)
def _exchanged(occurrence: Occurrence) -> Any:
    left, right = occurrence.arguments
    return binary(occurrence.operation, right, left)


@misconception(
    id="sum-for-product",
    operations="*",
    equals="numbers are added where they are to be multiplied",
    repair="Multiply the factors.",
    general=True,
)
def _sum_for_product(occurrence: Occurrence) -> Any:
    return binary("+", *occurrence.arguments)


@misconception(
    id="product-for-sum",
    operations="+",
    equals="numbers are multiplied where they are to be added",
    repair="Add the terms.",
    general=True,
)
def _product_for_sum(occurrence: Occurrence) -> Any:
    needs(not any(isinstance(part.expression, Constant) for part in operands(occurrence)))
    return binary("*", *occurrence.arguments)


@misconception(
    id="square-forgotten",
    operations=("**", "*"),
    equals="a square is forgotten",
    repair="Square what the formula squares.",
    general=True,
)
@misconception(
    id="doubled-for-squared",
    operations=("**", "*"),
    options={"doubled": True},
    equals="a number is doubled, not squared",
    repair="Multiply the number by itself.",
    general=True,
)
def _not_squared(occurrence: Occurrence, doubled: bool = False) -> Any:
    base, exponent = operands(occurrence)
    squared = (
        _is(exponent.expression, 2) if occurrence.operation == "**" else same(base.expression, exponent.expression)
    )
    needs(squared)
    return binary("*", 2, occurrence.arguments[0]) if doubled else occurrence.arguments[0]


@misconception(
    id="root-forgotten",
    operations=("sqrt", "std", "**"),
    equals="a root is forgotten",
    repair="Take the square root.",
    general=True,
)
def _no_root(occurrence: Occurrence) -> Any:
    if occurrence.operation == "std":
        return occurrence.changed("var", **occurrence.bound())
    if occurrence.operation == "**":
        needs(_is(operands(occurrence)[1].expression, 0.5))
    return occurrence.arguments[0]


@misconception(
    id="divisor-n-minus-one",
    operations=("mean", "/", "var", "std"),
    equals="a sum is divided by one less than the number of values, or by one more",
    repair="Count the values again, and check whether the definition divides by n or by n - 1.",
    general=True,
)
def _other_count(occurrence: Occurrence) -> Any:
    if occurrence.operation == "/":
        count = occurrence.arguments[1]
        needs(type(count) is int and count > 1)
        found = [count - 1] if _is_sum(operands(occurrence)[0].expression) else []
        found += [count + 1] if _chain(operands(occurrence)[1].expression, "-") else []
        needs(found)
        return Alternatives(tuple(binary("/", occurrence.arguments[0], other) for other in found))
    given = occurrence.bound()
    if occurrence.operation != "mean":
        return occurrence.changed(unbiased=not given["unbiased"])
    values = as_array(given["values"])
    count = values.size // max(1, np.size(occurrence.right()))
    needs(count > 1)
    return binary("*", occurrence.right(), count / (count - 1))


def _is_sum(expression: Expression) -> bool:
    return _chain(expression, "+") or (isinstance(expression, Call) and expression.function in ("sum", "dot"))


@misconception(
    id="sum-for-mean",
    operations=("mean", "var"),
    equals="the values are added up, not averaged",
    repair="Divide the sum by the number of values.",
    general=True,
)
def _sum_for_mean(occurrence: Occurrence) -> Any:
    if occurrence.operation == "mean":
        return occurrence.changed("sum", **_first_and_axis(occurrence))
    given = occurrence.bound()
    return binary("*", occurrence.right(), np.size(given["values"], given["axis"]) - int(given["unbiased"]))


@misconception(
    id="mean-for-sum",
    operations="sum",
    equals="the values are averaged, not added up",
    repair="Add the values; do not divide by their number.",
    general=True,
)
def _mean_for_sum(occurrence: Occurrence) -> Any:
    needs(len(occurrence.arguments) == 1)
    return occurrence.changed("mean", **_first_and_axis(occurrence))


def _first_and_axis(occurrence: Occurrence) -> dict[str, Any]:
    given = occurrence.bound()
    return {"values": given["values"], "axis": given["axis"]}


@misconception(
    id="other-axis",
    operations=("mean", "sum", "prod", "var", "std", "median", "max", "min", "norm"),
    equals="the values are taken together along another axis",
    repair="Check along which axis the formula adds up or averages: over the samples, or within each.",
    general=True,
)
def _other_axis(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    rank, axis = np.ndim(as_array(given["values"])), given.get("axis")
    if not isinstance(axis, int) or rank < 2 or given.get("others"):
        raise NotApplicableError
    named = {name: value for name, value in given.items() if name not in ("others", "axis")}
    return Alternatives(
        tuple(occurrence.changed(**named, axis=other) for other in (*range(rank), None) if other != axis % rank)
    )


@misconception(
    id="power-off-by-one",
    operations="**",
    equals="the exponent is off by one",
    repair="Count the factors again.",
    general=True,
)
def _other_exponent(occurrence: Occurrence) -> Any:
    base, exponent = occurrence.arguments
    needs(type(exponent) is int and exponent > 1 and not _is(operands(occurrence)[1].expression, 2))
    return Alternatives(tuple(binary("**", base, other) for other in (exponent - 1, exponent + 1)))


@misconception(
    id="count-off-by-one",
    operations=("*", "+", "-"),
    equals="a count is off by one",
    repair="Count again: check whether the first, or the last, is counted.",
    general=True,
)
def _off_by_one(occurrence: Occurrence) -> Any:
    """An integer that has a name, one more or one less; or a 1 that the formula adds or subtracts, counted twice."""
    if occurrence.operation != "*":
        needs(_is(operands(occurrence)[1].expression, 1))
        return binary(occurrence.operation, occurrence.right(), 1)
    changed = []
    for side, part in enumerate(operands(occurrence)):
        value = occurrence.arguments[side]
        if isinstance(part.expression, Name) and type(value) is int and value > 1:
            other = occurrence.arguments[1 - side]
            changed += [binary("*", other, value - 1), binary("*", other, value + 1)]
    needs(changed)
    return Alternatives(tuple(changed))


@misconception(
    id="count-one-more",
    operations=("*", "**", "//"),
    equals="one more, or one less, than the count is given",
    repair="Check whether anything else must be counted, such as a class token besides the patches.",
    general=True,
)
def _one_more(occurrence: Occurrence) -> Any:
    """The result of a whole formula, one more or one less, if it is an integer."""
    node = occurrence.evaluation.graph.nodes.get(occurrence.site.node)
    needs(node is not None and node.expression is occurrence.expression)
    right = occurrence.right()
    needs(type(right) is int and right > 1)
    return Alternatives((right + 1, right - 1))


@misconception(
    id="other-number",
    operations=("+", "-", "*", "/"),
    equals="another number from the question is used in place of the right one",
    repair="Check which of the given numbers belongs where.",
    general=True,
)
def _another(occurrence: Occurrence) -> Any:
    """A name in the formula, replaced by another of the question that the formula does not use."""
    values = []
    for side, part in enumerate(operands(occurrence)):
        if isinstance(part.expression, Name):
            for value in _others(occurrence, part.expression.id):
                changed = list(occurrence.arguments)
                changed[side] = value
                values.append(binary(occurrence.operation, *changed))
    needs(values)
    return Alternatives(tuple(values))


def _others(occurrence: Occurrence, name: str) -> Iterator[Any]:
    evaluation, own = occurrence.evaluation, occurrence.site.node
    graph = evaluation.graph
    read = {part.id for part in graph.nodes[own].expression.walk() if isinstance(part, Name)}
    known = [*graph.givens, *(node for node in graph.nodes if node in graph.ancestors(own))]
    value = evaluation.value(name) if name in graph.nodes else evaluation.given(name)
    others = [other for other in known if other not in read]
    needs(len(others) <= _MOST_NAMES)
    for other in others:
        found = evaluation.value(other) if other in graph.nodes else evaluation.given(other)
        if _form(found) is not None and _form(found) == _form(value):
            yield found


def _form(value: Any) -> tuple[int, ...] | None:
    """The shape of a value, () for a number; None if it is not numeric or is a truth value."""
    if is_number(value):
        return ()
    return np.shape(as_array(value)) if is_array(value) else None
