"""Gradient descent with momentum: mistakes with the velocity, the step, and where the gradient is taken."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, binary
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.families import OPTIMIZERS, STEPS
from grader.misconceptions.support.velocities import (
    Velocity,
    alone,
    first_velocity,
    moving_velocity,
    plain_step,
    with_velocity,
    written_velocity,
)


@misconception(
    id="mom-none",
    operations=(*STEPS, "+"),
    equals="the momentum term is left out",
    repair="Add the momentum times the velocity of the step before.",
)
def _none(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        return moving_velocity(occurrence).pushed
    b = with_velocity(occurrence)
    return occurrence.changed(**{**b, "momentum": 0.0})


@misconception(
    id="mom-reset",
    operations=(*STEPS, "+"),
    equals="the velocity starts again from its first value at every step",
    repair="Keep the velocity from step to step.",
)
def _reset(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        return moving_velocity(occurrence).pushed
    b = with_velocity(occurrence)
    if alone(occurrence):
        return occurrence.changed(velocity=binary("*", 0, b["velocity"]))
    first = first_velocity(occurrence)
    if np.array_equal(as_array(first), as_array(b["velocity"])):
        raise NotApplicableError
    return occurrence.changed(velocity=first)


@misconception(
    id="mom-sign",
    operations=(*STEPS, "+"),
    equals="the old velocity is subtracted from the new one",
    repair="Add the old velocity with its own sign.",
)
def _sign(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = moving_velocity(occurrence)
        return binary("-", written.pushed, written.kept)
    b = with_velocity(occurrence)
    return occurrence.changed(velocity=binary("*", -1, b["velocity"]))


def _rate(occurrence: Occurrence) -> dict[str, Any]:
    """The arguments of a step; NotApplicableError if it has no learning rate."""
    b = occurrence.bound()
    if b["lr"] is None:
        raise NotApplicableError
    return b


@misconception(
    id="mom-swap",
    operations=(*STEPS, "+"),
    equals="momentum and learning rate are exchanged",
    repair="Multiply the old velocity by the momentum and the gradient by the learning rate.",
)
def _swap(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = written_velocity(occurrence)
        return _total(Velocity(written.lr, written.velocity, written.beta, written.gradient))
    b = _rate(occurrence)
    if b["lr"] == b["momentum"]:
        raise NotApplicableError
    return occurrence.changed(lr=b["momentum"], momentum=b["lr"])


def _total(written: Velocity) -> Any:
    return binary("+", written.kept, written.pushed)


@misconception(
    id="mom-ema",
    operations=(*STEPS, "+"),
    equals="the gradient is multiplied by 1-β in the velocity",
    repair="Leave the factor 1-β out: the velocity here is no average.",
)
def _average(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = written_velocity(occurrence)
        return _total(written._replace(lr=binary("*", binary("-", 1, written.beta), written.lr)))
    b = occurrence.bound()
    if b["form"] == "lr_outside":
        return occurrence.changed(form="ema")
    if b["form"] != "lr_inside":
        raise NotApplicableError
    return occurrence.changed(lr=_rate(occurrence)["lr"] * (1 - b["momentum"]))


@misconception(
    id="mom-lr-twice",
    operations=("sgd_momentum", "-"),
    equals="the learning rate is in the velocity and in the step again",
    repair="Apply the learning rate once.",
)
def _rate_twice(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        left, velocity, lr = plain_step(occurrence)
        if lr is None:
            raise NotApplicableError
        return binary("-", left, binary("*", lr, velocity))
    b = occurrence.bound()
    if b["form"] not in ("lr_inside", "lr_outside"):
        raise NotApplicableError
    inside = occurrence.changed("velocity", **{name: b[name] for name in ("grad", "velocity", "momentum", "lr")})
    velocity = occurrence.value_of(inside)
    return binary("-", b["theta"], binary("*", b["lr"], velocity)), velocity


@misconception(
    id="mom-lr-on-velocity",
    operations=(*STEPS, "+"),
    equals="the learning rate multiplies the old velocity too",
    repair="Multiply the gradient alone by the learning rate, not the old velocity.",
)
def _rate_on_velocity(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        written = moving_velocity(occurrence)
        return _total(written._replace(beta=binary("*", written.lr, written.beta)))
    b = with_velocity(occurrence)
    if b["form"] not in ("lr_inside", "lr_outside"):
        raise NotApplicableError
    return occurrence.changed(form="lr_inside", momentum=_rate(occurrence)["lr"] * b["momentum"])


@misconception(
    id="mom-lr-place",
    operations=STEPS,
    equals="the learning rate is in the velocity where it belongs in the step, or the other way round",
    repair="Keep the learning rate where the definition of the velocity has it.",
)
def _other_place(occurrence: Occurrence) -> Any:
    b = _rate(occurrence)
    other = {"lr_inside": "lr_outside", "lr_outside": "lr_inside"}
    if b["form"] not in other:
        raise NotApplicableError
    return occurrence.changed(form=other[b["form"]])


@misconception(
    id="nag-plain-momentum",
    operations="nag",
    equals="the step is that of plain momentum, without looking ahead",
    repair="Step with the gradient plus the momentum times the new velocity.",
)
def _no_look_ahead(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    _, velocity = occurrence.right()
    return binary("-", given["theta"], binary("*", given["lr"], velocity)), velocity


@misconception(
    id="mom-ascent",
    operations=(*OPTIMIZERS, "nag", "sgd", "-"),
    equals="the update is added to the parameters",
    repair="Subtract the update: move against the gradient.",
)
def _ascent(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        theta, velocity, _ = plain_step(occurrence)
        return binary("+", theta, velocity)
    right = occurrence.right()
    new, *state = right if isinstance(right, tuple) else (right,)
    turned = binary("-", binary("*", 2, occurrence.bound()["theta"]), new)
    return (turned, *state) if isinstance(right, tuple) else turned
