"""The gradients of a convolution with respect to its kernel and its bias: mistakes in correlating and in summing."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import Array
from grader.formula.substitution import Alternatives, ChangedCall, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import (
    array,
    axes_of,
    base,
    forward,
    gradient,
    gradients,
    is_signal,
    lifted,
    like_kernel,
    needs,
    padding_of,
    slides,
    turned,
)
from grader.misconceptions.support.families import CONVOLUTIONS, EVERY_CONVOLUTION

_ALL = (*EVERY_CONVOLUTION, "conv_transpose2d", "conv_transpose1d")


@misconception(
    id="role-swap",
    operations=(*gradients("weight", *_ALL), "linear_grad_weight"),
    equals="the gradient of the input is given in place of that of the weights",
    repair="Differentiate with respect to the weights: the input, not the weights, meets the gradient of the output.",
    source="paper 000 q4",
)
def _input_gradient(occurrence: Occurrence) -> Any:
    return ChangedCall(gradient(base(occurrence), "input"), occurrence.bound())


@misconception(
    id="dw-rot",
    operations=gradients("weight", *EVERY_CONVOLUTION),
    equals="the gradient of the kernel is rotated by 180°",
    repair="Leave the gradient of the kernel as the sums give it, without a rotation.",
)
def _result_rotated(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return turned(occurrence.right(), occurrence)


@misconception(
    id="dw-true-convolution",
    operations=gradient("conv2d", "weight"),
    equals="dL/dO is rotated by 180° before it is slid over the input",
    repair="Correlate the input with dL/dO as it is.",
)
@misconception(
    id="c1d-flipped",
    operations=gradient("conv1d", "weight"),
    equals="the signal is convolved with dL/dz, which reverses it",
    repair="Correlate the signal with dL/dz: the index is i + j.",
)
def _gradient_rotated(occurrence: Occurrence) -> Any:
    g = array(occurrence.bound()["grad_output"])
    rotated = turned(g, occurrence)
    needs(max(g.shape[-1:] if is_signal(occurrence) else g.shape[-2:]) > 1)
    return occurrence.changed(grad_output=rotated)


@misconception(
    id="dw-uses-o",
    operations=gradients("weight", *EVERY_CONVOLUTION),
    equals="the output itself is used in place of dL/dO",
    repair="Weight the windows of the input by dL/dO, not by the output.",
)
def _uses_output(occurrence: Occurrence) -> Any:
    # a question may give weights of zero, because the gradient does not depend on them: then all outputs are zero
    needs(np.any(array(occurrence.bound()["weight"])))
    return occurrence.changed(grad_output=forward(occurrence))


@misconception(
    id="dw-one-window",
    operations=gradients("weight", *CONVOLUTIONS),
    equals="only the first window contributes to the gradient of the kernel",
    repair="Add the contributions of all windows: each weight is used in every one.",
)
def _one_window(occurrence: Occurrence) -> Any:
    g = array(occurrence.bound()["grad_output"])
    axes = 1 if is_signal(occurrence) else 2
    needs(g[(0,) * (g.ndim - axes)].size > 1)
    first = np.zeros(g.shape)
    corner = np.zeros(g.shape[g.ndim - axes :], dtype=bool)
    corner[(0,) * axes] = True
    first[..., corner] = g[..., corner]
    return occurrence.changed(grad_output=first)


@misconception(
    id="dw-no-pad",
    operations=gradients("weight", *CONVOLUTIONS),
    equals="the input without its padding is correlated with dL/dO",
    repair="Pad the input as in the forward pass.",
)
def _no_margin(occurrence: Occurrence) -> Any:
    """The gradient correlated with the unpadded input: it has fewer positions there, so the kernel is smaller."""
    p = lifted(occurrence)
    needs(any(map(any, p.sides)) and p.dilation == (1, 1))
    left = [n - (cells - 1) * step for n, cells, step in zip(p.size, p.out, p.stride, strict=True)]
    needs(min(left) >= 1)
    return occurrence.changed(weight=like_kernel(np.zeros((*p.kernel.shape[:2], *left)), occurrence, p), padding=0)


@misconception(
    id="dw-no-spread",
    operations=gradients("weight", *CONVOLUTIONS),
    equals="the stride is left out of the gradient of the kernel",
    repair="Take the cells of the input that are the stride apart, one for each cell of dL/dO.",
)
def _kernel_not_spread(occurrence: Occurrence) -> Any:
    """The gradient slid over the input undilated: it has more positions there, so the kernel is larger."""
    p = lifted(occurrence)
    needs(p.stride != (1, 1) and p.dilation == (1, 1))
    padded = [n + sum(sides) for n, sides in zip(p.size, p.sides, strict=True)]
    larger = [n - cells + 1 for n, cells in zip(padded, p.out, strict=True)]
    kernel = like_kernel(np.zeros((*p.kernel.shape[:2], *larger)), occurrence, p)
    return occurrence.changed(weight=kernel, stride=1, padding=padding_of(p.sides, occurrence))


@misconception(
    id="c1d-w-left-in",
    operations=gradients("weight", "conv1d", "conv2d"),
    equals="the weight is still a factor in the derivative with respect to it",
    repair="Drop the weight: the derivative of w·x with respect to w is x.",
    source="paper 002 q2",
)
def _weight_left_in(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"])
    needs(np.any(weight))
    return array(occurrence.right()) * weight


def _maps(occurrence: Occurrence) -> Array:
    """grad_output as (N, O, cells)."""
    g = array(occurrence.bound()["grad_output"])
    shape = g.shape[: g.ndim - axes_of(occurrence)]
    samples, channels = ((1, 1), (1, *shape), shape)[min(len(shape), 2)]
    return g.reshape(samples, channels, -1)


def _shaped_like(values: Array, right: Any) -> Any:
    return float(values.sum()) if np.ndim(right) == 0 else values


@misconception(
    id="db-no-sum",
    operations=gradients("bias", *_ALL),
    equals="dL/dO is not summed over the cells",
    repair="Sum dL/dO over all cells: the bias is added to each of them.",
)
def _no_sum(occurrence: Occurrence) -> Any:
    maps, right = _maps(occurrence), occurrence.right()
    needs(maps.shape[0] * maps.shape[2] > 1 and np.shape(right) in ((), (maps.shape[1],)))
    return Alternatives((_shaped_like(maps[0, :, 0], right), array(occurrence.bound()["grad_output"])))


@misconception(
    id="db-mean",
    operations=gradients("bias", *_ALL),
    equals="dL/dO is averaged over the cells",
    repair="Sum dL/dO over all cells; do not average it.",
)
def _mean(occurrence: Occurrence) -> Any:
    cells = _maps(occurrence).shape[2]
    needs(cells > 1)
    return occurrence.changed(grad_output=array(occurrence.bound()["grad_output"]) / cells)


@misconception(
    id="grad-batch-mean",
    operations=(
        *gradients("weight", *CONVOLUTIONS),
        *gradients("bias", *CONVOLUTIONS),
        "linear_grad_weight",
        "linear_grad_bias",
    ),
    equals="the gradients of the samples are averaged here",
    repair="Add the gradients of the samples; a loss that averages has already divided by their number.",
)
def _batch_mean(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    image = np.shape(given["input"])
    if not len(image) == (2 if base(occurrence) == "linear" else 3 if is_signal(occurrence) else 4):
        raise NotApplicableError
    needs(image[0] > 1)
    return occurrence.changed(grad_output=array(given["grad_output"]) / image[0])
