"""Parameters that change from step to step: gradients and products computed with those of another step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, binary
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import NodeId, NotApplicableError, Occurrence, Rule, Site, Substitution
from grader.formula.tree import Binary, Call, Constant, Expression, Index, Name
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.families import OPTIMIZERS
from grader.misconceptions.support.formulas import (
    Subexpression,
    argument,
    call_of,
    depends,
    meaning,
    operands,
    replaced,
    resolved,
)
from grader.misconceptions.support.velocities import stepped, with_velocity

_LONGEST = 1000
_MODELS = ("linear", "conv1d", "conv2d")


def _gradient_at(occurrence: Occurrence, parameters: Subexpression | None, theta: Any) -> Any:
    """The gradient of a step, computed at other parameters; NotApplicableError if it does not depend on them."""
    evaluation = occurrence.evaluation
    own = occurrence.site.node
    rest = {site: rule for site, rule in evaluation.substitution.operations.items() if site.node != own}
    other = evaluation.extended(_in_place(evaluation, parameters, theta, rest))
    other.value(occurrence.site.node)
    found = other.record(occurrence.site)
    if found is None:
        raise NotApplicableError
    gradient = found.bound()["grad"]
    if np.array_equal(as_array(gradient), as_array(occurrence.bound()["grad"])):
        raise NotApplicableError
    return gradient


def _in_place(
    evaluation: Evaluation, part: Subexpression | None, theta: Any, operations: Mapping[Site, Rule]
) -> Substitution:
    """The substitution of other parameters for those that an expression names."""
    expression = None if part is None else part.expression
    if isinstance(expression, Name):
        if expression.id in evaluation.graph.nodes:
            return Substitution(values={expression.id: theta}, operations=operations)
        return Substitution(givens={expression.id: theta}, operations=operations)
    if isinstance(expression, Index) and isinstance(expression.base, Name):
        name, index = expression.base.id, expression.indices[0]
        if name in evaluation.graph.nodes and isinstance(index, Constant) and index.value == 0:
            values: dict[NodeId, Any] = {name: (theta, *evaluation.value(name)[1:])}
            return Substitution(values=values, operations=operations)
    raise NotApplicableError


@misconception(
    id="mom-nesterov",
    operations=("sgd_momentum", "velocity"),
    equals="the gradient is taken at the look-ahead point",
    repair="Take the gradient at the present parameters, as classical momentum does.",
)
def _look_ahead(occurrence: Occurrence) -> Any:
    b = with_velocity(occurrence)
    if b["form"] == "nesterov":
        raise NotApplicableError
    inside = b["form"] == "lr_inside"
    if not inside and b["lr"] is None:
        raise NotApplicableError
    reach = b["momentum"] * (1 if inside else b["lr"])
    part = _parameters(occurrence)
    ahead = binary("-", meaning(occurrence.evaluation, part), binary("*", reach, b["velocity"]))
    return occurrence.changed(grad=_gradient_at(occurrence, part, ahead))


def _parameters(occurrence: Occurrence) -> Subexpression:
    """The parameters that a step takes, or those from which a formula subtracts its velocity."""
    part = argument(occurrence, "theta") if occurrence.operation != "velocity" else None
    name = stepped(occurrence) if part is None else None
    if name is not None:
        return Subexpression(occurrence.site.node, Name(0, 0, name))
    if part is None:
        raise NotApplicableError
    return part


def _initial(evaluation: Evaluation, part: Subexpression | None) -> Any:
    """The parameters before the first of the steps that lead to an expression; None if there is no step."""
    found = None
    for _ in range(_LONGEST):
        before = None if part is None else _step_before(evaluation, part)
        if before is None:
            return found
        part = before
        found = meaning(evaluation, part)
    return found


def _step_before(evaluation: Evaluation, part: Subexpression) -> Subexpression | None:
    """The parameters before the step whose result an expression is; None if it is not that of a step."""
    node, expression = resolved(evaluation, part)
    if isinstance(expression, Index) and isinstance(expression.indices[0], Constant):
        node, inner = resolved(evaluation, Subexpression(node, expression.base))
        if expression.indices[0].value != 0 or not _is_optimizer(inner):
            return None
        call = call_of(evaluation, Subexpression(node, inner))
        return None if call is None else argument(call, "theta")
    if _is_step(evaluation, node, expression):
        return Subexpression(node, expression.left)  # type: ignore[attr-defined]
    return None


def _is_optimizer(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.function in OPTIMIZERS


def _is_step(evaluation: Evaluation, node: str, expression: Expression) -> bool:
    """Whether an expression is a step: parameters minus something that depends on them."""
    if not isinstance(expression, Binary) or expression.operator != "-" or not isinstance(expression.left, Name):
        return False
    return depends(evaluation, Subexpression(node, expression.right), expression.left.id)


def _stale_product(occurrence: Occurrence) -> Any:
    """A product with updated parameters, such as the output of a model, computed with the initial ones."""
    values = list(occurrence.arguments)
    for side, part in enumerate(operands(occurrence)):
        start = _initial_operand(occurrence.evaluation, part)
        if start is not None:
            values[side] = start
            return binary(occurrence.operation, *values)
    raise NotApplicableError


def _initial_operand(evaluation: Evaluation, part: Subexpression) -> Any:
    """The initial value of the parameters, or of the one of them, that an expression is; None if it is neither."""
    expression = part.expression
    named = expression.base if isinstance(expression, Index) else expression
    if not isinstance(named, Name) or replaced(evaluation, named.id):
        return None
    start = _initial(evaluation, part)
    if start is not None or not isinstance(expression, Index):
        return start
    whole = _initial(evaluation, Subexpression(part.node, named))
    index = expression.indices[0]
    if whole is None or not isinstance(index, Constant) or type(index.value) is not int:
        return None
    return as_array(whole)[index.value]


@misconception(
    id="stale-weights",
    operations=(*OPTIMIZERS, *_MODELS, "*", "@"),
    equals="the initial parameters are used where the updated ones are due",
    repair="Use the parameters of the step before.",
)
def _stale(occurrence: Occurrence) -> Any:
    evaluation = occurrence.evaluation
    if occurrence.operation in ("*", "@"):
        return _stale_product(occurrence)
    if occurrence.operation in _MODELS:
        start = _initial(evaluation, argument(occurrence, "weight"))
        if start is None:
            raise NotApplicableError
        return occurrence.changed(weight=start)
    start = _initial(evaluation, argument(occurrence, "theta"))
    if start is None:
        raise NotApplicableError
    return occurrence.changed(grad=_gradient_at(occurrence, argument(occurrence, "theta"), start))
