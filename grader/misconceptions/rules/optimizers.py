"""Adagrad, RMSprop and Adam: mistakes with the state, its correction and the step; weight decay with any optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import Array, number_or_array
from grader.formula.arithmetic import as_array
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs

_ADAPTIVE = ("adagrad", "rmsprop", "adam")
_DECAYS = {"rmsprop": "alpha", "adam_m": "beta1", "adam_v": "beta2"}
_MOMENTS = {"adam_m": ("m", "beta1", 1), "adam_v": ("v", "beta2", 2)}
_DECAYING = ("sgd", "nag", "adamw", "adadelta")


def _numbers(value: Any) -> Any:
    return np.asarray(as_array(value), dtype=np.float64)


def _state(occurrence: Occurrence) -> tuple[Any, Any]:
    """The numerator of the right step, and the accumulated squares in its denominator."""
    b, right = occurrence.bound(), occurrence.right()
    if occurrence.operation != "adam":
        return _numbers(b["grad"]), _numbers(right[1])
    first = 1 - b["beta1"] ** b["step"]
    second = 1 - b["beta2"] ** b["step"]
    return _numbers(right[1]) / first, _numbers(right[2]) / second


def _stepped(occurrence: Occurrence, move: Any, scale: Any, *state: Any) -> Any:
    """theta - lr move / scale, with the right state unless another one is given."""
    b = occurrence.bound()
    if not np.all(np.isfinite(scale)) or np.any(scale == 0):
        raise NotApplicableError
    new = _numbers(b["theta"]) - b["lr"] * move / scale
    return (number_or_array(np.asarray(new)), *(state or occurrence.right()[1:]))


@misconception(
    id="adam-no-correction",
    operations=("adam", "bias_correct"),
    equals="the moments are used without bias correction",
    repair="Divide each moment by 1 minus its beta to the power of the step.",
)
def _uncorrected(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    if occurrence.operation == "bias_correct":
        return b["moment"]
    _, first, second = occurrence.right()
    return _stepped(occurrence, _numbers(first), np.sqrt(_numbers(second)) + b["eps"])


@misconception(
    id="adam-wrong-step",
    operations=("adam", "bias_correct"),
    equals="the bias correction uses another step number",
    repair="Count the steps from 1 and use the number of the present step.",
)
def _wrong_step(occurrence: Occurrence) -> Any:
    step = occurrence.bound()["step"]
    others = [other for other in (step - 1, step + 1, 1) if other >= 1 and other != step]
    return Alternatives(tuple(occurrence.changed(step=other) for other in dict.fromkeys(others)))


@misconception(
    id="adam-betas-swapped",
    operations="adam",
    equals="beta1 and beta2 are exchanged",
    repair="Use beta1 for the mean of the gradients and beta2 for the mean of their squares.",
)
def _betas_swapped(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    if b["beta1"] == b["beta2"]:
        raise NotApplicableError
    return occurrence.changed(beta1=b["beta2"], beta2=b["beta1"])


@misconception(
    id="eps-inside-root",
    operations=_ADAPTIVE,
    equals="eps is added under the root",
    repair="Add eps to the root, not under it.",
)
def _eps_inside(occurrence: Occurrence) -> Any:
    eps = occurrence.bound()["eps"]
    if eps == 0:
        raise NotApplicableError
    move, squares = _state(occurrence)
    return _stepped(occurrence, move, np.sqrt(squares + eps))


@misconception(
    id="adaptive-no-root",
    operations=_ADAPTIVE,
    equals="the step is divided by the squares without their root",
    repair="Take the root of the accumulated squares before dividing.",
)
def _no_root(occurrence: Occurrence) -> Any:
    move, squares = _state(occurrence)
    return _stepped(occurrence, move, squares + occurrence.bound()["eps"])


@misconception(
    id="gradient-not-squared",
    operations=(*_ADAPTIVE, "adam_v"),
    equals="the gradient is accumulated without being squared",
    repair="Accumulate the square of the gradient.",
)
def _not_squared(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    gradient = _numbers(b["grad"])
    if occurrence.operation == "adam_v":
        return number_or_array(np.asarray(b["beta2"] * _numbers(b["v"]) + (1 - b["beta2"]) * gradient))
    if np.any(gradient < 0):
        raise NotApplicableError
    if occurrence.operation == "adagrad":
        squares = _numbers(b["state_sum"]) + gradient
        return _stepped(occurrence, gradient, np.sqrt(squares) + b["eps"], number_or_array(np.asarray(squares)))
    if occurrence.operation == "rmsprop":
        squares = b["alpha"] * _numbers(b["square_avg"]) + (1 - b["alpha"]) * gradient
        return _stepped(occurrence, gradient, np.sqrt(squares) + b["eps"], number_or_array(np.asarray(squares)))
    second = b["beta2"] * _numbers(b["v"]) + (1 - b["beta2"]) * gradient
    move, _ = _state(occurrence)
    scale = np.sqrt(second / (1 - b["beta2"] ** b["step"])) + b["eps"]
    return _stepped(occurrence, move, scale, occurrence.right()[1], number_or_array(np.asarray(second)))


@misconception(
    id="decay-swapped",
    operations=("rmsprop", "adam_m", "adam_v", "velocity"),
    equals="the decay and 1 minus the decay are exchanged",
    repair="Multiply the old state by the decay and the new term by 1 minus the decay.",
)
def _decay_swapped(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    if occurrence.operation == "velocity":
        if b["form"] != "ema":
            raise NotApplicableError
        return occurrence.changed(momentum=1 - b["momentum"])
    name = _DECAYS[occurrence.operation]
    if b[name] == 0.5:
        raise NotApplicableError
    return occurrence.changed(**{name: 1 - b[name]})


@misconception(
    id="squares-not-accumulated",
    operations=("adagrad", "rmsprop"),
    equals="the squares of earlier gradients are forgotten",
    repair="Keep the state from step to step.",
)
def _not_accumulated(occurrence: Occurrence) -> Any:
    name = {"adagrad": "state_sum", "rmsprop": "square_avg"}[occurrence.operation]
    before = _numbers(occurrence.bound()[name])
    if not np.any(before):
        raise NotApplicableError
    return occurrence.changed(**{name: 0.0})


@misconception(
    id="rmsprop-as-adagrad",
    operations="rmsprop",
    equals="the squares are added up as in Adagrad",
    repair="Average the squares: the decay times the old state, and 1 minus the decay times the new square.",
)
def _summed(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    arguments = {name: b[name] for name in ("theta", "grad", "lr", "eps")}
    return occurrence.changed("adagrad", state_sum=b["square_avg"], **arguments)


@misconception(
    id="adaptive-plain-step",
    operations=_ADAPTIVE,
    equals="the step is that of plain gradient descent, the rate times the gradient",
    repair="Scale the step as the method says: divide by the root of the squares.",
)
def _plain_step(occurrence: Occurrence) -> Any:
    return _stepped(occurrence, _numbers(occurrence.bound()["grad"]), np.float64(1.0))


@misconception(
    id="moment-old-left-out",
    operations=tuple(_MOMENTS),
    equals="the moment of the step before is left out",
    repair="Add the decay times the old moment.",
)
def _old_left_out(occurrence: Occurrence) -> Any:
    name, _, _ = _MOMENTS[occurrence.operation]
    if not np.any(_numbers(occurrence.bound()[name])):
        raise NotApplicableError
    return occurrence.changed(**{name: 0.0})


@misconception(
    id="moment-weight-left-out",
    operations=tuple(_MOMENTS),
    equals="the new term is added without its weight, 1 minus the decay",
    repair="Multiply the new term by 1 minus the decay: the moment is an average.",
)
def _weight_left_out(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    name, decay, power = _MOMENTS[occurrence.operation]
    return number_or_array(np.asarray(b[decay] * _numbers(b[name]) + _numbers(b["grad"]) ** power))


def _decay(occurrence: Occurrence) -> tuple[Array, float]:
    """The parameters and the decay; NotApplicableError if it is zero."""
    given = occurrence.bound()
    needs(given["weight_decay"] != 0)
    return array(given["theta"]), float(given["weight_decay"])


def _like(theta: Array, occurrence: Occurrence) -> Any:
    """New parameters in the form of the operation's result, with the state of the right result."""
    right, new = occurrence.right(), number_or_array(np.asarray(theta))
    return (new, *right[1:]) if isinstance(right, tuple) else new


def _parameters(occurrence: Occurrence) -> Array:
    right = occurrence.right()
    return array(right[0] if isinstance(right, tuple) else right)


@misconception(
    id="weight-decay-ignored",
    operations=_DECAYING,
    equals="the weight decay is left out",
    repair="Add the weight decay: it pulls the parameters towards zero.",
)
def _ignored(occurrence: Occurrence) -> Any:
    _decay(occurrence)
    return occurrence.changed(weight_decay=0.0)


@misconception(
    id="weight-decay-sign",
    operations=("sgd", "adamw"),
    equals="the weight decay makes the parameters larger",
    repair="Let the decay pull the parameters towards zero.",
)
def _sign(occurrence: Occurrence) -> Any:
    theta, decay = _decay(occurrence)
    return _like(_parameters(occurrence) + 2 * occurrence.bound()["lr"] * decay * theta, occurrence)


@misconception(
    id="weight-decay-no-rate",
    operations=("sgd", "adamw"),
    equals="the weight decay is subtracted without the learning rate",
    repair="Multiply the decay by the learning rate, too.",
)
def _no_rate(occurrence: Occurrence) -> Any:
    theta, decay = _decay(occurrence)
    lr = occurrence.bound()["lr"]
    needs(lr != 1)
    return _like(_parameters(occurrence) + (lr - 1) * decay * theta, occurrence)


@misconception(
    id="weight-decay-doubled",
    operations="sgd",
    equals="the gradient of the penalty has a factor of two",
    repair="Take the penalty with its half: its gradient is the decay times the parameters.",
)
def _doubled(occurrence: Occurrence) -> Any:
    _, decay = _decay(occurrence)
    return occurrence.changed(weight_decay=2 * decay)


@misconception(
    id="weight-decay-inside-adam",
    operations="adamw",
    equals="the weight decay is added to the gradient, as in Adam with a penalty",
    repair="Let the weights decay beside the step, not inside its gradient.",
)
def _inside(occurrence: Occurrence) -> Any:
    theta, decay = _decay(occurrence)
    given = occurrence.bound()
    rest = {name: given[name] for name in ("theta", "m", "v", "lr", "beta1", "beta2", "eps", "step")}
    return occurrence.changed("adam", **rest, grad=array(given["grad"]) + decay * theta)


@misconception(
    id="weight-decay-after-step",
    operations=("sgd", "adamw"),
    equals="the weights decay after the step",
    repair="Let the parameters before the step decay.",
)
def _after(occurrence: Occurrence) -> Any:
    theta, decay = _decay(occurrence)
    lr = occurrence.bound()["lr"]
    stepped = _parameters(occurrence) + lr * decay * theta
    return _like(stepped * (1 - lr * decay), occurrence)
