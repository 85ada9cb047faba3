"""Normalisations that subtract no mean: `rms_norm` and the local response norm of AlexNet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import MOST_CELLS, Array, Size, as_array, check_shape, real, whole
from grader.core.support.normalization import last_axes


class _RootMeanSquare(NamedTuple):
    """A checked input, the rate 1 / sqrt(mean of squares + eps) of every sample, and the weight."""

    x: Array
    rate: Array
    gain: Array
    axes: tuple[int, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape


def _root_mean_square(
    input: ArrayLike, normalized_shape: Size, weight: ArrayLike | None, eps: float | None
) -> _RootMeanSquare:
    x = as_array(input, "input")
    shape = last_axes(normalized_shape, x)
    gain = np.ones(shape) if weight is None else as_array(weight, "weight")
    check_shape(gain, shape, "weight")
    small = float(np.finfo(np.float64).eps) if eps is None else real(eps, "eps", 0.0)
    axes = tuple(range(x.ndim - len(shape), x.ndim))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = 1.0 / np.sqrt((x**2).mean(axis=axes, keepdims=True) + small)
    return _RootMeanSquare(x, rate, gain, axes)


@operation(topic="normalization")
def rms_norm(
    input: ArrayLike, normalized_shape: Size, weight: ArrayLike | None = None, eps: float | None = None
) -> Array:
    """Root mean square normalisation: x / sqrt(mean(x^2) + eps) over the last axes, times weight.

    input (..., *normalized_shape); weight of shape normalized_shape. Without eps it is 2.2e-16, as in PyTorch for
    float64.

    Raises ValueError for shapes that do not fit. Source: Zhang and Sennrich, "Root Mean Square Layer Normalization"
    (2019); torch.nn.functional.rms_norm.

    >>> rms_norm([[3, 4]], 2, eps=0).round(6)
    array([[0.848528, 1.131371]])
    """
    call = _root_mean_square(input, normalized_shape, weight, eps)
    return call.x * call.rate * call.gain


@gradient(rms_norm, _root_mean_square)
def rms_norm_grad_input(g: Array, call: _RootMeanSquare) -> Array:
    """through the mean of squares too.

    >>> rms_norm_grad_input([[1, 0]], [[3, 4]], 2, eps=0).round(6)
    array([[ 0.181019, -0.135765]])
    """
    scaled, normal = g * call.gain, call.x * call.rate
    slope = (scaled * normal).mean(axis=call.axes, keepdims=True)
    return np.asarray((scaled - normal * slope) * call.rate)


@gradient(rms_norm, _root_mean_square)
def rms_norm_grad_weight(g: Array, call: _RootMeanSquare) -> Array:
    """grad_output times the normalised input, summed over the samples.

    >>> rms_norm_grad_weight([[1, 2]], [[3, 4]], 2, eps=0).round(6)
    array([0.848528, 2.262742])
    """
    return np.asarray((g * call.x * call.rate).sum(axis=tuple(range(call.axes[0]))))


class _Response(NamedTuple):
    """A checked input and the base k + alpha (mean of squares of the channels around each)."""

    x: Array
    base: Array
    size: int
    alpha: float
    beta: float

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.x.shape


def _around(values: Array, before: int, after: int) -> Array:
    """The sums over each channel and its neighbours, `before` and `after` it, of an array (N, C, ...)."""
    channels = values.shape[1]
    sums = np.concatenate([np.zeros_like(values[:, :1]), np.cumsum(values, axis=1)], axis=1)
    places = np.arange(channels)
    return np.asarray(sums[:, np.minimum(places + after + 1, channels)] - sums[:, np.maximum(places - before, 0)])


def _response(input: ArrayLike, size: int, alpha: float, beta: float, k: float) -> _Response:
    x, window = as_array(input, "input"), whole(size, "size", 1)
    if x.ndim < 3:
        raise ValueError(f"expected input of shape (N, C, L) or (N, C, H, W), received shape {x.shape}")
    if window > MOST_CELLS:
        raise ValueError(f"expected size to be at most {MOST_CELLS}, received {window}")
    rate, power = real(alpha, "alpha"), real(beta, "beta")
    base = real(k, "k") + rate / window * _around(x**2, window // 2, (window - 1) // 2)
    return _Response(x, base, window, rate, power)


@operation(topic="normalization")
def local_response_norm(input: ArrayLike, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Array:
    """Local response normalisation: x / (k + alpha/size times the sum of squares of `size` channels around)^beta.

    input (N, C, L) or (N, C, H, W). Channel c is normalised by the channels c - size//2 to c + (size-1)//2; channels
    that do not exist count as 0.

    Raises ValueError for another rank and a size below 1. Source: Krizhevsky et al., "ImageNet Classification with Deep
    Convolutional Neural Networks" (2012), whose alpha is not divided by size; torch.nn.functional.local_response_norm.

    >>> local_response_norm([[[2], [1]]], 2, alpha=2, beta=1)
    array([[[0.4       ],
            [0.16666667]]])
    """
    call = _response(input, size, alpha, beta, k)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(call.x / call.base**call.beta)


@gradient(local_response_norm, _response)
def local_response_norm_grad_input(g: Array, call: _Response) -> Array:
    """through the channel's own response and through those that it is a neighbour of.

    >>> local_response_norm_grad_input([[[1], [0]]], [[[2], [1]]], 2, alpha=2, beta=1).round(6)
    array([[[-0.12],
            [ 0.  ]]])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        own = g / call.base**call.beta
        inner = own * call.x / call.base
    # channel c is in the windows of the channels c - (size-1)//2 to c + size//2
    shared = _around(inner, (call.size - 1) // 2, call.size // 2)
    return np.asarray(own - 2 * call.beta * call.alpha / call.size * call.x * shared)
