"""Helpers that multiply or add up along arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, binary, common, plain
from grader.formula.helpers import helper
from grader.formula.helpers.construction import check_count


@helper(topic="product")
def dot(left: Any, right: Any) -> Any:
    """The dot product of two lists, the matrix product of matrices, the product of numbers.

    Raises ValueError for lengths that differ.

    >>> dot([1, 2, 3], [4, 5, 6])
    32
    """
    axes = min(as_array(left).ndim, as_array(right).ndim)
    return binary("@" if axes else "*", left, right)


@helper(topic="product")
def outer(left: Any, right: Any) -> Any:
    """The outer product of two lists: every entry of the left one times every entry of the right one.

    Raises ValueError for a product that is too large.

    >>> outer([1, 2], [3, 4])
    [[3, 4], [6, 8]]
    """
    one, other = common(left, right)
    check_count(one.size * other.size)
    return plain(np.outer(one, other))


@helper(topic="product")
def kron(left: Any, right: Any) -> Any:
    """The Kronecker product: every entry of the left array times the whole right one.

    Raises ValueError for a product that is too large.

    >>> kron([1, 2], [1, 10])
    [1, 10, 2, 20]
    """
    one, other = common(left, right)
    check_count(one.size * other.size)
    return plain(np.kron(one, other))


@helper(topic="product")
def trace(value: Any) -> Any:
    """The sum of the diagonal of a matrix.

    Raises ValueError for an array without two axes.

    >>> trace([[1, 2], [3, 4]])
    5
    """
    array = as_array(value)
    if array.ndim != 2:
        raise ValueError(f"expected a matrix, received an array of shape {array.shape}")
    return plain(np.trace(array))


@helper(topic="product")
def cumsum(values: Any, axis: Any = None) -> Any:
    """The running sums of all entries, or along `axis`.

    Raises ValueError for an axis that the values do not have.

    >>> cumsum([1, 2, 3])
    [1, 3, 6]
    """
    return plain(np.cumsum(as_array(values), axis=axis))
