"""What functions that act on every number alone share: a checked input, and results that are numbers or arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.inputs import Array, Value, as_array, number_or_array


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


def result(values: object) -> Value:
    """A Python float for a single number, else a float64 array."""
    return number_or_array(np.asarray(values, dtype=np.float64))
