"""`linear`, the fully connected layer, and its gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.core.support.arrays import (
    Array,
    Value,
    as_array,
    check_rank,
    gradient_like,
    like_bias,
    number_or_array,
    per_channel,
)


def _operands(input: ArrayLike, weight: ArrayLike) -> tuple[Array, Array]:
    x, w = as_array(input, "input"), as_array(weight, "weight")
    if x.ndim == 0:
        raise ValueError("expected input of shape (..., in_features), received a single number")
    check_rank(w, (1, 2), "weight", "(out_features, in_features) or (in_features)")
    if x.shape[-1] != w.shape[-1]:
        raise ValueError(
            f"expected an input of {w.shape[-1]} features for weight {w.shape}, "
            f"received {x.shape[-1]} features in input {x.shape}"
        )
    return x, w


def _gradient(grad_output: ArrayLike, x: Array, w: Array) -> Array:
    """grad_output as a matrix: one row per sample, one column per output feature."""
    g = gradient_like(grad_output, (*x.shape[:-1], *w.shape[:-1]))
    return g.reshape(-1, 1 if w.ndim == 1 else w.shape[0])


def _check_bias(bias: ArrayLike | None, w: Array) -> Array | None:
    return per_channel(bias, 1 if w.ndim == 1 else w.shape[0], "bias")


def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Value:
    """The fully connected layer: y = x W^T + b.

    input (..., in_features); weight (out_features, in_features), or (in_features) for a single output without an axis;
    bias one number or (out_features).

    Raises ValueError for features that do not match. Source: torch.nn.functional.linear.

    >>> linear([1, 2], [[3, 4], [5, 6], [7, 8]], [1, 0, 0])
    array([12., 17., 23.])
    """
    x, w = _operands(input, weight)
    shift = _check_bias(bias, w)
    result = np.asarray(x @ w.T)
    if shift is not None:
        result = result + (shift[0] if w.ndim == 1 else shift)
    return number_or_array(np.asarray(result))


def linear_grad_input(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,  # noqa: ARG001 - the rule of names: all arguments of the operation follow
) -> Array:
    """Gradient of `linear` with respect to its input: grad_output W.

    grad_output has the shape of the output; the other arguments are those of `linear`.

    Raises ValueError as `linear` does, and for a grad_output of another shape.

    >>> linear_grad_input([1, 0, 2], [1, 2], [[3, 4], [5, 6], [7, 8]])
    array([17., 20.])
    """
    x, w = _operands(input, weight)
    return (_gradient(grad_output, x, w) @ w.reshape(-1, w.shape[-1])).reshape(x.shape)


def linear_grad_weight(
    grad_output: ArrayLike,
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,  # noqa: ARG001 - the rule of names
) -> Array:
    """Gradient of `linear` with respect to its weights: the outer products of grad_output and input, summed.

    grad_output has the shape of the output; the other arguments are those of `linear`.

    Raises ValueError as `linear` does, and for a grad_output of another shape.

    >>> linear_grad_weight([1, 0, 2], [1, 2], [[3, 4], [5, 6], [7, 8]])
    array([[1., 2.],
           [0., 0.],
           [2., 4.]])
    """
    x, w = _operands(input, weight)
    return (_gradient(grad_output, x, w).T @ x.reshape(-1, x.shape[-1])).reshape(w.shape)


def linear_grad_bias(
    grad_output: ArrayLike, input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None
) -> Value:
    """Gradient of `linear` with respect to its bias: the sum of grad_output over the samples.

    One number per output feature; a bias that was given as a single number gets a single number.

    Raises ValueError as `linear` does, and for a grad_output of another shape.

    >>> linear_grad_bias([1, 0, 2], [1, 2], [[3, 4], [5, 6], [7, 8]])
    array([1., 0., 2.])
    """
    x, w = _operands(input, weight)
    _check_bias(bias, w)
    total = _gradient(grad_output, x, w).sum(axis=0)
    if w.ndim == 1 and bias is None:
        return float(total[0])
    return like_bias(total, bias)
