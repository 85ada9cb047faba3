"""Losses, `mse_loss` and `cross_entropy`, and their gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.operations.softmaxes import log_probabilities, probabilities
from grader.core.registry import gradient, operation
from grader.core.support.arrays import Array, Value, as_array, check_shape, number_or_array, per_channel
from grader.core.support.options import one_of, real, whole

REDUCTIONS = ("mean", "sum", "none")


class _Difference(NamedTuple):
    """input - target, and how the losses are reduced."""

    values: Array
    how: str

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.values.shape if self.how == "none" else ()

    def slope(self, g: Array) -> Array:
        """The gradient with respect to input - target."""
        return np.asarray(2.0 * g * self.values / (self.values.size if self.how == "mean" else 1))


def _difference(input: ArrayLike, target: ArrayLike, reduction: str) -> _Difference:
    x, t = as_array(input, "input"), as_array(target, "target")
    check_shape(t, x.shape, "target")
    return _Difference(x - t, one_of(reduction, "reduction", REDUCTIONS))


@operation(topic="loss")
def mse_loss(input: ArrayLike, target: ArrayLike, reduction: str = "mean") -> Value:
    """The squared error (input - target)^2: its mean, its sum, or none of both, entry by entry.

    input and target of the same shape. There is no factor 1/2.

    Raises ValueError for shapes that differ and an unknown reduction. Source: torch.nn.functional.mse_loss.

    >>> mse_loss([1, 2, 3], [1, 0, 0])
    4.333333333333333
    """
    call = _difference(input, target, reduction)
    squares = call.values**2
    if call.how == "none":
        return number_or_array(squares)
    return float(squares.mean() if call.how == "mean" else squares.sum())


@gradient(mse_loss, _difference)
def mse_loss_grad_input(g: Array, call: _Difference) -> Value:
    """2 (input - target), over the number of entries for the mean.

    >>> mse_loss_grad_input(1, [1, 2], [1, 0])
    array([0., 2.])
    """
    return number_or_array(call.slope(g))


@gradient(mse_loss, _difference)
def mse_loss_grad_target(g: Array, call: _Difference) -> Value:
    """the negative of that with respect to the input.

    >>> mse_loss_grad_target(1, [1, 2], [2, 0])
    array([ 1., -2.])
    """
    return number_or_array(-call.slope(g))


class _Entropy(NamedTuple):
    """A checked cross-entropy: scores, the share of every class in every sample's loss, and by what it is divided."""

    scores: Array
    axis: int
    shares: Array
    total: float
    soft: bool
    class_weights: Array
    smoothing: float
    how: str

    @property
    def output_shape(self) -> tuple[int, ...]:
        """One loss per sample, or a number."""
        sample = tuple(n for axis, n in enumerate(self.scores.shape) if axis != self.axis)
        return sample if self.how == "none" else ()

    def scale(self, g: Array) -> Array:
        """grad_output per sample, over the divisor, with an axis for the classes."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.expand_dims(g, self.axis) / self.total if self.how == "none" else g / np.float64(self.total)


def _indices(numbers: Array, classes: int, ignore_index: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Class indices, ignored ones as 0, and which of them count."""
    if not np.all(np.isfinite(numbers)) or np.any(numbers != np.floor(numbers)):
        raise ValueError("expected target of whole class indices or of class probabilities, received fractions")
    kept = numbers != ignore_index
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
    if x.ndim == 0:
        raise ValueError("expected input of shape (C), (N, C) or (N, C, ...), received a single number")
    axis = 0 if x.ndim == 1 else 1
    classes = x.shape[axis]
    weights = per_channel(1.0 if weight is None else weight, classes, "weight")
    assert weights is not None
    weights = weights.reshape((classes,) + (1,) * (x.ndim - axis - 1))
    smoothing = real(label_smoothing, "label_smoothing", 0.0, 1.0)
    how = one_of(reduction, "reduction", REDUCTIONS)
    ignored = whole(ignore_index, "ignore_index", -(2**63))
    samples = x.shape[:axis] + x.shape[axis + 1 :]
    soft = wanted.shape == x.shape
    if soft:
        if ignored >= 0:
            raise ValueError(f"expected no ignore_index for a target of probabilities, received {ignored}")
        shares = weights * (wanted * (1 - smoothing) + smoothing / classes)
        total = float(x.size // classes)
    else:
        check_shape(wanted, samples, "target")
        index, kept = _indices(wanted, classes, ignored)
        chosen = np.zeros(x.shape)
        np.put_along_axis(chosen, np.expand_dims(index, axis), np.expand_dims(kept, axis), axis=axis)
        counted = np.expand_dims(kept, axis)
        total = float((weights * chosen).sum())
        shares = weights * (chosen * (1 - smoothing) + counted * smoothing / classes)
    return _Entropy(x, axis, shares, total if how == "mean" else 1.0, soft, weights, smoothing, how)


@operation(topic="loss")
def cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Value:
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
    losses = -(logs * e.shares).sum(axis=e.axis)
    if e.how == "none":
        return number_or_array(np.asarray(losses))
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(losses.sum() / np.float64(e.total))


@gradient(cross_entropy, _entropy)
def cross_entropy_grad_input(g: Array, e: _Entropy) -> Array:
    """softmax(input) - target, weighted and scaled.

    >>> cross_entropy_grad_input(1, [[2, 2], [0, 0]], [0, 1])
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    sums = e.shares.sum(axis=e.axis, keepdims=True)
    return np.asarray((probabilities(e.scores, e.axis) * sums - e.shares) * e.scale(g))


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
