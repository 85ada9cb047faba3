"""Input arrays of the core: anything array-like becomes float64, or is refused with a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.support.options import shown

Array = NDArray[np.float64]
Value = Array | float
MOST_CELLS = 2**25  # 256 MiB of float64


def as_array(value: ArrayLike, name: str) -> Array:
    """The value as a float64 array; ValueError if it is not numeric, ragged or empty."""
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        array = value
    else:
        try:
            array = np.asarray(value)
        except ValueError:
            raise ValueError(f"expected {name} with rows of equal length, received rows of unequal length") from None
        if array.dtype == object and all(_is_number(entry) for entry in array.flat):
            array = _as_float(array, name)
        elif array.dtype.kind not in "iuf":
            raise ValueError(f"expected {name} of real numbers, received {_what(array)}")
        array = _as_float(array, name)
    check_not_empty(array, name)
    return array


def check_not_empty(array: NDArray[np.generic], name: str) -> None:
    """Refuse an array without entries."""
    if array.size == 0:
        raise ValueError(f"expected {name} with at least one number, received an empty array of shape {array.shape}")


def as_mask(value: ArrayLike, name: str) -> Array | NDArray[np.bool_]:
    """Booleans as they are; any other value as `as_array` gives it."""
    try:
        given = np.asarray(value)
    except ValueError:  # rows of unequal length
        return as_array(value, name)
    if given.dtype != np.bool_:
        return as_array(value, name)
    check_not_empty(given, name)
    return given


def _as_float(array: NDArray[np.generic], name: str) -> Array:
    try:
        return array.astype(np.float64, copy=False)
    except OverflowError:
        raise ValueError(f"expected {name} of numbers below 1.8e308, received a larger one") from None


def check_room(shape: Sequence[int]) -> None:
    """Refuse to make an array that would fill the memory, before it is made."""
    cells = math.prod(shape)
    if cells > MOST_CELLS:
        raise ValueError(f"expected arrays of at most {MOST_CELLS} cells, received options that ask for {shown(cells)}")


def _is_number(entry: object) -> bool:
    return isinstance(entry, Real | Decimal) and not isinstance(entry, bool)


def _what(array: NDArray[np.generic]) -> str:
    names = {"b": "booleans", "c": "complex numbers", "U": "text", "S": "bytes", "O": "objects that are no numbers"}
    return names.get(array.dtype.kind, f"entries of type {array.dtype}")


def number_or_array(array: Array) -> Value:
    """A Python float where the result is a single number without axes, else the array."""
    return float(array) if array.ndim == 0 else array


def check_rank(array: Array, ranks: Sequence[int], name: str, axes: str) -> None:
    """Refuse an array whose number of axes is not one of those that the operation takes."""
    if array.ndim not in ranks:
        raise ValueError(f"expected {name} of shape {axes}, received shape {array.shape}")


def check_shape(array: Array, shape: tuple[int, ...], name: str) -> None:
    """Refuse an array that does not have exactly this shape."""
    if array.shape != shape:
        raise ValueError(f"expected {name} of shape {shape}, received shape {array.shape}")


def gradient_like(grad_output: ArrayLike, shape: tuple[int, ...]) -> Array:
    """The gradient that arrives from above, which must have the shape of the operation's output."""
    gradient = as_array(grad_output, "grad_output")
    check_shape(gradient, shape, "grad_output")
    return gradient


def per_channel(value: ArrayLike | None, channels: int, name: str) -> Array | None:
    """One number per channel; a single number is used for every channel."""
    if value is None:
        return None
    array = as_array(value, name)
    if array.ndim == 0:
        return np.full(channels, float(array))
    if array.shape != (channels,):
        raise ValueError(
            f"expected {name} with one number per channel, shape ({channels},), received shape {array.shape}"
        )
    return array


def is_single(value: ArrayLike | None) -> bool:
    """Whether an argument was given as one number without axes."""
    return value is not None and np.ndim(value) == 0


def like_bias(per_channel_gradient: Array, one_bias: bool) -> Value:
    """The gradient in the shape of the bias: a bias that is one number for all channels collects their sum."""
    return float(per_channel_gradient.sum()) if one_bias else per_channel_gradient
