"""Helpers that reduce arrays along axes; whole numbers stay exact. Their names shadow Python's built-in functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from grader.formula.arithmetic import MAX_BITS, as_array, plain, together
from grader.formula.helpers import helper

Values = np.ndarray[Any, Any]


def _filled(values: Any) -> Values:
    array = as_array(values)
    if array.size == 0:
        raise ValueError("expected at least one number, received an empty list")
    return array


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _floats(values: Any) -> Values:
    return _filled(values).astype(np.float64)


@helper(topic="reduction")
def sum(values: Any, axis: Any = None) -> Any:
    """The sum of all entries, or along `axis`.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> sum([[1, 2], [3, 4]], 0)
    [4, 6]
    """
    return plain(np.sum(_filled(values), axis=_axes(axis)))


@helper(topic="reduction")
def prod(values: Any, axis: Any = None) -> Any:
    """The product of all entries, or along `axis`.

    Raises ValueError for an empty list, an axis that the values do not have and a whole number of too many digits.

    >>> prod([[1, 2], [3, 4]])
    24
    """
    array = _filled(values)
    if array.dtype == object and np.sum([entry.bit_length() for entry in array.flat]) > MAX_BITS:
        raise ValueError(f"expected a product of at most {MAX_BITS} bits, received a larger one")
    return plain(np.prod(array, axis=_axes(axis)))


@helper(topic="reduction")
def mean(values: Any, axis: Any = None) -> Any:
    """The mean of all entries, or along `axis`.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> mean([[1, 2], [3, 4]])
    2.5
    """
    return plain(_floats(values).mean(axis=_axes(axis)))


def _spread(values: Any, axis: Any, unbiased: Any) -> Any:
    if not isinstance(unbiased, bool):
        raise ValueError(f"expected unbiased to be True or False, received {unbiased!r}")
    array = _floats(values)
    return np.asarray(array.var(axis=_axes(axis), ddof=int(unbiased)))


@helper(topic="reduction")
def var(values: Any, axis: Any = None, unbiased: bool = False) -> Any:
    """The variance of all entries, or along `axis`: divided by n, or by n - 1 where unbiased.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> var([1, 2, 3, 6]), var([1, 2, 3], unbiased=True)
    (3.5, 1.0)
    """
    return plain(_spread(values, axis, unbiased))


@helper(topic="reduction")
def std(values: Any, axis: Any = None, unbiased: bool = False) -> Any:
    """The standard deviation of all entries, or along `axis`: the root of `var`.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> std([1, 2, 3], unbiased=True)
    1.0
    """
    return plain(np.sqrt(_spread(values, axis, unbiased)))


@helper(topic="reduction")
def median(values: Any, axis: Any = None) -> Any:
    """The median of all entries, or along `axis`; of an even number the mean of the middle two.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> median([5, 1, 2, 4])
    3.0
    """
    return plain(np.median(_floats(values), axis=_axes(axis)))


@helper(topic="reduction")
def norm(values: Any, axis: Any = None, p: Any = 2) -> Any:
    """The p-norm of all entries, or along `axis`: (sum |x|^p)^(1/p); the largest |x| for p = "inf".

    Raises ValueError for an empty list, an axis that the values do not have and a p that is not above 0.

    >>> norm([[3, 4], [6, 8]], 1)
    array([ 5., 10.])
    """
    sizes = np.abs(_floats(values))
    if p == "inf":
        return plain(sizes.max(axis=_axes(axis)))
    if not isinstance(p, int | float) or isinstance(p, bool) or not p > 0:
        raise ValueError(f'expected p to be a number above 0 or "inf", received {p!r}')
    largest = sizes.max() or 1.0  # so that no power overflows
    return plain(largest * ((sizes / largest) ** p).sum(axis=_axes(axis)) ** (1 / p))


@helper(topic="reduction", stepped=True)
def argmax(values: Any, axis: Any = None) -> Any:
    """Where the largest entry is: its place in row-major order, or its index along `axis`; the first of equal ones.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> argmax([[1, 7], [9, 3]]), argmax([[1, 7], [9, 3]], 1)
    (2, [1, 0])
    """
    return plain(np.argmax(_filled(values), axis=axis))


@helper(topic="reduction", stepped=True)
def argmin(values: Any, axis: Any = None) -> Any:
    """Where the smallest entry is: its place in row-major order, or its index along `axis`; the first of equal ones.

    Raises ValueError for an empty list and an axis that the values do not have.

    >>> argmin([[1, 7], [9, 3]]), argmin([[1, 7], [9, 3]], 1)
    (0, [0, 1])
    """
    return plain(np.argmin(_filled(values), axis=axis))


def _extreme(
    values: Any, others: tuple[Any, ...], axis: Any, of: Callable[..., Any], pair: Callable[[Any, Any], Any]
) -> Any:
    if not others:
        return plain(of(_filled(values), axis=_axes(axis)))
    if axis is not None:
        raise ValueError("expected one array with axis, or several arrays without")
    return plain(reduce(pair, together(values, *others)))


@helper(topic="reduction")
def max(values: Any, *others: Any, axis: Any = None) -> Any:
    """The largest entry, or along `axis`; of several arguments the larger one at each place, with broadcasting.

    Raises ValueError for an empty list, shapes that do not broadcast, and an axis together with several arguments.

    >>> max([[1, 2], [3, 0]], axis=1), max([-1, 2], 0)
    ([2, 3], [0, 2])
    """
    return _extreme(values, others, axis, np.max, np.maximum)


@helper(topic="reduction")
def min(values: Any, *others: Any, axis: Any = None) -> Any:
    """The smallest entry, or along `axis`; of several arguments the smaller one at each place, with broadcasting.

    Raises ValueError for an empty list, shapes that do not broadcast, and an axis together with several arguments.

    >>> min([[1, 2], [3, 0]], axis=1), min([-1, 2], 0)
    ([1, 0], [-1, 0])
    """
    return _extreme(values, others, axis, np.min, np.minimum)
