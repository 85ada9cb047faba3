"""The helpers of the formula language: small functions on values that are no operation of the reference core."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.formula.arithmetic import MAX_ELEMENTS, as_array, is_number, plain

Helper = Callable[..., Any]


def _reduction(reduce: Callable[..., Any]) -> Helper:
    def helper(values: Any, *others: Any, axis: Any = None) -> Any:
        array = as_array([values, *others] if others else values)
        if array.size == 0:
            raise ValueError("expected at least one number, received an empty list")
        return plain(reduce(array, axis=tuple(axis) if isinstance(axis, list) else axis))

    return helper


def _mean(values: Any, axis: Any = None) -> Any:
    array = as_array(values).astype(np.float64)
    if array.size == 0:
        raise ValueError("expected at least one number, received an empty list")
    return plain(array.mean(axis=tuple(axis) if isinstance(axis, list) else axis))


def _elementwise(function: Callable[[float], Any]) -> Helper:
    def helper(value: Any) -> Any:
        if is_number(value):
            return function(value)
        array = as_array(value)
        return plain(np.frompyfunc(function, 1, 1)(array))

    return helper


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in as_array(value).shape)


def _transpose(value: Any, axes: Any = None) -> Any:
    return plain(np.transpose(as_array(value), axes))


def _reshape(value: Any, shape: Any) -> Any:
    return plain(np.reshape(as_array(value), shape))


def _flatten(value: Any) -> Any:
    return plain(as_array(value).reshape(-1))


def _zeros(shape: Any) -> Any:
    sizes = (shape,) if is_number(shape) else tuple(shape)
    for size in sizes:
        if type(size) is not int or size < 0:
            raise ValueError(f"expected a shape of whole numbers, received {shape}")
    if math.prod(sizes) > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {math.prod(sizes)}")
    return np.zeros(sizes)


def _kron(left: Any, right: Any) -> Any:
    one, other = as_array(left), as_array(right)
    if one.size * other.size > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} entries, received {one.size * other.size}")
    return plain(np.kron(one, other))


HELPERS: dict[str, Helper] = {
    "sum": _reduction(np.sum),
    "mean": _mean,
    "max": _reduction(np.max),
    "min": _reduction(np.min),
    "shape": _shape,
    "transpose": _transpose,
    "reshape": _reshape,
    "flatten": _flatten,
    "zeros": _zeros,
    "kron": _kron,
    "sqrt": _elementwise(math.sqrt),
    "exp": _elementwise(math.exp),
    "log": _elementwise(math.log),
    "floor": _elementwise(math.floor),
    "ceil": _elementwise(math.ceil),
}
"""Every helper by its name in formulas."""

STEPPED = frozenset({"floor", "ceil"})
"""Helpers whose value jumps between integers."""
