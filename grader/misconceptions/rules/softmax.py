"""Softmax and its gradient: mistakes with the axis, the argument and the Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import sigmoid
from grader.formula.substitution import Alternatives, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, forward, needs

_SOFTMAXES = ("softmax", "log_softmax")


def _dimension(occurrence: Occurrence) -> int:
    """The axis of the call's softmax."""
    given = occurrence.bound()
    rank = np.ndim(given["input"])
    needs(rank >= 1)
    if given["dim"] is None:
        return 0 if rank in (1, 3) else 1
    return int(given["dim"]) % rank


@misconception(
    id="softmax-axis",
    operations=(*_SOFTMAXES, "softmax_grad_input", "log_softmax_grad_input"),
    equals="softmax runs along another axis",
    repair="Let softmax run along the classes: the probabilities of each sample add up to one.",
)
def _other_axis(occurrence: Occurrence) -> Any:
    axis, shape = _dimension(occurrence), np.shape(occurrence.bound()["input"])
    others = [other for other in range(len(shape)) if other != axis and shape[other] > 1]
    needs(others)
    return Alternatives(tuple(occurrence.changed(dim=other) for other in others))


@misconception(
    id="softmax-all-entries",
    operations=_SOFTMAXES,
    equals="softmax divides by the sum over all entries",
    repair="Divide by the sum along the classes, for each sample by itself.",
)
def _all_entries(occurrence: Occurrence) -> Any:
    axis, x = _dimension(occurrence), array(occurrence.bound()["input"])
    needs(x.size > x.shape[axis])
    return array(occurrence.value_of(occurrence.changed(input=x.reshape(-1), dim=0))).reshape(x.shape)


@misconception(
    id="softmax-no-exp",
    operations="softmax",
    equals="the scores are divided by their sum without the exponential",
    repair="Take the exponential of every score first.",
)
def _no_exponential(occurrence: Occurrence) -> Any:
    axis, x = _dimension(occurrence), array(occurrence.bound()["input"])
    total = x.sum(axis=axis, keepdims=True)
    needs(np.all(total != 0))
    return x / total


@misconception(
    id="softmax-as-sigmoid",
    operations="softmax",
    equals="a sigmoid is applied to every score",
    repair="Divide the exponential of every score by their sum.",
)
def _sigmoid(occurrence: Occurrence) -> Any:
    return sigmoid(array(occurrence.bound()["input"]))


@misconception(
    id="softmax-grad-diagonal",
    operations="softmax_grad_input",
    equals="only the diagonal p(1 - p) of softmax's Jacobian is used",
    repair="Use the whole Jacobian: every probability depends on every score.",
)
def _diagonal(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    p = array(forward(occurrence))
    return array(given["grad_output"]) * p * (1 - p)
