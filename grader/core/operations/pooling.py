"""Pooling of images, signals and volumes, each with its gradient: the maximum, the mean and the power mean."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Padding, Sides, Size, real
from grader.core.support.pools import Average, Pool, average, divisors, largest, pool, spread, sums, to_winners


def _maximum2d(
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
    return largest(_maximum2d(input, kernel_size, stride, padding, dilation, ceil_mode))


@gradient(max_pool2d, _maximum2d)
def max_pool2d_grad_input(g: Array, p: Pool) -> Array:
    """each window hands its gradient to its maximum.

    Of several equal maxima the first in row-major order gets all of it; overlapping windows add up.

    >>> max_pool2d_grad_input([[7, 9]], [[1, 5, 8, 0], [3, 5, 8, 6]], 2)
    array([[0., 7., 9., 0.],
           [0., 0., 0., 0.]])
    """
    return to_winners(g, p)


def _average2d(
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
    return _average2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override).result()


@gradient(avg_pool2d, _average2d)
def avg_pool2d_grad_input(g: Array, call: Average) -> Array:
    """each window shares its gradient equally.

    >>> avg_pool2d_grad_input([[8, 4]], [[1, 5, 2, 0], [3, 3, 8, 6]], 2)
    array([[2., 2., 1., 1.],
           [2., 2., 1., 1.]])
    """
    return call.gradient(g)


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


class _Power(NamedTuple):
    """A checked pooling, its power, and the sums of powers, those of incomplete windows made up to whole ones."""

    pool: Pool
    norm: float
    scale: Array
    total: Array

    @property
    def output_shape(self) -> Sides:
        return self.pool.output_shape


def _power(input: ArrayLike, norm_type: float, kernel_size: Size, stride: Size | None, ceil_mode: bool) -> _Power:
    p, norm = pool(input, 2, kernel_size, stride, 0, 1, ceil_mode), real(norm_type, "norm_type")
    if norm == 0:
        raise ValueError("expected norm_type to be other than 0, received 0")
    scale = p.kernel[0] * p.kernel[1] / divisors(p, True, None)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _Power(p, norm, scale, sums(p, p.image**norm) * scale)


@operation(topic="pooling")
def lp_pool2d(
    input: ArrayLike,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Array:
    """The power mean of each window without its divisor: (sum of x^p)^(1/p), with p = norm_type.

    input (H, W), (C, H, W) or (N, C, H, W); stride is kernel_size where it is None. p = 1 is the sum, a large p comes
    near the maximum of positive cells. The sum of an incomplete window, which ceil_mode keeps, is scaled to that of a
    whole one.

    Negative cells under a fractional p, and a negative sum that has no p-th root, give NaN.

    Raises ValueError for options that do not fit and a norm_type of 0. Source: torch.nn.functional.lp_pool2d.

    >>> lp_pool2d([[3, 4, 0, 5], [0, 0, 0, 12]], 2, 2)
    array([[ 5., 13.]])
    """
    call = _power(input, norm_type, kernel_size, stride, ceil_mode)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.asarray(call.total ** (1 / call.norm)).reshape(call.output_shape)


@gradient(lp_pool2d, _power)
def lp_pool2d_grad_input(g: Array, call: _Power) -> Array:
    """each cell gets that of its window times (x / result)^(p-1).

    A window whose cells are all 0 has no gradient and passes on 0.

    >>> lp_pool2d_grad_input([[5]], [[3, 4], [0, 0]], 2, 2)
    array([[3., 4.],
           [0., 0.]])
    """
    p, norm = call.pool, call.norm
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(call.total == 0, 0.0, call.total ** (1 / norm - 1))
        inside = p.crop(spread(p.lifted(g) * slope * call.scale, p))
        return np.asarray(inside * p.image.reshape(p.image_shape) ** (norm - 1))
