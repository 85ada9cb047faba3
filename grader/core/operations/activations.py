"""Elementwise activations and their gradients.

Where a function has a kink, the gradient at the kink is PyTorch's: that of the left side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, real
from grader.core.support.pointwise import Pointwise, logistic, pointwise, result


@operation(topic="activation")
def relu(input: ArrayLike) -> ArrayOrFloat:
    """The rectified linear unit: max(x, 0), number by number; any shape.

    Raises ValueError for non-numeric input. Source: Nair and Hinton (2010); torch.nn.functional.relu.

    >>> relu([-1, 0, 2])
    array([0., 0., 2.])
    """
    return result(np.maximum(as_array(input, "input"), 0.0))


@gradient(relu, pointwise)
def relu_grad_input(g: Array, call: Pointwise) -> ArrayOrFloat:
    """grad_output where x > 0, else 0 (0 at x = 0).

    >>> relu_grad_input([5, 6, 7], [-1, 0, 2])
    array([0., 0., 7.])
    """
    return result(np.where(call.x <= 0, 0.0, g))


def _sloped(input: ArrayLike, negative_slope: float) -> Pointwise:
    return Pointwise(as_array(input, "input"), real(negative_slope, "negative_slope"))


@operation(topic="activation")
def leaky_relu(input: ArrayLike, negative_slope: float = 0.01) -> ArrayOrFloat:
    """The leaky ReLU: x where x > 0, else negative_slope x; any shape.

    Raises ValueError for a slope that is not a finite number. Source: torch.nn.functional.leaky_relu.

    >>> leaky_relu([-2, 3], 0.25)
    array([-0.5,  3. ])
    """
    call = _sloped(input, negative_slope)
    with np.errstate(invalid="ignore"):
        return result(np.where(call.x > 0, call.x, call.x * call.option))


@gradient(leaky_relu, _sloped)
def leaky_relu_grad_input(g: Array, call: Pointwise) -> ArrayOrFloat:
    """grad_output where x > 0, else grad_output negative_slope.

    >>> leaky_relu_grad_input([1, 1, 1], [-2, 0, 3], 0.25)
    array([0.25, 0.25, 1.  ])
    """
    return result(np.where(call.x > 0, g, g * call.option))


def _scaled(input: ArrayLike, alpha: float) -> Pointwise:
    return Pointwise(as_array(input, "input"), real(alpha, "alpha"))


@operation(topic="activation")
def elu(input: ArrayLike, alpha: float = 1.0) -> ArrayOrFloat:
    """The exponential linear unit: x where x > 0, else alpha (e^x - 1); any shape.

    Raises ValueError for an alpha that is not a finite number. Source: Clevert et al., "Fast and Accurate Deep Network
    Learning by Exponential Linear Units" (2016).

    >>> elu([0, 2], 0.3)
    array([0., 2.])
    """
    call = _scaled(input, alpha)
    return result(np.where(call.x > 0, call.x, call.option * np.expm1(np.minimum(call.x, 0.0))))


@gradient(elu, _scaled)
def elu_grad_input(g: Array, call: Pointwise) -> ArrayOrFloat:
    """grad_output where x > 0, else grad_output alpha e^x.

    >>> elu_grad_input([1, 1], [0, 2], 0.3)
    array([0.3, 1. ])
    """
    return result(np.where(call.x > 0, g, g * call.option * np.exp(np.minimum(call.x, 0.0))))


@operation(topic="activation")
def sigmoid(input: ArrayLike) -> ArrayOrFloat:
    """The logistic function 1 / (1 + e^-x); any shape.

    Raises ValueError for non-numeric input. Source: torch.nn.functional.sigmoid.

    >>> sigmoid(0)
    0.5
    """
    return result(logistic(as_array(input, "input")))


@gradient(sigmoid, pointwise)
def sigmoid_grad_input(g: Array, call: Pointwise) -> ArrayOrFloat:
    """grad_output s (1 - s) with s = sigmoid(input).

    >>> sigmoid_grad_input(1, 0)
    0.25
    """
    # 1 - s is s of -x, without cancellation
    return result(g * logistic(call.x) * logistic(-call.x))


@operation(topic="activation")
def tanh(input: ArrayLike) -> ArrayOrFloat:
    """The hyperbolic tangent; any shape.

    Raises ValueError for non-numeric input. Source: torch.nn.functional.tanh.

    >>> tanh(0)
    0.0
    """
    return result(np.tanh(as_array(input, "input")))


@gradient(tanh, pointwise)
def tanh_grad_input(g: Array, call: Pointwise) -> ArrayOrFloat:
    """grad_output (1 - t^2) with t = tanh(input).

    >>> tanh_grad_input(3, 0)
    3.0
    """
    return result(g * (1.0 - np.tanh(call.x) ** 2))
