"""`scaled_dot_product_attention`, its weights, and their gradients."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import gradient, operation
from grader.core.support.inputs import Array, as_array, as_mask, check_room, real, switch


class _Attention(NamedTuple):
    """Checked queries, keys and values with their weights; `repeats` is how many query heads share a key's head."""

    query: Array
    key: Array
    value: Array | None
    weights: Array
    scale: float
    repeats: int

    @property
    def output_shape(self) -> tuple[int, ...]:
        if self.value is None:
            return self.weights.shape
        return (*self.weights.shape[:-1], self.value.shape[-1])

    def scores_gradient(self, g: Array) -> Array:
        """The gradient with respect to the scores q k, from that of the weights."""
        inner = (g * self.weights).sum(axis=-1, keepdims=True)
        return np.asarray(self.weights * (g - inner) * self.scale)

    def weights_gradient(self, g: Array) -> Array:
        """The gradient with respect to the weights, from that of the output."""
        if self.value is None:
            return g
        return np.asarray(g @ np.swapaxes(_repeated(self.value, self.repeats), -1, -2))

    def query_gradient(self, g: Array) -> Array:
        """The gradient with respect to the queries."""
        scores = self.scores_gradient(self.weights_gradient(g))
        return _summed(scores @ _repeated(self.key, self.repeats), self.query.shape, 1)

    def key_gradient(self, g: Array) -> Array:
        """The gradient with respect to the keys."""
        scores = self.scores_gradient(self.weights_gradient(g))
        return _summed(np.swapaxes(scores, -1, -2) @ self.query, self.key.shape, self.repeats)


def _repeated(array: Array, repeats: int) -> Array:
    """Every head of keys or values as often as query heads share it."""
    return array if repeats == 1 else np.repeat(array, repeats, axis=-3)


def _summed(grad: Array, shape: tuple[int, ...], repeats: int) -> Array:
    """A gradient in the shape of its argument: summed over shared heads and over axes that were broadcast."""
    if repeats > 1:
        heads = grad.shape[-3] // repeats
        grad = grad.reshape(*grad.shape[:-3], heads, repeats, *grad.shape[-2:]).sum(axis=-3)
    extra = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(extra)))
    widened = tuple(axis for axis, size in enumerate(shape) if size == 1 and grad.shape[axis] != 1)
    return np.asarray(grad.sum(axis=widened, keepdims=True))


def _bias(attn_mask: ArrayLike | None, is_causal: bool, shape: tuple[int, ...]) -> Array | float:
    """What is added to the scores: a mask of numbers, or 0 where a boolean mask allows and minus infinity elsewhere."""
    if switch(is_causal, "is_causal"):
        if attn_mask is not None:
            raise ValueError("expected attn_mask or is_causal, received both")
        allowed = np.tril(np.ones(shape[-2:], dtype=bool))
    elif attn_mask is None:
        return 0.0
    else:
        given = as_mask(attn_mask, "attn_mask")
        if given.dtype != np.bool_:
            return _broadcast(given.astype(np.float64, copy=False), shape)
        allowed = given.astype(np.bool_, copy=False)
    return _broadcast(np.where(allowed, 0.0, -np.inf), shape)


def _broadcast(mask: Array, shape: tuple[int, ...]) -> Array:
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(f"expected attn_mask that broadcasts to shape {shape}, received shape {mask.shape}") from None


def _weights(
    query: ArrayLike,
    key: ArrayLike,
    attn_mask: ArrayLike | None,
    is_causal: bool,
    scale: float | None,
    enable_gqa: bool,
) -> _Attention:
    q, k = as_array(query, "query"), as_array(key, "key")
    for array, name in ((q, "query"), (k, "key")):
        if array.ndim < 2:
            raise ValueError(f"expected {name} of shape (..., positions, features), received shape {array.shape}")
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"expected key of {q.shape[-1]} features, as query has them, received {k.shape[-1]}")
    repeats = _head_repeats(q, k, enable_gqa)
    factor = 1 / math.sqrt(q.shape[-1]) if scale is None else real(scale, "scale")
    try:
        batch = np.broadcast_shapes(q.shape[:-2], _repeated(k, repeats).shape[:-2])
    except ValueError:
        raise ValueError(f"expected key whose batch fits query {q.shape}, received shape {k.shape}") from None
    shape = (*batch, q.shape[-2], k.shape[-2])
    check_room(shape)
    bias = _bias(attn_mask, is_causal, shape)
    scores = factor * (q @ np.swapaxes(_repeated(k, repeats), -1, -2)) + bias
    largest = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0.0, largest))
    total = powers.sum(axis=-1, keepdims=True)
    # a query that may attend to nothing gets no weight, as in PyTorch
    return _Attention(q, k, None, np.asarray(powers / np.where(total == 0, 1.0, total)), factor, repeats)


def _head_repeats(q: Array, k: Array, enable_gqa: bool) -> int:
    if not switch(enable_gqa, "enable_gqa"):
        return 1
    if min(q.ndim, k.ndim) < 3 or q.shape[-3] % k.shape[-3]:
        raise ValueError(f"expected query heads that are a multiple of key heads, received {q.shape} and {k.shape}")
    return int(q.shape[-3] // k.shape[-3])


def _attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    attn_mask: ArrayLike | None,
    dropout_p: float,
    is_causal: bool,
    scale: float | None,
    enable_gqa: bool,
) -> _Attention:
    if real(dropout_p, "dropout_p") != 0:
        raise ValueError(f"expected dropout_p = 0 (see `dropout`, which takes its mask), received {dropout_p:g}")
    call, v = _weights(query, key, attn_mask, is_causal, scale, enable_gqa), as_array(value, "value")
    if v.ndim < 2 or v.shape[:-1] != call.key.shape[:-1]:
        raise ValueError(f"expected value with the positions of key {call.key.shape}, received shape {v.shape}")
    return call._replace(value=v)


@operation(topic="attention")
def attention_weights(
    query: ArrayLike,
    key: ArrayLike,
    attn_mask: ArrayLike | None = None,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Array:
    """The weights of `scaled_dot_product_attention`: softmax(scale query key^T + mask), one row per query.

    query (..., L, E), key (..., S, E); the result is (..., L, S). scale is 1/sqrt(E) unless it is given. attn_mask
    broadcasts to the result: numbers are added to the scores, True allows and False forbids. is_causal lets query i
    attend to keys 0 to i. With enable_gqa several query heads share a key's head.

    Raises ValueError for shapes that do not fit, and for attn_mask together with is_causal. Source: Vaswani et al.,
    "Attention Is All You Need" (2017).

    >>> attention_weights([[1, 0]], [[2, 0], [2, 5]], scale=1)
    array([[0.5, 0.5]])
    """
    return _weights(query, key, attn_mask, is_causal, scale, enable_gqa).weights


@gradient(attention_weights, _weights)
def attention_weights_grad_query(g: Array, call: _Attention) -> Array:
    """scale w (g - sum(g w)) key, w being the weights.

    >>> attention_weights_grad_query([[1, 0]], [[1, 0]], [[2, 0], [2, 4]], scale=1)
    array([[ 0., -1.]])
    """
    return call.query_gradient(g)


@gradient(attention_weights, _weights)
def attention_weights_grad_key(g: Array, call: _Attention) -> Array:
    """(scale w (g - sum(g w)))^T query, w being the weights.

    >>> attention_weights_grad_key([[1, 0]], [[1, 0]], [[2, 0], [2, 4]], scale=1)
    array([[ 0.25,  0.  ],
           [-0.25,  0.  ]])
    """
    return call.key_gradient(g)


@operation(topic="attention")
def scaled_dot_product_attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    attn_mask: ArrayLike | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Array:
    """Attention: the values, averaged for each query by `attention_weights`.

    query (..., L, E), key (..., S, E), value (..., S, V); the result is (..., L, V). The other arguments are those of
    `attention_weights`; dropout_p must be 0, for this function draws nothing at random.

    Raises ValueError for shapes that do not fit, a dropout_p other than 0, and attn_mask together with is_causal.
    Source: Vaswani et al. (2017); torch.nn.functional.scaled_dot_product_attention.

    >>> scaled_dot_product_attention([[1, 0]], [[2, 0], [2, 5]], [[10, 0], [20, 4]])
    array([[15.,  2.]])
    """
    call = _attention(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)
    assert call.value is not None
    return np.asarray(call.weights @ _repeated(call.value, call.repeats))


@gradient(scaled_dot_product_attention, _attention)
def scaled_dot_product_attention_grad_query(g: Array, call: _Attention) -> Array:
    """that of the weights, from grad_output value^T.

    >>> scaled_dot_product_attention_grad_query([[1, 0]], [[1, 0]], [[2, 0], [2, 4]], [[1, 0], [0, 0]], scale=1)
    array([[ 0., -1.]])
    """
    return call.query_gradient(g)


@gradient(scaled_dot_product_attention, _attention)
def scaled_dot_product_attention_grad_key(g: Array, call: _Attention) -> Array:
    """that of the weights, from grad_output value^T.

    >>> scaled_dot_product_attention_grad_key([[1, 0]], [[1, 0]], [[2, 0], [2, 4]], [[1, 0], [0, 0]], scale=1)
    array([[ 0.25,  0.  ],
           [-0.25,  0.  ]])
    """
    return call.key_gradient(g)


@gradient(scaled_dot_product_attention, _attention)
def scaled_dot_product_attention_grad_value(g: Array, call: _Attention) -> Array:
    """the transposed weights times grad_output.

    >>> scaled_dot_product_attention_grad_value([[2, 4]], [[1, 0]], [[2, 0], [2, 5]], [[1, 0], [0, 0]])
    array([[1., 2.],
           [1., 2.]])
    """
    assert call.value is not None
    return _summed(np.swapaxes(call.weights, -1, -2) @ g, call.value.shape, call.repeats)
