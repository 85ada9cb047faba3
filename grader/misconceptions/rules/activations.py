"""Activations and their derivatives: not applied, another function, another point, the wrong sign of the input."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.arithmetic import binary
from grader.formula.substitution import Occurrence
from grader.formula.tree import Call
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, base, forward, needs
from grader.misconceptions.support.formulas import operands, resolved

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
    id="relu-no-mask",
    operations="relu_grad_input",
    equals="ReLU passes the gradient everywhere",
    repair="Block the gradient where the input of ReLU was not positive.",
)
def _passes(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"])


@misconception(
    id="relu-mask-on-grad",
    operations="relu_grad_input",
    equals="ReLU blocks the gradient where the gradient itself is not positive",
    repair="Take the mask from the forward input, not from the gradient.",
)
def _mask_of_gradient(occurrence: Occurrence) -> Any:
    return occurrence.changed(input=occurrence.bound()["grad_output"])


@misconception(
    id="relu-zero-passes",
    operations="relu_grad_input",
    equals="ReLU passes the gradient where its input is zero",
    repair="Take the derivative of ReLU at zero as zero.",
)
def _zero_passes(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    needs(np.any(x == 0))
    return np.where(x >= 0, g, 0.0)


@misconception(
    id="relu-times-value",
    operations="relu_grad_input",
    equals="the gradient is multiplied by the output of ReLU",
    repair="Pass the gradient on unchanged where the input was positive: the derivative is one there.",
)
@misconception(
    id="sigmoid-deriv",
    operations="sigmoid_grad_input",
    equals="σ(x) is used in place of its derivative",
    repair="Take the derivative σ(x)(1 - σ(x)).",
)
def _times_value(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"]) * array(forward(occurrence))


@misconception(
    id="elu-deriv",
    operations=("elu_grad_input", "*"),
    equals="the value of ELU is used in place of its derivative for negative inputs",
    repair="Take the derivative α·e^x for negative inputs: it is the value plus α.",
)
def _elu_value(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        return _exponential(occurrence)
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    return np.where(x > 0, g, g * array(forward(occurrence)))


def _exponential(occurrence: Occurrence) -> Any:
    """For alpha * exp(x) written out: subtracting alpha gives the value of ELU."""
    sides = [resolved(occurrence.evaluation, side).expression for side in operands(occurrence)]
    called = [isinstance(side, Call) and side.function == "exp" for side in sides]
    needs(called.count(True) == 1)
    return binary("-", occurrence.right(), occurrence.arguments[called.index(False)])


@misconception(
    id="elu-no-alpha",
    operations=("elu", "elu_grad_input"),
    equals="the factor α of ELU is left out",
    repair="Multiply by α for negative inputs.",
)
def _no_alpha(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["alpha"] != 1)
    return occurrence.changed(alpha=1.0)


@misconception(
    id="elu-no-minus-one",
    operations="elu",
    equals="one is not subtracted in ELU",
    repair="Take α(e^x - 1) for negative inputs.",
)
def _no_minus_one(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    x = array(given["input"])
    return np.where(x > 0, x, given["alpha"] * np.exp(np.minimum(x, 0.0)))


@misconception(
    id="leaky-zero",
    operations=("leaky_relu", "leaky_relu_grad_input"),
    equals="the leaky ReLU is flat for negative inputs",
    repair="Use the given slope for negative inputs.",
)
def _slope_zero(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["negative_slope"] != 0)
    return occurrence.changed(negative_slope=0.0)


@misconception(
    id="leaky-wrong-side",
    operations=("leaky_relu", "leaky_relu_grad_input"),
    equals="the small slope of the leaky ReLU is used for positive inputs",
    repair="Use the small slope for negative inputs, slope one for positive ones.",
)
def _slope_on_other_side(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["negative_slope"] != 1)
    x, slope = array(given["input"]), given["negative_slope"]
    factor = np.where(x > 0, slope, 1.0)
    return factor * array(given.get("grad_output", x))


@misconception(
    id="tanh-not-squared",
    operations="tanh_grad_input",
    equals="the derivative of tanh is taken as 1 - tanh(x)",
    repair="Square it: the derivative is 1 - tanh(x)².",
)
def _tanh_not_squared(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"]) * (1 - array(forward(occurrence)))


@misconception(
    id="activation-at-output",
    operations=("sigmoid_grad_input", "tanh_grad_input"),
    equals="the derivative is taken at the output of the activation",
    repair="Take the derivative at the input: apply the activation once.",
)
def _at_output(occurrence: Occurrence) -> Any:
    return occurrence.changed(input=forward(occurrence))


@misconception(
    id="activation-from-input",
    operations=("sigmoid_grad_input", "tanh_grad_input"),
    equals="the input is put into the formula of the derivative in place of the activation's output",
    repair="Apply the activation first: in the formula y(1 - y), or 1 - y², y is its output.",
)
def _from_input(occurrence: Occurrence) -> Any:
    """The derivative as a function of the output, evaluated at the input: x(1 - x), or 1 - x^2."""
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    return g * (x * (1 - x) if base(occurrence) == "sigmoid" else 1 - x**2)


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
    equals="ReLU flips the sign of negative numbers",
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
