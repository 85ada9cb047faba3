"""Activations without a kink: `gelu`, `silu` and `softplus`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, one_of, real
from grader.core.support.pointwise import Pointwise, log_one_plus_exp, logistic, pointwise, result

_ERFC = np.frompyfunc(math.erfc, 1, 1)
_SLOPE, _CUBIC = math.sqrt(2 / math.pi), 0.044715


class _Gelu(NamedTuple):
    """A checked input, and which of the two formulas is meant."""

    x: Array
    approximate: str

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape

    def _near(self) -> Array:
        """The input without numbers whose powers overflow; there the factor is 0 or 1."""
        return np.clip(self.x, -50.0, 50.0)

    def share(self) -> Array:
        """By what the input is multiplied: the normal distribution function, or its approximation."""
        x = self._near()
        if self.approximate == "tanh":
            return np.asarray(0.5 * (1 + np.tanh(_SLOPE * (x + _CUBIC * x**3))))
        return np.asarray(_ERFC(-x / math.sqrt(2)), dtype=np.float64) / 2

    def share_slope(self) -> Array:
        """The derivative of that factor."""
        x = self._near()
        if self.approximate == "tanh":
            t = np.tanh(_SLOPE * (x + _CUBIC * x**3))
            return np.asarray(0.5 * (1 - t**2) * _SLOPE * (1 + 3 * _CUBIC * x**2))
        return np.asarray(np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def _gelu(input: ArrayLike, approximate: str) -> _Gelu:
    return _Gelu(as_array(input, "input"), one_of(approximate, "approximate", ("none", "tanh")))


@operation(topic="activation")
def gelu(input: ArrayLike, approximate: str = "none") -> ArrayOrFloat:
    """The Gaussian error linear unit: x times the standard normal distribution function of x; any shape.

    With approximate "tanh": x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).

    Raises ValueError for non-numeric input and an unknown approximation. Source: Hendrycks and Gimpel, "Gaussian
    Error Linear Units" (2016); torch.nn.functional.gelu.

    >>> gelu([0, 1]).round(6)
    array([0.      , 0.841345])
    """
    call = _gelu(input, approximate)
    return result(call.x * call.share())


@gradient(gelu, _gelu)
def gelu_grad_input(g: Array, call: _Gelu) -> ArrayOrFloat:
    """grad_output (F(x) + x F'(x)), F being what multiplies x.

    >>> gelu_grad_input(2, 0)
    1.0
    """
    return result(g * (call.share() + call.x * call.share_slope()))


@operation(topic="activation")
def silu(input: ArrayLike) -> ArrayOrFloat:
    """The sigmoid linear unit, also called swish: x / (1 + e^-x); any shape.

    Raises ValueError for non-numeric input. Source: Ramachandran et al., "Searching for Activation Functions" (2017);
    torch.nn.functional.silu.

    >>> silu(0)
    0.0
    """
    x = as_array(input, "input")
    return result(x * logistic(x))


@gradient(silu, pointwise)
def silu_grad_input(g: Array, call: Pointwise) -> ArrayOrFloat:
    """grad_output (s + x s (1 - s)) with s = sigmoid(input).

    >>> silu_grad_input(2, 0)
    1.0
    """
    s = logistic(call.x)
    return result(g * (s + call.x * s * logistic(-call.x)))


class _Softplus(NamedTuple):
    """A checked input with its sharpness, and where the function is the identity."""

    x: Array
    beta: float
    linear: Array

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape


def _softplus(input: ArrayLike, beta: float, threshold: float) -> _Softplus:
    x, sharp = as_array(input, "input"), real(beta, "beta")
    if sharp <= 0:
        raise ValueError(f"expected beta to be above 0, received {sharp:g}")
    return _Softplus(x, sharp, np.asarray(sharp * x > real(threshold, "threshold")))


@operation(topic="activation")
def softplus(input: ArrayLike, beta: float = 1.0, threshold: float = 20.0) -> ArrayOrFloat:
    """The smooth ReLU: log(1 + e^(beta x)) / beta, and x itself where beta x > threshold; any shape.

    Raises ValueError for non-numeric input and a beta that is not above 0. Source: torch.nn.functional.softplus.

    >>> round(softplus(0), 6), softplus(100)
    (0.693147, 100.0)
    """
    call = _softplus(input, beta, threshold)
    return result(np.where(call.linear, call.x, log_one_plus_exp(call.beta * call.x) / call.beta))


@gradient(softplus, _softplus)
def softplus_grad_input(g: Array, call: _Softplus) -> ArrayOrFloat:
    """grad_output sigmoid(beta x), and grad_output itself where beta x > threshold.

    >>> softplus_grad_input([2, 2], [0, 100])
    array([1., 2.])
    """
    return result(np.where(call.linear, g, g * logistic(call.beta * call.x)))
