"""Weight decay: left out, with the wrong sign, or in the wrong place."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import number_or_array
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import Array, array, needs

_DECAYING = ("sgd", "nag", "adamw", "adadelta")


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
