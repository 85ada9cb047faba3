"""Windows as columns: `unfold` and `fold` with their gradients, and convolution as one matrix, `conv_matrix`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    Padding,
    Sides,
    Size,
    as_array,
    check_rank,
    check_room,
    entries,
    is_sequence,
    per_axis,
    whole,
)
from grader.core.support.windows import (
    Margins,
    Slices,
    axis_margins,
    check_image,
    inner,
    lifted,
    output_size,
    pad,
    padded_size,
    taps,
)


class _Windows(NamedTuple):
    """A checked set of windows over an image (N, C, H, W)."""

    shape: Sides
    kernel: Sides
    stride: Sides
    dilation: Sides
    sides: Margins
    out: Sides

    @property
    def taps(self) -> list[Slices]:
        return list(taps(self.kernel, self.out, self.stride, self.dilation))

    def columns(self, image: Array) -> Array:
        """(N, C kh kw, L): the cells of each window as a column."""
        x = pad(image, self.sides)
        samples, channels = self.shape[:2]
        check_room((samples, channels, math.prod(self.kernel), math.prod(self.out)))
        found = np.stack([x[at] for at in self.taps], axis=2)
        return found.reshape(samples, channels * math.prod(self.kernel), math.prod(self.out))

    def added(self, columns: Array) -> Array:
        """(N, C, H, W): columns added up where their cells come from."""
        samples, channels, *size = self.shape
        shape = (samples, channels, *padded_size(tuple(size), self.sides))
        check_room(shape)
        total = np.zeros(shape)
        split = columns.reshape(samples, channels, math.prod(self.kernel), *self.out)
        for number, at in enumerate(self.taps):
            total[at] += split[:, :, number]
        return np.ascontiguousarray(total[inner(self.sides, self.shape[2:])])


def _windows(shape: Sides, kernel_size: Size, dilation: Size, padding: Padding, stride: Size) -> _Windows:
    kernel, step = per_axis(kernel_size, 2, "kernel_size"), per_axis(dilation, 2, "dilation")
    strides, size = per_axis(stride, 2, "stride"), shape[2:]
    sides = axis_margins(padding, size, kernel, strides, step)
    out = output_size(padded_size(size, sides), kernel, strides, step)
    return _Windows(shape, kernel, strides, step, sides, out)


class _Unfolded(NamedTuple):
    image: Array
    windows: _Windows
    image_shape: Sides

    @property
    def output_shape(self) -> Sides:
        length = math.prod(self.windows.out)
        return (*self.image_shape[:-3], self.windows.shape[1] * math.prod(self.windows.kernel), length)


def _unfold(input: ArrayLike, kernel_size: Size, dilation: Size, padding: Padding, stride: Size) -> _Unfolded:
    image = as_array(input, "input")
    check_image(image, 2)
    x = lifted(image, 2)
    return _Unfolded(x, _windows(x.shape, kernel_size, dilation, padding, stride), image.shape)


@operation(topic="convolution")
def unfold(input: ArrayLike, kernel_size: Size, dilation: Size = 1, padding: Padding = 0, stride: Size = 1) -> Array:
    """The cells of every window as a column (im2col).

    input (H, W), (C, H, W) or (N, C, H, W); the result (C kh kw, L) or (N, C kh kw, L), windows in row-major order. A
    convolution is the product of the flattened kernels with it. padding takes every form that `conv2d` takes.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.unfold.

    >>> unfold([[1, 2, 3], [4, 5, 6]], 2)
    array([[1., 2.],
           [2., 3.],
           [4., 5.],
           [5., 6.]])
    """
    call = _unfold(input, kernel_size, dilation, padding, stride)
    return call.windows.columns(call.image).reshape(call.output_shape)


@gradient(unfold, _unfold)
def unfold_grad_input(g: Array, call: _Unfolded) -> Array:
    """each cell collects from all windows that contain it.

    >>> unfold_grad_input([[1, 1], [1, 1], [1, 1], [1, 1]], [[1, 2, 3], [4, 5, 6]], 2)
    array([[1., 2., 1.],
           [1., 2., 1.]])
    """
    return call.windows.added(g).reshape(call.image_shape)


class _Folded(NamedTuple):
    columns: Array
    windows: _Windows
    columns_shape: Sides

    @property
    def output_shape(self) -> Sides:
        return (*self.columns_shape[:-2], *self.windows.shape[1:])


def _fold(
    input: ArrayLike, output_size: Size, kernel_size: Size, dilation: Size, padding: Padding, stride: Size
) -> _Folded:
    columns = as_array(input, "input")
    check_rank(columns, (2, 3), "input", "(C kh kw, L) or (N, C kh kw, L)")
    size, kernel = per_axis(output_size, 2, "output_size"), per_axis(kernel_size, 2, "kernel_size")
    samples = 1 if columns.ndim == 2 else columns.shape[0]
    per_window, length = columns.shape[-2:]
    count = math.prod(kernel)
    windows = _windows((samples, max(per_window // count, 1), *size), kernel, dilation, padding, stride)
    if per_window % count or length != math.prod(windows.out):
        raise ValueError(
            f"expected {math.prod(windows.out)} columns of a length that {count} divides, "
            f"received input of shape {columns.shape}"
        )
    return _Folded(columns, windows, columns.shape)


@operation(topic="convolution")
def fold(
    input: ArrayLike,
    output_size: Size,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Padding = 0,
    stride: Size = 1,
) -> Array:
    """Adds the columns of windows up to an image of output_size, known as col2im.

    input (C kh kw, L) or (N, C kh kw, L), as `unfold` gives it; the result (C, H, W) or (N, C, H, W). Cells in which
    windows overlap add up, so that it does not undo `unfold`.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.fold.

    >>> fold([[1, 2], [2, 3], [4, 5], [5, 6]], (2, 3), 2)
    array([[[ 1.,  4.,  3.],
            [ 4., 10.,  6.]]])
    """
    call = _fold(input, output_size, kernel_size, dilation, padding, stride)
    return call.windows.added(call.columns).reshape(call.output_shape)


@gradient(fold, _fold)
def fold_grad_input(g: Array, call: _Folded) -> Array:
    """an `unfold` of grad_output.

    >>> fold_grad_input([[[1, 2, 3], [4, 5, 6]]], [[0, 0], [0, 0], [0, 0], [0, 0]], (2, 3), 2)
    array([[1., 2.],
           [2., 3.],
           [4., 5.],
           [5., 6.]])
    """
    return call.windows.columns(g.reshape(call.windows.shape)).reshape(call.columns_shape)


@operation(topic="convolution")
def conv_matrix(weight: ArrayLike, input_shape: int | Sequence[int], stride: Size = 1, padding: Padding = 0) -> Array:
    """The matrix whose product with a flattened image is the convolution of the image, flattened.

    weight (kh, kw) with input_shape (H, W), or (O, C, kh, kw) with (C, H, W); for signals weight (k) with input_shape
    L, or (O, C, k) with (C, L). The matrix has a row per output cell and a column per input cell, both in row-major
    order, channels first; it is a cross-correlation, and its transpose is the transposed convolution.

    Raises ValueError for options, shapes or channels that do not fit. Source: Dumoulin and Visin, "A guide to
    convolution arithmetic" (2016), section 4.1.

    >>> conv_matrix([1, 2], 3)
    array([[1., 2., 0.],
           [0., 1., 2.]])
    >>> conv_matrix([[1, 2], [3, 4]], (2, 3))
    array([[1., 2., 0., 3., 4., 0.],
           [0., 1., 2., 0., 3., 4.]])
    """
    kernels = as_array(weight, "weight")
    check_rank(kernels, (1, 2, 3, 4), "weight", "(kh, kw), (O, C, kh, kw), (k) or (O, C, k)")
    axes = 1 if kernels.ndim in (1, 3) else 2
    given = entries(input_shape) if is_sequence(input_shape) else [input_shape]
    shape = tuple(whole(side, "every size of input_shape", 1) for side in given)
    channels = () if kernels.ndim <= 2 else kernels.shape[1:2]
    if len(shape) != axes + len(channels) or shape[: len(channels)] != channels:
        raise ValueError(
            f"expected input_shape {(*channels, *'HW'[-axes:])} for weight {kernels.shape}, received {shape}"
        )
    w = lifted(kernels, axes)
    size, kernel = shape[len(channels) :], w.shape[2:]
    strides, ones = per_axis(stride, axes, "stride"), (1,) * axes
    sides = axis_margins(padding, size, kernel, strides, ones)
    return _matrix(w, size, strides, sides)


def _matrix(w: Array, size: Sides, stride: Sides, sides: Margins) -> Array:
    """Each input cell's number, padded with -1, taken where each kernel cell meets it."""
    kernel, inputs = w.shape[2:], w.shape[1] * math.prod(size)
    reach = padded_size(size, sides)
    if any(k > n for k, n in zip(kernel, reach, strict=True)):
        raise ValueError(f"expected a kernel that fits into the padded size {reach}, received one of {kernel}")
    out = tuple((n - k) // s + 1 for n, k, s in zip(reach, kernel, stride, strict=True))
    check_room((w.shape[0], math.prod(out), inputs))
    numbers = pad(np.arange(float(inputs)).reshape(1, w.shape[1], *size), sides, fill=-1.0).astype(np.intp)
    matrix = np.zeros((w.shape[0], math.prod(out), inputs + 1))
    rows = np.arange(math.prod(out))[None, :]
    flat = w.reshape(*w.shape[:2], -1)
    for number, at in enumerate(taps(kernel, out, stride, (1,) * len(kernel))):
        columns = numbers[at][0].reshape(w.shape[1], -1)
        matrix[:, rows, columns] += flat[:, :, number, None]
    # the last column collected the entries for padding
    return np.ascontiguousarray(matrix[..., :-1]).reshape(-1, inputs)
