"""Helpers that act on every number alone; a number gives a number, an array an array."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, is_number, plain
from grader.formula.helpers.registry import helper


def _each(function: Callable[[Any], Any], value: Any) -> Any:
    if is_number(value):
        return function(value)
    return plain(np.frompyfunc(function, 1, 1)(as_array(value)))


@helper(topic="elementwise")
def sqrt(value: Any) -> Any:
    """The square root.

    Raises ValueError for a negative number.

    >>> sqrt([4, 9])
    array([2., 3.])
    """
    return _each(math.sqrt, value)


@helper(topic="elementwise")
def exp(value: Any) -> Any:
    """The exponential function e^x.

    Raises OverflowError for a result too large.

    >>> exp(0)
    1.0
    """
    return _each(math.exp, value)


@helper(topic="elementwise")
def log(value: Any) -> Any:
    """The natural logarithm.

    Raises ValueError for a number that is not above 0.

    >>> log(1)
    0.0
    """
    return _each(math.log, value)


@helper(topic="elementwise", stepped=True)
def floor(value: Any) -> Any:
    """The largest whole number that is not above the value.

    Raises ValueError for what is not numeric.

    >>> floor([2.5, -2.5])
    [2, -3]
    """
    return _each(math.floor, value)


@helper(topic="elementwise", stepped=True)
def ceil(value: Any) -> Any:
    """The smallest whole number that is not below the value.

    Raises ValueError for what is not numeric.

    >>> ceil([2.5, -2.5])
    [3, -2]
    """
    return _each(math.ceil, value)
