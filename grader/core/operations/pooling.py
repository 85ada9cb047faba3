"""`max_pool2d` and `avg_pool2d` with their gradients, on the windows that convolution uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.operations.sizes import window_count
from grader.core.support.arrays import Array, as_array, check_rank, gradient_like
from grader.core.support.options import Padding, Pair, Size, pair, switch, whole
from grader.core.support.padding import Margins, margins, pad
from grader.core.support.plan import IMAGE_AXES, lift_image
from grader.core.support.windows import taps, windows


@dataclass(frozen=True)
class _Pool:
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

    def gradient(self, grad_output: ArrayLike) -> Array:
        g = gradient_like(grad_output, self.output_shape)
        return g.reshape(*self.image.shape[:2], *self.out)

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
    return _Pool(x, kernel, strides, step, sides, reached, (counts[0], counts[1]), image.shape)


def _used(p: _Pool, view: Array) -> Array:
    """The windows that are kept: margins may leave room for one more than ceil_mode allows."""
    return view[..., : p.out[0], : p.out[1], :, :]


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


def max_pool2d_grad_input(
    grad_output: ArrayLike,
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """Gradient of `max_pool2d` with respect to its input: each window hands its gradient to its maximum.

    Of several equal maxima the first in row-major order gets all of it; overlapping windows add up. grad_output has
    the shape of the output; the other arguments are those of `max_pool2d`.

    Raises ValueError as `max_pool2d` does, and for a grad_output of another shape.

    >>> max_pool2d_grad_input([[7, 9]], [[1, 5, 8, 0], [3, 5, 8, 6]], 2)
    array([[0., 7., 9., 0.],
           [0., 0., 0., 0.]])
    """
    p = _pool(input, kernel_size, stride, padding, dilation, ceil_mode)
    g, winners = p.gradient(grad_output), _winners(p)
    (top, bottom), (left, right) = p.reached
    total = np.zeros((*p.image.shape[:2], top + p.size[0] + bottom, left + p.size[1] + right))
    for u, v, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        total[..., rows, columns] += np.where(winners == u * p.kernel[1] + v, g, 0.0)
    return p.crop(total)


def _divisors(p: _Pool, count_include_pad: bool, divisor_override: int | None) -> Array:
    """By how much each window's sum is divided, (H', W')."""
    if divisor_override is not None:
        return np.full(p.out, float(whole(divisor_override, "divisor_override", 1)))
    spans = []
    for n, k, s, margin, count in zip(p.size, p.kernel, p.stride, p.sides, p.out, strict=True):
        first = np.arange(count) * s - margin[0]
        last = np.minimum(first + k, n + margin[1])
        if not count_include_pad:
            first, last = np.maximum(first, 0), np.minimum(last, n)
        spans.append(np.maximum(last - first, 0))
    # a window that meets no cell has the sum 0 and stays 0
    return np.maximum(np.outer(*spans), 1).astype(np.float64)


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
    p = _pool(input, kernel_size, stride, padding, 1, ceil_mode)
    divisors = _divisors(p, switch(count_include_pad, "count_include_pad"), divisor_override)
    padded = pad(p.image, p.reached)
    total = np.zeros((*p.image.shape[:2], *p.out))
    for _, _, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        total += padded[..., rows, columns]
    return (total / divisors).reshape(p.output_shape)


def avg_pool2d_grad_input(
    grad_output: ArrayLike,
    input: ArrayLike,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Gradient of `avg_pool2d` with respect to its input: each window shares its gradient equally.

    grad_output has the shape of the output; the other arguments are those of `avg_pool2d`.

    Raises ValueError as `avg_pool2d` does, and for a grad_output of another shape.

    >>> avg_pool2d_grad_input([[8, 4]], [[1, 5, 2, 0], [3, 3, 8, 6]], 2)
    array([[2., 2., 1., 1.],
           [2., 2., 1., 1.]])
    """
    p = _pool(input, kernel_size, stride, padding, 1, ceil_mode)
    share = p.gradient(grad_output) / _divisors(p, switch(count_include_pad, "count_include_pad"), divisor_override)
    (top, bottom), (left, right) = p.reached
    total = np.zeros((*p.image.shape[:2], top + p.size[0] + bottom, left + p.size[1] + right))
    for _, _, rows, columns in taps(p.kernel, p.out, p.stride, p.dilation):
        total[..., rows, columns] += share
    return p.crop(total)
