"""Padding: words and numbers to explicit margins, margins around an array, and their gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.core.support.inputs import Array, Padding, Pair, check_room, entries, is_sequence, one_of, shown, whole

Margins = tuple[Pair, Pair]
MOST_TAPS = 2**16
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
_FORMS = "a number, a pair, ((top, bottom), (left, right)), 'valid' or 'same'"


def effective(kernel: int, dilation: int) -> int:
    """The side that a dilated kernel covers."""
    return dilation * (kernel - 1) + 1


def check_taps(kernel: Sequence[int]) -> None:
    """Refuse a kernel of so many cells that going through them one by one would take long."""
    cells = math.prod(kernel)
    if cells > MOST_TAPS:
        raise ValueError(f"expected windows of at most {MOST_TAPS} cells, received one of {shown(cells)}")


def same_margin(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """Margins for an output of ceil(size / stride); the extra cell goes to the end (bottom, right)."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + effective(kernel, dilation) - size, 0)
    return total // 2, total - total // 2


def margins(padding: Padding, size: Pair, kernel: Pair, stride: Pair, dilation: Pair) -> Margins:
    """Every form of padding as ((top, bottom), (left, right)).

    >>> margins("same", (5, 6), (2, 3), (1, 2), (1, 1))
    ((0, 1), (0, 1))
    """
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0), (0, 0)
        if padding == "same":
            vertical, horizontal = (same_margin(*axis) for axis in zip(size, kernel, stride, dilation, strict=True))
            return vertical, horizontal
        raise ValueError(f"expected padding to be {_FORMS}, received {shown(padding)}")
    if not is_sequence(padding):
        side = whole(padding, "padding")
        return (side, side), (side, side)
    sides = entries(padding)
    if len(sides) == 1 and not is_sequence(sides[0]):
        sides = sides * 2
    if len(sides) != 2:
        raise ValueError(f"expected padding to be {_FORMS}, received {shown(padding)}")
    if is_sequence(sides[0]) != is_sequence(sides[1]):
        raise ValueError(f"expected padding to be {_FORMS}, received {shown(padding)}")
    return _margin(sides[0]), _margin(sides[1])


def _margin(side: object) -> Pair:
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


def pad(x: Array, sides: Margins, mode: str = "zeros", fill: float = 0.0) -> Array:
    """The array (..., H, W) with margins around its last two axes."""
    (top, bottom), (left, right) = sides
    if not (top or bottom or left or right):
        return x
    check_room((*x.shape[:-2], x.shape[-2] + top + bottom, x.shape[-1] + left + right))
    if mode == "zeros":
        height, width = x.shape[-2:]
        padded = np.full((*x.shape[:-2], top + height + bottom, left + width + right), fill)
        padded[..., top : top + height, left : left + width] = x
        return padded
    rows, columns = (_sources(n, margin, mode) for n, margin in zip(x.shape[-2:], sides, strict=True))
    return x[..., rows[:, None], columns]


def _sources(size: int, margin: Pair, mode: str) -> NDArray[np.intp]:
    """For every cell of a padded axis, the cell that it repeats."""
    steps = np.arange(-margin[0], size + margin[1])
    if mode == "replicate":
        return np.clip(steps, 0, size - 1)
    if mode == "circular":
        return steps % size
    mirrored = np.abs(steps)
    return np.where(mirrored < size, mirrored, 2 * (size - 1) - mirrored)


def pad_gradient(grad: Array, sides: Margins, size: Pair, mode: str) -> Array:
    """The gradient of `pad`: crops the margins, or folds them back onto the cells that they repeat."""
    (top, _), (left, _) = sides
    if mode == "zeros":
        return grad[..., top : top + size[0], left : left + size[1]]
    rows, columns = (_sources(n, margin, mode) for n, margin in zip(size, sides, strict=True))
    folded = np.zeros((size[0], *grad.shape[:-2], grad.shape[-1]))
    np.add.at(folded, rows, np.moveaxis(grad, -2, 0))
    result = np.zeros((size[1], size[0], *grad.shape[:-2]))
    np.add.at(result, columns, np.moveaxis(folded, -1, 0))
    return np.moveaxis(result, (1, 0), (-2, -1))


def refit(x: Array, sides: Margins) -> Array:
    """Zero margins where a number is positive, cropped cells where it is negative."""
    (top, bottom), (left, right) = sides
    height, width = x.shape[-2:]
    inner = x[..., max(-top, 0) : height - max(-bottom, 0), max(-left, 0) : width - max(-right, 0)]
    return pad(inner, ((max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0))))
