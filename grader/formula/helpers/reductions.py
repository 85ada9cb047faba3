"""Helpers that reduce arrays along axes; whole numbers stay exact. Their names hide Python's own, as in formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.formula.arithmetic import as_array, plain
from grader.formula.helpers.registry import helper


def _filled(values: Any) -> np.ndarray[Any, Any]:
    array = as_array(values)
    if array.size == 0:
        raise ValueError("expected at least one number, received an empty list")
    return array


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _reduced(reduce: Callable[..., Any], values: Any, others: tuple[Any, ...], axis: Any) -> Any:
    return plain(reduce(_filled([values, *others] if others else values), axis=_axes(axis)))


@helper(topic="reduction")
def sum(values: Any, *others: Any, axis: Any = None) -> Any:
    """The sum of all entries, or along `axis`; several arguments are entries of one list.

    Raises ValueError for an empty list.

    >>> sum([[1, 2], [3, 4]], axis=0)
    [4, 6]
    """
    return _reduced(np.sum, values, others, axis)


@helper(topic="reduction")
def mean(values: Any, axis: Any = None) -> Any:
    """The mean of all entries, or along `axis`.

    Raises ValueError for an empty list.

    >>> mean([[1, 2], [3, 4]])
    2.5
    """
    return plain(_filled(values).astype(np.float64).mean(axis=_axes(axis)))


@helper(topic="reduction")
def max(values: Any, *others: Any, axis: Any = None) -> Any:
    """The largest entry, or along `axis`; several arguments are entries of one list.

    Raises ValueError for an empty list.

    >>> max([[1, 2], [3, 0]], axis=1)
    [2, 3]
    """
    return _reduced(np.max, values, others, axis)


@helper(topic="reduction")
def min(values: Any, *others: Any, axis: Any = None) -> Any:
    """The smallest entry, or along `axis`; several arguments are entries of one list.

    Raises ValueError for an empty list.

    >>> min([[1, 2], [3, 0]], axis=1)
    [1, 0]
    """
    return _reduced(np.min, values, others, axis)
