"""Shared by elementwise functions: a checked input, results, exponentials that never overflow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.inputs import Array, ArrayOrFloat, as_array, number_or_array


class Pointwise(NamedTuple):
    """A checked input, and the option of the function where it has one."""

    x: Array
    option: float = 0.0

    @property
    def output_shape(self) -> tuple[int, ...]:
        """That of the input."""
        return self.x.shape


def pointwise(input: ArrayLike) -> Pointwise:
    """The checked input of a function without options."""
    return Pointwise(as_array(input, "input"))


def result(values: object) -> ArrayOrFloat:
    """A Python float for a single number, else a float64 array."""
    return number_or_array(np.asarray(values, dtype=np.float64))


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x), from e^-|x|, which never overflows."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def log_one_plus_exp(x: Array) -> Array:
    """log(1 + e^x) for numbers of any size."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))
