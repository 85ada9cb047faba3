"""Checks of the inputs of the core: arrays become float64; options become sizes, pairs, switches or words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
ArrayOrFloat = Array | float
Pair = tuple[int, int]
Sides = tuple[int, ...]
Cell = tuple[int, ...]
"""The index of an entry, counted from zero; () for one value."""
Size = int | Sequence[int]
Padding = int | str | Sequence[int] | Sequence[Sequence[int]]
MOST_CELLS = 2**25  # 256 MiB of float64
_LONGEST = 100


def shown(value: object) -> str:
    """A value for a message: on one line, and cut where it is long.

    >>> shown([1, "a"]), shown(np.zeros((2, 2))), shown(10**400)
    ("[1, 'a']", 'array([[0., 0.], [0., 0.]])', 'an integer of 401 digits')
    """
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {math.floor(value.bit_length() * math.log10(2)) + 1} digits"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def whole(value: object, name: str, least: int = 0) -> int:
    """An exact Python integer, at least `least`.

    >>> whole(3, "stride", least=1)
    3
    """
    if type(value) is int and value >= least:
        return value
    wanted = f"a whole number of at least {least}"
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise ValueError(f"expected {name} to be {wanted}, received {shown(value)}")
    number = int(value)
    if number < least:
        raise ValueError(f"expected {name} to be {wanted}, received {shown(number)}")
    return number


def axis_size(value: object, name: str) -> int:
    """A size of data: a whole number of at least 1; or a Fraction, for an unrounded size.

    >>> axis_size(Fraction(27, 2), "size"), axis_size(Fraction(14), "size")
    (Fraction(27, 2), 14)
    """
    if isinstance(value, Fraction) and value >= 1:
        return int(value) if value.denominator == 1 else value  # type: ignore[return-value]
    return whole(value, name, 1)


def is_sequence(value: object) -> bool:
    """A list, a tuple or an array with at least one axis."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def entries(value: object) -> list[object]:
    """The entries of a list, a tuple or an array."""
    assert isinstance(value, Iterable)
    return list(value)


def per_axis(value: object, axes: int, name: str, least: int = 1) -> Sides:
    """A whole number for all axes, or one for each.

    >>> per_axis(2, 3, "stride")
    (2, 2, 2)
    """
    if not is_sequence(value):
        return (whole(value, name, least),) * axes
    numbers = entries(value)
    if len(numbers) == 1:
        numbers = numbers * axes
    if len(numbers) != axes:
        forms = {1: "", 2: " or a pair of them"}.get(axes, f" or {axes} of them")
        raise ValueError(f"expected {name} to be a whole number{forms}, received {len(numbers)} entries")
    return tuple(whole(number, name, least) for number in numbers)


def pair(value: object, name: str, least: int = 0) -> Pair:
    """A number for both axes, or one for each: (vertical, horizontal).

    >>> pair(2, "stride", least=1)
    (2, 2)
    """
    vertical, horizontal = per_axis(value, 2, name, least)
    return vertical, horizontal


def real(value: object, name: str, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number within the limits."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise ValueError(f"expected {name} to be a finite number, received {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"expected {name} to be a number below 1.8e308, received a larger one") from None
    if not math.isfinite(number):
        raise ValueError(f"expected {name} to be a finite number, received {number}")
    if number < least:
        raise ValueError(f"expected {name} to be at least {least:g}, received {number:g}")
    if number > most:
        raise ValueError(f"expected {name} to be at most {most:g}, received {number:g}")
    return number


def switch(value: object, name: str) -> bool:
    """True or False, and nothing that only looks like it."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"expected {name} to be True or False, received {shown(value)}")
    return bool(value)


def one_of(value: object, name: str, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"expected {name} to be one of {', '.join(allowed)}, received {shown(value)}")
    return value


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


def number_or_array(array: Array) -> ArrayOrFloat:
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


def like_bias(per_channel_gradient: Array, one_bias: bool) -> ArrayOrFloat:
    """The gradient in the shape of the bias: a bias that is one number for all channels collects their sum."""
    return float(per_channel_gradient.sum()) if one_bias else per_channel_gradient
