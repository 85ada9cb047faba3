"""The multi-class hinge loss, `multi_margin_loss`, also under its common name, `hinge_loss`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_rank, check_shape, per_channel, real, whole
from grader.core.support.losses import Reduction, reduction_of


class _Margins(NamedTuple):
    """A checked margin loss: by how much each class comes too close to the target's score, and its factor."""

    x: Array
    target: NDArray[np.intp]
    excess: Array
    factor: Array
    power: int
    reduction: Reduction

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.reduction.output_shape


def _margins(
    input: ArrayLike, target: ArrayLike, p: int, margin: float, weight: ArrayLike | None, reduction: str
) -> _Margins:
    x, wanted = as_array(input, "input"), as_array(target, "target")
    check_rank(x, (1, 2), "input", "(C) or (N, C)")
    check_shape(wanted, x.shape[:-1], "target")
    power, classes = whole(p, "p", 1), x.shape[-1]
    if power > 2:
        raise ValueError(f"expected p to be 1 or 2, received {power}")
    if np.any(wanted != np.floor(wanted)) or np.any((wanted < 0) | (wanted >= classes)):
        raise ValueError(f"expected class indices from 0 to {classes - 1} in target, received {wanted.tolist()}")
    weights = per_channel(1.0 if weight is None else weight, classes, "weight")
    assert weights is not None
    index = wanted.astype(np.intp)[..., None]
    excess = np.maximum(real(margin, "margin") - np.take_along_axis(x, index, axis=-1) + x, 0.0)
    np.put_along_axis(excess, index, 0.0, axis=-1)
    factor = weights[index] / classes
    return _Margins(x, index, excess, factor, power, reduction_of(reduction, wanted.shape))


def _margin_loss(call: _Margins) -> ArrayOrFloat:
    return call.reduction.reduced((call.factor * call.excess**call.power).sum(axis=-1))


def _margin_gradient(g: Array, call: _Margins) -> Array:
    slopes = call.factor * (np.sign(call.excess) if call.power == 1 else 2 * call.excess)
    np.put_along_axis(slopes, call.target, -slopes.sum(axis=-1, keepdims=True), axis=-1)
    return slopes * call.reduction.spread(g)[..., None]


@operation(topic="loss")
def multi_margin_loss(
    input: ArrayLike,
    target: ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> ArrayOrFloat:
    """The multi-class hinge loss: the sum over wrong classes of max(0, margin - x_y + x_j)^p, over the classes.

    input (C) or (N, C); target: class indices, a number or (N); weight (C) weights the target's class. Each sample's
    sum is divided by the number of all classes.

    Raises ValueError for shapes, indices and options that do not fit, and a p other than 1 and 2. Source: Crammer and
    Singer (2001); torch.nn.functional.multi_margin_loss.

    >>> multi_margin_loss([[3, 1, 2.5]], [0])
    0.16666666666666666
    """
    return _margin_loss(_margins(input, target, p, margin, weight, reduction))


@gradient(multi_margin_loss, _margins)
def multi_margin_loss_grad_input(g: Array, call: _Margins) -> Array:
    """1/C for each class inside the margin (p = 1), and minus their sum for the target's class.

    >>> multi_margin_loss_grad_input(6, [[3, 1, 2.5]], [0])
    array([[-2.,  0.,  2.]])
    """
    return _margin_gradient(g, call)


@operation(topic="loss")
def hinge_loss(
    input: ArrayLike,
    target: ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> ArrayOrFloat:
    """The multi-class hinge loss under its common name: `multi_margin_loss`.

    input (C) or (N, C); target: class indices, a number or (N). Each sample's sum is divided by the number of classes.

    Raises ValueError as `multi_margin_loss` does.

    >>> hinge_loss([[3, 1, 2.5]], [0], reduction="sum") * 3
    0.5
    """
    return _margin_loss(_margins(input, target, p, margin, weight, reduction))


@gradient(hinge_loss, _margins)
def hinge_loss_grad_input(g: Array, call: _Margins) -> Array:
    """that of `multi_margin_loss`.

    >>> hinge_loss_grad_input(6, [[3, 1, 2.5]], [0])
    array([[-2.,  0.,  2.]])
    """
    return _margin_gradient(g, call)
