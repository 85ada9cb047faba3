"""The gradient of a convolution with respect to its input: how dL/dO goes back through the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.operations.convolution import conv2d
from grader.core.support.padding import effective, pad
from grader.core.support.plan import Plan
from grader.formula.substitution import Again, Occurrence
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import (
    Array,
    array,
    called,
    family,
    gradient_of,
    lifted,
    like_input,
    needs,
    slides,
    turned,
)

_CORRELATIONS = ("conv2d", "conv1d")


def _not_rotated(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.again(weight=turned(occurrence.bound()["weight"], occurrence))


def _transposed(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"])
    needs(slides(occurrence) and weight.shape[-1] == weight.shape[-2])
    return occurrence.again(weight=turned(np.swapaxes(weight, -1, -2), occurrence))


def _adjoint(p: Plan) -> Array:
    """The kernels of the backward pass: rotated, inputs and outputs exchanged within each group."""
    outputs, inputs, kh, kw = p.kernel.shape
    rotated = p.kernel[..., ::-1, ::-1].reshape(p.groups, outputs // p.groups, inputs, kh, kw)
    return rotated.swapaxes(1, 2).reshape(p.groups * inputs, outputs // p.groups, kh, kw)


def _spread(g: Array, p: Plan) -> Array:
    """The gradient with the zeros between its cells that the stride asks for."""
    height, width = (effective(cells, step) for cells, step in zip(p.out, p.stride, strict=True))
    spread = np.zeros((*g.shape[:2], height, width))
    spread[..., :: p.stride[0], :: p.stride[1]] = g
    return spread


def _reach(p: Plan) -> tuple[int, int]:
    return effective(p.kernel.shape[2], p.dilation[0]) - 1, effective(p.kernel.shape[3], p.dilation[1]) - 1


def _valid(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    spread, reach = _spread(gradient_of(occurrence, p), p), _reach(p)
    needs(any(reach) and all(n > r for n, r in zip(spread.shape[-2:], reach, strict=True)))
    needs(any(side < r for sides, r in zip(p.sides, reach, strict=True) for side in sides))
    return like_input(conv2d(spread, _adjoint(p), dilation=p.dilation, groups=p.groups), occurrence, p)


def _not_spread(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    needs(p.stride != (1, 1) and not any(map(any, p.sides)))
    full = conv2d(gradient_of(occurrence, p), _adjoint(p), padding=_reach(p), dilation=p.dilation, groups=p.groups)
    return like_input(full, occurrence, p)


def _not_cropped(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    needs(any(map(any, p.sides)))
    return occurrence.again(input=like_input(pad(p.image, p.sides, p.mode), occurrence, p), padding=0)


def _one_filter(occurrence: Occurrence) -> Any:
    p = lifted(occurrence)
    needs(p.kernel.shape[0] > 1)
    weight = array(occurrence.bound()["weight"]).copy()
    weight[1:] = 0.0
    return occurrence.again(weight=weight)


def _cell_copied(occurrence: Occurrence) -> Any:
    """One cell with the kernel's row and column exchanged, or with the value of the cell mirrored in the diagonal."""
    right = array(occurrence.right())
    needs(slides(occurrence) and right.ndim == 2 and right.size <= 20)
    given = occurrence.bound()
    kernel, choices = array(given["weight"]), []
    if kernel.ndim == 2 and kernel.shape[0] == kernel.shape[1]:
        other = array(occurrence.value_of(occurrence.again(weight=kernel.T)))
        choices += [_with(right, (i, j), other[i, j]) for i, j in np.ndindex(*right.shape)]
    side = min(right.shape)
    choices += [_with(right, (i, j), right[j, i]) for i, j in np.ndindex(side, side)]
    return family(choices, right)


def _with(values: Array, at: tuple[int, ...], value: Any) -> Array:
    changed = values.copy()
    changed[at] = value
    return changed


def _kernel_gradient(occurrence: Occurrence) -> Any:
    return Again(occurrence.operation.replace("_grad_input", "_grad_weight"), occurrence.bound())


RULES: tuple[Misconception, ...] = (
    misconception(
        "dx-no-rot",
        called("input", _CORRELATIONS),
        _not_rotated,
        "the kernel is not rotated by 180° on the way back to the input",
        "Rotate the kernel by 180° for the gradient with respect to the input.",
    ),
    misconception(
        "dx-valid",
        called("input"),
        _valid,
        "the convolution of the gradient with the rotated kernel is valid, not full",
        "Surround the gradient with zeros (full convolution): dL/dX has the size of X.",
    ),
    misconception(
        "dx-no-spread",
        called("input"),
        _not_spread,
        "the stride is left out on the way back to the input",
        "Put stride minus one zeros between the cells of the gradient before the full convolution.",
    ),
    misconception(
        "dx-no-crop",
        called("input"),
        _not_cropped,
        "the gradient of the padding is kept",
        "Crop the padded rows and columns: dL/dX has the size of X.",
        "paper 002 q2",
    ),
    misconception(
        "dx-transpose",
        called("input", _CORRELATIONS[:1]),
        _transposed,
        "the kernel is transposed, not rotated by 180°, on the way back to the input",
        "Rotate the kernel by 180°: reverse its rows and its columns.",
    ),
    misconception(
        "dx-one-filter",
        called("input"),
        _one_filter,
        "only the first filter sends its gradient back",
        "Sum over all filters: each of them reads the input.",
    ),
    misconception(
        "dx-cell-copied",
        called("input", ("conv2d", "convolve2d")),
        _cell_copied,
        "one cell is computed like its mirror image in the diagonal, row and column of the kernel exchanged",
        "Check which kernel cells meet this input cell.",
        "paper 000 q4",
    ),
    misconception(
        "role-swap-input",
        called("input"),
        _kernel_gradient,
        "the gradient of the kernel is given in place of that of the input",
        "Give the gradient that has the shape of the input.",
        "paper 000 q4",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
