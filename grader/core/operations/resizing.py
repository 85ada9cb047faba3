"""Resizing: `interpolate` and `adaptive_avg_pool2d` with their gradients, both computed by one matrix per axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    Size,
    as_array,
    check_room,
    entries,
    is_sequence,
    one_of,
    per_axis,
    real,
    shown,
    switch,
    whole,
)
from grader.core.support.windows import check_image

_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}
_MODES = ("nearest", *_LINEAR)


class _Resized(NamedTuple):
    """A checked resizing: the array, and the matrix (outputs, inputs) of each of its last axes."""

    image: Array
    matrices: tuple[Array, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (*self.image.shape[: -len(self.matrices)], *(len(matrix) for matrix in self.matrices))

    def result(self) -> Array:
        return _along_axes(self.image, self.matrices)

    def gradient(self, g: Array) -> Array:
        return _along_axes(g, [matrix.T for matrix in self.matrices])


def _along_axes(x: Array, matrices: Sequence[Array]) -> Array:
    """The array with one matrix applied along each of its last axes.

    >>> _along_axes(np.arange(4.0).reshape(2, 2), [np.ones((1, 2)), np.eye(2)])
    array([[2., 4.]])
    """
    lead = x.ndim - len(matrices)
    check_room((*x.shape[:lead], *(len(matrix) for matrix in matrices)))
    for axis, matrix in enumerate(matrices, lead):
        x = np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(x)


def _nearest(size: int, out: int, factor: float | None) -> Array:
    """Each output takes the input at floor(index * size / out), in single precision as PyTorch computes it."""
    scale = np.float32(1 / factor) if factor is not None else np.float32(size) / np.float32(out)
    places = np.minimum((np.arange(out, dtype=np.float32) * scale).astype(np.intp), size - 1)
    if out == size:
        places = np.arange(size)
    if out == 2 * size:
        places = np.arange(out) // 2
    result = np.zeros((out, size))
    result[np.arange(out), places] = 1.0
    return result


def _linear(size: int, out: int, factor: float | None, align_corners: bool) -> Array:
    """Each output takes its two neighbours among the inputs, by distance."""
    if align_corners:
        places = np.arange(out) * ((size - 1) / (out - 1) if out > 1 else 0.0)
    else:
        places = np.maximum((np.arange(out) + 0.5) * (1 / factor if factor is not None else size / out) - 0.5, 0.0)
    left = np.minimum(places.astype(np.intp), size - 1)
    right = np.minimum(left + 1, size - 1)
    share = np.clip(places - left, 0.0, 1.0)
    result = np.zeros((out, size))
    rows = np.arange(out)
    result[rows, left] = 1 - share
    result[rows, right] += share
    return result if out != size else np.eye(size)


def _resize(
    input: ArrayLike,
    size: Size | None,
    scale_factor: float | Sequence[float] | None,
    mode: str,
    align_corners: bool | None,
) -> _Resized:
    image, word = as_array(input, "input"), one_of(mode, "mode", _MODES)
    axes = _LINEAR.get(word, 3 if image.ndim == 5 else 2)
    check_image(image, axes)
    if (size is None) == (scale_factor is None):
        raise ValueError(f"expected either size or scale_factor, received {shown(size)} and {shown(scale_factor)}")
    if word == "nearest" and align_corners is not None:
        raise ValueError(f"expected no align_corners with mode nearest, received {shown(align_corners)}")
    corners = align_corners is not None and switch(align_corners, "align_corners")
    inputs = image.shape[-axes:]
    factors: list[float | None] = [None] * axes
    if size is not None:
        outputs = per_axis(size, axes, "size")
    else:
        given = entries(scale_factor) if is_sequence(scale_factor) else [scale_factor] * axes
        if len(given) != axes:
            raise ValueError(f"expected scale_factor to be a number or {axes} of them, received {len(given)} entries")
        exact = [real(factor, "scale_factor", 1e-6, 1e6) for factor in given]
        sides = zip(inputs, exact, strict=True)
        outputs = tuple(whole(math.floor(n * factor), "the size after scale_factor", 1) for n, factor in sides)
        factors = [*exact]
    check_room((*image.shape[:-axes], *outputs))
    each = zip(inputs, outputs, factors, strict=True)
    for n, out in zip(inputs, outputs, strict=True):
        check_room((n, out))
    if word == "nearest":
        return _Resized(image, tuple(_nearest(*axis) for axis in each))
    return _Resized(image, tuple(_linear(*axis, corners) for axis in each))


@operation(topic="resampling")
def interpolate(
    input: ArrayLike,
    size: Size | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Array:
    """Gives images another size: `size` cells, or floor(cells * scale_factor).

    input (H, W), (C, H, W) or (N, C, H, W); with mode "linear" (L), (C, L) or (N, C, L); with "trilinear" (D, H, W) and
    so on. "nearest" repeats the cell at floor(index * cells before / cells after); "bilinear" weighs the two neighbours
    on each axis, whose centres are at (index + 1/2) cells before / cells after - 1/2, or, with align_corners, so that
    the outer cells keep their places.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.interpolate.

    >>> interpolate([[1, 3]], scale_factor=2, mode="bilinear")
    array([[1. , 1.5, 2.5, 3. ],
           [1. , 1.5, 2.5, 3. ]])
    >>> interpolate([[1, 3]], (1, 3), mode="bilinear", align_corners=True)
    array([[1., 2., 3.]])
    """
    return _resize(input, size, scale_factor, mode, align_corners).result()


@gradient(interpolate, _resize)
def interpolate_grad_input(g: Array, call: _Resized) -> Array:
    """each cell collects from the cells that it was used for, with the same weights.

    >>> interpolate_grad_input([[1, 2, 3, 4]], [[1, 3]], (1, 4))
    array([[3., 7.]])
    """
    return call.gradient(g)


def _adaptive(input: ArrayLike, output_size: object) -> _Resized:
    image = as_array(input, "input")
    check_image(image, 2)
    wanted = entries(output_size) if is_sequence(output_size) else [output_size] * 2
    if len(wanted) != 2:
        raise ValueError(f"expected output_size to be a whole number or a pair of them, received {len(wanted)} entries")
    matrices = []
    for n, side in zip(image.shape[-2:], wanted, strict=True):
        out = n if side is None else whole(side, "output_size", 1)
        check_room((out, n))
        first, last = np.arange(out) * n // out, -(-(np.arange(out) + 1) * n // out)
        cells = np.arange(n)
        inside = (first[:, None] <= cells) & (cells < last[:, None])
        matrices.append(inside / (last - first)[:, None])
    return _Resized(image, tuple(matrices))


@operation(topic="pooling")
def adaptive_avg_pool2d(input: ArrayLike, output_size: Size | Sequence[int | None]) -> Array:
    """The means of windows that are chosen to give output_size.

    input (H, W), (C, H, W) or (N, C, H, W); output_size is a number, or (height, width), of which None keeps a side. Of
    n cells in m windows, window i reaches from floor(i n / m) to ceil((i + 1) n / m), so that windows may overlap.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.adaptive_avg_pool2d.

    >>> adaptive_avg_pool2d([[1, 2, 6], [3, 4, 6]], (1, 2))
    array([[2.5, 4.5]])
    """
    return _adaptive(input, output_size).result()


@gradient(adaptive_avg_pool2d, _adaptive)
def adaptive_avg_pool2d_grad_input(g: Array, call: _Resized) -> Array:
    """each window shares its gradient equally.

    >>> adaptive_avg_pool2d_grad_input([[4, 8]], [[1, 2, 6], [3, 4, 6]], (1, 2))
    array([[1., 3., 2.],
           [1., 3., 2.]])
    """
    return call.gradient(g)
