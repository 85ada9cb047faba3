"""Options of the core: sizes, pairs, switches and words, normalised once or refused with a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from numbers import Integral, Real

import numpy as np

Pair = tuple[int, int]
_LONGEST = 100
Size = int | Sequence[int]
Padding = int | str | Sequence[int] | Sequence[Sequence[int]]


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


def pair(value: object, name: str, least: int = 0) -> Pair:
    """A number for both axes, or one for each: (vertical, horizontal).

    >>> pair(2, "stride", least=1)
    (2, 2)
    """
    if not is_sequence(value):
        return whole(value, name, least), whole(value, name, least)
    numbers = entries(value)
    if len(numbers) == 1:
        numbers = numbers * 2
    if len(numbers) != 2:
        raise ValueError(f"expected {name} to be a whole number or a pair of them, received {len(numbers)} entries")
    return whole(numbers[0], name, least), whole(numbers[1], name, least)


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
