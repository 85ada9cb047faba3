"""Activations, forward: not applied, cut off at another point, or replaced by another activation."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs

_ACTIVATIONS = (
    "relu",
    "sigmoid",
    "tanh",
    "relu6",
    "hardtanh",
    "prelu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
)


@misconception(
    id="activation-left-out",
    operations=_ACTIVATIONS,
    equals="the activation is not applied",
    repair="Apply the activation to every number.",
)
def _left_out(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["input"])


@misconception(
    id="relu-absolute",
    operations="relu",
    equals="ReLU turns the sign of negative numbers",
    repair="Put 0 in the place of negative numbers.",
)
def _absolute(occurrence: Occurrence) -> Any:
    return np.abs(array(occurrence.bound()["input"]))


@misconception(
    id="relu6-without-limit",
    operations="relu6",
    equals="large numbers are not cut off at 6",
    repair="Put 6 in the place of numbers above it.",
)
def _unlimited(occurrence: Occurrence) -> Any:
    return occurrence.changed("relu", input=occurrence.bound()["input"])


@misconception(
    id="hardtanh-one-side",
    operations="hardtanh",
    equals="the numbers are cut off on one side only",
    repair="Cut off what is below the lower limit and what is above the upper one.",
)
def _one_side(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return np.minimum(array(given["input"]), float(given["max_val"]))


@misconception(
    id="tanh-as-sigmoid",
    operations="tanh",
    equals="the sigmoid is taken in place of tanh",
    repair="Use tanh, whose values lie between -1 and 1.",
)
def _sigmoid(occurrence: Occurrence) -> Any:
    return occurrence.changed("sigmoid", **occurrence.bound())


@misconception(
    id="sigmoid-as-tanh",
    operations="sigmoid",
    equals="tanh is taken in place of the sigmoid",
    repair="Use the sigmoid, whose values lie between 0 and 1.",
)
def _tanh(occurrence: Occurrence) -> Any:
    return occurrence.changed("tanh", **occurrence.bound())


@misconception(
    id="gate-not-multiplied",
    operations=("silu", "gelu"),
    equals="the input is not multiplied by its gate: the gate itself is given",
    repair="Multiply the input by the gate.",
)
def _gate(occurrence: Occurrence) -> Any:
    x = array(occurrence.bound()["input"])
    needs(np.all(x != 0))
    return array(occurrence.right()) / x


@misconception(
    id="prelu-slope-everywhere",
    operations=("prelu", "leaky_relu"),
    equals="positive numbers are multiplied by the slope, too",
    repair="Leave positive numbers as they are.",
)
def _everywhere(occurrence: Occurrence) -> Any:
    """The slope times x everywhere; the activation of -|x| is the slope times -|x|."""
    x = array(occurrence.bound()["input"])
    negative = occurrence.changed(input=-np.abs(x))
    return array(occurrence.value_of(negative)) * -np.sign(x)
