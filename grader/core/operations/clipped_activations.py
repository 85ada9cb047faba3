"""Piecewise linear activations besides `relu`: `relu6`, `hardtanh` and `prelu`, whose slope is learned."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_rank, is_single, real
from grader.core.support.pointwise import result


class _Clipped(NamedTuple):
    """A checked input and its limits."""

    x: Array
    least: float
    most: float

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape

    def gradient(self, g: Array) -> ArrayOrFloat:
        """grad_output strictly between the limits, else 0."""
        return result(np.where((self.x <= self.least) | (self.x >= self.most), 0.0, g))


def _clipped(input: ArrayLike, min_val: float, max_val: float) -> _Clipped:
    least, most = real(min_val, "min_val"), real(max_val, "max_val")
    if least > most:
        raise ValueError(f"expected min_val to be at most max_val {most:g}, received {least:g}")
    return _Clipped(as_array(input, "input"), least, most)


def _up_to_six(input: ArrayLike) -> _Clipped:
    return _Clipped(as_array(input, "input"), 0.0, 6.0)


@operation(topic="activation")
def relu6(input: ArrayLike) -> ArrayOrFloat:
    """The ReLU that stops at 6: min(max(x, 0), 6), number by number; any shape.

    Raises ValueError for non-numeric input. Source: Howard et al., "MobileNets" (2017); torch.nn.functional.relu6.

    >>> relu6([-1, 2, 8])
    array([0., 2., 6.])
    """
    return result(np.clip(as_array(input, "input"), 0.0, 6.0))


@gradient(relu6, _up_to_six)
def relu6_grad_input(g: Array, call: _Clipped) -> ArrayOrFloat:
    """grad_output where 0 < x < 6, else 0.

    >>> relu6_grad_input([5, 5, 5], [-1, 2, 8])
    array([0., 5., 0.])
    """
    return call.gradient(g)


@operation(topic="activation")
def hardtanh(input: ArrayLike, min_val: float = -1.0, max_val: float = 1.0) -> ArrayOrFloat:
    """The input, cut off at min_val and max_val, number by number; any shape.

    Raises ValueError for non-numeric input and a min_val above max_val. Source: torch.nn.functional.hardtanh.

    >>> hardtanh([-3, 0.5, 2])
    array([-1. ,  0.5,  1. ])
    """
    call = _clipped(input, min_val, max_val)
    return result(np.clip(call.x, call.least, call.most))


@gradient(hardtanh, _clipped)
def hardtanh_grad_input(g: Array, call: _Clipped) -> ArrayOrFloat:
    """grad_output where min_val < x < max_val, else 0.

    >>> hardtanh_grad_input([5, 5, 5], [-3, 0.5, 2])
    array([0., 5., 0.])
    """
    return call.gradient(g)


class _Sloped(NamedTuple):
    """A checked input and its slopes below 0, shaped to broadcast; `shape` is that of the weight as given."""

    x: Array
    slopes: Array
    shape: tuple[int, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape


def _sloped(input: ArrayLike, weight: ArrayLike) -> _Sloped:
    x, w = as_array(input, "input"), as_array(weight, "weight")
    check_rank(w, (0, 1), "weight", "() or (C)")
    if is_single(weight) or w.size == 1:
        return _Sloped(x, w.reshape((1,) * x.ndim), w.shape)
    channels = x.shape[1] if x.ndim > 1 else 1
    if w.shape != (channels,):
        raise ValueError(
            f"expected weight of one number or one per channel, shape ({channels},), received shape {w.shape}"
        )
    return _Sloped(x, w.reshape((-1,) + (1,) * (x.ndim - 2)), w.shape)


@operation(topic="activation")
def prelu(input: ArrayLike, weight: ArrayLike) -> ArrayOrFloat:
    """The ReLU with a learned slope: x where x > 0, else weight x.

    input of any shape; weight one number, or (C) for an input (N, C, ...), one slope per channel.

    Raises ValueError for a weight that does not fit the channels. Source: He et al., "Delving Deep into Rectifiers"
    (2015); torch.nn.functional.prelu.

    >>> prelu([[-4, 2], [-8, -1]], [0.25, 0.5])
    array([[-1. ,  2. ],
           [-2. , -0.5]])
    """
    call = _sloped(input, weight)
    return result(np.where(call.x > 0, call.x, call.x * call.slopes))


@gradient(prelu, _sloped)
def prelu_grad_input(g: Array, call: _Sloped) -> ArrayOrFloat:
    """grad_output where x > 0, else grad_output weight.

    >>> prelu_grad_input([[1, 1], [1, 1]], [[-4, 2], [-8, -1]], [0.25, 0.5])
    array([[0.25, 1.  ],
           [0.25, 0.5 ]])
    """
    return result(np.where(call.x > 0, g, g * call.slopes))


@gradient(prelu, _sloped)
def prelu_grad_weight(g: Array, call: _Sloped) -> ArrayOrFloat:
    """grad_output x where x is at most 0, summed per slope.

    >>> prelu_grad_weight([[1, 1], [1, 1]], [[-4, 2], [-8, -1]], [0.25, 0.5])
    array([-12.,  -1.])
    """
    below = np.where(call.x > 0, 0.0, g * call.x)
    if call.slopes.size == 1:
        return result(below.sum().reshape(call.shape))
    return result(below.sum(axis=(0, *range(2, call.x.ndim))))
