"""`softmax` and `log_softmax` with their gradients, stable for numbers of any size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, number_or_array, whole


def _axis(x: Array, dim: int | None) -> int | None:
    """The axis of the classes; None for a single number, which is a class of its own."""
    if dim is None:
        return None if x.ndim == 0 else (0 if x.ndim in (1, 3) else 1)
    axes = max(x.ndim, 1)
    axis = whole(dim, "dim", -axes)
    if axis >= axes:
        raise ValueError(f"expected dim between {-axes} and {axes - 1} for input {x.shape}, received {axis}")
    return None if x.ndim == 0 else axis


class _Along(NamedTuple):
    """A checked input and the axis of its classes."""

    x: Array
    axis: int | None

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape


def _along(input: ArrayLike, dim: int | None) -> _Along:
    x = as_array(input, "input")
    return _Along(x, _axis(x, dim))


def log_probabilities(x: Array, axis: int | None) -> Array:
    """x - log(sum(e^x)) along the axis."""
    with np.errstate(invalid="ignore", over="ignore"):
        shifted = x - x.max(axis=axis, keepdims=True)
        return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def probabilities(x: Array, axis: int | None) -> Array:
    """e^x / sum(e^x) along the axis."""
    with np.errstate(invalid="ignore", over="ignore"):
        powers = np.exp(x - x.max(axis=axis, keepdims=True))
        return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


@operation(topic="activation")
def softmax(input: ArrayLike, dim: int | None = None) -> ArrayOrFloat:
    """Probabilities e^x / sum(e^x) along the axis dim.

    input of any shape. Without dim it is PyTorch's implicit axis: the first of one or three axes, else the second,
    where the classes of (C), (N, C), (C, H, W) and (N, C, H, W) are.

    Raises ValueError for a dim that the input does not have. Source: torch.nn.functional.softmax.

    >>> softmax([[0, 0, 0, 0], [5, 5, -np.inf, -np.inf]])
    array([[0.25, 0.25, 0.25, 0.25],
           [0.5 , 0.5 , 0.  , 0.  ]])
    """
    call = _along(input, dim)
    return number_or_array(probabilities(call.x, call.axis))


@gradient(softmax, _along)
def softmax_grad_input(g: Array, call: _Along) -> ArrayOrFloat:
    """y (g - sum(g y)) along the axis, g being grad_output and y the output.

    >>> softmax_grad_input([1, 0], [3, 3])
    array([ 0.25, -0.25])
    """
    y = probabilities(call.x, call.axis)
    return number_or_array(np.asarray(y * (g - (g * y).sum(axis=call.axis, keepdims=True))))


@operation(topic="activation")
def log_softmax(input: ArrayLike, dim: int | None = None) -> ArrayOrFloat:
    """Logarithms of `softmax`: x - log(sum(e^x)) along the axis dim.

    input of any shape; without dim the axis is that of `softmax`.

    Raises ValueError for a dim that the input does not have. Source: torch.nn.functional.log_softmax.

    >>> np.round(log_softmax([7, 7]), 6)
    array([-0.693147, -0.693147])
    """
    call = _along(input, dim)
    return number_or_array(log_probabilities(call.x, call.axis))


@gradient(log_softmax, _along)
def log_softmax_grad_input(g: Array, call: _Along) -> ArrayOrFloat:
    """g - softmax(x) sum(g) along the axis, g being grad_output.

    >>> log_softmax_grad_input([1, 0], [3, 3])
    array([ 0.5, -0.5])
    """
    return number_or_array(np.asarray(g - probabilities(call.x, call.axis) * g.sum(axis=call.axis, keepdims=True)))
