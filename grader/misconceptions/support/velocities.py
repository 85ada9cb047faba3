"""Velocities and their steps, as calls to an operation or written out in formulas."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from grader.formula.arithmetic import as_array, binary, is_number
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Index, Name
from grader.misconceptions.support.families import STEPS
from grader.misconceptions.support.formulas import (
    Subexpression,
    call_of,
    depends,
    factors,
    is_deviation,
    meaning,
    operands,
    own_expression,
    resolved,
)

_MOST_STEPS = 100


class Velocity(NamedTuple):
    """A velocity beta v + lr g written out in a formula; lr is 1 if the gradient has no factor."""

    beta: Any
    velocity: Any
    lr: Any
    gradient: Any

    @property
    def kept(self) -> Any:
        """The term of the old velocity: beta v."""
        return binary("*", self.beta, self.velocity)

    @property
    def pushed(self) -> Any:
        """The term of the gradient: lr g."""
        return binary("*", self.lr, self.gradient)


def written_velocity(occurrence: Occurrence) -> Velocity:
    """The velocity that a + in a formula computes; NotApplicableError unless it is subtracted from parameters."""
    evaluation = occurrence.evaluation
    left, right = operands(occurrence)
    theta = stepped(occurrence)
    if theta is None:
        raise NotApplicableError
    depending = [depends(evaluation, part, theta) for part in (left, right)]
    if all(depending):
        raise NotApplicableError
    old, new = (right, left) if depending[0] else (left, right)
    beta, velocity = _scaled(evaluation, old)
    if beta is None:
        raise NotApplicableError
    lr, gradient = _scaled(evaluation, new)
    return Velocity(beta, velocity, 1 if lr is None else lr, gradient)


def _scaled(evaluation: Evaluation, part: Subexpression) -> tuple[Any, Any]:
    """The number in a product, the first if both sides are numbers, and the other side; None for no number."""
    if not isinstance(part.expression, Binary) or part.expression.operator != "*":
        return None, meaning(evaluation, part)
    sides = Subexpression(part.node, part.expression.left), Subexpression(part.node, part.expression.right)
    values = [meaning(evaluation, side) for side in sides]
    if is_number(values[0]):
        return values[0], values[1]
    return (values[1], values[0]) if is_number(values[1]) else (None, meaning(evaluation, part))


def stepped(occurrence: Occurrence) -> str | None:
    """The name of the parameters from which the occurrence's value is subtracted, directly or by name; None if none."""
    graph, own = occurrence.evaluation.graph, occurrence.site.node
    whole = graph.nodes[own].expression is occurrence.expression
    for name, node in graph.nodes.items():
        for expression in node.expression.walk():
            if not isinstance(expression, Binary) or expression.operator != "-":
                continue
            if not isinstance(expression.left, Name):
                continue
            taken = [
                expression.right,
                *(factor.expression for factor in factors(Subexpression(name, expression.right))[0]),
            ]
            inline = name == own and any(part is occurrence.expression for part in taken)
            named = whole and any(isinstance(part, Name) and part.id == own for part in taken)
            if inline or named:
                return expression.left.id
    return None


def _moves(value: Any) -> bool:
    return bool(np.any(as_array(value) != 0))


def moving_velocity(occurrence: Occurrence) -> Velocity:
    """The velocity that a + computes; NotApplicableError if the old velocity contributes nothing to it."""
    written = written_velocity(occurrence)
    if not _moves(written.kept):
        raise NotApplicableError
    return written


def with_velocity(occurrence: Occurrence) -> dict[str, Any]:
    """The arguments of a step; NotApplicableError if the old velocity does not contribute, as in a first step."""
    b = occurrence.bound()
    if not _moves(b["velocity"]) or not b["momentum"]:
        raise NotApplicableError
    return b


def alone(occurrence: Occurrence) -> bool:
    """Whether the question has only this step, so that the velocity before it is given."""
    formulas = [node.expression for node in occurrence.evaluation.graph.nodes.values()]
    calls = [part for formula in formulas for part in formula.walk() if isinstance(part, Call)]
    return sum(call.function in STEPS for call in calls) == 1


def first_velocity(occurrence: Occurrence) -> Any:
    """The velocity before the first of the steps that lead to the occurrence."""
    evaluation = occurrence.evaluation
    part: Subexpression | None = _velocity_of(evaluation, own_expression(occurrence))
    for _ in range(_MOST_STEPS):
        if part is None:
            break
        inner = resolved(evaluation, part)
        step = Subexpression(inner.node, inner.expression.base) if isinstance(inner.expression, Index) else inner
        before = _velocity_of(evaluation, resolved(evaluation, step))
        if before is None:
            return meaning(evaluation, inner)
        part = before
    raise NotApplicableError


def _velocity_of(evaluation: Evaluation, step: Subexpression) -> Subexpression | None:
    """The velocity that a step's call takes; None if the expression is no such call."""
    call = step.expression
    if not isinstance(call, Call) or call.function not in STEPS:
        return None
    place = evaluation.graph.library.position(call.function, "velocity")
    given = dict(call.keywords).get("velocity")
    if given is None and place is not None and place < len(call.arguments):
        given = call.arguments[place]
    return None if given is None else Subexpression(step.node, given)


def plain_step(occurrence: Occurrence) -> tuple[Any, Any, Any]:
    """Parameters minus a velocity in a formula: the two values, and the learning rate if the velocity includes it."""
    left, right = operands(occurrence)
    if not isinstance(left.expression, Name):
        raise NotApplicableError
    values = occurrence.arguments
    found = call_of(occurrence.evaluation, right)
    if found is not None and found.operation == "velocity":
        b = found.bound()
        return values[0], values[1], b["lr"] if b["form"] == "lr_inside" else None
    if found is not None and found.operation == "+":
        return values[0], values[1], written_velocity(found).lr
    moved = any(depends(occurrence.evaluation, part, left.expression.id) for part in factors(right)[0])
    if moved and not is_deviation(occurrence.evaluation, left, right):
        return values[0], values[1], None
    raise NotApplicableError
