"""`softmax` and `log_softmax` with their gradients, stable for numbers of any size."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.arrays import Array, Value, as_array, gradient_like, number_or_array
from grader.core.support.options import whole


def _axis(x: Array, dim: int | None) -> int | None:
    """The axis of the classes; None for a single number, which is a class of its own."""
    if dim is None:
        return None if x.ndim == 0 else (0 if x.ndim in (1, 3) else 1)
    axes = max(x.ndim, 1)
    axis = whole(dim, "dim", -axes)
    if axis >= axes:
        raise ValueError(f"expected dim between {-axes} and {axes - 1} for input {x.shape}, received {axis}")
    return None if x.ndim == 0 else axis


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


def softmax(input: ArrayLike, dim: int | None = None) -> Value:
    """Probabilities e^x / sum(e^x) along the axis dim.

    input of any shape. Without dim it is PyTorch's implicit axis: the first of one or three axes, else the second,
    where the classes of (C), (N, C), (C, H, W) and (N, C, H, W) stand.

    Raises ValueError for a dim that the input does not have. Source: torch.nn.functional.softmax.

    >>> softmax([[0, 0, 0, 0], [5, 5, -np.inf, -np.inf]])
    array([[0.25, 0.25, 0.25, 0.25],
           [0.5 , 0.5 , 0.  , 0.  ]])
    """
    x = as_array(input, "input")
    return number_or_array(probabilities(x, _axis(x, dim)))


def softmax_grad_input(grad_output: ArrayLike, input: ArrayLike, dim: int | None = None) -> Value:
    """Gradient of `softmax` with respect to its input: y (g - sum(g y)) along the axis, y the output.

    grad_output has the shape of the input.

    Raises ValueError as `softmax` does, and for a grad_output of another shape.

    >>> softmax_grad_input([1, 0], [3, 3])
    array([ 0.25, -0.25])
    """
    x = as_array(input, "input")
    g, axis = gradient_like(grad_output, x.shape), _axis(x, dim)
    y = probabilities(x, axis)
    return number_or_array(np.asarray(y * (g - (g * y).sum(axis=axis, keepdims=True))))


def log_softmax(input: ArrayLike, dim: int | None = None) -> Value:
    """Logarithms of `softmax`: x - log(sum(e^x)) along the axis dim.

    input of any shape; without dim the axis is that of `softmax`.

    Raises ValueError for a dim that the input does not have. Source: torch.nn.functional.log_softmax.

    >>> np.round(log_softmax([7, 7]), 6)
    array([-0.693147, -0.693147])
    """
    x = as_array(input, "input")
    return number_or_array(log_probabilities(x, _axis(x, dim)))


def log_softmax_grad_input(grad_output: ArrayLike, input: ArrayLike, dim: int | None = None) -> Value:
    """Gradient of `log_softmax` with respect to its input: g - softmax(x) sum(g) along the axis.

    grad_output has the shape of the input.

    Raises ValueError as `log_softmax` does, and for a grad_output of another shape.

    >>> log_softmax_grad_input([1, 0], [3, 3])
    array([ 0.5, -0.5])
    """
    x = as_array(input, "input")
    g, axis = gradient_like(grad_output, x.shape), _axis(x, dim)
    return number_or_array(np.asarray(g - probabilities(x, axis) * g.sum(axis=axis, keepdims=True)))
