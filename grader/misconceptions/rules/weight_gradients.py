"""The gradients of a convolution with respect to its kernel and its bias: which windows meet which gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Again, NotApplicableError, Occurrence, Several
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import (
    CONVOLUTIONS,
    Array,
    array,
    called,
    forward,
    is_signal,
    lifted,
    like_kernel,
    needs,
    padding_of,
    slides,
    turned,
)

_ALL = (*CONVOLUTIONS, "conv_transpose2d")


def _input_gradient(occurrence: Occurrence) -> Any:
    return Again(occurrence.operation.replace("_grad_weight", "_grad_input"), occurrence.bound())


def _result_rotated(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return turned(occurrence.right(), occurrence)


def _gradient_rotated(occurrence: Occurrence) -> Any:
    g = array(occurrence.bound()["grad_output"])
    rotated = turned(g, occurrence)
    needs(max(g.shape[-1:] if is_signal(occurrence) else g.shape[-2:]) > 1)
    return occurrence.again(grad_output=rotated)


def _uses_output(occurrence: Occurrence) -> Any:
    # a question may give zeros for weights on which the gradient does not depend: then there is no output to use
    needs(np.any(array(occurrence.bound()["weight"])))
    return occurrence.again(grad_output=forward(occurrence))


def _one_window(occurrence: Occurrence) -> Any:
    g = array(occurrence.bound()["grad_output"])
    axes = 1 if is_signal(occurrence) else 2
    needs(g[(0,) * (g.ndim - axes)].size > 1)
    first = np.zeros(g.shape)
    corner = np.zeros(g.shape[g.ndim - axes :], dtype=bool)
    corner[(0,) * axes] = True
    first[..., corner] = g[..., corner]
    return occurrence.again(grad_output=first)


def _no_margin(occurrence: Occurrence) -> Any:
    """The input without its padding against the gradient: fewer places, so a smaller kernel."""
    p = lifted(occurrence)
    needs(any(map(any, p.sides)) and p.dilation == (1, 1))
    left = [n - (cells - 1) * step for n, cells, step in zip(p.size, p.out, p.stride, strict=True)]
    needs(min(left) >= 1)
    return occurrence.again(weight=like_kernel(np.zeros((*p.kernel.shape[:2], *left)), occurrence, p), padding=0)


def _kernel_not_spread(occurrence: Occurrence) -> Any:
    """The gradient as it is slid over the input, without zeros for the stride: more places, so a larger kernel."""
    p = lifted(occurrence)
    needs(p.stride != (1, 1) and p.dilation == (1, 1))
    padded = [n + sum(sides) for n, sides in zip(p.size, p.sides, strict=True)]
    larger = [n - cells + 1 for n, cells in zip(padded, p.out, strict=True)]
    kernel = like_kernel(np.zeros((*p.kernel.shape[:2], *larger)), occurrence, p)
    return occurrence.again(weight=kernel, stride=1, padding=padding_of(p.sides, occurrence))


def _weight_left_in(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"])
    needs(np.any(weight))
    return array(occurrence.right()) * weight


def _maps(occurrence: Occurrence) -> Array:
    """grad_output as (N, O, cells)."""
    g = array(occurrence.bound()["grad_output"])
    axes = 1 if is_signal(occurrence) else 2
    shape = g.shape[: g.ndim - axes]
    samples, channels = ((1, 1), (1, *shape), shape)[min(len(shape), 2)]
    return g.reshape(samples, channels, -1)


def _shaped_like(values: Array, right: Any) -> Any:
    return float(values.sum()) if np.ndim(right) == 0 else values


def _no_sum(occurrence: Occurrence) -> Any:
    maps, right = _maps(occurrence), occurrence.right()
    needs(maps.shape[0] * maps.shape[2] > 1 and np.shape(right) in ((), (maps.shape[1],)))
    return Several((_shaped_like(maps[0, :, 0], right), array(occurrence.bound()["grad_output"])))


def _mean(occurrence: Occurrence) -> Any:
    cells = _maps(occurrence).shape[2]
    needs(cells > 1)
    return occurrence.again(grad_output=array(occurrence.bound()["grad_output"]) / cells)


def _batch_mean(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    image = np.shape(given["input"])
    if not len(image) == (2 if occurrence.operation.startswith("linear") else 3 if is_signal(occurrence) else 4):
        raise NotApplicableError
    needs(image[0] > 1)
    return occurrence.again(grad_output=array(given["grad_output"]) / image[0])


_GRADIENT_OF_KERNEL = (
    misconception(
        "role-swap",
        (*called("weight", _ALL), "linear_grad_weight"),
        _input_gradient,
        "the gradient of the input is given in place of that of the weights",
        "Differentiate with respect to the weights: the input, not the weights, meets the gradient of the output.",
        "paper 000 q4",
    ),
    misconception(
        "dw-rot",
        called("weight"),
        _result_rotated,
        "the gradient of the kernel is rotated by 180°",
        "Leave the gradient of the kernel as the sums give it, without a rotation.",
    ),
    misconception(
        "dw-true-convolution",
        called("weight", ("conv2d",)),
        _gradient_rotated,
        "dL/dO is rotated by 180° before it is slid over the input",
        "Correlate the input with dL/dO as it is.",
    ),
    misconception(
        "c1d-flipped",
        called("weight", ("conv1d",)),
        _gradient_rotated,
        "the signal is convolved with dL/dz, which reverses it",
        "Correlate the signal with dL/dz: the index is i + j.",
    ),
    misconception(
        "dw-uses-o",
        called("weight"),
        _uses_output,
        "the output itself stands in place of dL/dO",
        "Weight the windows of the input by dL/dO, not by the output.",
    ),
    misconception(
        "dw-one-window",
        called("weight"),
        _one_window,
        "only the first window contributes to the gradient of the kernel",
        "Add the contributions of all windows: each weight is used in every one.",
    ),
    misconception(
        "dw-no-pad",
        called("weight"),
        _no_margin,
        "the input without its padding is correlated with dL/dO",
        "Pad the input as in the forward pass.",
    ),
    misconception(
        "dw-no-spread",
        called("weight"),
        _kernel_not_spread,
        "the stride is left out of the gradient of the kernel",
        "Take the cells of the input that are the stride apart, one for each cell of dL/dO.",
    ),
    misconception(
        "c1d-w-left-in",
        called("weight", ("conv1d", "conv2d")),
        _weight_left_in,
        "the weight still stands in its own derivative",
        "Drop the weight: the derivative of w·x with respect to w is x.",
        "paper 002 q2",
    ),
)

_GRADIENT_OF_BIAS = (
    misconception(
        "db-no-sum",
        called("bias", _ALL),
        _no_sum,
        "dL/dO is not summed over the cells",
        "Add dL/dO over all cells: the bias stands in each of them.",
    ),
    misconception(
        "db-mean",
        called("bias", _ALL),
        _mean,
        "dL/dO is averaged over the cells",
        "Add dL/dO over all cells; do not average it.",
    ),
    misconception(
        "grad-batch-mean",
        (*called("weight"), *called("bias"), "linear_grad_weight", "linear_grad_bias"),
        _batch_mean,
        "the gradients of the samples are averaged here",
        "Add the gradients of the samples; the loss has divided by their number already where it should.",
    ),
)

RULES: tuple[Misconception, ...] = (*_GRADIENT_OF_KERNEL, *_GRADIENT_OF_BIAS)
"""The rules of this topic, as the catalogue lists them."""
