"""Windows of convolution and pooling on any number of axes: margins, how many windows fit, the cells they cover."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from grader.core.support.inputs import (
    Array,
    Padding,
    Pair,
    Sides,
    check_rank,
    check_room,
    entries,
    is_sequence,
    one_of,
    shown,
    whole,
)

Margins = tuple[Pair, ...]
Slices = tuple[EllipsisType | slice, ...]
AXES = {
    1: "(L), (C, L) or (N, C, L)",
    2: "(H, W), (C, H, W) or (N, C, H, W)",
    3: "(D, H, W), (C, D, H, W) or (N, C, D, H, W)",
}
"""The forms of an array by its number of axes besides sample and channels."""
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
MOST_TAPS = 2**16
_FORMS = "a number, a pair, ((top, bottom), (left, right)), 'valid' or 'same'"


def check_image(array: Array, axes: int) -> None:
    """Refuse an input that does not have `axes` axes besides those of samples and channels."""
    check_rank(array, (axes, axes + 1, axes + 2), "input", AXES[axes])


def lifted(array: Array, axes: int) -> Array:
    """An array of `axes` axes, with or without channels and samples, as (N, C, ...)."""
    return array.reshape((1,) * (axes + 2 - array.ndim) + array.shape)


def effective(kernel: int, dilation: int) -> int:
    """The side that a dilated kernel covers."""
    return dilation * (kernel - 1) + 1


def same_margin(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """Margins for an output of ceil(size / stride); the extra cell goes to the end (bottom, right)."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + effective(kernel, dilation) - size, 0)
    return total // 2, total - total // 2


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
    """Padding as (before, after) on each axis: one number or word for all, or a number or pair for each.

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


def margins(padding: Padding, size: Sides, kernel: Sides, stride: Sides, dilation: Sides) -> Margins:
    """Padding as `axis_margins` reads it; of images, with their own forms: ((top, bottom), (left, right)) is one.

    >>> margins("same", (5, 6), (2, 3), (1, 2), (1, 1))
    ((0, 1), (0, 1))
    """
    if isinstance(padding, str) and padding not in ("valid", "same") and len(size) == 2:
        raise ValueError(f"expected padding to be {_FORMS}, received {shown(padding)}")
    if len(size) != 2 or isinstance(padding, str):
        return axis_margins(padding, size, kernel, stride, dilation)
    sides = entries(padding) if is_sequence(padding) else [padding]
    if len(sides) == 1 and not is_sequence(sides[0]):
        return (_image_margin(sides[0]),) * 2
    if len(sides) != 2 or is_sequence(sides[0]) != is_sequence(sides[1]):
        raise ValueError(f"expected padding to be {_FORMS}, received {shown(padding)}")
    return _image_margin(sides[0]), _image_margin(sides[1])


def _image_margin(side: object) -> Pair:
    if not is_sequence(side):
        number = whole(side, "padding")
        return number, number
    ends = entries(side)
    if len(ends) != 2:
        raise ValueError(f"expected padding to be {_FORMS}, received {len(ends)} numbers for one axis")
    return whole(ends[0], "padding"), whole(ends[1], "padding")


def check_padding_mode(mode: object, sides: Sequence[Pair], size: Sequence[int]) -> str:
    """A known mode, with margins that it can fill on every axis."""
    word = one_of(mode, "padding_mode", PADDING_MODES)
    for margin, cells in zip(sides, size, strict=True):
        check_filled(word, cells, margin)
    return word


def check_filled(mode: str, size: int, margin: Pair) -> None:
    """Refuse margins that a mode cannot fill from an axis: reflect fills fewer than its cells, circular as many.

    A negative margin crops its side before circular padding repeats what is left.
    """
    widest = {"reflect": size - 1, "circular": size + min(margin[0], 0) + min(margin[1], 0)}.get(mode)
    if widest is not None and max(margin) > max(widest, 0):
        raise ValueError(
            f"expected {mode} padding of at most {max(widest, 0)} on an axis of {size} cells, received {max(margin)}"
        )


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


def output_size(padded: Sides, kernel: Sides, stride: Sides, dilation: Sides) -> Pair:
    """How many windows fit on both axes of an image; a kernel larger than the padded image raises ValueError."""
    covered = (effective(kernel[0], dilation[0]), effective(kernel[1], dilation[1]))
    if covered[0] > padded[0] or covered[1] > padded[1]:
        raise ValueError(
            f"expected a kernel that fits into the padded image of {padded[0]}x{padded[1]} cells, "
            f"received one that covers {covered[0]}x{covered[1]}"
        )
    return (padded[0] - covered[0]) // stride[0] + 1, (padded[1] - covered[1]) // stride[1] + 1


def padded_size(size: Sides, sides: Margins) -> Sides:
    """The size on each axis with its margins."""
    return tuple(n + before + after for n, (before, after) in zip(size, sides, strict=True))


def pad(x: Array, sides: Margins, mode: str = "zeros", fill: float = 0.0) -> Array:
    """The array with margins around its last axes; a mode other than zeros takes two axes."""
    if not any(map(any, sides)):
        return x
    size = x.shape[-len(sides) :]
    shape = (*x.shape[: -len(sides)], *padded_size(size, sides))
    check_room(shape)
    if mode == "zeros":
        result = np.full(shape, fill)
        result[inner(sides, size)] = x
        return result
    rows, columns = (sources(*axis, mode) for axis in zip(size, sides, strict=True))
    return x[..., rows[:, None], columns]


def inner(sides: Margins, size: Sides) -> Slices:
    """Where the array of a size is, inside the margins around it."""
    return (..., *(slice(before, before + n) for (before, _), n in zip(sides, size, strict=True)))


def sources(size: int, margin: Pair, mode: str) -> NDArray[np.intp]:
    """For every cell of a padded axis, the cell that it repeats; -1 for the margins of any other mode.

    A negative margin crops.
    """
    before, after = margin
    steps = np.arange(-before, size + after)
    if mode == "replicate":
        return np.clip(steps, 0, size - 1)
    if mode == "circular":
        first = max(-before, 0)
        return first + (steps - first) % (size - first + min(after, 0))
    if mode == "reflect":
        mirrored = np.abs(steps)
        return np.where(mirrored < size, mirrored, 2 * (size - 1) - mirrored)
    return np.where((steps < 0) | (steps >= size), -1, steps)


def pad_gradient(grad: Array, sides: Margins, size: Sides, mode: str) -> Array:
    """The gradient of `pad`: crops the margins, or folds them back onto the cells that they repeat."""
    if mode == "zeros":
        return grad[inner(sides, size)]
    rows, columns = (sources(*axis, mode) for axis in zip(size, sides, strict=True))
    folded = np.zeros((size[0], *grad.shape[:-2], grad.shape[-1]))
    np.add.at(folded, rows, np.moveaxis(grad, -2, 0))
    result = np.zeros((size[1], size[0], *grad.shape[:-2]))
    np.add.at(result, columns, np.moveaxis(folded, -1, 0))
    return np.moveaxis(result, (1, 0), (-2, -1))


def refit(x: Array, sides: Margins) -> Array:
    """Zero margins where a number is positive, cropped cells where it is negative."""
    axes = zip(x.shape[-len(sides) :], sides, strict=True)
    kept: Slices = (..., *(slice(max(-before, 0), n - max(-after, 0)) for n, (before, after) in axes))
    return pad(x[kept], tuple((max(before, 0), max(after, 0)) for before, after in sides))


def starts(count: int, stride: int) -> NDArray[np.intp]:
    """Where each window begins on a padded axis; a single one begins at 0, however large the stride.

    >>> starts(3, 2), starts(1, 10**30)
    (array([0, 2, 4]), array([0]))
    """
    return np.arange(count) * (stride if count > 1 else 0)


def windows(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """A view (..., H', W', kh, kw) of all windows of an array (..., H, W); nothing is copied.

    >>> windows(np.arange(12.0).reshape(3, 4), (2, 2), (1, 2), (1, 1)).shape
    (2, 2, 2, 2)
    """
    covered = (effective(kernel[0], dilation[0]), effective(kernel[1], dilation[1]))
    view = np.lib.stride_tricks.sliding_window_view(x, covered, axis=(-2, -1))
    return view[..., :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def taps(kernel: Sides, out: Sides, stride: Sides, dilation: Sides) -> Iterator[Slices]:
    """For each kernel cell, in row-major order, the cells of the padded array (..., H, W) that it meets.

    Raises ValueError for kernels of so many cells that going through them one by one would take long.

    >>> [last for *_, last in taps((2,), (3,), (2,), (1,))]
    [slice(0, 5, 2), slice(1, 6, 2)]
    """
    cells = math.prod(kernel)
    if cells > MOST_TAPS:
        raise ValueError(f"expected windows of at most {MOST_TAPS} cells, received one of {shown(cells)}")
    axes = zip(kernel, out, stride, dilation, strict=True)
    met = [[slice(u * d, u * d + (count - 1) * s + 1, s) for u in range(k)] for k, count, s, d in axes]
    return product([...], *met)
