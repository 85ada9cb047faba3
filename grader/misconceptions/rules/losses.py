"""Cross-entropy and its gradient, and what goes wrong with any loss: the base of its logarithm, its mean or sum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core import log_softmax, softmax
from grader.core.support.inputs import Array
from grader.formula.arithmetic import binary, is_array
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Constant
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, base, gradients, needs
from grader.misconceptions.support.formulas import Subexpression, call_of, meaning, operands

_ENTROPY = ("cross_entropy", "cross_entropy_grad_input")
_SQUARES = ("mse_loss", "mse_loss_grad_input")
_OTHERS = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "nll_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "hinge_loss",
    "multi_margin_loss",
    "triplet_margin_loss",
    "cosine_embedding_loss",
    "contrastive_loss",
    "kl_div",
    "sigmoid_focal_loss",
)
_OTHERS_BACK = gradients(
    "input",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "nll_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "multi_margin_loss",
)


def _axis(scores: Array) -> int:
    """The axis of the classes of a cross-entropy."""
    return 0 if scores.ndim == 1 else 1


def _entropy(occurrence: Occurrence) -> tuple[Array, Array, float]:
    """The scores, the target probabilities, and the divisor of the sum over samples.

    NotApplicableError for weighted classes, smoothed labels, and losses that are not reduced.
    """
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


@misconception(
    id="ce-grad-no-target",
    operations="cross_entropy_grad_input",
    equals="the gradient is p: the target is not subtracted",
    repair="Subtract the target: the gradient is p - y.",
)
def _target_forgotten(occurrence: Occurrence) -> Any:
    scores, _, count = _entropy(occurrence)
    return _gradient(occurrence, array(softmax(scores, _axis(scores))), count)


@misconception(
    id="ce-no-softmax",
    operations=_ENTROPY,
    equals="the scores are used in place of the probabilities",
    repair="Apply softmax to the scores first.",
)
def _no_softmax(occurrence: Occurrence) -> Any:
    """The loss or its gradient with the scores taken as probabilities."""
    scores, target, count = _entropy(occurrence)
    if occurrence.operation == "cross_entropy_grad_input":
        return _gradient(occurrence, scores - target, count)
    needs(np.all(scores[target > 0] > 0))
    logarithms = np.log(np.where(scores > 0, scores, 1.0))
    return float(-(target * logarithms).sum() / count)


@misconception(
    id="ce-softmax-twice",
    operations=_ENTROPY,
    equals="softmax is applied twice",
    repair="Apply softmax once: this cross-entropy takes scores.",
)
def _softmax_twice(occurrence: Occurrence) -> Any:
    scores = array(occurrence.bound()["input"])
    return occurrence.changed(input=softmax(scores, _axis(scores)))


@misconception(
    id="ce-binary-terms",
    operations="cross_entropy",
    equals="the terms (1 - y)·log(1 - p) are added",
    repair="Keep only the terms y·log(p): the classes exclude each other.",
)
def _binary_terms(occurrence: Occurrence) -> Any:
    """The loss with a term (1 - y) log(1 - p) for every class as well."""
    scores, target, count = _entropy(occurrence)
    axis = _axis(scores)
    p = array(softmax(scores, axis))
    needs(np.all(p < 1))
    total = -(target * array(log_softmax(scores, axis)) + (1 - target) * np.log1p(-p)).sum()
    return float(total / count)


@misconception(
    id="ce-no-log",
    operations="cross_entropy",
    equals="the probability of the right class is given, without its logarithm",
    repair="Take minus the logarithm of the probability.",
)
def _no_logarithm(occurrence: Occurrence) -> Any:
    scores, target, count = _entropy(occurrence)
    needs(np.isin(target, (0, 1)).all())
    return float((target * array(softmax(scores, _axis(scores)))).sum() / count)


@misconception(
    id="ce-over-classes",
    operations=_ENTROPY,
    equals="the loss is averaged over the classes, too",
    repair="Divide by the number of samples alone: the terms of the classes are added.",
)
def _over_classes(occurrence: Occurrence) -> Any:
    scores, _, _ = _entropy(occurrence)
    needs(occurrence.bound()["reduction"] == "mean")
    return binary("/", occurrence.right(), scores.shape[_axis(scores)])


@misconception(
    id="ce-grad-of-probability",
    operations="cross_entropy_grad_input",
    equals="the gradient is taken with respect to the probabilities, not to the scores",
    repair="Go back through the softmax, too: with respect to the scores the gradient is p - y.",
)
def _of_probabilities(occurrence: Occurrence) -> Any:
    scores, target, count = _entropy(occurrence)
    p = array(softmax(scores, _axis(scores)))
    needs(np.all(p[target > 0] > 0))
    return _gradient(occurrence, -np.where(target > 0, target / np.where(target > 0, p, 1.0), 0.0), count)


@misconception(
    id="label-from-one",
    operations=(*_ENTROPY, "nll_loss", "hinge_loss", "multi_margin_loss"),
    equals="the classes are numbered from 1, so that the preceding class is taken as the right one",
    repair="Count classes from 0: the label 0 is the first class.",
)
def _from_one(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    labels = array(given["target"])
    needs(labels.ndim < np.ndim(given["input"]) and np.all(labels >= 1) and np.all(labels == np.floor(labels)))
    return occurrence.changed(target=(labels - 1).astype(np.intp).tolist())


def _samples(occurrence: Occurrence) -> int:
    scores = array(occurrence.bound()["input"])
    if base(occurrence) == "mse_loss":
        return scores.size
    return int(scores.size // scores.shape[_axis(scores)])


@misconception(
    id="ce-log-base",
    operations=("cross_entropy", "log_softmax", "log", "binary_cross_entropy", "kl_div"),
    equals="the base of the logarithm is not e",
    repair="Take the natural logarithm.",
)
def _other_base(occurrence: Occurrence) -> Any:
    if occurrence.operation != "log":
        needs(occurrence.bound().get("reduction", "mean") != "none")
    right = occurrence.right()
    return Alternatives(tuple(binary("/", right, math.log(base)) for base in (2, 10)))


@misconception(
    id="log-other-base",
    operations=("log2", "log10"),
    equals="the logarithm is taken to another base",
    repair="Take the logarithm to the base that the question asks for: 2 for bits, e for nats.",
)
def _other_base_than_asked(occurrence: Occurrence) -> Any:
    base = 2 if occurrence.operation == "log2" else 10
    others = tuple(other for other in (math.e, 2, 10) if other != base)
    return Alternatives(tuple(binary("*", occurrence.right(), math.log(base, other)) for other in others))


@misconception(
    id="label-smoothing-left-out",
    operations=(*_ENTROPY, "+", "-"),
    equals="the labels are not smoothed",
    repair="Smooth the target first: the right class gives up a share, which is divided equally among all classes.",
)
def _not_smoothed(occurrence: Occurrence) -> Any:
    if occurrence.operation in ("+", "-"):
        return _written_smoothing(occurrence)
    needs(occurrence.bound()["label_smoothing"] > 0)
    return occurrence.changed(label_smoothing=0.0)


def _written_smoothing(occurrence: Occurrence) -> Any:
    """The t of a formula (1 - e) t + e/K, if it is a one-hot target or a cross-entropy."""
    (node, expression), _ = operands(occurrence)
    if not isinstance(expression, Binary) or expression.operator != "*":
        raise NotApplicableError
    for kept, plain in ((expression.left, expression.right), (expression.right, expression.left)):
        match kept:
            case Binary(operator="-", left=Constant(value=1)):
                value, call = (read(occurrence.evaluation, Subexpression(node, plain)) for read in (meaning, call_of))
                one_hot = is_array(value) and bool(np.isin(array(value), (0, 1)).all())
                needs(one_hot or (call is not None and call.operation == "cross_entropy"))
                return value
    raise NotApplicableError


@misconception(
    id="loss-no-mean",
    operations=(*_ENTROPY, *_SQUARES, *_OTHERS, *_OTHERS_BACK),
    options={"right": "mean", "wrong": "sum"},
    equals="the loss is summed, not averaged",
    repair="Divide by the number of terms: the loss is a mean.",
)
@misconception(
    id="loss-mean-for-sum",
    operations=(*_ENTROPY, *_SQUARES, *_OTHERS, *_OTHERS_BACK),
    options={"right": "sum", "wrong": "mean"},
    equals="the loss is averaged, not summed",
    repair="Add the terms; do not divide by their number.",
)
def _reduced(occurrence: Occurrence, right: str, wrong: str) -> Any:
    needs(occurrence.bound()["reduction"] == right)
    needs(base(occurrence) in _OTHERS or _samples(occurrence) > 1)
    return occurrence.changed(reduction=wrong)
