"""Elementwise helpers; a number gives a number, an array an array."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.core.support.inputs import shown
from grader.formula.arithmetic import as_array, common, is_number, plain, together
from grader.formula.helpers import helper
from grader.formula.operators import truths


def _each(function: Callable[[Any], Any], value: Any, wanted: str = "finite numbers") -> Any:
    """The function of a number or of every entry; ValueError for one that it cannot take, which is not `wanted`."""
    if is_number(value):
        return _one(function, value, wanted)
    entries = as_array(value)
    try:
        return plain(np.frompyfunc(function, 1, 1)(entries))
    except (ValueError, OverflowError):
        return [_one(function, entry, wanted) for entry in entries.flat]  # the first that it cannot take


def _one(function: Callable[[Any], Any], number: Any, wanted: str) -> Any:
    try:
        return function(number)
    except (ValueError, OverflowError):
        raise ValueError(f"expected {wanted}, received {shown(plain(number))}") from None


@helper(topic="elementwise")
def abs(value: Any) -> Any:
    """The absolute value.

    Raises ValueError for non-numeric values.

    >>> abs([-2, 3])
    [2, 3]
    """
    return _each(builtins.abs, value)


@helper(topic="elementwise", stepped=True)
def sign(value: Any) -> Any:
    """1 for numbers above 0, -1 below 0, and 0.

    Raises ValueError for non-numeric values.

    >>> sign([-2, 0, 0.5])
    [-1, 0, 1]
    """
    return _each(lambda x: int(x > 0) - int(x < 0), value)


@helper(topic="elementwise")
def sqrt(value: Any) -> Any:
    """The square root.

    Raises ValueError for a negative number.

    >>> sqrt([4, 9])
    array([2., 3.])
    """
    return _each(math.sqrt, value, "numbers of at least 0")


@helper(topic="elementwise")
def exp(value: Any) -> Any:
    """The exponential function e^x.

    Raises OverflowError for a result too large.

    >>> exp(0)
    1.0
    """
    return _each(math.exp, value, "numbers whose exponential is below 1.8e308")


@helper(topic="elementwise")
def log(value: Any) -> Any:
    """The natural logarithm.

    Raises ValueError for a number that is not above 0.

    >>> log(1)
    0.0
    """
    return _each(math.log, value, "numbers above 0")


@helper(topic="elementwise")
def log2(value: Any) -> Any:
    """The logarithm to the base 2.

    Raises ValueError for a number that is not above 0.

    >>> log2([1, 8])
    array([0., 3.])
    """
    return _each(math.log2, value, "numbers above 0")


@helper(topic="elementwise")
def log10(value: Any) -> Any:
    """The logarithm to the base 10.

    Raises ValueError for a number that is not above 0.

    >>> log10(1000)
    3.0
    """
    return _each(math.log10, value, "numbers above 0")


@helper(topic="elementwise")
def sin(value: Any) -> Any:
    """The sine of an angle in radians.

    Raises ValueError for non-numeric values.

    >>> sin(0)
    0.0
    """
    return _each(math.sin, value)


@helper(topic="elementwise")
def cos(value: Any) -> Any:
    """The cosine of an angle in radians.

    Raises ValueError for non-numeric values.

    >>> cos(0)
    1.0
    """
    return _each(math.cos, value)


@helper(topic="elementwise")
def tan(value: Any) -> Any:
    """The tangent of an angle in radians.

    Raises ValueError for non-numeric values.

    >>> tan(0)
    0.0
    """
    return _each(math.tan, value)


@helper(topic="elementwise", stepped=True)
def floor(value: Any) -> Any:
    """The largest whole number that is not above the value.

    Raises ValueError for non-numeric values.

    >>> floor([2.5, -2.5])
    [2, -3]
    """
    return _each(math.floor, value)


@helper(topic="elementwise", stepped=True)
def ceil(value: Any) -> Any:
    """The smallest whole number that is not below the value.

    Raises ValueError for non-numeric values.

    >>> ceil([2.5, -2.5])
    [3, -2]
    """
    return _each(math.ceil, value)


@helper(topic="elementwise", stepped=True)
def round(value: Any, decimals: int = 0) -> Any:
    """The nearest whole number, or the nearest number of `decimals` digits; halves go to the even neighbour.

    Raises ValueError for non-numeric values and decimals that are not a whole number.

    >>> round([2.5, 3.5]), round(2.345, 1)
    ([2, 4], 2.3)
    """
    if type(decimals) is not int:
        raise ValueError(f"expected decimals to be a whole number, received {decimals!r}")
    return _each(lambda x: builtins.round(x, decimals or None), value)


@helper(topic="elementwise")
def clip(values: Any, low: Any, high: Any) -> Any:
    """The values, raised to `low` where they are below it and lowered to `high` where they are above it.

    Raises ValueError for shapes that do not broadcast.

    >>> clip([-3, 0.5, 9], 0, 1)
    array([0. , 0.5, 1. ])
    """
    array, least, most = together(values, low, high)
    return plain(np.minimum(np.maximum(array, least), most))


@helper(topic="elementwise", stepped=True)
def where(condition: Any, first: Any, second: Any) -> Any:
    """`first` where the condition holds, else `second`, with broadcasting.

    Raises ValueError for shapes that do not broadcast.

    >>> where([1, 0, 1], [10, 20, 30], 0)
    [10, 0, 30]
    """
    held = truths(condition)
    together(held.astype(np.float64), first, second)
    return plain(np.where(held, *common(first, second)))
