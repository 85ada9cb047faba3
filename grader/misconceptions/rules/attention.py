"""Attention: mistakes with the scale of the scores, the axis of the softmax and the mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import softmax
from grader.core.support.inputs import Array
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, base, differentiated_argument, gradients, needs

_ATTENTION = ("attention_weights", "scaled_dot_product_attention")
_THROUGH_SCORES = (*gradients("query", *_ATTENTION), *gradients("key", *_ATTENTION))
_OF_VALUES = "scaled_dot_product_attention_grad_value"
_SCALED = (*_ATTENTION, *_THROUGH_SCORES, _OF_VALUES)


@misconception(
    id="attention-not-scaled",
    operations=_SCALED,
    equals="the scores are not divided by the root of the number of features",
    repair="Divide the scores by the root of the number of features of a key.",
)
def _not_scaled(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["scale"] is None and np.shape(given["query"])[-1] > 1)
    return occurrence.changed(scale=1.0)


@misconception(
    id="attention-scaled-without-root",
    operations=_SCALED,
    equals="the scores are divided by the number of features, not by its root",
    repair="Take the root of the number of features.",
)
def _no_root(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    features = np.shape(given["query"])[-1]
    needs(given["scale"] is None and features > 1)
    return occurrence.changed(scale=1 / features)


@misconception(
    id="attention-no-causal-mask",
    operations=_SCALED,
    equals="later positions are not hidden",
    repair="Hide the positions after the query before the softmax.",
)
def _not_causal(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["is_causal"])
    return occurrence.changed(is_causal=False)


def _scores(occurrence: Occurrence) -> Array:
    """The scaled scores (queries, keys), without a mask."""
    given = occurrence.bound()
    query, key = array(given["query"]), array(given["key"])
    needs(given["attn_mask"] is None and not given["is_causal"] and query.ndim >= 2 and query.ndim == key.ndim)
    scale = 1 / np.sqrt(query.shape[-1]) if given["scale"] is None else given["scale"]
    return np.asarray(query @ np.swapaxes(key, -1, -2) * scale)


def _weighted(occurrence: Occurrence, weights: Array) -> Any:
    if occurrence.operation == "attention_weights":
        return weights
    return weights @ array(occurrence.bound()["value"])


@misconception(
    id="attention-softmax-over-queries",
    operations=_ATTENTION,
    equals="softmax runs over the queries, not over the keys",
    repair="Let softmax run over the keys: the weights of each query add up to one.",
)
def _over_queries(occurrence: Occurrence) -> Any:
    return _weighted(occurrence, array(softmax(_scores(occurrence), dim=-2)))


@misconception(
    id="attention-no-softmax",
    operations=_ATTENTION,
    equals="the scores are used without softmax",
    repair="Apply softmax to the scores of each query.",
)
def _no_softmax(occurrence: Occurrence) -> Any:
    return _weighted(occurrence, _scores(occurrence))


@misconception(
    id="attention-grad-no-softmax",
    operations=_THROUGH_SCORES,
    equals="the gradient goes back through the softmax as if it were not there",
    repair="Multiply by the derivative of the softmax: P (dP - the sum of P dP over the keys).",
)
def _softmax_not_differentiated(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    g = array(given["grad_output"])
    _scores(occurrence)
    back = g if base(occurrence) == "attention_weights" else g @ np.swapaxes(array(given["value"]), -1, -2)
    query, key = array(given["query"]), array(given["key"])
    scale = 1 / np.sqrt(query.shape[-1]) if given["scale"] is None else given["scale"]
    if differentiated_argument(occurrence) == "query":
        return back @ key * scale
    return np.swapaxes(back, -1, -2) @ query * scale


@misconception(
    id="attention-grad-not-transposed",
    operations=_OF_VALUES,
    equals="the weights are not transposed on the way back to the values",
    repair="Transpose the weights: each value collects from all queries that looked at it.",
)
def _not_transposed(occurrence: Occurrence) -> Any:
    weights = array(softmax(_scores(occurrence), dim=-1))
    needs(weights.shape[-1] == weights.shape[-2])
    return weights @ array(occurrence.bound()["grad_output"])
