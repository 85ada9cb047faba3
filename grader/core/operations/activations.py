"""Activations that act on every number alone, and their gradients.

Where a function has a kink, the gradient at the kink is PyTorch's: that of the left side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.arrays import Array, Value, as_array, gradient_like, number_or_array
from grader.core.support.options import real


def _both(grad_output: ArrayLike, input: ArrayLike) -> tuple[Array, Array]:
    x = as_array(input, "input")
    return gradient_like(grad_output, x.shape), x


def _answer(values: object) -> Value:
    return number_or_array(np.asarray(values, dtype=np.float64))


def relu(input: ArrayLike) -> Value:
    """The rectified linear unit: max(x, 0), number by number; any shape.

    Raises ValueError for what is not numeric. Source: Nair and Hinton (2010); torch.nn.functional.relu.

    >>> relu([-1, 0, 2])
    array([0., 0., 2.])
    """
    return _answer(np.maximum(as_array(input, "input"), 0.0))


def relu_grad_input(grad_output: ArrayLike, input: ArrayLike) -> Value:
    """Gradient of `relu` with respect to its input: grad_output where x > 0, else 0 (0 at x = 0).

    Raises ValueError for a grad_output of another shape.

    >>> relu_grad_input([5, 6, 7], [-1, 0, 2])
    array([0., 0., 7.])
    """
    g, x = _both(grad_output, input)
    return _answer(np.where(x <= 0, 0.0, g))


def leaky_relu(input: ArrayLike, negative_slope: float = 0.01) -> Value:
    """The leaky ReLU: x where x > 0, else negative_slope x; any shape.

    Raises ValueError for a slope that is not a finite number. Source: torch.nn.functional.leaky_relu.

    >>> leaky_relu([-2, 3], 0.25)
    array([-0.5,  3. ])
    """
    x, slope = as_array(input, "input"), real(negative_slope, "negative_slope")
    with np.errstate(invalid="ignore"):
        return _answer(np.where(x > 0, x, x * slope))


def leaky_relu_grad_input(grad_output: ArrayLike, input: ArrayLike, negative_slope: float = 0.01) -> Value:
    """Gradient of `leaky_relu` with respect to its input: grad_output where x > 0, else grad_output negative_slope.

    Raises ValueError as `leaky_relu` does, and for a grad_output of another shape.

    >>> leaky_relu_grad_input([1, 1, 1], [-2, 0, 3], 0.25)
    array([0.25, 0.25, 1.  ])
    """
    g, x = _both(grad_output, input)
    return _answer(np.where(x > 0, g, g * real(negative_slope, "negative_slope")))


def elu(input: ArrayLike, alpha: float = 1.0) -> Value:
    """The exponential linear unit: x where x > 0, else alpha (e^x - 1); any shape.

    Raises ValueError for an alpha that is not a finite number. Source: Clevert et al., "Fast and Accurate Deep Network
    Learning by Exponential Linear Units" (2016).

    >>> elu([0, 2], 0.3)
    array([0., 2.])
    """
    x, scale = as_array(input, "input"), real(alpha, "alpha")
    return _answer(np.where(x > 0, x, scale * np.expm1(np.minimum(x, 0.0))))


def elu_grad_input(grad_output: ArrayLike, input: ArrayLike, alpha: float = 1.0) -> Value:
    """Gradient of `elu` with respect to its input: grad_output where x > 0, else grad_output alpha e^x.

    Raises ValueError as `elu` does, and for a grad_output of another shape.

    >>> elu_grad_input([1, 1], [0, 2], 0.3)
    array([0.3, 1. ])
    """
    g, x = _both(grad_output, input)
    return _answer(np.where(x > 0, g, g * real(alpha, "alpha") * np.exp(np.minimum(x, 0.0))))


def _logistic(x: Array) -> Array:
    # e^-|x| never overflows
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def sigmoid(input: ArrayLike) -> Value:
    """The logistic function 1 / (1 + e^-x); any shape.

    Raises ValueError for what is not numeric. Source: torch.nn.functional.sigmoid.

    >>> sigmoid(0)
    0.5
    """
    return _answer(_logistic(as_array(input, "input")))


def sigmoid_grad_input(grad_output: ArrayLike, input: ArrayLike) -> Value:
    """Gradient of `sigmoid` with respect to its input: grad_output s (1 - s) with s = sigmoid(input).

    Raises ValueError for a grad_output of another shape.

    >>> sigmoid_grad_input(1, 0)
    0.25
    """
    g, x = _both(grad_output, input)
    # 1 - s is s of -x, without cancellation
    return _answer(g * _logistic(x) * _logistic(-x))


def tanh(input: ArrayLike) -> Value:
    """The hyperbolic tangent; any shape.

    Raises ValueError for what is not numeric. Source: torch.nn.functional.tanh.

    >>> tanh(0)
    0.0
    """
    return _answer(np.tanh(as_array(input, "input")))


def tanh_grad_input(grad_output: ArrayLike, input: ArrayLike) -> Value:
    """Gradient of `tanh` with respect to its input: grad_output (1 - t^2) with t = tanh(input).

    Raises ValueError for a grad_output of another shape.

    >>> tanh_grad_input(3, 0)
    3.0
    """
    g, x = _both(grad_output, input)
    return _answer(g * (1.0 - np.tanh(x) ** 2))
