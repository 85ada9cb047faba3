"""Pooling of signals and of volumes: `max_pool1d`, `avg_pool1d`, `max_pool3d` and `avg_pool3d` with their gradients."""

from __future__ import annotations

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Padding, Size
from grader.core.support.pools import Average, Pool, average, largest, pool, to_winners


def _maximum1d(
    input: ArrayLike, kernel_size: Size, stride: Size | None, padding: Padding, dilation: Size, ceil_mode: bool
) -> Pool:
    return pool(input, 1, kernel_size, stride, padding, dilation, ceil_mode)


@operation(topic="pooling")
def max_pool1d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """The largest entry of each window of a signal.

    input (L), (C, L) or (N, C, L); stride is kernel_size where it is None. Padding counts as minus infinity. With
    ceil_mode a last, incomplete window is kept if it starts inside the signal or the padding before it. NaN stays NaN.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.max_pool1d.

    >>> max_pool1d([1, 5, 2, 0, 3, 4], 2)
    array([5., 2., 4.])
    """
    return largest(_maximum1d(input, kernel_size, stride, padding, dilation, ceil_mode))


@gradient(max_pool1d, _maximum1d)
def max_pool1d_grad_input(g: Array, p: Pool) -> Array:
    """each window hands its gradient to its maximum.

    Of several equal maxima the first gets all of it; overlapping windows add up.

    >>> max_pool1d_grad_input([7, 9, 1], [1, 5, 2, 0, 3, 4], 2)
    array([0., 7., 9., 0., 0., 1.])
    """
    return to_winners(g, p)


def _average1d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None,
    padding: Padding,
    ceil_mode: bool,
    count_include_pad: bool,
) -> Average:
    return average(pool(input, 1, kernel_size, stride, padding, 1, ceil_mode), count_include_pad)


@operation(topic="pooling")
def avg_pool1d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """The mean of each window of a signal.

    input (L), (C, L) or (N, C, L); stride is kernel_size where it is None. Padding counts as zeros, which take part in
    the divisor unless count_include_pad is False; entries that only ceil_mode reaches never do.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.avg_pool1d.

    >>> avg_pool1d([1, 5, 2, 0, 3, 4], 2)
    array([3. , 1. , 3.5])
    """
    return _average1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad).result()


@gradient(avg_pool1d, _average1d)
def avg_pool1d_grad_input(g: Array, call: Average) -> Array:
    """each window shares its gradient equally.

    >>> avg_pool1d_grad_input([8, 4, 2], [1, 5, 2, 0, 3, 4], 2)
    array([4., 4., 2., 2., 1., 1.])
    """
    return call.gradient(g)


def _maximum3d(
    input: ArrayLike, kernel_size: Size, stride: Size | None, padding: Padding, dilation: Size, ceil_mode: bool
) -> Pool:
    return pool(input, 3, kernel_size, stride, padding, dilation, ceil_mode)


@operation(topic="pooling")
def max_pool3d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """The largest cell of each window of a volume.

    input (D, H, W), (C, D, H, W) or (N, C, D, H, W); otherwise as `max_pool2d`, with three numbers for three axes.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.max_pool3d.

    >>> max_pool3d([[[1, 5], [2, 0]], [[3, 4], [8, 6]]], 2)
    array([[[8.]]])
    """
    return largest(_maximum3d(input, kernel_size, stride, padding, dilation, ceil_mode))


@gradient(max_pool3d, _maximum3d)
def max_pool3d_grad_input(g: Array, p: Pool) -> Array:
    """each window hands its gradient to its maximum.

    Of several equal maxima the first in row-major order gets all of it; overlapping windows add up.

    >>> max_pool3d_grad_input([[[7]]], [[[1, 5], [2, 0]], [[3, 4], [8, 6]]], 2).tolist()
    [[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [7.0, 0.0]]]
    """
    return to_winners(g, p)


def _average3d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None,
    padding: Padding,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Average:
    return average(pool(input, 3, kernel_size, stride, padding, 1, ceil_mode), count_include_pad, divisor_override)


@operation(topic="pooling")
def avg_pool3d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """The mean of each window of a volume.

    input (D, H, W), (C, D, H, W) or (N, C, D, H, W); otherwise as `avg_pool2d`, with three numbers for three axes.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.avg_pool3d.

    >>> avg_pool3d([[[1, 5], [2, 0]], [[3, 4], [8, 9]]], 2)
    array([[[4.]]])
    """
    return _average3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override).result()


@gradient(avg_pool3d, _average3d)
def avg_pool3d_grad_input(g: Array, call: Average) -> Array:
    """each window shares its gradient equally.

    >>> avg_pool3d_grad_input([[[8]]], [[[1, 5], [2, 0]], [[3, 4], [8, 9]]], 2).tolist()
    [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]]
    """
    return call.gradient(g)
