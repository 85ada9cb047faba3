"""`linear`, the fully connected layer, and its gradients."""

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
    is_single,
    like_bias,
    number_or_array,
    per_channel,
)


class _Product(NamedTuple):
    """A checked layer: x (..., in_features), w (out_features, in_features) or (in_features)."""

    x: Array
    w: Array
    bias: Array | None
    one_bias: bool

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (*self.x.shape[:-1], *self.w.shape[:-1])

    def rows(self, g: Array) -> Array:
        """grad_output as a matrix: one row per sample, one column per output feature."""
        return g.reshape(-1, 1 if self.w.ndim == 1 else self.w.shape[0])


def _product(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None) -> _Product:
    x, w = as_array(input, "input"), as_array(weight, "weight")
    if x.ndim == 0:
        raise ValueError("expected input of shape (..., in_features), received a single number")
    check_rank(w, (1, 2), "weight", "(out_features, in_features) or (in_features)")
    if x.shape[-1] != w.shape[-1]:
        raise ValueError(
            f"expected an input of {w.shape[-1]} features for weight {w.shape}, "
            f"received {x.shape[-1]} features in input {x.shape}"
        )
    shift = per_channel(bias, 1 if w.ndim == 1 else w.shape[0], "bias")
    return _Product(x, w, shift, is_single(bias) or (bias is None and w.ndim == 1))


@operation(topic="linear")
def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> ArrayOrFloat:
    """The fully connected layer: y = x W^T + b.

    input (..., in_features); weight (out_features, in_features), or (in_features) for a single output without an axis;
    bias one number or (out_features).

    Raises ValueError for features that do not match. Source: torch.nn.functional.linear.

    >>> linear([1, 2], [[3, 4], [5, 6], [7, 8]], [1, 0, 0])
    array([12., 17., 23.])
    """
    call = _product(input, weight, bias)
    result = np.asarray(call.x @ call.w.T)
    if call.bias is not None:
        result = result + (call.bias[0] if call.w.ndim == 1 else call.bias)
    return number_or_array(np.asarray(result))


@gradient(linear, _product)
def linear_grad_input(g: Array, call: _Product) -> Array:
    """grad_output W.

    >>> linear_grad_input([1, 0, 2], [1, 2], [[3, 4], [5, 6], [7, 8]])
    array([17., 20.])
    """
    return (call.rows(g) @ call.w.reshape(-1, call.w.shape[-1])).reshape(call.x.shape)


@gradient(linear, _product)
def linear_grad_weight(g: Array, call: _Product) -> Array:
    """the outer products of grad_output and input, summed over the samples.

    >>> linear_grad_weight([1, 0, 2], [1, 2], [[3, 4], [5, 6], [7, 8]])
    array([[1., 2.],
           [0., 0.],
           [2., 4.]])
    """
    return (call.rows(g).T @ call.x.reshape(-1, call.x.shape[-1])).reshape(call.w.shape)


@gradient(linear, _product)
def linear_grad_bias(g: Array, call: _Product) -> ArrayOrFloat:
    """the sum of grad_output over the samples.

    One number per output feature; a bias that was given as a single number gets a single number.

    >>> linear_grad_bias([1, 0, 2], [1, 2], [[3, 4], [5, 6], [7, 8]])
    array([1., 0., 2.])
    """
    return like_bias(call.rows(g).sum(axis=0), call.one_bias)
