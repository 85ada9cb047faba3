"""`max_pool2d` and `avg_pool2d` with their gradients."""

from __future__ import annotations

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Padding, Size
from grader.core.support.pools import Average, Pool, average, largest, pool, to_winners


def _maximum(
    input: ArrayLike, kernel_size: Size, stride: Size | None, padding: Padding, dilation: Size, ceil_mode: bool
) -> Pool:
    return pool(input, 2, kernel_size, stride, padding, dilation, ceil_mode)


@operation(topic="pooling")
def max_pool2d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """The largest cell of each window.

    input (H, W), (C, H, W) or (N, C, H, W); stride is kernel_size where it is None. Padding counts as minus infinity,
    takes every form that `conv2d` takes, and may exceed half the window. With ceil_mode a last, incomplete window is
    kept if it starts inside the image or the padding before it. NaN stays NaN.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.max_pool2d.

    >>> max_pool2d([[1, 5, 2, 0], [3, 4, 8, 6]], 2)
    array([[5., 8.]])
    """
    return largest(_maximum(input, kernel_size, stride, padding, dilation, ceil_mode))


@gradient(max_pool2d, _maximum)
def max_pool2d_grad_input(g: Array, p: Pool) -> Array:
    """each window hands its gradient to its maximum.

    Of several equal maxima the first in row-major order gets all of it; overlapping windows add up.

    >>> max_pool2d_grad_input([[7, 9]], [[1, 5, 8, 0], [3, 5, 8, 6]], 2)
    array([[0., 7., 9., 0.],
           [0., 0., 0., 0.]])
    """
    return to_winners(g, p)


def _average(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None,
    padding: Padding,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Average:
    return average(pool(input, 2, kernel_size, stride, padding, 1, ceil_mode), count_include_pad, divisor_override)


@operation(topic="pooling")
def avg_pool2d(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """The mean of each window.

    input (H, W), (C, H, W) or (N, C, H, W); stride is kernel_size where it is None. Padding counts as zeros, takes
    every form that `conv2d` takes, and may exceed half the window. The divisor is the number of cells of the window,
    padding included unless count_include_pad is False; cells that only ceil_mode reaches never count;
    divisor_override replaces it.

    Raises ValueError for options that do not fit. Source: torch.nn.functional.avg_pool2d.

    >>> avg_pool2d([[1, 5, 2, 0], [3, 3, 8, 6]], 2)
    array([[3., 4.]])
    """
    return _average(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override).result()


@gradient(avg_pool2d, _average)
def avg_pool2d_grad_input(g: Array, call: Average) -> Array:
    """each window shares its gradient equally.

    >>> avg_pool2d_grad_input([[8, 4]], [[1, 5, 2, 0], [3, 3, 8, 6]], 2)
    array([[2., 2., 1., 1.],
           [2., 2., 1., 1.]])
    """
    return call.gradient(g)
