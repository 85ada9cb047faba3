"""`max_pool2d` and `avg_pool2d` with their gradients, on the windows that convolution uses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.registry import gradient, operation
from grader.core.support.axes import starts, window_count
from grader.core.support.inputs import Array, Padding, Pair, Size, as_array, check_rank, check_room, pair, switch, whole
from grader.core.support.padding import Margins, margins, pad
from grader.core.support.plan import IMAGE_AXES, lift_image
from grader.core.support.windows import taps, windows


class _Pool(NamedTuple):
    """A checked pooling: the image (N, C, H, W), and margins widened to what ceil_mode's last windows reach."""

    image: Array
    kernel: Pair
    stride: Pair
    dilation: Pair
    sides: Margins
    reached: Margins
    out: Pair
    image_shape: tuple[int, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (*self.image_shape[:-2], *self.out)

    @property
    def size(self) -> Pair:
        return self.image.shape[-2], self.image.shape[-1]

    def lifted(self, g: Array) -> Array:
        """grad_output with four axes."""
        return g.reshape(*self.image.shape[:2], *self.out)

    def blank(self) -> Array:
        """Zeros for the image and its margins."""
        (top, bottom), (left, right) = self.reached
        return np.zeros((*self.image.shape[:2], top + self.size[0] + bottom, left + self.size[1] + right))

    def crop(self, grad: Array) -> Array:
        """The part of an array with margins that is the image, in the image's form."""
        (top, _), (left, _) = self.reached
        inner = grad[..., top : top + self.size[0], left : left + self.size[1]]
        return np.ascontiguousarray(inner).reshape(self.image_shape)


def _pool(
    input: ArrayLike, kernel_size: Size, stride: Size | None, padding: Padding, dilation: Size, ceil_mode: bool
) -> _Pool:
    image = as_array(input, "input")
    check_rank(image, (2, 3, 4), "input", IMAGE_AXES)
    x = lift_image(image)
    kernel, step = pair(kernel_size, "kernel_size", 1), pair(dilation, "dilation", 1)
    strides = kernel if stride is None else pair(stride, "stride", 1)
    ceil = switch(ceil_mode, "ceil_mode")
    size = (x.shape[2], x.shape[3])
    sides = margins(padding, size, kernel, strides, step)
    axes = list(zip(size, kernel, strides, sides, step, strict=True))
    counts = [window_count(n, k, s, margin, d, ceil) for n, k, s, margin, d in axes]
    ends = [
        max(margin[1], (count - 1) * s + d * (k - 1) + 1 - n - margin[0])
        for count, (n, k, s, margin, d) in zip(counts, axes, strict=True)
    ]
    reached = ((sides[0][0], ends[0]), (sides[1][0], ends[1]))
    check_room((*x.shape[:2], *(n + before + after for n, (before, after) in zip(size, reached, strict=True))))
    return _Pool(x, kernel, strides, step, sides, reached, (counts[0], counts[1]), image.shape)


def _used(p: _Pool, view: Array) -> Array:
    """The windows that are kept: margins may leave room for one more than ceil_mode allows."""
    return view[..., : p.out[0], : p.out[1], :, :]


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
    p = _pool(input, kernel_size, stride, padding, dilation, ceil_mode)
    padded = pad(p.image, p.reached, fill=-np.inf)
    result = np.full((*p.image.shape[:2], *p.out), -np.inf)
    for _, _, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        np.maximum(result, padded[..., rows, columns], out=result)
    return result.reshape(p.output_shape)


def _winners(p: _Pool) -> NDArray[np.intp]:
    """For each window, the tap that holds the maximum, first in row-major order; -1 if it meets no cell."""
    view = _used(p, windows(pad(p.image, p.reached, fill=-np.inf), p.kernel, p.stride, p.dilation))
    inside = windows(pad(np.ones((1, 1, *p.size)), p.reached), p.kernel, p.stride, p.dilation)
    largest = view.max(axis=(-2, -1), keepdims=True)
    hit = ((view == largest) | np.isnan(view)) & (_used(p, inside) > 0)
    flat = hit.reshape(*hit.shape[:-2], -1)
    return np.where(flat.any(axis=-1), flat.argmax(axis=-1), -1)


@gradient(max_pool2d, _pool)
def max_pool2d_grad_input(g: Array, p: _Pool) -> Array:
    """each window hands its gradient to its maximum.

    Of several equal maxima the first in row-major order gets all of it; overlapping windows add up.

    >>> max_pool2d_grad_input([[7, 9]], [[1, 5, 8, 0], [3, 5, 8, 6]], 2)
    array([[0., 7., 9., 0.],
           [0., 0., 0., 0.]])
    """
    g, winners, total = p.lifted(g), _winners(p), p.blank()
    for u, v, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        total[..., rows, columns] += np.where(winners == u * p.kernel[1] + v, g, 0.0)
    return p.crop(total)


class _Average(NamedTuple):
    """A checked pooling, and by what each window's sum is divided, (H', W')."""

    pool: _Pool
    divisors: Array

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.pool.output_shape


def _average(
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None,
    padding: Padding,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> _Average:
    p = _pool(input, kernel_size, stride, padding, 1, ceil_mode)
    return _Average(p, _divisors(p, switch(count_include_pad, "count_include_pad"), divisor_override))


def _divisors(p: _Pool, count_include_pad: bool, divisor_override: int | None) -> Array:
    if divisor_override is not None:
        return np.full(p.out, float(whole(divisor_override, "divisor_override", 1)))
    spans = []
    for n, k, s, margin, count in zip(p.size, p.kernel, p.stride, p.sides, p.out, strict=True):
        first = starts(count, s) - margin[0]
        last = np.minimum(first + k, n + margin[1])
        if not count_include_pad:
            first, last = np.maximum(first, 0), np.minimum(last, n)
        spans.append(np.maximum(last - first, 0))
    # a window without input cells has the sum 0 and stays 0
    return np.maximum(np.outer(*spans), 1).astype(np.float64)


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
    call = _average(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    p = call.pool
    padded = pad(p.image, p.reached)
    total = np.zeros((*p.image.shape[:2], *p.out))
    for _, _, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        total += padded[..., rows, columns]
    return (total / call.divisors).reshape(p.output_shape)


@gradient(avg_pool2d, _average)
def avg_pool2d_grad_input(g: Array, call: _Average) -> Array:
    """each window shares its gradient equally.

    >>> avg_pool2d_grad_input([[8, 4]], [[1, 5, 2, 0], [3, 3, 8, 6]], 2)
    array([[2., 2., 1., 1.],
           [2., 2., 1., 1.]])
    """
    p = call.pool
    share, total = p.lifted(g) / call.divisors, p.blank()
    for _, _, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        total[..., rows, columns] += share
    return p.crop(total)
