"""Helpers on the shapes of arrays and on how their entries are arranged."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, common, is_array, plain
from grader.formula.helpers import helper
from grader.formula.helpers.construction import check_count


@helper(topic="arrangement", stepped=True)
def shape(value: Any) -> tuple[int, ...]:
    """The sizes of the axes; () for a single number.

    Raises ValueError for a ragged list.

    >>> shape([[1, 2, 3], [4, 5, 6]])
    (2, 3)
    """
    return tuple(int(size) for size in as_array(value).shape)


@helper(topic="arrangement", stepped=True)
def len(value: Any) -> int:
    """How many entries a list has; of a matrix, how many rows.

    Raises ValueError for anything but a list.

    >>> len([4, 5, 6])
    3
    """
    if not is_array(value) or (isinstance(value, np.ndarray) and value.ndim == 0):
        raise ValueError(f"expected a list, received {str(value)[:80]}")
    return builtins.len(value)


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
def flip(value: Any, axis: Any = None) -> Any:
    """The entries in reverse order, along all axes or along `axis`.

    Raises ValueError for an axis that the array does not have.

    >>> flip([[1, 2], [3, 4]]), flip([[1, 2], [3, 4]], 1)
    ([[4, 3], [2, 1]], [[2, 1], [4, 3]])
    """
    return plain(np.flip(as_array(value), axis=tuple(axis) if isinstance(axis, list) else axis))


@helper(topic="arrangement")
def rot90(value: Any, k: int = 1) -> Any:
    """A matrix turned by 90 degrees, k times counterclockwise.

    Raises ValueError for an array without two axes and a k that is not a whole number.

    >>> rot90([[1, 2], [3, 4]])
    [[2, 4], [1, 3]]
    """
    if type(k) is not int:
        raise ValueError(f"expected k to be a whole number, received {k!r}")
    return plain(np.rot90(as_array(value), k))


def _parts(arrays: Any) -> list[np.ndarray[Any, Any]]:
    if not is_array(arrays) or builtins.len(arrays) == 0:
        raise ValueError(f"expected a list of arrays, received {str(arrays)[:80]}")
    return common(*arrays)


@helper(topic="arrangement")
def concatenate(arrays: Any, axis: int = 0) -> Any:
    """The arrays of a list, joined along an axis that they have.

    Raises ValueError for shapes that do not fit.

    >>> concatenate([[[1, 2]], [[3, 4]]]), concatenate([[[1, 2]], [[3, 4]]], 1)
    ([[1, 2], [3, 4]], [[1, 2, 3, 4]])
    """
    return plain(np.concatenate(_parts(arrays), axis=axis))


@helper(topic="arrangement")
def stack(arrays: Any, axis: int = 0) -> Any:
    """The arrays of a list, all of one shape, along a new axis.

    Raises ValueError for shapes that differ.

    >>> stack([[1, 2], [3, 4]], 1)
    [[1, 3], [2, 4]]
    """
    return plain(np.stack(_parts(arrays), axis=axis))


def _ordered(values: Any, descending: Any) -> np.ndarray[Any, Any]:
    """The values, with the sign changed for a falling order, so that equal ones keep their order."""
    if not isinstance(descending, bool):
        raise ValueError(f"expected descending to be True or False, received {descending!r}")
    array = as_array(values)
    return -array if descending else array


@helper(topic="arrangement")
def sort(values: Any, axis: int = -1, descending: bool = False) -> Any:
    """The entries in rising order along an axis, or in falling order.

    Raises ValueError for an axis that the array does not have.

    >>> sort([3, 1, 2]), sort([3, 1, 2], descending=True)
    ([1, 2, 3], [3, 2, 1])
    """
    ordered = np.sort(_ordered(values, descending), axis=axis, kind="stable")
    return plain(-ordered if descending else ordered)


@helper(topic="arrangement", stepped=True)
def argsort(values: Any, axis: int = -1, descending: bool = False) -> Any:
    """The indices that sort the entries along an axis; equal ones stay in their order.

    Raises ValueError for an axis that the array does not have.

    >>> argsort([3, 1, 2]), argsort([3, 1, 2], descending=True)
    ([1, 2, 0], [0, 2, 1])
    """
    return plain(np.argsort(_ordered(values, descending), axis=axis, kind="stable"))


@helper(topic="arrangement")
def diag(value: Any) -> Any:
    """The diagonal of a matrix, or the matrix with a list on its diagonal.

    Raises ValueError for an array without one or two axes.

    >>> diag([[1, 2], [3, 4]]), diag([5, 6])
    ([1, 4], [[5, 0], [0, 6]])
    """
    array = as_array(value)
    if array.ndim == 1:
        check_count(array.size**2)
    return plain(np.diag(array))
