"""The fully connected layer and its gradients: which way the weights lie, and what is summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence, Several
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import array, needs


def _transposed(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"])
    needs(weight.ndim == 2 and weight.shape[0] == weight.shape[1] > 1)
    return occurrence.again(weight=weight.T)


def _no_bias(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["bias"] is not None)
    return occurrence.again(bias=None)


def _result_transposed(occurrence: Occurrence) -> Any:
    right = array(occurrence.right())
    needs(right.ndim == 2 and right.size > 1)
    return right.T


def _one_sample(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    g = array(given["grad_output"])
    needs(np.ndim(given["input"]) > 1 and g.shape[0] > 1)
    first = np.zeros(g.shape)
    first[0] = g[0]
    return occurrence.again(grad_output=first)


def _not_summed(occurrence: Occurrence) -> Any:
    given, right = occurrence.bound(), array(occurrence.right())
    g = array(given["grad_output"])
    needs(np.ndim(given["input"]) > 1 and g.shape[0] > 1)
    return Several((g, g.reshape(-1, right.size)[0].reshape(right.shape)))


RULES: tuple[Misconception, ...] = (
    misconception(
        "linear-not-transposed",
        ("linear", "linear_grad_input"),
        _transposed,
        "the weight matrix lies the other way round, rows for columns",
        "Multiply so that each row of the weight matrix makes one output.",
    ),
    misconception(
        "linear-no-bias",
        "linear",
        _no_bias,
        "the bias is not added",
        "Add the bias of each unit.",
    ),
    misconception(
        "linear-dw-transposed",
        "linear_grad_weight",
        _result_transposed,
        "the gradient of the weights is transposed",
        "Give it the shape of the weights: one row for each unit.",
    ),
    misconception(
        "linear-dw-one-sample",
        "linear_grad_weight",
        _one_sample,
        "only the first sample contributes to the gradient of the weights",
        "Add the outer products of all samples.",
    ),
    misconception(
        "linear-db-no-sum",
        "linear_grad_bias",
        _not_summed,
        "the gradient of the bias is not summed over the samples",
        "Add the gradient over all samples: the bias stands in each of them.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
