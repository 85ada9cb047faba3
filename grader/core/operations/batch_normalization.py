"""`batch_norm` and `instance_norm`: statistics per channel, over the batch or within each sample.

Source: Ioffe and Szegedy, "Batch Normalization" (2015); Ulyanov et al., "Instance Normalization" (2016).
"""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, as_array, real, switch
from grader.core.support.normalization import Normalized, by_channel, normalize


def _statistics(
    running_mean: ArrayLike | None, running_var: ArrayLike | None, x: Array, switch_name: str
) -> tuple[Array, Array]:
    if running_mean is None or running_var is None:
        raise ValueError(f"expected running_mean and running_var where {switch_name} is False, received None")
    return by_channel(running_mean, x, "running_mean", 0.0), by_channel(running_var, x, "running_var", 1.0)


def _check_running(running_mean: ArrayLike | None, running_var: ArrayLike | None, x: Array) -> None:
    """Running statistics that are given must fit, even where they are not used."""
    by_channel(running_mean, x, "running_mean", 0.0)
    by_channel(running_var, x, "running_var", 1.0)


def _batch(
    input: ArrayLike,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    weight: ArrayLike | None,
    bias: ArrayLike | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Normalized:
    x = as_array(input, "input")
    if x.ndim < 2:
        raise ValueError(f"expected input of shape (N, C) or (N, C, ...), received shape {x.shape}")
    real(momentum, "momentum")
    axes = (0, *range(2, x.ndim))
    gain, shift = by_channel(weight, x, "weight", 1.0), by_channel(bias, x, "bias", 0.0)
    _check_running(running_mean, running_var, x)
    fixed = None
    if not switch(training, "training"):
        fixed = _statistics(running_mean, running_var, x, "training")
    elif x.size == x.shape[1]:
        raise ValueError(f"expected more than one value per channel for statistics, received input {x.shape}")
    return normalize(x, x.shape, axes, gain, shift, axes, eps, fixed)


@operation(topic="normalization")
def batch_norm(
    input: ArrayLike,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Batch normalisation: (x - mean) / sqrt(var + eps) * weight + bias, per channel; the output only.

    input (N, C) or (N, C, ...): the second axis is the channel, also of three axes; everything else (C). When training,
    mean and (biased) variance are those of the batch and the running statistics may be None; otherwise the running
    statistics are used. momentum changes only the running statistics, which this pure function leaves alone.

    Raises ValueError for shapes that do not fit, missing statistics, and a single value per channel when training.
    Source: torch.nn.functional.batch_norm.

    >>> batch_norm([[1, 10], [3, 10]], None, None, training=True, eps=0.5).round(6)
    array([[-0.816497,  0.      ],
           [ 0.816497,  0.      ]])
    """
    return _batch(input, running_mean, running_var, weight, bias, training, momentum, eps).output()


@gradient(batch_norm, _batch)
def batch_norm_grad_input(g: Array, call: Normalized) -> Array:
    """when training, through mean and variance too.

    >>> batch_norm_grad_input([[1, 1]], [[5, 6]], [0, 0], [3, 15], eps=1)
    array([[0.5 , 0.25]])
    """
    return call.grad_input(g)


@gradient(batch_norm, _batch)
def batch_norm_grad_weight(g: Array, call: Normalized) -> Array:
    """grad_output times the normalised input, summed per channel.

    >>> batch_norm_grad_weight([[1, 1]], [[5, 6]], [1, 2], [3, 15], eps=1)
    array([2., 1.])
    """
    return call.grad_weight(g)


@gradient(batch_norm, _batch)
def batch_norm_grad_bias(g: Array, call: Normalized) -> Array:
    """grad_output, summed per channel.

    >>> batch_norm_grad_bias([[1, 2], [3, 4]], [[5, 6], [7, 8]], None, None, training=True)
    array([4., 6.])
    """
    return call.grad_bias(g)


def _instance(
    input: ArrayLike,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    weight: ArrayLike | None,
    bias: ArrayLike | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
) -> Normalized:
    x = as_array(input, "input")
    if x.ndim < 3:
        raise ValueError(f"expected input of shape (N, C, L) or (N, C, H, W), received shape {x.shape}")
    real(momentum, "momentum")
    gain, shift = by_channel(weight, x, "weight", 1.0), by_channel(bias, x, "bias", 0.0)
    _check_running(running_mean, running_var, x)
    fixed = None
    if not switch(use_input_stats, "use_input_stats"):
        fixed = _statistics(running_mean, running_var, x, "use_input_stats")
    elif math.prod(x.shape[2:]) == 1:
        raise ValueError(f"expected more than one value per channel and sample, received input {x.shape}")
    return normalize(x, x.shape, tuple(range(2, x.ndim)), gain, shift, (0, *range(2, x.ndim)), eps, fixed)


@operation(topic="normalization")
def instance_norm(
    input: ArrayLike,
    running_mean: ArrayLike | None = None,
    running_var: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Instance normalisation: every channel of every sample by its own mean and variance; the output only.

    input (N, C, L) or (N, C, H, W); everything else (C). With use_input_stats False the running statistics are used.

    Raises ValueError for shapes that do not fit, missing statistics, and a single value per channel and sample.
    Source: torch.nn.functional.instance_norm.

    >>> instance_norm([[[1, 3], [10, 10]]], eps=3)
    array([[[-0.5,  0.5],
            [ 0. ,  0. ]]])
    """
    return _instance(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps).output()


@gradient(instance_norm, _instance)
def instance_norm_grad_input(g: Array, call: Normalized) -> Array:
    """through mean and variance too, unless the statistics are the running ones.

    >>> instance_norm_grad_input([[[1, 0]]], [[[1, 3]]], eps=3)
    array([[[ 0.1875, -0.1875]]])
    """
    return call.grad_input(g)


@gradient(instance_norm, _instance)
def instance_norm_grad_weight(g: Array, call: Normalized) -> Array:
    """grad_output times the normalised input, summed per channel.

    >>> instance_norm_grad_weight([[[1, 2]]], [[[1, 3]]], eps=3)
    array([0.5])
    """
    return call.grad_weight(g)


@gradient(instance_norm, _instance)
def instance_norm_grad_bias(g: Array, call: Normalized) -> Array:
    """grad_output, summed per channel.

    >>> instance_norm_grad_bias([[[1, 2]]], [[[1, 3]]])
    array([3.])
    """
    return call.grad_bias(g)
