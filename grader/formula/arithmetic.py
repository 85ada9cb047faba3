"""Arithmetic on the values of formulas: integers stay exact, lists are elementwise, powers are bounded.

A value is a number, a tuple (a shape), a list (exact integers, or whatever the author's givens hold), or a float64
array. `plain` brings every result into one of these forms.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

MAX_BITS = 100_000
MAX_ELEMENTS = 4_000_000

_SCALAR: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "@": operator.matmul,
}


def is_number(value: object) -> bool:
    """Whether a value is one number (True and False are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_array(value: object) -> bool:
    """Whether a value has axes: a list, a tuple or an array."""
    return isinstance(value, list | tuple | np.ndarray)


def plain(value: Any) -> Any:
    """The same value in the forms of this language: no NumPy scalars, exact integers as lists, the rest float64.

    >>> plain(np.float64(2.5)), plain(np.array([1, 2])), plain(np.array(3.0))
    (2.5, [1, 2], 3.0)
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Fraction):  # an unrounded size from a student's shape
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return plain(value.item())
        if value.dtype == object:
            return value.tolist() if all(type(item) is int for item in value.flat) else value.astype(np.float64)
        return value.tolist() if value.dtype.kind in "iu" else value.astype(np.float64, copy=False)
    return value


def as_lists(value: Any) -> Any:
    """An array as nested lists; anything else as it is.

    >>> as_lists(np.eye(2)), as_lists((1, 2))
    ([[1.0, 0.0], [0.0, 1.0]], (1, 2))
    """
    return value.tolist() if hasattr(value, "tolist") else value


def common(*values: Any) -> list[np.ndarray[Any, Any]]:
    """Several values as arrays of one kind: exact integers if all of them are, else float64.

    Raises:
        ValueError: for ragged lists and entries that are not numbers.
    """
    arrays = [as_array(value) for value in values]
    exact = all(array.dtype == object for array in arrays)
    return arrays if exact else [array.astype(np.float64) for array in arrays]


def together(*values: Any) -> list[np.ndarray[Any, Any]]:
    """Several values as arrays of one kind that broadcast; ValueError where they do not, or to too many entries."""
    arrays = common(*values)
    size = math.prod(np.broadcast_shapes(*(array.shape for array in arrays)))
    if size > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {size}")
    return arrays


def as_array(value: Any) -> np.ndarray[Any, Any]:
    """An array that keeps integers exact: dtype object when every entry is a Python integer, float64 otherwise.

    Raises:
        ValueError: for ragged lists and entries that are not numbers.
    """
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.array(value, dtype=object if isinstance(value, int) else np.float64)
    exact = np.array(value, dtype=object)
    if exact.size > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {exact.size}")
    if exact.size and all(type(item) is int for item in exact.flat):
        return exact
    for item in exact.flat:
        if isinstance(item, list | tuple | np.ndarray) and not isinstance(item, np.generic):
            if isinstance(item, np.ndarray):
                continue
            raise ValueError("expected rows of equal length, received a ragged list")
        if not isinstance(item, int | float | np.number):
            raise ValueError(f"expected numbers, received {type(item).__name__}")
    return np.array(value, dtype=np.float64)


def binary(symbol: str, left: Any, right: Any) -> Any:
    """`left symbol right` for numbers and arrays, broadcast as in NumPy.

    Raises:
        ValueError: for operands that are not numbers, shapes that do not broadcast, a power out of bounds.
        ArithmeticError: for a division by zero or a result too large.

    >>> binary("+", [1, 2], [10, 20])
    [11, 22]
    """
    if is_number(left) and is_number(right):
        return _power(left, right) if symbol == "**" else _bounded(_SCALAR[symbol](left, right))
    for operand in (left, right):
        if not is_number(operand) and not is_array(operand):
            raise ValueError(f"expected numbers on both sides of {symbol}, received {_named(operand)}")
    one, other = as_array(left), as_array(right)
    _check_size(symbol, one.shape, other.shape)
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        result = _array_power(one, other) if symbol == "**" else _SCALAR[symbol](one, other)
    for entry in result.flat if isinstance(result, np.ndarray) and result.dtype == object else ():
        _bounded(entry)
    return _shaped_like(plain(result), left, right)


def unary(symbol: str, value: Any) -> Any:
    """`+value` or `-value`, elementwise for arrays."""
    return binary("*", 1 if symbol == "+" else -1, value)


def _named(value: object) -> str:
    return {str: "text", bool: "True or False", dict: "a table", type(None): "None"}.get(
        type(value), type(value).__name__
    )


def _shaped_like(result: Any, left: Any, right: Any) -> Any:
    """Keep shapes tuples: the result of tuples and numbers only is a tuple."""
    operands = [operand for operand in (left, right) if is_array(operand)]
    if isinstance(result, list) and all(isinstance(operand, tuple) for operand in operands):
        return tuple(result)
    return result


def _bounded(number: Any) -> Any:
    """The number, if it is small enough; repeated products must not grow without bound."""
    if isinstance(number, int) and number.bit_length() > MAX_BITS:
        raise ValueError(f"expected whole numbers of at most {MAX_BITS} bits, received {number.bit_length()}")
    return number


def _check_size(symbol: str, left: tuple[int, ...], right: tuple[int, ...]) -> None:
    """Raise ValueError before anything too large is allocated."""
    if symbol == "@":
        size = math.prod(left[:-1]) * math.prod(right[:-2]) * (right[-1] if len(right) > 1 else 1)
    else:
        size = math.prod(np.broadcast_shapes(left, right))
    if size > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {size}")


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int):
        if exponent < 0:
            return float(base) ** exponent
        if base.bit_length() * exponent > MAX_BITS:
            raise ValueError(
                f"expected a power of at most {MAX_BITS} bits, received {_short(base)}**{_short(exponent)}"
            )
        return base**exponent
    result = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise ValueError(f"{base}**{exponent} is not a real number")
    return result


def _short(number: int) -> str:
    return str(number) if number.bit_length() < 64 else "a large integer"


def _array_power(base: np.ndarray[Any, Any], exponent: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if base.dtype == object and exponent.dtype == object:
        return np.frompyfunc(_power, 2, 1)(base, exponent)  # type: ignore[no-any-return]
    return np.asarray(base.astype(np.float64) ** exponent.astype(np.float64))


def close(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any], relative: float, absolute: float) -> bool:
    """Like `np.allclose` with `equal_nan`, for two arrays of one shape, but much faster.

    >>> close(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-13]), 1e-12, 0)
    True
    """
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return bool(np.allclose(one, other, rtol=relative, atol=absolute, equal_nan=True))
    return bool((np.abs(one - other) <= absolute + relative * np.abs(other)).all())


def all_finite(value: Any) -> bool:
    """Whether a value holds no NaN and no infinity, however deep.

    >>> all_finite([1, (2.0, math.inf)])
    False
    """
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, np.ndarray):
        return bool(np.isfinite(value).all())
    if isinstance(value, list | tuple):
        return all(all_finite(item) for item in value)
    return True
