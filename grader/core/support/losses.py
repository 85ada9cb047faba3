"""What losses share: an input and a target of one shape, and the reduction of losses to a number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_shape, number_or_array, one_of

REDUCTIONS = ("mean", "sum", "none")


class Reduction(NamedTuple):
    """How the losses of a given shape become the output, and by what their sum is divided for a mean."""

    how: str
    shape: tuple[int, ...]
    divisor: float

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the losses where none are reduced, else that of a number."""
        return self.shape if self.how == "none" else ()

    def reduced(self, losses: Array) -> ArrayOrFloat:
        """The losses as they are, their sum or their mean."""
        if self.how == "none":
            return number_or_array(np.asarray(losses))
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(np.sum(losses) / np.float64(self.divisor))

    def spread(self, g: Array) -> Array:
        """The gradient of every loss from the gradient of the output."""
        if self.how == "none":
            return g
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(g / np.float64(self.divisor))


def reduction_of(reduction: str, shape: tuple[int, ...], divisor: float | None = None) -> Reduction:
    """The checked reduction of losses with this shape; a mean divides by `divisor`, by default by their number."""
    how = one_of(reduction, "reduction", REDUCTIONS)
    by = float(np.prod(shape)) if divisor is None else divisor
    return Reduction(how, shape, by if how == "mean" else 1.0)


class Compared(NamedTuple):
    """A checked loss of an input against a target of its shape; `weight` multiplies each entry's loss."""

    x: Array
    target: Array
    weight: Array | None
    reduction: Reduction
    option: float = 0.0

    @property
    def output_shape(self) -> tuple[int, ...]:
        """That of the reduced losses."""
        return self.reduction.output_shape

    @property
    def difference(self) -> Array:
        """input - target."""
        return self.x - self.target

    def reduced(self, losses: Array) -> ArrayOrFloat:
        """The loss of every entry, weighted and reduced."""
        return self.reduction.reduced(losses if self.weight is None else losses * self.weight)

    def gradient(self, g: Array, slopes: Array) -> ArrayOrFloat:
        """The gradient from the slope of every entry's loss."""
        weighted = slopes if self.weight is None else slopes * self.weight
        return number_or_array(np.asarray(self.reduction.spread(g) * weighted))


def compared(
    input: ArrayLike,
    target: ArrayLike,
    reduction: str,
    weight: ArrayLike | None = None,
    option: float = 0.0,
    names: tuple[str, str] = ("input", "target"),
) -> Compared:
    """Input and target as arrays of one shape; the weight broadcasts to it, and a mean counts the entries."""
    x, t = as_array(input, names[0]), as_array(target, names[1])
    check_shape(t, x.shape, names[1])
    w = None if weight is None else broadcast(weight, x.shape, "weight")
    return Compared(x, t, w, reduction_of(reduction, x.shape), option)


def broadcast(value: ArrayLike, shape: tuple[int, ...], name: str) -> Array:
    """An array that broadcasts to a shape."""
    array = as_array(value, name)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise ValueError(f"expected {name} that broadcasts to shape {shape}, received shape {array.shape}") from None
