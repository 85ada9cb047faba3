"""Helpers on the shapes of arrays and on how their entries are arranged."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.arithmetic import MAX_ELEMENTS, as_array, is_number, plain
from grader.formula.helpers.registry import helper


@helper(topic="arrangement", stepped=True)
def shape(value: Any) -> tuple[int, ...]:
    """The sizes of the axes; () for a single number.

    Raises ValueError for a ragged list.

    >>> shape([[1, 2, 3], [4, 5, 6]])
    (2, 3)
    """
    return tuple(int(size) for size in as_array(value).shape)


@helper(topic="arrangement")
def transpose(value: Any, axes: Any = None) -> Any:
    """The axes reversed, or in the order of `axes`.

    Raises ValueError for axes that the array does not have.

    >>> transpose([[1, 2, 3], [4, 5, 6]])
    [[1, 4], [2, 5], [3, 6]]
    """
    return plain(np.transpose(as_array(value), axes))


@helper(topic="arrangement")
def reshape(value: Any, shape: Any) -> Any:
    """The same entries in another shape, row by row.

    Raises ValueError for a shape of another number of entries.

    >>> reshape([1, 2, 3, 4], (2, 2))
    [[1, 2], [3, 4]]
    """
    return plain(np.reshape(as_array(value), shape))


@helper(topic="arrangement")
def flatten(value: Any) -> Any:
    """All entries in one list, row by row.

    Raises ValueError for a ragged list.

    >>> flatten([[1, 2], [3, 4]])
    [1, 2, 3, 4]
    """
    return plain(as_array(value).reshape(-1))


@helper(topic="arrangement")
def zeros(shape: Any) -> Any:
    """An array of zeros.

    Raises ValueError for a shape that is not of whole numbers or is too large.

    >>> zeros((2, 3))
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    sizes = (shape,) if is_number(shape) else tuple(shape)
    for size in sizes:
        if type(size) is not int or size < 0:
            raise ValueError(f"expected a shape of whole numbers, received {shape}")
    if math.prod(sizes) > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {math.prod(sizes)}")
    return np.zeros(sizes)
