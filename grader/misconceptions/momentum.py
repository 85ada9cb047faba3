"""Gradient descent with momentum: the velocity, the step, and the point at which the gradient is taken."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from grader.language.arithmetic import as_array, binary, is_number
from grader.language.evaluation import Evaluation
from grader.language.substitution import NotApplicableError, Occurrence
from grader.language.tree import Binary, Call, Index, Name
from grader.misconceptions.formulas import (
    Part,
    call_of,
    depends,
    factors,
    is_deviation,
    meaning,
    operands,
    part_of,
    resolved,
)
from grader.misconceptions.rule import Misconception, misconception

_STEPS = ("sgd_momentum", "velocity")
_MOST_STEPS = 100
OPTIMIZERS = ("sgd_momentum", "adagrad", "rmsprop", "adam")


class _Sum(NamedTuple):
    """A velocity that is written out: beta v + lr g; lr is 1 where the gradient stands alone."""

    beta: Any
    velocity: Any
    lr: Any
    gradient: Any

    @property
    def kept(self) -> Any:
        """The part of the old velocity that is kept."""
        return binary("*", self.beta, self.velocity)

    @property
    def pushed(self) -> Any:
        """What the gradient adds."""
        return binary("*", self.lr, self.gradient)


def _moves(value: Any) -> bool:
    return bool(np.any(as_array(value) != 0))


def _written(occurrence: Occurrence) -> _Sum:
    """The velocity that a + of a formula writes out; it must be subtracted from parameters somewhere."""
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
    return _Sum(beta, velocity, 1 if lr is None else lr, gradient)


def _scaled(evaluation: Evaluation, part: Part) -> tuple[Any, Any]:
    """A product of a number and the rest: the number (the first, where both are numbers) and the rest."""
    if not isinstance(part.expression, Binary) or part.expression.operator != "*":
        return None, meaning(evaluation, part)
    sides = Part(part.node, part.expression.left), Part(part.node, part.expression.right)
    values = [meaning(evaluation, side) for side in sides]
    if is_number(values[0]):
        return values[0], values[1]
    return (values[1], values[0]) if is_number(values[1]) else (None, meaning(evaluation, part))


def stepped(occurrence: Occurrence) -> str | None:
    """The name of the parameters from which the occurrence's value is subtracted, here or under its name."""
    graph, own = occurrence.evaluation.graph, occurrence.site.node
    whole = graph.nodes[own].expression is occurrence.expression
    for name, node in graph.nodes.items():
        for expression in node.expression.walk():
            if not isinstance(expression, Binary) or expression.operator != "-":
                continue
            if not isinstance(expression.left, Name):
                continue
            taken = [expression.right, *(factor.expression for factor in factors(Part(name, expression.right))[0])]
            inline = name == own and any(part is occurrence.expression for part in taken)
            named = whole and any(isinstance(part, Name) and part.id == own for part in taken)
            if inline or named:
                return expression.left.id
    return None


def _none(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        return _moving(occurrence).pushed
    b = with_velocity(occurrence)
    return occurrence.again(**{**b, "momentum": 0.0})


def _moving(occurrence: Occurrence) -> _Sum:
    written = _written(occurrence)
    if not _moves(written.kept):
        raise NotApplicableError
    return written


def with_velocity(occurrence: Occurrence) -> dict[str, Any]:
    """The arguments of a step whose old velocity counts; the first step has none."""
    b = occurrence.bound()
    if not _moves(b["velocity"]) or not b["momentum"]:
        raise NotApplicableError
    return b


def _reset(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        return _moving(occurrence).pushed
    b = with_velocity(occurrence)
    if _alone(occurrence):
        return occurrence.again(velocity=binary("*", 0, b["velocity"]))
    first = _first_velocity(occurrence)
    if np.array_equal(as_array(first), as_array(b["velocity"])):
        raise NotApplicableError
    return occurrence.again(velocity=first)


def _alone(occurrence: Occurrence) -> bool:
    """Whether the question has this one step only: what came before it is a velocity that is given."""
    formulas = [node.expression for node in occurrence.evaluation.graph.nodes.values()]
    calls = [part for formula in formulas for part in formula.walk() if isinstance(part, Call)]
    return sum(call.function in _STEPS for call in calls) == 1


def _first_velocity(occurrence: Occurrence) -> Any:
    """The velocity with which the chain of steps began, followed back from the occurrence's own."""
    evaluation = occurrence.evaluation
    part: Part | None = _velocity_of(evaluation, part_of(occurrence))
    for _ in range(_MOST_STEPS):
        if part is None:
            break
        inner = resolved(evaluation, part)
        step = Part(inner.node, inner.expression.base) if isinstance(inner.expression, Index) else inner
        before = _velocity_of(evaluation, resolved(evaluation, step))
        if before is None:
            return meaning(evaluation, inner)
        part = before
    raise NotApplicableError


def _velocity_of(evaluation: Evaluation, step: Part) -> Part | None:
    """The velocity argument of a step's call."""
    call = step.expression
    if not isinstance(call, Call) or call.function not in _STEPS:
        return None
    place = evaluation.graph.library.position(call.function, "velocity")
    given = dict(call.keywords).get("velocity")
    if given is None and place is not None and place < len(call.arguments):
        given = call.arguments[place]
    return None if given is None else Part(step.node, given)


def _sign(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = _moving(occurrence)
        return binary("-", written.pushed, written.kept)
    b = with_velocity(occurrence)
    return occurrence.again(velocity=binary("*", -1, b["velocity"]))


def _rate(occurrence: Occurrence) -> dict[str, Any]:
    """The arguments of a step that has a learning rate."""
    b = occurrence.bound()
    if b["lr"] is None:
        raise NotApplicableError
    return b


def _swap(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = _written(occurrence)
        return _total(_Sum(written.lr, written.velocity, written.beta, written.gradient))
    b = _rate(occurrence)
    if b["lr"] == b["momentum"]:
        raise NotApplicableError
    return occurrence.again(lr=b["momentum"], momentum=b["lr"])


def _total(written: _Sum) -> Any:
    return binary("+", written.kept, written.pushed)


def _average(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = _written(occurrence)
        return _total(written._replace(lr=binary("*", binary("-", 1, written.beta), written.lr)))
    b = occurrence.bound()
    if b["form"] == "lr_outside":
        return occurrence.again(form="ema")
    if b["form"] != "lr_inside":
        raise NotApplicableError
    return occurrence.again(lr=_rate(occurrence)["lr"] * (1 - b["momentum"]))


def _rate_twice(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        left, velocity, lr = _plain_step(occurrence)
        if lr is None:
            raise NotApplicableError
        return binary("-", left, binary("*", lr, velocity))
    b = occurrence.bound()
    if b["form"] not in ("lr_inside", "lr_outside"):
        raise NotApplicableError
    inside = occurrence.again("velocity", **{name: b[name] for name in ("grad", "velocity", "momentum", "lr")})
    velocity = occurrence.value_of(inside)
    return binary("-", b["theta"], binary("*", b["lr"], velocity)), velocity


def _rate_on_velocity(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = _moving(occurrence)
        return _total(written._replace(beta=binary("*", written.lr, written.beta)))
    b = with_velocity(occurrence)
    if b["form"] not in ("lr_inside", "lr_outside"):
        raise NotApplicableError
    return occurrence.again(form="lr_inside", momentum=_rate(occurrence)["lr"] * b["momentum"])


def _other_place(occurrence: Occurrence) -> Any:
    b = _rate(occurrence)
    other = {"lr_inside": "lr_outside", "lr_outside": "lr_inside"}
    if b["form"] not in other:
        raise NotApplicableError
    return occurrence.again(form=other[b["form"]])


def _plain_step(occurrence: Occurrence) -> tuple[Any, Any, Any]:
    """Parameters minus a velocity, as a formula: both values, and the rate that is in the velocity already."""
    left, right = operands(occurrence)
    if not isinstance(left.expression, Name):
        raise NotApplicableError
    values = occurrence.arguments
    found = call_of(occurrence.evaluation, right)
    if found is not None and found.operation == "velocity":
        b = found.bound()
        return values[0], values[1], b["lr"] if b["form"] == "lr_inside" else None
    if found is not None and found.operation == "+":
        return values[0], values[1], _written(found).lr
    moved = any(depends(occurrence.evaluation, part, left.expression.id) for part in factors(right)[0])
    if moved and not is_deviation(occurrence.evaluation, left, right):
        return values[0], values[1], None
    raise NotApplicableError


def _ascent(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        theta, velocity, _ = _plain_step(occurrence)
        return binary("+", theta, velocity)
    new, *state = occurrence.right()
    return (binary("-", binary("*", 2, occurrence.bound()["theta"]), new), *state)


RULES: tuple[Misconception, ...] = (
    misconception(
        "mom-none",
        (*_STEPS, "+"),
        _none,
        "the momentum term is left out",
        "Add the momentum times the velocity of the step before.",
    ),
    misconception(
        "mom-reset",
        (*_STEPS, "+"),
        _reset,
        "the velocity starts again from its first value at every step",
        "Keep the velocity from step to step.",
    ),
    misconception(
        "mom-sign",
        (*_STEPS, "+"),
        _sign,
        "the old velocity is subtracted from the new one",
        "Add the old velocity with its own sign.",
    ),
    misconception(
        "mom-swap",
        (*_STEPS, "+"),
        _swap,
        "momentum and learning rate are exchanged",
        "Multiply the old velocity by the momentum and the gradient by the learning rate.",
    ),
    misconception(
        "mom-ema",
        (*_STEPS, "+"),
        _average,
        "the gradient is multiplied by 1-β in the velocity",
        "Leave the factor 1-β out: the velocity here is no average.",
    ),
    misconception(
        "mom-lr-twice",
        ("sgd_momentum", "-"),
        _rate_twice,
        "the learning rate is in the velocity and in the step again",
        "Apply the learning rate once.",
    ),
    misconception(
        "mom-lr-on-velocity",
        (*_STEPS, "+"),
        _rate_on_velocity,
        "the learning rate multiplies the old velocity too",
        "Multiply the gradient alone by the learning rate, not the old velocity.",
    ),
    misconception(
        "mom-lr-place",
        _STEPS,
        _other_place,
        "the learning rate enters the velocity where it belongs to the step, or the other way round",
        "Keep the learning rate where the definition of the velocity has it.",
    ),
    misconception(
        "mom-ascent",
        (*OPTIMIZERS, "-"),
        _ascent,
        "the update is added to the parameters",
        "Subtract the update: move against the gradient.",
    ),
)
