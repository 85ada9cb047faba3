"""Windows on any number of axes: sizes, margins, and the cells of an array that each kernel cell meets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from grader.core.support.inputs import Array, Padding, Pair, Sides, check_room, entries, is_sequence, one_of, whole
from grader.core.support.padding import check_taps, effective, same_margin

Margins = tuple[Pair, ...]
AXES = {
    1: "(L), (C, L) or (N, C, L)",
    2: "(H, W), (C, H, W) or (N, C, H, W)",
    3: "(D, H, W), (C, D, H, W) or (N, C, D, H, W)",
}
"""The forms of an array by its number of axes besides sample and channels."""


def window_count(size: int, kernel: int, stride: int, margin: Pair, dilation: int, ceil: bool) -> int:
    """How many windows fit on one axis; with ceil, one that starts after the image does not count."""
    room = size + sum(margin) - effective(kernel, dilation)
    # with ceil, an incomplete first window counts too, as in PyTorch
    if room <= -stride or (room < 0 and not ceil):
        raise ValueError(
            f"expected a kernel that fits into the padded size {size + sum(margin)}, "
            f"received one that covers {effective(kernel, dilation)}"
        )
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + margin[0] else count


def axis_margin(padding: Padding, size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """Padding on one axis as (before, after)."""
    if isinstance(padding, str):
        word = one_of(padding, "padding", ("valid", "same"))
        return (0, 0) if word == "valid" else same_margin(size, kernel, stride, dilation)
    if not is_sequence(padding):
        side = whole(padding, "padding")
        return side, side
    ends = entries(padding)
    if len(ends) != 2:
        raise ValueError(f"expected padding to be a number or (before, after), received {len(ends)} entries")
    return whole(ends[0], "padding"), whole(ends[1], "padding")


def axis_margins(padding: Padding, size: Sides, kernel: Sides, stride: Sides, dilation: Sides) -> Margins:
    """Padding as (before, after) on each axis: a number or word for all, or an entry for each, itself a number or pair.

    On one axis a pair is (before, after).

    >>> axis_margins((1, 0, (2, 1)), (5, 6, 7), (3, 3, 3), (1, 1, 1), (1, 1, 1))
    ((1, 1), (0, 0), (2, 1))
    """
    given: Sequence[object] = [padding] * len(size)
    if is_sequence(padding):
        numbers = entries(padding)
        if len(size) == 1:
            given = numbers if len(numbers) == 1 else [padding]
        elif len(numbers) != len(size):
            raise ValueError(
                f"expected padding to be a number, a word or {len(size)} entries, received {len(numbers)} entries"
            )
        else:
            given = numbers
    axes = zip(given, size, kernel, stride, dilation, strict=True)
    return tuple(axis_margin(*axis) for axis in axes)  # type: ignore[arg-type] # axis_margin checks each entry


def lifted(array: Array, axes: int) -> Array:
    """An array of `axes` axes, with or without channels and samples, as (N, C, ...)."""
    return array.reshape((1,) * (axes + 2 - array.ndim) + array.shape)


def padded(x: Array, sides: Margins, fill: float = 0.0) -> Array:
    """The array with margins around its last axes."""
    if not any(map(any, sides)):
        return x
    lead = x.ndim - len(sides)
    size = tuple(n + before + after for n, (before, after) in zip(x.shape[lead:], sides, strict=True))
    check_room((*x.shape[:lead], *size))
    result = np.full((*x.shape[:lead], *size), fill)
    result[inner(sides, x.shape)] = x
    return result


def inner(sides: Margins, shape: Sides) -> tuple[slice, ...]:
    """The slices of an array of a shape inside the margins around its last axes."""
    lead = len(shape) - len(sides)
    ends = zip(sides, shape[lead:], strict=True)
    return (*[slice(None)] * lead, *(slice(before, before + n) for (before, _), n in ends))


def starts(count: int, stride: int) -> NDArray[np.intp]:
    """Where each window begins on a padded axis; a single one begins at 0, however large the stride.

    >>> starts(3, 2), starts(1, 10**30)
    (array([0, 2, 4]), array([0]))
    """
    return np.arange(count) * (stride if count > 1 else 0)


def cells(kernel: Sides, out: Sides, stride: Sides, dilation: Sides) -> Iterator[tuple[slice, ...]]:
    """For each kernel cell, in row-major order, the cells of the padded array (N, C, ...) that it meets.

    Raises ValueError for kernels of so many cells that going through them would take long.

    >>> [last for *_, last in cells((2,), (3,), (2,), (1,))]
    [slice(0, 5, 2), slice(1, 6, 2)]
    """
    check_taps(kernel)
    axes = list(zip(out, stride, dilation, strict=True))
    every = slice(None)
    for place in product(*(range(k) for k in kernel)):
        starts = zip(place, axes, strict=True)
        yield (every, every, *(slice(u * d, u * d + (count - 1) * s + 1, s) for u, (count, s, d) in starts))
