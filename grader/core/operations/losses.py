"""Losses of scores or log-probabilities against classes: `cross_entropy` and `nll_loss`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.operations.softmaxes import log_probabilities, probabilities
from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_shape, per_channel, real, whole
from grader.core.support.losses import Reduction, reduction_of


class _Entropy(NamedTuple):
    """A checked cross-entropy: scores, the share of every class in every sample's loss, and the reduction."""

    scores: Array
    axis: int
    shares: Array
    reduction: Reduction
    soft: bool
    class_weights: Array
    smoothing: float

    @property
    def output_shape(self) -> tuple[int, ...]:
        """One loss per sample, or a number."""
        return self.reduction.output_shape

    def scale(self, g: Array) -> Array:
        """The gradient of every sample's loss, with an axis for the classes."""
        each = self.reduction.spread(g)
        return np.expand_dims(each, self.axis) if each.ndim else each


class _Classes(NamedTuple):
    """Which entries of the scores belong to the targets (1, else 0), and their total weight."""

    axis: int
    weights: Array
    chosen: Array
    counted: Array
    total: float


def _class_axis(x: Array) -> int:
    if x.ndim == 0:
        raise ValueError("expected input of shape (C), (N, C) or (N, C, ...), received a single number")
    return 0 if x.ndim == 1 else 1


def _class_weights(weight: ArrayLike | None, x: Array, axis: int) -> Array:
    """The weight of every class, shaped to broadcast against the input."""
    classes = x.shape[axis]
    weights = per_channel(1.0 if weight is None else weight, classes, "weight")
    assert weights is not None
    return weights.reshape((classes,) + (1,) * (x.ndim - axis - 1))


def _classes(x: Array, wanted: Array, weight: ArrayLike | None, ignore_index: int) -> _Classes:
    """Targets that are class indices, checked."""
    axis = _class_axis(x)
    weights = _class_weights(weight, x, axis)
    check_shape(wanted, x.shape[:axis] + x.shape[axis + 1 :], "target")
    index, kept = _indices(wanted, x.shape[axis], ignore_index)
    chosen = np.zeros(x.shape)
    np.put_along_axis(chosen, np.expand_dims(index, axis), np.expand_dims(kept, axis), axis=axis)
    return _Classes(axis, weights, chosen, np.expand_dims(kept, axis), float((weights * chosen).sum()))


def _indices(numbers: Array, classes: int, ignore_index: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Class indices, ignored ones as 0, and which of them count."""
    if not np.all(np.isfinite(numbers)) or np.any(numbers != np.floor(numbers)):
        raise ValueError("expected target of whole class indices or of class probabilities, received fractions")
    kept = numbers != float(max(min(ignore_index, 2**63), -(2**63)))
    wrong = numbers[kept & ((numbers < 0) | (numbers >= classes))]
    if wrong.size:
        raise ValueError(f"expected class indices from 0 to {classes - 1} in target, received {int(wrong[0])}")
    return np.where(kept, numbers, 0).astype(np.intp), kept


def _entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> _Entropy:
    x, wanted = as_array(input, "input"), as_array(target, "target")
    axis = _class_axis(x)
    weights, classes = _class_weights(weight, x, axis), x.shape[axis]
    smoothing = real(label_smoothing, "label_smoothing", 0.0, 1.0)
    ignored = whole(ignore_index, "ignore_index", -(2**63))
    samples = x.shape[:axis] + x.shape[axis + 1 :]
    soft = wanted.shape == x.shape
    if soft:
        if ignored >= 0:
            raise ValueError(f"expected no ignore_index for a target of probabilities, received {ignored}")
        shares = weights * (wanted * (1 - smoothing) + smoothing / classes)
        total = float(x.size // classes)
    else:
        found = _classes(x, wanted, weight, ignored)
        total = found.total
        shares = weights * (found.chosen * (1 - smoothing) + found.counted * smoothing / classes)
    return _Entropy(x, axis, shares, reduction_of(reduction, samples, total), soft, weights, smoothing)


@operation(topic="loss")
def cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> ArrayOrFloat:
    """The cross-entropy of scores (before softmax) and a target.

    input (C), (N, C) or (N, C, ...): scores, not probabilities. target: class indices of the input's shape without C,
    or class probabilities of the input's shape. weight (C) weights the classes. The mean over class indices is
    weighted: it is divided by the weights of the targets that are not ignored; over probabilities, by their number.

    Raises ValueError for shapes, indices and options that do not fit. Source: torch.nn.functional.cross_entropy.

    >>> round(cross_entropy([[2, 2, 2], [0, 0, 0]], [0, 2]), 6)
    1.098612
    """
    e = _entropy(input, target, weight, ignore_index, reduction, label_smoothing)
    # a share of 0 counts nothing, also where the logarithm is minus infinity
    logs = np.where(e.shares == 0, 0.0, log_probabilities(e.scores, e.axis))
    return e.reduction.reduced(-(logs * e.shares).sum(axis=e.axis))


def _times(slopes: Array, g: Array) -> Array:
    """slopes g, and 0 where a slope is 0: where all targets are ignored, g is divided by 0."""
    with np.errstate(invalid="ignore"):
        return np.where(slopes == 0, 0.0, slopes * g)


@gradient(cross_entropy, _entropy)
def cross_entropy_grad_input(g: Array, e: _Entropy) -> Array:
    """softmax(input) - target, weighted and scaled.

    >>> cross_entropy_grad_input(1, [[2, 2], [0, 0]], [0, 1])
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    sums = e.shares.sum(axis=e.axis, keepdims=True)
    return _times(probabilities(e.scores, e.axis) * sums - e.shares, e.scale(g))


@gradient(cross_entropy, _entropy)
def cross_entropy_grad_target(g: Array, e: _Entropy) -> Array:
    """-log_softmax(input), weighted and scaled, for a target of class probabilities.

    A target of class indices has no gradient and raises ValueError.

    >>> np.round(cross_entropy_grad_target(1, [[3, 3]], [[0.5, 0.5]]), 6)
    array([[0.693147, 0.693147]])
    """
    if not e.soft:
        raise ValueError("expected target to hold class probabilities, received class indices, which have no gradient")
    logs = log_probabilities(e.scores, e.axis)
    return np.asarray(-logs * e.class_weights * (1 - e.smoothing) * e.scale(g))


class _Likelihood(NamedTuple):
    """A checked negative log-likelihood: log-probabilities, and the weight of each at its target, else 0."""

    x: Array
    axis: int
    shares: Array
    reduction: Reduction

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.reduction.output_shape


def _likelihood(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None, ignore_index: int, reduction: str
) -> _Likelihood:
    x, wanted = as_array(input, "input"), as_array(target, "target")
    found = _classes(x, wanted, weight, whole(ignore_index, "ignore_index", -(2**63)))
    shares = found.weights * found.chosen
    return _Likelihood(x, found.axis, shares, reduction_of(reduction, wanted.shape, found.total))


@operation(topic="loss")
def nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> ArrayOrFloat:
    """The negative log-likelihood: minus the log-probability of each target.

    input (C), (N, C) or (N, C, ...): log-probabilities, as `log_softmax` gives them. target: class indices of the
    input's shape without C. weight (C) weights the classes; the mean is divided by the weights of the targets that
    are not ignored.

    Raises ValueError for shapes, indices and options that do not fit. Source: torch.nn.functional.nll_loss.

    >>> nll_loss([[-0.5, -1], [-3, -0.25]], [0, 1])
    0.375
    """
    call = _likelihood(input, target, weight, ignore_index, reduction)
    # a share of 0 counts nothing, also where the log-probability is minus infinity
    return call.reduction.reduced(-(np.where(call.shares == 0, 0.0, call.x) * call.shares).sum(axis=call.axis))


@gradient(nll_loss, _likelihood)
def nll_loss_grad_input(g: Array, call: _Likelihood) -> Array:
    """minus the weight of the class at each target, else 0; divided for the mean.

    >>> nll_loss_grad_input(1, [[-0.5, -1], [-3, -0.25]], [0, 1])
    array([[-0.5,  0. ],
           [ 0. , -0.5]])
    """
    each = call.reduction.spread(g)
    return _times(-call.shares, np.expand_dims(each, call.axis) if each.ndim else each)
