"""Padding: `pad` with its gradient, and `same_padding`, the margins that the word "same" stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    Pair,
    as_array,
    check_room,
    entries,
    is_sequence,
    one_of,
    per_axis,
    real,
    shown,
    whole,
)
from grader.core.support.windows import check_filled, same_margin, sources

_MODES = ("constant", "reflect", "replicate", "circular")
_FURTHEST = 10**9


class _Padded(NamedTuple):
    """A checked padding: for every axis, the input cell that each output cell repeats, -1 for the constant."""

    image: Array
    sources: tuple[NDArray[np.intp], ...]
    value: float

    @property
    def output_shape(self) -> tuple[int, ...]:
        return tuple(map(len, self.sources))


def _sources(size: int, before: int, after: int, mode: str) -> NDArray[np.intp]:
    if size + before + after < 1:
        raise ValueError(f"expected padding that leaves a cell of {size}, received {before} and {after}")
    check_filled(mode, size, (before, after))
    check_room((size + before + after,))
    return sources(size, (before, after), mode)


def _pad(input: ArrayLike, pad: int | Sequence[int], mode: str, value: float | None) -> _Padded:
    image, word = as_array(input, "input"), one_of(mode, "mode", _MODES)
    numbers = [whole(side, "pad", -_FURTHEST) for side in (entries(pad) if is_sequence(pad) else [pad, pad])]
    if len(numbers) % 2 or len(numbers) > 2 * image.ndim:
        raise ValueError(
            f"expected pad in pairs (before, after), the last axis first, for at most {image.ndim} axes, "
            f"received {len(numbers)} numbers"
        )
    if value is not None and word != "constant":
        raise ValueError(f"expected a value with mode constant only, received {shown(value)} with {word}")
    pairs = [*zip(numbers[::2], numbers[1::2], strict=True)][::-1]
    untouched = [(0, 0)] * (image.ndim - len(pairs))
    axes = zip(image.shape, [*untouched, *pairs], strict=True)
    places = tuple(_sources(size, *sides, word) for size, sides in axes)
    check_room(tuple(map(len, places)))
    return _Padded(image, places, 0.0 if value is None else real(value, "value"))


@operation(topic="resampling")
def pad(input: ArrayLike, pad: int | Sequence[int], mode: str = "constant", value: float | None = None) -> Array:
    """Puts margins around an array.

    input of any shape; pad is (before, after) of the last axis, then of the one before it, and so on: (left, right,
    top, bottom) for images. Negative numbers crop. mode is "constant" (value, by default 0), "reflect" (the cells
    mirrored at the outer ones), "replicate" (the outer cells repeated) or "circular" (the cells of the other side that
    are left after cropping).

    Raises ValueError for numbers that are not pairs, that leave no cell, or that the mode cannot fill. Source:
    torch.nn.functional.pad.

    >>> pad([[1, 2], [3, 4]], (1, 0, 0, 1))
    array([[0., 1., 2.],
           [0., 3., 4.],
           [0., 0., 0.]])
    >>> pad([1, 2, 3], (2, 1), mode="reflect")
    array([3., 2., 1., 2., 3., 2.])
    """
    call = _pad(input, pad, mode, value)
    result = call.image
    for axis, places in enumerate(call.sources):
        result = np.take(result, places, axis=axis)
        outside = [1] * result.ndim
        outside[axis] = -1
        result = np.where((places < 0).reshape(outside), call.value, result)
    return result


@gradient(pad, _pad)
def pad_grad_input(g: Array, call: _Padded) -> Array:
    """cropped margins, or each cell with what its repetitions receive.

    >>> pad_grad_input([1, 2, 3, 4, 5, 6], [1, 2, 3], (2, 1), mode="reflect")
    array([ 3., 12.,  6.])
    """
    for axis, (places, size) in enumerate(zip(call.sources, call.image.shape, strict=True)):
        moved = np.moveaxis(g, axis, 0)
        total = np.zeros((size, *moved.shape[1:]))
        inside = places >= 0
        np.add.at(total, places[inside], moved[inside])
        g = np.moveaxis(total, 0, axis)
    return np.ascontiguousarray(g)


@operation(topic="sizes", stepped=True)
def same_padding(
    size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Pair | tuple[Pair, ...]:
    """The margins (before, after) of padding "same": those for an output of ceil(size / stride).

    All arguments are numbers for one axis; where one is a list, the result has ((top, bottom), (left, right)). Of an
    odd number of cells the larger half goes at the end, as in TensorFlow.

    Raises ValueError for numbers out of range. Source: TensorFlow, tf.nn, "Notes on padding".

    >>> same_padding(28, 5)
    (2, 2)
    >>> same_padding((9, 8), 3, stride=2)
    ((1, 1), (0, 1))
    """
    given = (size, kernel_size, stride, dilation)
    axes = max((len(entries(value)) for value in given if is_sequence(value)), default=1)
    names = ("size", "kernel_size", "stride", "dilation")
    sides = [per_axis(value, axes, name) for value, name in zip(given, names, strict=True)]
    margins = tuple(same_margin(*axis) for axis in zip(*sides, strict=True))
    return margins if any(map(is_sequence, given)) else margins[0]
