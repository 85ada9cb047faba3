"""Regression losses: squared, absolute, and the two that change smoothly from one to the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_shape, real
from grader.core.support.losses import Compared, compared


def _entries(input: ArrayLike, target: ArrayLike, reduction: str, weight: ArrayLike | None) -> Compared:
    """A checked loss whose weights, where given, have the shape of the input."""
    call = compared(input, target, reduction, weight)
    if weight is not None:
        check_shape(as_array(weight, "weight"), call.x.shape, "weight")
    return call


def _weighted(input: ArrayLike, target: ArrayLike, reduction: str, weight: ArrayLike | None) -> Compared:
    """The same, with a mean that is divided by the sum of the weights."""
    call = _entries(input, target, reduction, weight)
    if call.weight is None or call.reduction.how != "mean":
        return call
    return call._replace(reduction=call.reduction._replace(divisor=float(call.weight.sum())))


@operation(topic="loss")
def mse_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", weight: ArrayLike | None = None
) -> ArrayOrFloat:
    """The squared error (input - target)^2: its mean, its sum, or the error of every entry.

    input and target of the same shape. There is no factor 1/2. weight, of that shape too, multiplies the errors; the
    mean is then divided by the sum of the weights.

    Raises ValueError for shapes that differ and an unknown reduction. Source: torch.nn.functional.mse_loss.

    >>> mse_loss([1, 2, 3], [1, 0, 0])
    4.333333333333333
    """
    call = _weighted(input, target, reduction, weight)
    return call.reduced(call.difference**2)


@gradient(mse_loss, _weighted)
def mse_loss_grad_input(g: Array, call: Compared) -> ArrayOrFloat:
    """2 (input - target), over the number of entries for the mean.

    >>> mse_loss_grad_input(1, [1, 2], [1, 0])
    array([0., 2.])
    """
    return call.gradient(g, 2.0 * call.difference)


@gradient(mse_loss, _weighted)
def mse_loss_grad_target(g: Array, call: Compared) -> ArrayOrFloat:
    """the negative of the gradient with respect to the input.

    >>> mse_loss_grad_target(1, [1, 2], [2, 0])
    array([ 1., -2.])
    """
    return call.gradient(g, -2.0 * call.difference)


@operation(topic="loss")
def l1_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", weight: ArrayLike | None = None
) -> ArrayOrFloat:
    """The absolute error |input - target|: its mean, its sum, or the error of every entry.

    input and target of the same shape. weight, of that shape too, multiplies the errors; the mean is then divided by
    the sum of the weights.

    Raises ValueError for shapes that differ and an unknown reduction. Source: torch.nn.functional.l1_loss.

    >>> l1_loss([1, 2, 3], [1, 0, 7])
    2.0
    """
    call = _weighted(input, target, reduction, weight)
    return call.reduced(np.abs(call.difference))


@gradient(l1_loss, _weighted)
def l1_loss_grad_input(g: Array, call: Compared) -> ArrayOrFloat:
    """the sign of input - target (0 where they are equal), over the number of entries for the mean.

    >>> l1_loss_grad_input(1, [1, 2], [1, 0])
    array([0. , 0.5])
    """
    return call.gradient(g, np.sign(call.difference))


@gradient(l1_loss, _weighted)
def l1_loss_grad_target(g: Array, call: Compared) -> ArrayOrFloat:
    """the negative of the gradient with respect to the input.

    >>> l1_loss_grad_target(1, [1, 2], [2, 0])
    array([ 0.5, -0.5])
    """
    return call.gradient(g, -np.sign(call.difference))


def _smooth(input: ArrayLike, target: ArrayLike, reduction: str, beta: float) -> Compared:
    return compared(input, target, reduction, option=real(beta, "beta", 0.0))


def _smooth_slope(call: Compared) -> Array:
    d, beta = call.difference, call.option
    return np.where(np.abs(d) < beta, d / (beta or 1.0), np.sign(d))


@operation(topic="loss")
def smooth_l1_loss(input: ArrayLike, target: ArrayLike, reduction: str = "mean", beta: float = 1.0) -> ArrayOrFloat:
    """The smooth absolute error: d^2 / (2 beta) where |d| < beta, else |d| - beta/2, with d = input - target.

    input and target of the same shape. It is `huber_loss` divided by beta; beta = 0 gives `l1_loss`.

    Raises ValueError for shapes that differ, an unknown reduction and a negative beta. Source: Girshick, "Fast R-CNN"
    (2015); torch.nn.functional.smooth_l1_loss.

    >>> smooth_l1_loss([1, 4], [0.5, 1], reduction="none")
    array([0.125, 2.5  ])
    """
    call = _smooth(input, target, reduction, beta)
    distance = np.abs(call.difference)
    inside = distance**2 / (2.0 * (call.option or 1.0))
    return call.reduced(np.where(distance < call.option, inside, distance - call.option / 2))


@gradient(smooth_l1_loss, _smooth)
def smooth_l1_loss_grad_input(g: Array, call: Compared) -> ArrayOrFloat:
    """d / beta where |d| < beta, else the sign of d = input - target; over the number of entries for the mean.

    >>> smooth_l1_loss_grad_input(1, [1, 4], [0.5, 1], reduction="sum")
    array([0.5, 1. ])
    """
    return call.gradient(g, _smooth_slope(call))


@gradient(smooth_l1_loss, _smooth)
def smooth_l1_loss_grad_target(g: Array, call: Compared) -> ArrayOrFloat:
    """the negative of the gradient with respect to the input.

    >>> smooth_l1_loss_grad_target(1, [1, 4], [0.5, 1], reduction="sum")
    array([-0.5, -1. ])
    """
    return call.gradient(g, -_smooth_slope(call))


def _huber(input: ArrayLike, target: ArrayLike, reduction: str, delta: float, weight: ArrayLike | None) -> Compared:
    width = real(delta, "delta")
    if width <= 0:
        raise ValueError(f"expected delta to be above 0, received {width:g}")
    return _entries(input, target, reduction, weight)._replace(option=width)


def _huber_slope(call: Compared) -> Array:
    return np.clip(call.difference, -call.option, call.option)


@operation(topic="loss")
def huber_loss(
    input: ArrayLike,
    target: ArrayLike,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: ArrayLike | None = None,
) -> ArrayOrFloat:
    """The Huber loss: d^2 / 2 where |d| <= delta, else delta (|d| - delta/2), with d = input - target.

    input and target of the same shape. weight, of that shape too, multiplies the losses; the mean is divided by their
    number all the same.

    Raises ValueError for shapes that differ, an unknown reduction and a delta that is not above 0. Source: Huber,
    "Robust Estimation of a Location Parameter" (1964); torch.nn.functional.huber_loss.

    >>> huber_loss([1, 4], [0.5, 1], reduction="none", delta=2)
    array([0.125, 4.   ])
    """
    call = _huber(input, target, reduction, delta, weight)
    distance = np.abs(call.difference)
    outside = call.option * (distance - call.option / 2)
    return call.reduced(np.where(distance <= call.option, distance**2 / 2, outside))


@gradient(huber_loss, _huber)
def huber_loss_grad_input(g: Array, call: Compared) -> ArrayOrFloat:
    """input - target, cut off at -delta and delta; over the number of entries for the mean.

    >>> huber_loss_grad_input(1, [1, 4], [0.5, 1], reduction="sum", delta=2)
    array([0.5, 2. ])
    """
    return call.gradient(g, _huber_slope(call))


@gradient(huber_loss, _huber)
def huber_loss_grad_target(g: Array, call: Compared) -> ArrayOrFloat:
    """the negative of the gradient with respect to the input.

    >>> huber_loss_grad_target(1, [1, 4], [0.5, 1], reduction="sum", delta=2)
    array([-0.5, -2. ])
    """
    return call.gradient(g, -_huber_slope(call))
