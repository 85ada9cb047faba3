"""Losses of embeddings: a margin between distances or between angles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import (
    Array,
    ArrayOrFloat,
    as_array,
    check_rank,
    check_shape,
    number_or_array,
    real,
    switch,
)
from grader.core.support.losses import Compared, Reduction, compared, reduction_of


class _Triplet(NamedTuple):
    """A checked triplet loss: the three differences, their distances, and which negative is the nearer one."""

    to_positive: Array
    to_negative: Array
    between: Array
    near: Array
    swapped: Array
    margin: float
    p: float
    reduction: Reduction

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.reduction.output_shape

    def losses(self) -> Array:
        """margin + the distance to the positive - the distance to the nearer negative, before it is cut off at 0."""
        return np.asarray(self.margin + _distance(self.to_positive, self.p) - self.near)

    def slopes(self, g: Array) -> tuple[Array, Array, Array]:
        """The gradients with respect to the three differences."""
        active = (self.reduction.spread(g) * (self.losses() > 0))[..., None]
        return (
            active * _distance_slope(self.to_positive, self.p),
            -active * (1 - self.swapped) * _distance_slope(self.to_negative, self.p),
            -active * self.swapped * _distance_slope(self.between, self.p),
        )


def _distance(difference: Array, p: float) -> Array:
    return np.asarray((np.abs(difference) ** p).sum(axis=-1) ** (1 / p))


def _distance_slope(difference: Array, p: float) -> Array:
    """The gradient of the p-norm of a difference; 0 where the norm is 0."""
    norm = _distance(difference, p)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.sign(difference) * (np.abs(difference) / norm) ** (p - 1)
    return np.where((norm == 0) | (difference == 0), 0.0, slope)


def _triplet(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: float,
    p: float,
    eps: float,
    swap: bool,
    reduction: str,
) -> _Triplet:
    a = as_array(anchor, "anchor")
    if a.ndim == 0:
        raise ValueError("expected anchor of shape (D) or (N, D), received a single number")
    near, far = as_array(positive, "positive"), as_array(negative, "negative")
    check_shape(near, a.shape, "positive")
    check_shape(far, a.shape, "negative")
    wide, power, small = real(margin, "margin"), real(p, "p"), real(eps, "eps", 0.0)
    if wide <= 0 or power <= 0:
        raise ValueError(f"expected margin and p above 0, received margin={wide:g} and p={power:g}")
    to_negative, between = a - far + small, near - far + small
    distance = _distance(to_negative, power)
    swapped = np.zeros(distance.shape)
    if switch(swap, "swap"):
        other = _distance(between, power)
        # where both negatives are equally far, each carries half
        swapped = np.where(other < distance, 1.0, np.where(other == distance, 0.5, 0.0))
        distance = np.minimum(distance, other)
    return _Triplet(
        a - near + small,
        to_negative,
        between,
        distance,
        swapped[..., None],
        wide,
        power,
        reduction_of(reduction, a.shape[:-1]),
    )


@operation(topic="loss")
def triplet_margin_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> ArrayOrFloat:
    """The triplet loss: max(0, d(anchor, positive) - d(anchor, negative) + margin), d the p-norm of the difference.

    anchor, positive and negative (D) or (N, D). eps is added to every entry of a difference. With swap the distance
    between positive and negative counts where it is the smaller one.

    Raises ValueError for shapes that differ, a margin or p that is not above 0 and an unknown reduction. Source:
    Balntas et al. (2016); torch.nn.functional.triplet_margin_loss.

    >>> triplet_margin_loss([0, 0], [3, 4], [0, 2], eps=0)
    4.0
    """
    call = _triplet(anchor, positive, negative, margin, p, eps, swap, reduction)
    return call.reduction.reduced(np.maximum(call.losses(), 0.0))


@gradient(triplet_margin_loss, _triplet)
def triplet_margin_loss_grad_anchor(g: Array, call: _Triplet) -> Array:
    """away from the negative and towards the positive, as far as the margin is not kept.

    >>> triplet_margin_loss_grad_anchor(1, [0, 0], [3, 4], [0, 2], eps=0)
    array([-0.6,  0.2])
    """
    near, far, _ = call.slopes(g)
    return near + far


@gradient(triplet_margin_loss, _triplet)
def triplet_margin_loss_grad_positive(g: Array, call: _Triplet) -> Array:
    """towards the anchor, as far as the margin is not kept.

    >>> triplet_margin_loss_grad_positive(1, [0, 0], [3, 4], [0, 2], eps=0)
    array([0.6, 0.8])
    """
    near, _, between = call.slopes(g)
    return between - near


@gradient(triplet_margin_loss, _triplet)
def triplet_margin_loss_grad_negative(g: Array, call: _Triplet) -> Array:
    """away from the anchor, as far as the margin is not kept.

    >>> triplet_margin_loss_grad_negative(1, [0, 0], [3, 4], [0, 2], eps=0)
    array([ 0., -1.])
    """
    _, far, between = call.slopes(g)
    return -far - between


class _Angle(NamedTuple):
    """A checked cosine loss: two vectors per sample, their cosine, and the target, 1 or -1."""

    one: Array
    other: Array
    target: Array
    cosine: Array
    margin: float
    reduction: Reduction

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.reduction.output_shape

    def slope(self, g: Array) -> Array:
        """The gradient with respect to the cosine, with an axis for the entries of the vectors."""
        apart = (self.cosine > self.margin).astype(np.float64)
        return np.asarray(self.reduction.spread(g) * np.where(self.target > 0, -1.0, apart))[..., None]


_SMALL = float(np.float32(1e-12))  # PyTorch keeps it in single precision


def _cosine_slope(one: Array, other: Array) -> Array:
    """The gradient of the cosine with respect to the first vector."""
    first, second = (one**2).sum(axis=-1, keepdims=True) + _SMALL, (other**2).sum(axis=-1, keepdims=True) + _SMALL
    dot = (one * other).sum(axis=-1, keepdims=True)
    return np.asarray((other - one * dot / first) / np.sqrt(first * second))


def _angle(input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: float, reduction: str) -> _Angle:
    one, other, wanted = as_array(input1, "input1"), as_array(input2, "input2"), as_array(target, "target")
    check_rank(one, (1, 2), "input1", "(D) or (N, D)")
    check_shape(other, one.shape, "input2")
    check_shape(wanted, one.shape[:-1], "target")
    if np.any(np.abs(wanted) != 1):
        raise ValueError(f"expected target of 1 and -1, received {wanted.tolist()}")
    sizes = ((one**2).sum(axis=-1) + _SMALL) * ((other**2).sum(axis=-1) + _SMALL)
    cosine = np.asarray((one * other).sum(axis=-1) / np.sqrt(sizes))
    return _Angle(one, other, wanted, cosine, real(margin, "margin"), reduction_of(reduction, wanted.shape))


@operation(topic="loss")
def cosine_embedding_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: float = 0.0, reduction: str = "mean"
) -> ArrayOrFloat:
    """The cosine loss of pairs: 1 - cos where the target is 1, max(0, cos - margin) where it is -1.

    input1 and input2 (D) or (N, D); target 1 or -1, a number or (N). Squared lengths are made 1e-12 longer, as in
    PyTorch.

    Raises ValueError for shapes that differ, a target other than 1 and -1 and an unknown reduction. Source:
    torch.nn.functional.cosine_embedding_loss.

    >>> round(cosine_embedding_loss([3, 0], [3, 4], 1), 6)
    0.4
    """
    call = _angle(input1, input2, target, margin, reduction)
    return call.reduction.reduced(
        np.where(call.target > 0, 1 - call.cosine, np.maximum(call.cosine - call.margin, 0.0))
    )


@gradient(cosine_embedding_loss, _angle)
def cosine_embedding_loss_grad_input1(g: Array, call: _Angle) -> Array:
    """minus the gradient of the cosine where the target is 1; the gradient itself where it is -1 and not yet apart.

    >>> cosine_embedding_loss_grad_input1(1, [5, 0], [3, 4], 1).round(6)
    array([-0.  , -0.16])
    """
    return call.slope(g) * _cosine_slope(call.one, call.other)


@gradient(cosine_embedding_loss, _angle)
def cosine_embedding_loss_grad_input2(g: Array, call: _Angle) -> Array:
    """minus the gradient of the cosine where the target is 1; the gradient itself where it is -1 and not yet apart.

    >>> cosine_embedding_loss_grad_input2(1, [3, 4], [5, 0], 1).round(6)
    array([-0.  , -0.16])
    """
    return call.slope(g) * _cosine_slope(call.other, call.one)


def _contrast(distance: ArrayLike, same: ArrayLike, margin: float, reduction: str) -> Compared:
    call = compared(distance, same, reduction, option=real(margin, "margin", 0.0), names=("distance", "same"))
    if np.any(call.x < 0):
        raise ValueError(f"expected distance of at least 0, received {call.x.min():g}")
    if np.any((call.target != 0) & (call.target != 1)):
        raise ValueError(f"expected same of 1 (the same) and 0 (different), received {call.target.tolist()}")
    return call


@operation(topic="loss")
def contrastive_loss(
    distance: ArrayLike, same: ArrayLike, margin: float = 1.0, reduction: str = "mean"
) -> ArrayOrFloat:
    """The contrastive loss of pairs: d^2 for pairs that are the same, max(0, margin - d)^2 for others.

    distance of any shape; same, of that shape, is 1 for a pair of the same kind and 0 for a pair of different ones.
    There is no factor 1/2.

    Raises ValueError for shapes that differ, a negative distance or margin, a same other than 0 and 1 and an unknown
    reduction. Source: Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant Mapping" (2006).

    >>> contrastive_loss([0.5, 0.5, 3], [1, 0, 0], margin=1)
    0.16666666666666666
    """
    call = _contrast(distance, same, margin, reduction)
    return call.reduced(np.where(call.target == 1, call.x**2, np.maximum(call.option - call.x, 0.0) ** 2))


@gradient(contrastive_loss, _contrast)
def contrastive_loss_grad_distance(g: Array, call: Compared) -> ArrayOrFloat:
    """2 d for pairs that are the same, -2 max(0, margin - d) for others; over their number for the mean.

    >>> contrastive_loss_grad_distance(1, [0.5, 0.5, 3], [1, 0, 0], margin=1, reduction="sum")
    array([ 1., -1.,  0.])
    """
    apart = -2.0 * np.maximum(call.option - call.x, 0.0) + 0.0
    return number_or_array(np.asarray(call.gradient(g, np.where(call.target == 1, 2.0 * call.x, apart))))
