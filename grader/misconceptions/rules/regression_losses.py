"""Losses of differences: the squared error, as a call or written out, the absolute error, smooth L1, Huber."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.arithmetic import binary
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Constant, Expression, Unary
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.formulas import (
    Subexpression,
    factors,
    is_deviation,
    operands,
    own_expression,
    resolved,
)

_BENDS = {"smooth_l1_loss": "beta", "huber_loss": "delta"}


@misconception(
    id="l1-squared",
    operations="l1_loss",
    equals="the errors are squared",
    repair="Take the absolute errors.",
)
def _squared(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["weight"] is None)
    return occurrence.changed("mse_loss", **{name: given[name] for name in ("input", "target", "reduction")})


@misconception(
    id="l1-with-sign",
    operations="l1_loss",
    equals="the errors are added with their signs",
    repair="Take the absolute value of each error first.",
)
def _with_sign(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["weight"] is None and given["reduction"] in ("mean", "sum"))
    errors = array(given["input"]) - array(given["target"])
    return float(abs(errors.mean() if given["reduction"] == "mean" else errors.sum()))


@misconception(
    id="smooth-loss-as-absolute",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "absolute"},
    equals="all errors are counted by their absolute value, small ones too",
    repair="Square the errors that are smaller than the bend, and halve them.",
)
@misconception(
    id="smooth-loss-as-squared",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "squared"},
    equals="large errors are squared, too",
    repair="Count the errors beyond the bend by their absolute value.",
)
@misconception(
    id="smooth-loss-no-half",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "whole"},
    equals="the squares of small errors are not halved",
    repair="Halve the squares: only then do both pieces meet with one slope.",
)
@misconception(
    id="smooth-loss-not-shifted",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "unshifted"},
    equals="nothing is subtracted from the absolute value of large errors",
    repair="Subtract half of the bend from large errors: only then do both pieces meet.",
)
def _other_piece(occurrence: Occurrence, share: str) -> Any:
    given = occurrence.bound()
    bend, huber = float(given[_BENDS[occurrence.operation]]), occurrence.operation == "huber_loss"
    needs(given.get("weight") is None and bend > 0)
    distance = np.abs(array(given["input"]) - array(given["target"]))
    square, line = distance**2 / (2 * bend), distance - bend / 2
    small = {"absolute": distance, "whole": 2 * square}.get(share, square)
    large = {"absolute": distance, "squared": square, "unshifted": distance}.get(share, line)
    losses = np.where(distance < bend, small, large) * (bend if huber else 1.0)
    if given["reduction"] == "none":
        return losses
    return float(losses.mean() if given["reduction"] == "mean" else losses.sum())


@misconception(
    id="mse-absolute",
    operations="mse_loss",
    equals="the errors are not squared",
    repair="Square the errors.",
)
def _absolute(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    distance = np.abs(array(given["input"]) - array(given["target"]))
    if given["reduction"] == "none":
        return distance
    return float(distance.mean() if given["reduction"] == "mean" else distance.sum())


@misconception(
    id="mse-root",
    operations="mse_loss",
    equals="the root of the squared error is given",
    repair="Leave the root out.",
)
def _root(occurrence: Occurrence) -> Any:
    return math.sqrt(_scalar(occurrence.right()))


def _scalar(value: Any) -> float:
    needs(np.ndim(value) == 0)
    return float(value)


@misconception(
    id="loss-half",
    operations=("mse_loss", "mse_loss_grad_input", "mse_loss_grad_target", "*", "**"),
    equals="the squared error is halved",
    repair="Take the squared error as it is given, and its derivative with the whole factor.",
)
def _half_loss(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*" and not _squared_error_gradient(occurrence):
        raise NotApplicableError
    if occurrence.operation == "**" and not _squared_difference(occurrence):
        raise NotApplicableError
    return binary("/", occurrence.right(), 2)


def _squared_error_gradient(occurrence: Occurrence) -> bool:
    """Whether this is the innermost product that contains both the 2 and the difference."""
    part = own_expression(occurrence)
    left, right = operands(occurrence)
    return _two_and_difference(occurrence, part) and not any(
        _two_and_difference(occurrence, side) for side in (left, right)
    )


def _two_and_difference(occurrence: Occurrence, part: Subexpression) -> bool:
    above = factors(part)[0]
    return any(_is_two(factor.expression) for factor in above) and any(
        _is_difference(occurrence, factor) for factor in above
    )


def _is_two(expression: Expression) -> bool:
    while isinstance(expression, Unary):
        expression = expression.operand
    return isinstance(expression, Constant) and expression.value in (2, -2)


def _is_difference(occurrence: Occurrence, part: Subexpression) -> bool:
    expression = resolved(occurrence.evaluation, part).expression
    while isinstance(expression, Unary):
        expression = expression.operand
    if not isinstance(expression, Binary) or expression.operator != "-":
        return False
    sides = [part._replace(expression=side) for side in (expression.left, expression.right)]
    constant = any(isinstance(side.expression, Constant) for side in sides)
    return not constant and not is_deviation(occurrence.evaluation, sides[0], sides[1])


def _squared_difference(occurrence: Occurrence) -> bool:
    """Whether this is a squared error: not a squared deviation from a mean, and not under a root."""
    left, right = operands(occurrence)
    formula = occurrence.evaluation.graph.nodes[occurrence.site.node].expression
    roots = [one for one in formula.walk() if isinstance(one, Call) and one.function == "sqrt"]
    if any(inner is occurrence.expression for root in roots for inner in root.walk()):
        return False
    return _is_two(right.expression) and _is_difference(occurrence, left)
