"""Gradients by a shortcut: passed on unchanged, multiplied by the value, averaged instead of summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, base, forward, gradient, gradients, needs, slides, turned

_SMOOTH = ("gelu", "silu", "softplus", "elu")
_CUT_OFF = ("relu6", "hardtanh", "leaky_relu", "prelu")
_BY_FEATURE = ("layer_norm", "rms_norm")
_SHIFTING = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
_NORMS = (*_SHIFTING, "rms_norm")


@misconception(
    id="activation-grad-passed",
    operations=gradients("input", *_SMOOTH, *_CUT_OFF),
    equals="the gradient is passed on as it is, without the derivative of the activation",
    repair="Multiply the gradient by the derivative of the activation at its input.",
)
def _passed(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"])


@misconception(
    id="activation-grad-times-value",
    operations=gradients("input", *_SMOOTH),
    equals="the gradient is multiplied by the activation, not by its derivative",
    repair="Differentiate the activation first.",
)
def _times_value(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"]) * array(forward(occurrence))


@misconception(
    id="prelu-slope-all-cells",
    operations=gradient("prelu", "weight"),
    options={"at": "all"},
    equals="positive cells take part in the gradient of the slope",
    repair="Add up over the negative cells only: the slope multiplies nothing else.",
)
@misconception(
    id="prelu-slope-without-input",
    operations=gradient("prelu", "weight"),
    options={"at": "negative"},
    equals="the gradients of the negative cells are added up without the cells themselves",
    repair="Multiply each gradient by its cell: the slope multiplies the input.",
)
def _slope(occurrence: Occurrence, at: str) -> Any:
    given = occurrence.bound()
    g, x = array(given["grad_output"]), array(given["input"])
    terms = g * x if at == "all" else g * (x < 0)
    shape = np.shape(given["weight"])
    if np.prod(shape) == 1:
        return np.full(shape, terms.sum())
    return terms.sum(axis=(0, *range(2, terms.ndim))) if terms.ndim > 1 else terms


@misconception(
    id="norm-dgamma-raw-input",
    operations=gradients("weight", *_NORMS),
    equals="the gradient of γ is taken with the input itself, not with the normalised input",
    repair="Multiply the gradient by the normalised input, and add up.",
)
def _raw_input(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    products = array(given["grad_output"]) * array(given["input"])
    if base(occurrence) in _BY_FEATURE:
        return products.sum(axis=tuple(range(products.ndim - np.ndim(occurrence.right()))))
    needs(products.ndim >= 2)
    return products.sum(axis=(0, *range(2, products.ndim)))


@misconception(
    id="norm-grad-averaged",
    operations=(*gradients("weight", *_NORMS), *gradients("bias", *_SHIFTING)),
    equals="the gradient of γ or β is averaged over the values that it scales or shifts",
    repair="Add up over all values that use the parameter; do not divide.",
)
def _averaged(occurrence: Occurrence) -> Any:
    right = array(occurrence.right())
    count = array(occurrence.bound()["grad_output"]).size // max(1, right.size)
    needs(count > 1)
    return right / count


@misconception(
    id="tconv-grad-flip",
    operations=gradients("input", "conv_transpose2d", "conv_transpose1d"),
    equals="the kernel is rotated by 180° on the way back through a transposed convolution",
    repair="Slide the kernel as it is over the gradient: the way back is an ordinary convolution layer.",
)
def _flipped(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.changed(weight=turned(occurrence.bound()["weight"], occurrence))
