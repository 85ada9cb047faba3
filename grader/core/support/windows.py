"""The windows that convolution and pooling share: one strided view, and the sum back onto the image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.core.support.inputs import Array, Pair
from grader.core.support.padding import check_taps, effective


def output_size(padded: Pair, kernel: Pair, stride: Pair, dilation: Pair) -> Pair:
    """How many windows fit on each axis; a kernel larger than the padded image raises ValueError."""
    covered = (effective(kernel[0], dilation[0]), effective(kernel[1], dilation[1]))
    if covered[0] > padded[0] or covered[1] > padded[1]:
        raise ValueError(
            f"expected a kernel that fits into the padded image of {padded[0]}x{padded[1]} cells, "
            f"received one that covers {covered[0]}x{covered[1]}"
        )
    return (padded[0] - covered[0]) // stride[0] + 1, (padded[1] - covered[1]) // stride[1] + 1


def windows(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """A view (..., H', W', kh, kw) of all windows of an array (..., H, W); nothing is copied.

    >>> windows(np.arange(12.0).reshape(3, 4), (2, 2), (1, 2), (1, 1)).shape
    (2, 2, 2, 2)
    """
    covered = (effective(kernel[0], dilation[0]), effective(kernel[1], dilation[1]))
    view = np.lib.stride_tricks.sliding_window_view(x, covered, axis=(-2, -1))
    return view[..., :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def taps(kernel: Pair, out: Pair, stride: Pair, dilation: Pair) -> Iterator[tuple[int, int, slice, slice]]:
    """Each kernel cell (u, v) with the rows and columns of the padded image that it meets.

    Raises ValueError for kernels of so many cells that going through them would take long.
    """
    check_taps(kernel)
    for u in range(kernel[0]):
        rows = slice(u * dilation[0], u * dilation[0] + (out[0] - 1) * stride[0] + 1, stride[0])
        for v in range(kernel[1]):
            columns = slice(v * dilation[1], v * dilation[1] + (out[1] - 1) * stride[1] + 1, stride[1])
            yield u, v, rows, columns
