"""The fully connected layer and its gradients: mistakes with the orientation of the weights and with sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Alternatives, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs


@misconception(
    id="linear-not-transposed",
    operations=("linear", "linear_grad_input"),
    equals="the weight matrix is used transposed, its rows as columns",
    repair="Multiply so that each row of the weight matrix gives one output.",
)
def _transposed(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"])
    needs(weight.ndim == 2 and weight.shape[0] == weight.shape[1] > 1)
    return occurrence.changed(weight=weight.T)


@misconception(
    id="linear-no-bias",
    operations="linear",
    equals="the bias is not added",
    repair="Add the bias of each unit.",
)
def _no_bias(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["bias"] is not None)
    return occurrence.changed(bias=None)


@misconception(
    id="linear-dw-transposed",
    operations="linear_grad_weight",
    equals="the gradient of the weights is transposed",
    repair="Give it the shape of the weights: one row for each unit.",
)
def _result_transposed(occurrence: Occurrence) -> Any:
    right = array(occurrence.right())
    needs(right.ndim == 2 and right.size > 1)
    return right.T


@misconception(
    id="linear-dw-one-sample",
    operations="linear_grad_weight",
    equals="only the first sample contributes to the gradient of the weights",
    repair="Add the outer products of all samples.",
)
def _one_sample(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    g = array(given["grad_output"])
    needs(np.ndim(given["input"]) > 1 and g.shape[0] > 1)
    first = np.zeros(g.shape)
    first[0] = g[0]
    return occurrence.changed(grad_output=first)


@misconception(
    id="linear-db-no-sum",
    operations="linear_grad_bias",
    equals="the gradient of the bias is not summed over the samples",
    repair="Sum the gradient over all samples: the bias is added in each of them.",
)
def _not_summed(occurrence: Occurrence) -> Any:
    given, right = occurrence.bound(), array(occurrence.right())
    g = array(given["grad_output"])
    needs(np.ndim(given["input"]) > 1 and g.shape[0] > 1)
    return Alternatives((g, g.reshape(-1, right.size)[0].reshape(right.shape)))
