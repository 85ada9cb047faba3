"""Losses of distributions and of masks: the Kullback-Leibler divergence and the Dice coefficient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_shape, number_or_array, one_of, real, switch
from grader.core.support.losses import REDUCTIONS, Compared, compared, reduction_of


def _divergence(input: ArrayLike, target: ArrayLike, reduction: str, log_target: bool) -> Compared:
    how = one_of(reduction, "reduction", (*REDUCTIONS, "batchmean"))
    batches = how == "batchmean"
    call = compared(input, target, "mean" if batches else how, option=float(switch(log_target, "log_target")))
    if not call.option and np.any(call.target < 0):
        raise ValueError(f"expected target of probabilities of at least 0, received {call.target.min():g}")
    if batches:
        call = call._replace(reduction=reduction_of("mean", call.x.shape, float(call.x.shape[0] if call.x.ndim else 1)))
    return call


@operation(topic="loss")
def kl_div(input: ArrayLike, target: ArrayLike, reduction: str = "mean", log_target: bool = False) -> ArrayOrFloat:
    """The Kullback-Leibler divergence of log-probabilities from a target: t (log t - input), entry by entry.

    input: log-probabilities; target: probabilities of the same shape, or their logarithms where log_target. "mean"
    divides by all entries, "batchmean" by the first axis, as the divergence is defined; "sum" and "none" as elsewhere.

    Raises ValueError for shapes that differ, an unknown reduction and a negative target that is not a logarithm.
    Source: torch.nn.functional.kl_div.

    >>> round(kl_div(np.log([[0.5, 0.5]]), [[1, 0]], "batchmean"), 6)
    0.693147
    """
    call = _divergence(input, target, reduction, log_target)
    t = call.target
    if call.option:
        return call.reduced(np.exp(t) * (t - call.x))
    with np.errstate(divide="ignore", invalid="ignore"):
        return call.reduced(np.where(t == 0, 0.0, t * (np.log(t) - call.x)))


@gradient(kl_div, _divergence)
def kl_div_grad_input(g: Array, call: Compared) -> ArrayOrFloat:
    """minus the target's probability, divided for a mean.

    >>> kl_div_grad_input(1, [[-1, -2]], [[0.25, 0.75]], "sum")
    array([[-0.25, -0.75]])
    """
    return call.gradient(g, -np.exp(call.target) if call.option else -call.target)


@gradient(kl_div, _divergence)
def kl_div_grad_target(g: Array, call: Compared) -> ArrayOrFloat:
    """log t + 1 - input, or e^t (t + 1 - input) for a target of logarithms t; divided for a mean.

    A target of 0 has the gradient minus infinity.

    >>> kl_div_grad_target(1, [[-1, -2]], [[1, 1]], "sum")
    array([[2., 3.]])
    """
    t = call.target
    if call.option:
        return call.gradient(g, np.exp(t) * (t + 1 - call.x))
    with np.errstate(divide="ignore"):
        return call.gradient(g, np.log(t) + 1 - call.x)


def _overlap(a: Array, b: Array, smooth: float) -> tuple[float, float]:
    """Twice the overlap and the sum of both sizes."""
    total = float(a.sum() + b.sum()) + smooth
    if total == 0:
        raise ValueError("expected at least one cell in one of the masks, received two empty ones")
    return 2 * float((a * b).sum()) + smooth, total


@operation(topic="loss")
def dice(a: ArrayLike, b: ArrayLike) -> float:
    """The Dice coefficient of two masks: twice their overlap over the sum of their sizes.

    a and b of the same shape: 0 and 1, or shares in between.

    Raises ValueError for shapes that differ and two empty masks. Source: Dice (1945).

    >>> dice([[1, 1], [0, 0]], [[1, 0], [1, 1]])
    0.4
    """
    one, other = as_array(a, "a"), as_array(b, "b")
    check_shape(other, one.shape, "b")
    overlap, total = _overlap(one, other, 0.0)
    return overlap / total


class _Masks(NamedTuple):
    """A checked Dice loss: prediction and target, twice the overlap, the sum of the sizes."""

    x: Array
    target: Array
    overlap: float
    total: float
    output_shape: tuple[int, ...] = ()

    def slope(self, other: Array) -> Array:
        """The gradient of the loss with respect to one mask, from the other one."""
        return np.asarray((self.overlap / self.total - 2 * other) / self.total)


def _masks(input: ArrayLike, target: ArrayLike, smooth: float) -> _Masks:
    x, t = as_array(input, "input"), as_array(target, "target")
    check_shape(t, x.shape, "target")
    return _Masks(x, t, *_overlap(x, t, real(smooth, "smooth", 0.0)))


@operation(topic="loss")
def dice_loss(input: ArrayLike, target: ArrayLike, smooth: float = 0.0) -> float:
    """The soft Dice loss of a mask of probabilities: 1 - (2 sum(x t) + smooth) / (sum(x) + sum(t) + smooth).

    input: probabilities; target: 0 and 1, of the same shape; all entries count together. Without smooth it is
    1 - `dice`.

    Raises ValueError for shapes that differ, a negative smooth and two empty masks. Source: Sudre et al., "Generalised
    Dice Overlap" (2017), for two classes of equal weight.

    >>> dice_loss([0.5, 0.5, 0], [1, 0, 0])
    0.5
    """
    call = _masks(input, target, smooth)
    return 1 - call.overlap / call.total


@gradient(dice_loss, _masks)
def dice_loss_grad_input(g: Array, call: _Masks) -> ArrayOrFloat:
    """(2 sum(x t) + smooth - 2 t total) / total^2, total being sum(x) + sum(t) + smooth.

    >>> dice_loss_grad_input(4, [0.5, 0.5, 0], [1, 0, 0])
    array([-3.,  1.,  1.])
    """
    return number_or_array(g * call.slope(call.target))


@gradient(dice_loss, _masks)
def dice_loss_grad_target(g: Array, call: _Masks) -> ArrayOrFloat:
    """the same with input and target exchanged.

    >>> dice_loss_grad_target(4, [0.5, 0.5, 0], [1, 0, 0])
    array([-1., -1.,  1.])
    """
    return number_or_array(g * call.slope(call.x))
