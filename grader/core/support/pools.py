"""Pooling on any number of axes: the checked call, the maximum of each window and its position, sums and means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.support.inputs import Array, Padding, Sides, as_array, check_room, per_axis, switch, whole
from grader.core.support.windows import (
    Margins,
    Slices,
    check_image,
    inner,
    lifted,
    margins,
    pad,
    padded_size,
    starts,
    taps,
    window_count,
)


class Pool(NamedTuple):
    """A checked pooling: the array (N, C, ...), and margins widened to what the last windows of ceil_mode reach."""

    image: Array
    kernel: Sides
    stride: Sides
    dilation: Sides
    sides: Margins
    reached: Margins
    out: Sides
    image_shape: Sides

    @property
    def output_shape(self) -> Sides:
        """The shape of the result, which has the rank of the array that was given."""
        return (*self.image_shape[: -len(self.out)], *self.out)

    @property
    def size(self) -> Sides:
        """The size on each axis, without margins."""
        return self.image.shape[2:]

    def lifted(self, g: Array) -> Array:
        """grad_output as (N, C, ...)."""
        return g.reshape(*self.image.shape[:2], *self.out)

    def taps(self) -> Iterator[Slices]:
        """The cells of the padded array that each kernel cell meets."""
        return taps(self.kernel, self.out, self.stride, self.dilation)

    def blank(self) -> Array:
        """Zeros for the array and its margins."""
        return np.zeros((*self.image.shape[:2], *padded_size(self.size, self.reached)))

    def crop(self, grad: Array) -> Array:
        """The part inside the margins, in the form of the given array."""
        return np.ascontiguousarray(grad[inner(self.reached, self.size)]).reshape(self.image_shape)


def pool(
    input: ArrayLike,
    axes: int,
    kernel_size: object,
    stride: object,
    padding: Padding,
    dilation: object,
    ceil_mode: bool,
) -> Pool:
    """Check the arguments of a pooling on `axes` axes.

    Raises ValueError for options that do not fit.
    """
    image = as_array(input, "input")
    check_image(image, axes)
    x = lifted(image, axes)
    kernel, given = per_axis(kernel_size, axes, "kernel_size"), per_axis(dilation, axes, "dilation")
    step = tuple(d if k > 1 else 1 for k, d in zip(kernel, given, strict=True))  # one cell has no distances
    strides = kernel if stride is None else per_axis(stride, axes, "stride")
    ceil, size = switch(ceil_mode, "ceil_mode"), x.shape[2:]
    sides = margins(padding, size, kernel, strides, step)
    each = list(zip(size, kernel, strides, sides, step, strict=True))
    out = tuple(window_count(*axis, ceil) for axis in each)
    reached = tuple(
        (margin[0], max(margin[1], (count - 1) * s + d * (k - 1) + 1 - n - margin[0]))
        for count, (n, k, s, margin, d) in zip(out, each, strict=True)
    )
    check_room((*x.shape[:2], *padded_size(size, reached)))
    return Pool(x, kernel, strides, step, sides, reached, out, image.shape)


def largest(p: Pool) -> Array:
    """The largest cell of each window; NaN stays NaN."""
    x = pad(p.image, p.reached, fill=-np.inf)
    result = np.full((*p.image.shape[:2], *p.out), -np.inf)
    for at in p.taps():
        np.maximum(result, x[at], out=result)
    return result.reshape(p.output_shape)


def winners(p: Pool) -> NDArray[np.intp]:
    """For each window, the kernel cell that holds the maximum, first in row-major order; -1 if it meets no cell."""
    x = pad(p.image, p.reached, fill=-np.inf)
    inside = pad(np.ones((1, 1, *p.size)), p.reached) > 0
    best = np.full((*p.image.shape[:2], *p.out), -np.inf)
    found = np.full(best.shape, -1, dtype=np.intp)
    for number, at in enumerate(p.taps()):
        # NaN is not at most any number, so that the first NaN wins, and no cell after it
        better = inside[at] & ((found < 0) | ~((x[at] <= best) | np.isnan(best)))
        np.copyto(found, number, where=better)
        np.copyto(best, x[at], where=better)
    return found


def to_winners(g: Array, p: Pool) -> Array:
    """Each window hands its gradient to its maximum."""
    gradients, first, total = p.lifted(g), winners(p), p.blank()
    for number, at in enumerate(p.taps()):
        total[at] += np.where(first == number, gradients, 0.0)
    return p.crop(total)


def sums(p: Pool, x: Array) -> Array:
    """The sum of each window of an array like the one that is pooled."""
    padded, result = pad(x, p.reached), np.zeros((*x.shape[:2], *p.out))
    for at in p.taps():
        result += padded[at]
    return result


def spread(g: Array, p: Pool) -> Array:
    """Each window hands its gradient (N, C, ...) to all of its cells; the array and its margins."""
    total = p.blank()
    for at in p.taps():
        total[at] += g
    return total


def divisors(p: Pool, count_include_pad: bool, divisor_override: int | None) -> Array:
    """The divisor of each window's sum: its cells, or those outside the padding."""
    if divisor_override is not None:
        return np.full(p.out, float(whole(divisor_override, "divisor_override", 1)))
    result = np.ones(p.out)
    for axis, (n, k, s, margin, count) in enumerate(zip(p.size, p.kernel, p.stride, p.sides, p.out, strict=True)):
        first = starts(count, s) - margin[0]
        last = np.minimum(first + k, n + margin[1])
        if not count_include_pad:
            first, last = np.maximum(first, 0), np.minimum(last, n)
        shape = [1] * len(p.out)
        shape[axis] = count
        result = result * np.maximum(last - first, 0).reshape(shape)
    # a window without input cells has the sum 0 and stays 0
    return np.maximum(result, 1.0)


class Average(NamedTuple):
    """A checked pooling, and by what the sum of each window is divided."""

    pool: Pool
    divisors: Array

    @property
    def output_shape(self) -> Sides:
        """That of the pooling."""
        return self.pool.output_shape

    def result(self) -> Array:
        """The mean of each window."""
        return (sums(self.pool, self.pool.image) / self.divisors).reshape(self.output_shape)

    def gradient(self, g: Array) -> Array:
        """Each window shares its gradient equally."""
        return self.pool.crop(spread(self.pool.lifted(g) / self.divisors, self.pool))


def average(p: Pool, count_include_pad: bool, divisor_override: int | None = None) -> Average:
    """The mean of each window of a checked pooling.

    Raises ValueError for options that do not fit.
    """
    return Average(p, divisors(p, switch(count_include_pad, "count_include_pad"), divisor_override))
