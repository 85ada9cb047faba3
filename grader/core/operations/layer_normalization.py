"""`layer_norm` and `group_norm`: statistics within one sample, independent of the batch.

Source: Ba, Kiros and Hinton, "Layer Normalization" (2016); Wu and He, "Group Normalization" (2018).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, Size, as_array, check_shape, whole
from grader.core.support.normalization import Normalized, by_channel, last_axes, normalize


def _layer(
    input: ArrayLike, normalized_shape: Size, weight: ArrayLike | None, bias: ArrayLike | None, eps: float
) -> Normalized:
    x = as_array(input, "input")
    shape = last_axes(normalized_shape, x)
    gain = np.ones(shape) if weight is None else as_array(weight, "weight")
    shift = np.zeros(shape) if bias is None else as_array(bias, "bias")
    check_shape(gain, shape, "weight")
    check_shape(shift, shape, "bias")
    first = x.ndim - len(shape)
    return normalize(x, x.shape, tuple(range(first, x.ndim)), gain, shift, tuple(range(first)), eps)


@operation(topic="normalization")
def layer_norm(
    input: ArrayLike,
    normalized_shape: Size,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    eps: float = 1e-5,
) -> Array:
    """Layer normalisation: mean and variance over the last axes, which have the shape normalized_shape.

    input (..., *normalized_shape); weight and bias of shape normalized_shape; the variance is the biased one.

    Raises ValueError for shapes that do not fit. Source: torch.nn.functional.layer_norm.

    >>> layer_norm([[1, 3], [10, 10]], 2, eps=3)
    array([[-0.5,  0.5],
           [ 0. ,  0. ]])
    """
    return _layer(input, normalized_shape, weight, bias, eps).output()


@gradient(layer_norm, _layer)
def layer_norm_grad_input(g: Array, call: Normalized) -> Array:
    """through mean and variance too.

    >>> layer_norm_grad_input([[1, 0]], [[1, 3]], 2, eps=3)
    array([[ 0.1875, -0.1875]])
    """
    return call.grad_input(g)


@gradient(layer_norm, _layer)
def layer_norm_grad_weight(g: Array, call: Normalized) -> Array:
    """grad_output times the normalised input, summed over the samples.

    >>> layer_norm_grad_weight([[1, 2]], [[1, 3]], 2, eps=3)
    array([-0.5,  1. ])
    """
    return call.grad_weight(g)


@gradient(layer_norm, _layer)
def layer_norm_grad_bias(g: Array, call: Normalized) -> Array:
    """grad_output, summed over the samples.

    >>> layer_norm_grad_bias([[1, 2], [3, 4]], [[1, 3], [5, 6]], 2)
    array([4., 6.])
    """
    return call.grad_bias(g)


def _group(
    input: ArrayLike, num_groups: int, weight: ArrayLike | None, bias: ArrayLike | None, eps: float
) -> Normalized:
    x = as_array(input, "input")
    if x.ndim < 2:
        raise ValueError(f"expected input of shape (N, C) or (N, C, ...), received shape {x.shape}")
    groups = whole(num_groups, "num_groups", 1)
    samples, channels = x.shape[:2]
    if channels % groups:
        raise ValueError(f"expected num_groups to divide the {channels} channels, received {groups}")
    gain, shift = by_channel(weight, x, "weight", 1.0), by_channel(bias, x, "bias", 0.0)
    view = (samples, groups, x.size // (samples * groups))
    return normalize(x, view, (2,), gain, shift, (0, *range(2, x.ndim)), eps)


@operation(topic="normalization")
def group_norm(
    input: ArrayLike,
    num_groups: int,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    eps: float = 1e-5,
) -> Array:
    """Group normalisation: mean and variance over each group of channels of each sample.

    input (N, C, ...); weight and bias (C); the variance is the biased one.

    Raises ValueError for shapes that do not fit and groups that do not divide the channels. Source:
    torch.nn.functional.group_norm.

    >>> group_norm([[[1], [3], [10], [10]]], 2, eps=3)
    array([[[-0.5],
            [ 0.5],
            [ 0. ],
            [ 0. ]]])
    """
    return _group(input, num_groups, weight, bias, eps).output()


@gradient(group_norm, _group)
def group_norm_grad_input(g: Array, call: Normalized) -> Array:
    """through mean and variance too.

    >>> group_norm_grad_input([[1, 0]], [[1, 3]], 1, eps=3)
    array([[ 0.1875, -0.1875]])
    """
    return call.grad_input(g)


@gradient(group_norm, _group)
def group_norm_grad_weight(g: Array, call: Normalized) -> Array:
    """grad_output times the normalised input, summed per channel.

    >>> group_norm_grad_weight([[1, 2]], [[1, 3]], 1, eps=3)
    array([-0.5,  1. ])
    """
    return call.grad_weight(g)


@gradient(group_norm, _group)
def group_norm_grad_bias(g: Array, call: Normalized) -> Array:
    """grad_output, summed per channel.

    >>> group_norm_grad_bias([[1, 2], [3, 4]], [[1, 3], [5, 6]], 1)
    array([4., 6.])
    """
    return call.grad_bias(g)
