"""The positions of maxima, and putting them back: `max_pool2d_indices` and `max_unpool2d`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    Padding,
    Size,
    as_array,
    check_room,
    entries,
    is_sequence,
    per_axis,
    shown,
    whole,
)
from grader.core.support.pools import pool, winners
from grader.core.support.windows import check_image, lifted, starts


@operation(topic="pooling", stepped=True)
def max_pool2d_indices(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> NDArray[np.intp]:
    """The index of the maximum of each window of `max_pool2d`: row times width plus column, within its channel.

    input (H, W), (C, H, W) or (N, C, H, W); the other arguments are those of `max_pool2d`. Of several equal maxima it
    is the first in row-major order; -1 for a window that lies in the padding.

    Raises ValueError as `max_pool2d` does. Source: torch.nn.functional.max_pool2d with return_indices.

    >>> max_pool2d_indices([[1, 5, 2, 0], [3, 4, 8, 6]], 2)
    array([[1, 6]])
    """
    p = pool(input, 2, kernel_size, stride, padding, dilation, ceil_mode)
    first = winners(p)
    down, along = np.divmod(first, p.kernel[1])
    rows = starts(p.out[0], p.stride[0])[:, None] - p.sides[0][0] + down * p.dilation[0]
    columns = starts(p.out[1], p.stride[1]) - p.sides[1][0] + along * p.dilation[1]
    return np.where(first < 0, -1, rows * p.size[1] + columns).reshape(p.output_shape)


class _Unpool(NamedTuple):
    """A checked unpooling: the cells (N C, n), where each goes, and the size of what they go to."""

    cells: Array
    places: NDArray[np.intp]
    out: tuple[int, int]
    image_shape: tuple[int, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (*self.image_shape[:-2], *self.out)


def _unpool(
    input: ArrayLike,
    indices: ArrayLike,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    output_size: Sequence[int] | None,
) -> _Unpool:
    image, places = as_array(input, "input"), as_array(indices, "indices")
    check_image(image, 2)
    if places.shape != image.shape:
        raise ValueError(f"expected indices of the input's shape {image.shape}, received shape {places.shape}")
    x = lifted(image, 2)
    kernel, sides = per_axis(kernel_size, 2, "kernel_size"), per_axis(padding, 2, "padding", 0)
    strides = kernel if stride is None else per_axis(stride, 2, "stride")
    default = [(n - 1) * s - 2 * p + k for n, s, p, k in zip(x.shape[2:], strides, sides, kernel, strict=True)]
    height, width = default if output_size is None else _wanted(output_size, default, strides)
    if min(height, width) < 1:
        raise ValueError(f"expected an output of at least one cell, received padding that leaves {height}x{width}")
    check_room((*x.shape[:2], height, width))
    whole_numbers = places.astype(np.intp)
    if (whole_numbers != places).any() or whole_numbers.min() < 0 or whole_numbers.max() >= height * width:
        raise ValueError(f"expected indices that are whole numbers from 0 to {height * width - 1}, received others")
    cells = x.shape[0] * x.shape[1]
    return _Unpool(x.reshape(cells, -1), whole_numbers.reshape(cells, -1), (height, width), image.shape)


def _wanted(output_size: Sequence[int], default: list[int], strides: tuple[int, ...]) -> list[int]:
    """The sizes of a shape, each within a stride of what the pooling would have had as its smallest input."""
    given = entries(output_size) if is_sequence(output_size) else []
    numbers = [whole(side, "output_size", 1) for side in given][-2:]
    fits = len(numbers) == 2 and all(n - s < side < n + s for side, n, s in zip(numbers, default, strides, strict=True))
    if not fits:
        raise ValueError(
            f"expected an output_size within a stride of {default[0]}x{default[1]}, received {shown(output_size)}"
        )
    return numbers


@operation(topic="pooling")
def max_unpool2d(
    input: ArrayLike,
    indices: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Sequence[int] | None = None,
) -> Array:
    """Puts cells back to where `max_pool2d` found them; zeros elsewhere.

    input and indices (H, W), (C, H, W) or (N, C, H, W), indices as `max_pool2d_indices` gives them; stride is
    kernel_size where it is None. An axis of n cells becomes (n-1) stride - 2 padding + kernel_size, or what output_size
    says. If two cells have the same index, the later one wins.

    Raises ValueError for options that do not fit and for indices outside the output. Source:
    torch.nn.functional.max_unpool2d.

    >>> max_unpool2d([[5, 8]], [[1, 6]], 2)
    array([[0., 5., 0., 0.],
           [0., 0., 8., 0.]])
    """
    call = _unpool(input, indices, kernel_size, stride, padding, output_size)
    result = np.zeros((len(call.cells), call.out[0] * call.out[1]))
    np.put_along_axis(result, call.places, call.cells, axis=1)
    return result.reshape(call.output_shape)


@gradient(max_unpool2d, _unpool)
def max_unpool2d_grad_input(g: Array, call: _Unpool) -> Array:
    """each cell takes the gradient from where it was put.

    >>> max_unpool2d_grad_input([[1, 2, 3, 4], [5, 6, 7, 8]], [[5, 8]], [[1, 6]], 2)
    array([[2., 7.]])
    """
    flat = g.reshape(len(call.cells), -1)
    return np.take_along_axis(flat, call.places, axis=1).reshape(call.image_shape)
