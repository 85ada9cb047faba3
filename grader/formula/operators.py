"""The operators of formulas: arithmetic, comparisons, and conditions joined by and, or and not.

A comparison of numbers is True or False; of arrays it is an array of 1 and 0, whose sum is a count.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, binary, is_array, is_number, plain, together, unary

CLOSE = 1e-9
"""Non-integers compare as equal if they differ by less than this share of the larger one."""

_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WHEN_EQUAL = ("==", "<=", ">=")


def compare(symbol: str, left: Any, right: Any) -> Any:
    """`left symbol right`: True or False for numbers, texts and shapes, else a list of 1 and 0, broadcast.

    Whole numbers are compared exactly, others up to rounding; a shape is compared as a whole.

    Raises:
        ValueError: for values that cannot be compared, and shapes that do not broadcast.

    >>> compare("<", 1, 2), compare("==", 0.1 + 0.2, 0.3), compare(">", [1, 5, 3], 2)
    (True, True, [0, 1, 1])
    """
    if _as_whole(left) or _as_whole(right):
        return _compared_as_whole(symbol, left, right)
    for operand in (left, right):
        if not is_number(operand) and not is_array(operand):
            raise ValueError(f"expected numbers on both sides of {symbol}, received {operand!r}")
    one, other = together(left, right)
    if one.dtype == object:
        found = np.frompyfunc(_COMPARISONS[symbol], 2, 1)(one, other)
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            close = np.abs(one - other) <= CLOSE * np.maximum(np.abs(one), np.abs(other))
            found = np.where(close, symbol in _WHEN_EQUAL, _COMPARISONS[symbol](one, other))
    return bool(found) if is_number(left) and is_number(right) else _ones(found)


def _as_whole(value: Any) -> bool:
    return value is None or isinstance(value, bool | str | tuple)


def _compared_as_whole(symbol: str, left: Any, right: Any) -> bool:
    if symbol not in ("==", "!="):
        raise ValueError(f"expected numbers on both sides of {symbol}, received {left!r} and {right!r}")
    same = type(left) is type(right) and bool(left == right)
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        same = list(left) == list(right)
    return same == (symbol == "==")


def _ones(found: Any) -> Any:
    return plain(np.asarray(found, dtype=bool).astype(np.int64))


def truths(value: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a condition holds: True, a number that is not 0, and such entries of an array.

    Raises:
        ValueError: for a value that is not a condition, such as text.
    """
    if isinstance(value, bool):
        return np.array(value)
    if not is_number(value) and not is_array(value):
        raise ValueError(f"expected a condition, received {value!r}")
    return np.asarray(as_array(value) != 0, dtype=bool)


def holds(value: Any) -> bool:
    """Whether a condition holds; for an array, everywhere.

    Raises:
        ValueError: for a value that is not a condition, such as text.

    >>> holds(compare("<", [1, 2], 3)), holds(False)
    (True, False)
    """
    return bool(truths(value).all())


def _join(union: bool, left: Any, right: Any) -> Any:
    one, other = truths(left), truths(right)
    found = np.logical_or(one, other) if union else np.logical_and(one, other)
    return bool(found) if found.ndim == 0 else _ones(found)


def negate(value: Any) -> Any:
    """`not value`, entry by entry for arrays.

    >>> negate(False), negate([1, 0])
    (True, [0, 1])
    """
    found = ~truths(value)
    return bool(found) if found.ndim == 0 else _ones(found)


def _shape(*sizes: Any) -> tuple[Any, ...]:
    return sizes


def signed(symbol: str, value: Any) -> Any:
    """`+value`, `-value` or `not value`."""
    return negate(value) if symbol == "not" else unary(symbol, value)


ARITHMETIC = ("+", "-", "*", "/", "//", "%", "@", "**")
SHAPE_OPERATOR = "()"
"""The operator that makes a shape of its sizes."""
OPERATORS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **{symbol: partial(binary, symbol) for symbol in ARITHMETIC},
        **{symbol: partial(compare, symbol) for symbol in _COMPARISONS},
        "and": partial(_join, False),
        "or": partial(_join, True),
        SHAPE_OPERATOR: _shape,
    }
)
"""Every operator between two values, and the one that writes a shape out."""

STEPPED = frozenset({"//", "%", "and", "or", "not", *_COMPARISONS})
"""Operators that are stepped between integers."""
