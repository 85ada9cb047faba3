"""Helpers that make arrays from sizes and numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.arithmetic import MAX_ELEMENTS, as_array, is_number, plain
from grader.formula.helpers import helper


def check_count(count: int) -> None:
    """Refuse an array before it fills the memory."""
    if count > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {count}")


def _sizes(shape: Any) -> tuple[int, ...]:
    sizes = (shape,) if is_number(shape) else tuple(shape)
    for size in sizes:
        if type(size) is not int or size < 0:
            raise ValueError(f"expected a shape of whole numbers, received {shape}")
    check_count(math.prod(sizes))
    return sizes


def _count(value: Any, name: str) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"expected {name} to be a whole number of at least 0, received {value!r}")
    return value


@helper(topic="construction")
def zeros(shape: Any) -> Any:
    """An array of zeros.

    Raises ValueError for a shape that is not of whole numbers or is too large.

    >>> zeros((2, 3))
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    return np.zeros(_sizes(shape))


@helper(topic="construction")
def ones(shape: Any) -> Any:
    """An array of ones.

    Raises ValueError for a shape that is not of whole numbers or is too large.

    >>> ones(3)
    array([1., 1., 1.])
    """
    return np.ones(_sizes(shape))


@helper(topic="construction")
def full(shape: Any, value: Any) -> Any:
    """An array that holds one number everywhere.

    Raises ValueError for a shape that is not of whole numbers or is too large, and a value that is not a number.

    >>> full((2, 2), 7)
    [[7, 7], [7, 7]]
    """
    if not is_number(value):
        raise ValueError(f"expected value to be a number, received {value!r}")
    return plain(np.full(_sizes(shape), value, dtype=object if isinstance(value, int) else np.float64))


@helper(topic="construction")
def eye(rows: int, columns: Any = None) -> Any:
    """The identity matrix, or a matrix with ones on its diagonal.

    Raises ValueError for sizes that are not whole numbers or are too large.

    >>> eye(2)
    array([[1., 0.],
           [0., 1.]])
    """
    height = _count(rows, "rows")
    width = height if columns is None else _count(columns, "columns")
    check_count(height * width)
    return np.eye(height, width)


@helper(topic="construction")
def arange(start: Any, stop: Any = None, step: Any = 1) -> Any:
    """The numbers from start up to, but without, stop; from 0 where one number is given.

    Raises ValueError for a step of 0 and too many numbers.

    >>> arange(3), arange(2, 8, 2)
    ([0, 1, 2], [2, 4, 6])
    """
    first, last = (0, start) if stop is None else (start, stop)
    if not all(is_number(each) for each in (first, last, step)) or step == 0:
        raise ValueError(f"expected numbers, and a step other than 0, received {first!r}, {last!r} and {step!r}")
    count = max(math.ceil((last - first) / step), 0)
    check_count(count)
    exact = isinstance(first, int) and isinstance(step, int)
    numbers = [first + index * step for index in range(count)]
    return plain(np.array(numbers, dtype=object if exact else np.float64))


@helper(topic="construction", stepped=True)
def one_hot(indices: Any, classes: int) -> Any:
    """For each class index a row that is 1 there and 0 elsewhere.

    Raises ValueError for indices that are not from 0 to classes - 1.

    >>> one_hot([2, 0], 3)
    [[0, 0, 1], [1, 0, 0]]
    """
    array, count = as_array(indices), _count(classes, "classes")
    wrong = [index for index in array.flat if not 0 <= index < count or index != int(index)]
    if wrong:
        raise ValueError(f"expected class indices from 0 to {count - 1}, received {wrong[0]}")
    check_count(max(array.size, 1) * count)
    return plain((array[..., None] == np.arange(count)).astype(np.int64))
