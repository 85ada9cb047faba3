"""Activations and their derivatives: on which side, at which point, and of what."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.arithmetic import binary
from grader.formula.substitution import Occurrence
from grader.formula.tree import Call
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import array, forward, needs
from grader.misconceptions.support.formulas import operands, resolved


def _passes(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"])


def _mask_of_gradient(occurrence: Occurrence) -> Any:
    return occurrence.again(input=occurrence.bound()["grad_output"])


def _zero_passes(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    needs(np.any(x == 0))
    return np.where(x >= 0, g, 0.0)


def _times_value(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"]) * array(forward(occurrence))


def _elu_value(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        return _exponential(occurrence)
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    return np.where(x > 0, g, g * array(forward(occurrence)))


def _exponential(occurrence: Occurrence) -> Any:
    """alpha * exp(x), written out: less alpha it is the value of the function."""
    sides = [resolved(occurrence.evaluation, side).expression for side in operands(occurrence)]
    called = [isinstance(side, Call) and side.function == "exp" for side in sides]
    needs(called.count(True) == 1)
    return binary("-", occurrence.right(), occurrence.arguments[called.index(False)])


def _no_alpha(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["alpha"] != 1)
    return occurrence.again(alpha=1.0)


def _no_minus_one(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    x = array(given["input"])
    return np.where(x > 0, x, given["alpha"] * np.exp(np.minimum(x, 0.0)))


def _slope_zero(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["negative_slope"] != 0)
    return occurrence.again(negative_slope=0.0)


def _slope_on_other_side(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["negative_slope"] != 1)
    x, slope = array(given["input"]), given["negative_slope"]
    factor = np.where(x > 0, slope, 1.0)
    return factor * array(given.get("grad_output", x))


def _at_output(occurrence: Occurrence) -> Any:
    return occurrence.again(input=forward(occurrence))


def _from_input(occurrence: Occurrence) -> Any:
    """The derivative written in the output, with the input put in: x(1 - x), or 1 - x^2."""
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    return g * (x * (1 - x) if occurrence.operation.startswith("sigmoid") else 1 - x**2)


def _tanh_not_squared(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"]) * (1 - array(forward(occurrence)))


RULES: tuple[Misconception, ...] = (
    misconception(
        "relu-no-mask",
        "relu_grad_input",
        _passes,
        "ReLU passes the gradient everywhere",
        "Block the gradient where the input of ReLU was not positive.",
    ),
    misconception(
        "relu-mask-on-grad",
        "relu_grad_input",
        _mask_of_gradient,
        "ReLU blocks the gradient where the gradient itself is not positive",
        "Take the mask from the forward input, not from the gradient.",
    ),
    misconception(
        "relu-zero-passes",
        "relu_grad_input",
        _zero_passes,
        "ReLU passes the gradient where its input is zero",
        "Take the derivative of ReLU at zero as zero.",
    ),
    misconception(
        "relu-times-value",
        "relu_grad_input",
        _times_value,
        "the gradient is multiplied by the output of ReLU",
        "Pass the gradient on as it is where the input was positive: the derivative is one there.",
    ),
    misconception(
        "elu-deriv",
        ("elu_grad_input", "*"),
        _elu_value,
        "the value of ELU stands in place of its derivative for negative inputs",
        "Take the derivative α·e^x for negative inputs: it is the value plus α.",
    ),
    misconception(
        "elu-no-alpha",
        ("elu", "elu_grad_input"),
        _no_alpha,
        "the factor α of ELU is left out",
        "Multiply by α for negative inputs.",
    ),
    misconception(
        "elu-no-minus-one",
        "elu",
        _no_minus_one,
        "one is not subtracted in ELU",
        "Take α(e^x - 1) for negative inputs.",
    ),
    misconception(
        "leaky-zero",
        ("leaky_relu", "leaky_relu_grad_input"),
        _slope_zero,
        "the leaky ReLU is flat for negative inputs",
        "Use the slope that is given for negative inputs.",
    ),
    misconception(
        "leaky-wrong-side",
        ("leaky_relu", "leaky_relu_grad_input"),
        _slope_on_other_side,
        "the small slope of the leaky ReLU is used for positive inputs",
        "Use the small slope for negative inputs, slope one for positive ones.",
    ),
    misconception(
        "sigmoid-deriv",
        "sigmoid_grad_input",
        _times_value,
        "σ(x) stands in place of its derivative",
        "Take the derivative σ(x)(1 - σ(x)).",
    ),
    misconception(
        "tanh-not-squared",
        "tanh_grad_input",
        _tanh_not_squared,
        "the derivative of tanh is taken as 1 - tanh(x)",
        "Square it: the derivative is 1 - tanh(x)².",
    ),
    misconception(
        "activation-at-output",
        ("sigmoid_grad_input", "tanh_grad_input"),
        _at_output,
        "the derivative is taken at the output of the activation",
        "Take the derivative at the input: apply the activation once.",
    ),
    misconception(
        "activation-from-input",
        ("sigmoid_grad_input", "tanh_grad_input"),
        _from_input,
        "the input stands where the derivative's formula wants the output of the activation",
        "Apply the activation first: the formula y(1 - y), or 1 - y², is in its output y.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
