"""Softmax, cross-entropy and squared error, with their gradients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core import log_softmax, sigmoid, softmax
from grader.formula.arithmetic import binary
from grader.formula.substitution import Occurrence, Several
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import Array, array, forward, needs

_ENTROPY = ("cross_entropy", "cross_entropy_grad_input")
_SQUARES = ("mse_loss", "mse_loss_grad_input")
_SOFTMAXES = ("softmax", "log_softmax")


def _axis(scores: Array) -> int:
    """Where the classes of a cross-entropy stand."""
    return 0 if scores.ndim == 1 else 1


def _entropy(occurrence: Occurrence) -> tuple[Array, Array, float]:
    """Scores, target probabilities, and by what the sum over samples is divided: the plain cross-entropy only."""
    given = occurrence.bound()
    scores, target = array(given["input"]), array(given["target"])
    needs(given["weight"] is None and given["label_smoothing"] == 0 and given["reduction"] in ("mean", "sum"))
    axis, classes = _axis(scores), scores.shape[_axis(scores)]
    if target.shape != scores.shape:
        needs(np.all((target >= 0) & (target < classes)))
        target = np.moveaxis(np.eye(classes)[target.astype(np.intp)], -1, axis)
    return scores, target, scores.size / classes if given["reduction"] == "mean" else 1.0


def _gradient(occurrence: Occurrence, difference: Array, count: float) -> Any:
    return array(occurrence.bound()["grad_output"]) * difference / count


def _target_forgotten(occurrence: Occurrence) -> Any:
    scores, _, count = _entropy(occurrence)
    return _gradient(occurrence, array(softmax(scores, _axis(scores))), count)


def _no_softmax(occurrence: Occurrence) -> Any:
    """Scores taken as probabilities."""
    scores, target, count = _entropy(occurrence)
    if occurrence.operation == "cross_entropy_grad_input":
        return _gradient(occurrence, scores - target, count)
    needs(np.all(scores[target > 0] > 0))
    logarithms = np.log(np.where(scores > 0, scores, 1.0))
    return float(-(target * logarithms).sum() / count)


def _softmax_twice(occurrence: Occurrence) -> Any:
    scores = array(occurrence.bound()["input"])
    return occurrence.again(input=softmax(scores, _axis(scores)))


def _binary_terms(occurrence: Occurrence) -> Any:
    """The terms (1 - y) log(1 - p) added for every class."""
    scores, target, count = _entropy(occurrence)
    axis = _axis(scores)
    p = array(softmax(scores, axis))
    needs(np.all(p < 1))
    total = -(target * array(log_softmax(scores, axis)) + (1 - target) * np.log1p(-p)).sum()
    return float(total / count)


def _samples(occurrence: Occurrence) -> int:
    scores = array(occurrence.bound()["input"])
    if occurrence.operation.startswith("mse"):
        return scores.size
    return int(scores.size // scores.shape[_axis(scores)])


def _reduced(given: str, taken: str) -> Any:
    def rule(occurrence: Occurrence) -> Any:
        needs(occurrence.bound()["reduction"] == given and _samples(occurrence) > 1)
        return occurrence.again(reduction=taken)

    return rule


def _other_base(occurrence: Occurrence) -> Any:
    if occurrence.operation != "log":
        needs(occurrence.bound().get("reduction", "mean") != "none")
    right = occurrence.right()
    return Several(tuple(binary("/", right, math.log(base)) for base in (2, 10)))


def _absolute(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    distance = np.abs(array(given["input"]) - array(given["target"]))
    if given["reduction"] == "none":
        return distance
    return float(distance.mean() if given["reduction"] == "mean" else distance.sum())


def _root(occurrence: Occurrence) -> Any:
    return math.sqrt(_scalar(occurrence.right()))


def _scalar(value: Any) -> float:
    needs(np.ndim(value) == 0)
    return float(value)


def _dimension(occurrence: Occurrence) -> int:
    """The axis along which the call's softmax runs."""
    given = occurrence.bound()
    rank = np.ndim(given["input"])
    needs(rank >= 1)
    if given["dim"] is None:
        return 0 if rank in (1, 3) else 1
    return int(given["dim"]) % rank


def _other_axis(occurrence: Occurrence) -> Any:
    axis, shape = _dimension(occurrence), np.shape(occurrence.bound()["input"])
    others = [other for other in range(len(shape)) if other != axis and shape[other] > 1]
    needs(others)
    return Several(tuple(occurrence.again(dim=other) for other in others))


def _all_entries(occurrence: Occurrence) -> Any:
    axis, x = _dimension(occurrence), array(occurrence.bound()["input"])
    needs(x.size > x.shape[axis])
    return array(occurrence.value_of(occurrence.again(input=x.reshape(-1), dim=0))).reshape(x.shape)


def _no_exponential(occurrence: Occurrence) -> Any:
    axis, x = _dimension(occurrence), array(occurrence.bound()["input"])
    total = x.sum(axis=axis, keepdims=True)
    needs(np.all(total != 0))
    return x / total


def _sigmoid(occurrence: Occurrence) -> Any:
    return sigmoid(array(occurrence.bound()["input"]))


def _diagonal(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    p = array(forward(occurrence))
    return array(given["grad_output"]) * p * (1 - p)


_CROSS_ENTROPY = (
    misconception(
        "ce-grad-no-target",
        "cross_entropy_grad_input",
        _target_forgotten,
        "the gradient is p, the target not subtracted",
        "Subtract the target: the gradient is p - y.",
    ),
    misconception(
        "ce-no-softmax",
        _ENTROPY,
        _no_softmax,
        "the scores stand in place of the probabilities",
        "Apply softmax to the scores first.",
    ),
    misconception(
        "ce-softmax-twice",
        _ENTROPY,
        _softmax_twice,
        "softmax is applied twice",
        "Apply softmax once: this cross-entropy takes scores.",
    ),
    misconception(
        "ce-binary-terms",
        "cross_entropy",
        _binary_terms,
        "the terms (1 - y)·log(1 - p) are added",
        "Keep only the terms y·log(p): the classes exclude each other.",
    ),
    misconception(
        "ce-log-base",
        ("cross_entropy", "log_softmax", "log"),
        _other_base,
        "the logarithm has another base than e",
        "Take the natural logarithm.",
    ),
    misconception(
        "loss-no-mean",
        (*_ENTROPY, *_SQUARES),
        _reduced("mean", "sum"),
        "the loss is summed, not averaged",
        "Divide by the number of terms: the loss is a mean.",
    ),
    misconception(
        "loss-mean-for-sum",
        (*_ENTROPY, *_SQUARES),
        _reduced("sum", "mean"),
        "the loss is averaged, not summed",
        "Add the terms; do not divide by their number.",
    ),
)

_SQUARED_ERROR = (
    misconception(
        "mse-absolute",
        "mse_loss",
        _absolute,
        "the errors are not squared",
        "Square the errors.",
    ),
    misconception(
        "mse-root",
        "mse_loss",
        _root,
        "the root of the squared error is given",
        "Leave the root out.",
    ),
)

_SOFTMAX = (
    misconception(
        "softmax-axis",
        (*_SOFTMAXES, "softmax_grad_input", "log_softmax_grad_input"),
        _other_axis,
        "softmax runs along another axis",
        "Let softmax run along the classes: the probabilities of each sample add up to one.",
    ),
    misconception(
        "softmax-all-entries",
        _SOFTMAXES,
        _all_entries,
        "softmax divides by the sum over all entries",
        "Divide by the sum along the classes, for each sample by itself.",
    ),
    misconception(
        "softmax-no-exp",
        "softmax",
        _no_exponential,
        "the scores are divided by their sum without the exponential",
        "Take the exponential of every score first.",
    ),
    misconception(
        "softmax-as-sigmoid",
        "softmax",
        _sigmoid,
        "a sigmoid is applied to every score",
        "Divide the exponential of every score by their sum.",
    ),
    misconception(
        "softmax-grad-diagonal",
        "softmax_grad_input",
        _diagonal,
        "only the diagonal p(1 - p) of softmax's Jacobian is used",
        "Use the whole Jacobian: every probability depends on every score.",
    ),
)

RULES: tuple[Misconception, ...] = (*_CROSS_ENTROPY, *_SQUARED_ERROR, *_SOFTMAX)
"""The rules of this topic, as the catalogue lists them."""
