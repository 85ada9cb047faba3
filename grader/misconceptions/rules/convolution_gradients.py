"""The gradient of a convolution with respect to its input: mistakes in taking dL/dO back through the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.operations.convolution import conv2d
from grader.core.support.convolution_plan import Plan
from grader.core.support.inputs import Array
from grader.core.support.windows import effective, pad
from grader.formula.substitution import ChangedCall, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import (
    array,
    base,
    family,
    gradient,
    gradient_of,
    gradients,
    lifted,
    like_input,
    needs,
    slides,
    turned,
)
from grader.misconceptions.support.families import CONVOLUTIONS, EVERY_CONVOLUTION

_CORRELATIONS = ("conv2d", "conv1d", "conv3d")


@misconception(
    id="dx-no-rot",
    operations=gradients("input", *_CORRELATIONS),
    equals="the kernel is not rotated by 180° on the way back to the input",
    repair="Rotate the kernel by 180° for the gradient with respect to the input.",
)
def _not_rotated(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.changed(weight=turned(occurrence.bound()["weight"], occurrence))


@misconception(
    id="dx-valid",
    operations=gradients("input", *CONVOLUTIONS),
    equals="the convolution of the gradient with the rotated kernel is valid, not full",
    repair="Surround the gradient with zeros (full convolution): dL/dX has the size of X.",
)
def _valid(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    spread, reach = _spread(gradient_of(occurrence, p), p), _reach(p)
    needs(any(reach) and all(n > r for n, r in zip(spread.shape[-2:], reach, strict=True)))
    needs(any(side < r for sides, r in zip(p.sides, reach, strict=True) for side in sides))
    return like_input(conv2d(spread, _adjoint(p), dilation=p.dilation, groups=p.groups), occurrence, p)


def _adjoint(p: Plan) -> Array:
    """The kernels of the backward pass: rotated, with input and output channels exchanged within each group."""
    outputs, inputs, kh, kw = p.kernel.shape
    rotated = p.kernel[..., ::-1, ::-1].reshape(p.groups, outputs // p.groups, inputs, kh, kw)
    return rotated.swapaxes(1, 2).reshape(p.groups * inputs, outputs // p.groups, kh, kw)


def _spread(g: Array, p: Plan) -> Array:
    """The gradient with stride - 1 zeros between its cells."""
    height, width = (effective(cells, step) for cells, step in zip(p.out, p.stride, strict=True))
    spread = np.zeros((*g.shape[:2], height, width))
    spread[..., :: p.stride[0], :: p.stride[1]] = g
    return spread


def _reach(p: Plan) -> tuple[int, int]:
    return effective(p.kernel.shape[2], p.dilation[0]) - 1, effective(p.kernel.shape[3], p.dilation[1]) - 1


@misconception(
    id="dx-no-spread",
    operations=gradients("input", *CONVOLUTIONS),
    equals="the stride is left out on the way back to the input",
    repair="Put stride minus one zeros between the cells of the gradient before the full convolution.",
)
def _not_spread(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    needs(p.stride != (1, 1) and not any(map(any, p.sides)))
    full = conv2d(gradient_of(occurrence, p), _adjoint(p), padding=_reach(p), dilation=p.dilation, groups=p.groups)
    return like_input(full, occurrence, p)


@misconception(
    id="dx-no-crop",
    operations=gradients("input", *CONVOLUTIONS),
    equals="the gradient of the padding is kept",
    repair="Crop the padded rows and columns: dL/dX has the size of X.",
    source="paper 002 q2",
)
def _not_cropped(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    needs(any(map(any, p.sides)))
    return occurrence.changed(input=like_input(pad(p.image, p.sides, p.mode), occurrence, p), padding=0)


@misconception(
    id="dx-transpose",
    operations=gradient("conv2d", "input"),
    equals="the kernel is transposed, not rotated by 180°, on the way back to the input",
    repair="Rotate the kernel by 180°: reverse its rows and its columns.",
)
def _transposed(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"])
    needs(slides(occurrence) and weight.shape[-1] == weight.shape[-2])
    return occurrence.changed(weight=turned(np.swapaxes(weight, -1, -2), occurrence))


@misconception(
    id="dx-one-filter",
    operations=gradients("input", *CONVOLUTIONS),
    equals="only the first filter sends its gradient back",
    repair="Sum over all filters: each of them reads the input.",
)
def _one_filter(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    needs(p.kernel.shape[0] > 1)
    weight = array(occurrence.bound()["weight"]).copy()
    weight[1:] = 0.0
    return occurrence.changed(weight=weight)


@misconception(
    id="dx-cell-copied",
    operations=gradients("input", "conv2d", "convolve2d"),
    equals="one cell is computed like its mirror image in the diagonal, row and column of the kernel exchanged",
    repair="Check which kernel cells meet this input cell.",
    source="paper 000 q4",
)
def _cell_copied(occurrence: Occurrence) -> Any:
    """One cell computed with the kernel transposed, or copied from the cell mirrored in the diagonal."""
    right = array(occurrence.right())
    needs(slides(occurrence) and right.ndim == 2 and right.size <= 20)
    given = occurrence.bound()
    kernel, choices = array(given["weight"]), []
    if kernel.ndim == 2 and kernel.shape[0] == kernel.shape[1]:
        other = array(occurrence.value_of(occurrence.changed(weight=kernel.T)))
        choices += [_with(right, (i, j), other[i, j]) for i, j in np.ndindex(*right.shape)]
    side = min(right.shape)
    choices += [_with(right, (i, j), right[j, i]) for i, j in np.ndindex(side, side)]
    return family(choices, right)


def _with(values: Array, at: tuple[int, ...], value: Any) -> Array:
    changed = values.copy()
    changed[at] = value
    return changed


@misconception(
    id="role-swap-input",
    operations=gradients("input", *EVERY_CONVOLUTION),
    equals="the gradient of the kernel is given in place of that of the input",
    repair="Give the gradient that has the shape of the input.",
    source="paper 000 q4",
)
def _kernel_gradient(occurrence: Occurrence) -> Any:
    return ChangedCall(gradient(base(occurrence), "weight"), occurrence.bound())
