"""Losses with a yes or no for every entry: binary cross-entropy of probabilities or scores, and the focal loss."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, real
from grader.core.support.losses import Compared, broadcast, compared
from grader.core.support.pointwise import log_one_plus_exp, logistic

_LEAST_LOG = -100.0
_LEAST_VARIANCE = float(np.float32(1e-12))  # PyTorch keeps it in single precision


def _probabilities(input: ArrayLike, target: ArrayLike, weight: ArrayLike | None, reduction: str) -> Compared:
    call = compared(input, target, reduction, weight)
    wrong = call.x[(call.x < 0) | (call.x > 1)]
    if wrong.size:
        raise ValueError(f"expected input of probabilities from 0 to 1, received {wrong[0]:g}")
    return call


def _logs(p: Array) -> tuple[Array, Array]:
    """log p and log(1 - p), at least -100 as in PyTorch."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(p), _LEAST_LOG), np.maximum(np.log1p(-p), _LEAST_LOG)


@operation(topic="loss")
def binary_cross_entropy(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, reduction: str = "mean"
) -> ArrayOrFloat:
    """The cross-entropy of probabilities and targets of 0 to 1: -(t log p + (1 - t) log(1 - p)).

    input and target of the same shape; weight broadcasts to it. Logarithms are at least -100.

    Raises ValueError for shapes that differ, an unknown reduction and an input outside 0 to 1. Source:
    torch.nn.functional.binary_cross_entropy.

    >>> round(binary_cross_entropy([0.5, 0.5], [1, 0]), 6)
    0.693147
    """
    call = _probabilities(input, target, weight, reduction)
    log, other = _logs(call.x)
    return call.reduced(-(call.target * log + (1 - call.target) * other))


@gradient(binary_cross_entropy, _probabilities)
def binary_cross_entropy_grad_input(g: Array, call: Compared) -> ArrayOrFloat:
    """(p - t) / (p (1 - p)), weighted, over the number of entries for the mean.

    >>> binary_cross_entropy_grad_input(1, [0.5, 0.25], [1, 0], reduction="sum").round(6)
    array([-2.      ,  1.333333])
    """
    p = call.x
    return call.gradient(g, (p - call.target) / np.maximum(p * (1 - p), _LEAST_VARIANCE))


@gradient(binary_cross_entropy, _probabilities)
def binary_cross_entropy_grad_target(g: Array, call: Compared) -> ArrayOrFloat:
    """log(1 - p) - log p, weighted, over the number of entries for the mean; infinite where p is 0 or 1.

    >>> binary_cross_entropy_grad_target(1, [0.5], [1])
    array([0.])
    """
    with np.errstate(divide="ignore"):
        return call.gradient(g, np.log1p(-call.x) - np.log(call.x))


class _Scores(NamedTuple):
    """A checked loss of scores, and by what a positive target's loss is multiplied."""

    compared: Compared
    positive: Array | float

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.compared.output_shape


def _scores(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None,
    reduction: str,
    pos_weight: ArrayLike | None,
) -> _Scores:
    call = compared(input, target, reduction, weight)
    positive = 1.0 if pos_weight is None else broadcast(pos_weight, call.x.shape, "pos_weight")
    return _Scores(call, positive)


@operation(topic="loss")
def binary_cross_entropy_with_logits(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
    pos_weight: ArrayLike | None = None,
) -> ArrayOrFloat:
    """The cross-entropy of sigmoid(input) and targets of 0 to 1, from the scores themselves.

    input and target of the same shape; weight and pos_weight broadcast to it. pos_weight multiplies the part of the
    positive targets: -(pos_weight t log s + (1 - t) log(1 - s)) with s = sigmoid(input).

    Raises ValueError for shapes that differ and an unknown reduction. Source:
    torch.nn.functional.binary_cross_entropy_with_logits.

    >>> round(binary_cross_entropy_with_logits([0, 0], [1, 0]), 6)
    0.693147
    """
    call = _scores(input, target, weight, reduction, pos_weight)
    x, t = call.compared.x, call.compared.target
    return call.compared.reduced((1 - t) * log_one_plus_exp(x) + call.positive * t * log_one_plus_exp(-x))


@gradient(binary_cross_entropy_with_logits, _scores)
def binary_cross_entropy_with_logits_grad_input(g: Array, call: _Scores) -> ArrayOrFloat:
    """sigmoid(input) - target without weights, over the number of entries for the mean.

    >>> binary_cross_entropy_with_logits_grad_input(1, [0, 0], [1, 0])
    array([-0.25,  0.25])
    """
    x, t = call.compared.x, call.compared.target
    return call.compared.gradient(g, (1 - t) * logistic(x) - call.positive * t * logistic(-x))


@gradient(binary_cross_entropy_with_logits, _scores)
def binary_cross_entropy_with_logits_grad_target(g: Array, call: _Scores) -> ArrayOrFloat:
    """-input without weights, over the number of entries for the mean.

    >>> binary_cross_entropy_with_logits_grad_target(1, [3, 0], [1, 0])
    array([-1.5,  0. ])
    """
    x = call.compared.x
    return call.compared.gradient(g, call.positive * log_one_plus_exp(-x) - log_one_plus_exp(x))


class _Focal(NamedTuple):
    """A checked focal loss."""

    compared: Compared
    alpha: float
    gamma: float

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.compared.output_shape

    def balance(self) -> Array | float:
        """alpha for positive targets and 1 - alpha for negative ones; 1 where alpha is -1."""
        t = self.compared.target
        return 1.0 if self.alpha < 0 else self.alpha * t + (1 - self.alpha) * (1 - t)

    def entropy(self) -> Array:
        """The binary cross-entropy of every entry."""
        x, t = self.compared.x, self.compared.target
        return (1 - t) * log_one_plus_exp(x) + t * log_one_plus_exp(-x)

    def miss(self) -> Array:
        """1 - p_t: how far the probability is from the target."""
        x, t = self.compared.x, self.compared.target
        return t * logistic(-x) + (1 - t) * logistic(x)

    def focus_slope(self) -> Array:
        """The slope of (1 - p_t)^gamma with respect to 1 - p_t."""
        return np.zeros_like(self.compared.x) if self.gamma == 0 else self.gamma * self.miss() ** (self.gamma - 1)


def _focal(inputs: ArrayLike, targets: ArrayLike, alpha: float, gamma: float, reduction: str) -> _Focal:
    share = real(alpha, "alpha", most=1.0)
    if share < 0 and share != -1:
        raise ValueError(f"expected alpha between 0 and 1, or -1 for no balance, received {share:g}")
    return _Focal(compared(inputs, targets, reduction, names=("inputs", "targets")), share, real(gamma, "gamma", 0.0))


@operation(topic="loss")
def sigmoid_focal_loss(
    inputs: ArrayLike, targets: ArrayLike, alpha: float = 0.25, gamma: float = 2.0, reduction: str = "none"
) -> ArrayOrFloat:
    """The focal loss of scores: alpha_t (1 - p_t)^gamma times the binary cross-entropy of every entry.

    inputs (scores, before the sigmoid) and targets of the same shape. p_t is the probability of the target, alpha_t is
    alpha for a positive target and 1 - alpha for a negative one; alpha = -1 leaves it out.

    Raises ValueError for shapes that differ, an alpha outside 0 to 1 that is not -1, a negative gamma and an unknown
    reduction. Source: Lin et al., "Focal Loss for Dense Object Detection" (2017); torchvision.ops.sigmoid_focal_loss.

    >>> sigmoid_focal_loss([0, 0], [1, 0]).round(6)
    array([0.043322, 0.129965])
    """
    call = _focal(inputs, targets, alpha, gamma, reduction)
    return call.compared.reduced(call.balance() * call.entropy() * call.miss() ** call.gamma)


@gradient(sigmoid_focal_loss, _focal)
def sigmoid_focal_loss_grad_inputs(g: Array, call: _Focal) -> ArrayOrFloat:
    """through the cross-entropy and through its focus (1 - p_t)^gamma.

    >>> sigmoid_focal_loss_grad_inputs([1], [0], [1], gamma=0)
    array([-0.125])
    """
    x, t = call.compared.x, call.compared.target
    s = logistic(x)
    miss_slope = (1 - 2 * t) * s * logistic(-x)
    slope = (s - t) * call.miss() ** call.gamma + call.entropy() * call.focus_slope() * miss_slope
    return call.compared.gradient(g, call.balance() * slope)


@gradient(sigmoid_focal_loss, _focal)
def sigmoid_focal_loss_grad_targets(g: Array, call: _Focal) -> ArrayOrFloat:
    """through the cross-entropy, its focus and the balance alpha_t.

    >>> sigmoid_focal_loss_grad_targets([1], [2], [1], alpha=-1, gamma=0)
    array([-2.])
    """
    x = call.compared.x
    focus, entropy = call.miss() ** call.gamma, call.entropy()
    slope = call.balance() * (-x * focus + entropy * call.focus_slope() * (logistic(-x) - logistic(x)))
    if call.alpha >= 0:
        slope = slope + (2 * call.alpha - 1) * entropy * focus
    return call.compared.gradient(g, slope)
