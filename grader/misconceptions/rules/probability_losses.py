"""Losses of probabilities and masks: binary cross-entropy, focal loss, Kullback-Leibler divergence, Dice."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import sigmoid
from grader.core.support.inputs import Array
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.formulas import Subexpression, meaning, operands

_LOGITS = "binary_cross_entropy_with_logits"


def _reduced(losses: Array, occurrence: Occurrence) -> Any:
    reduction = occurrence.bound()["reduction"]
    if reduction == "none":
        return losses
    return float(losses.mean() if reduction == "mean" else losses.sum())


@misconception(
    id="bce-one-term",
    operations=("binary_cross_entropy", _LOGITS),
    equals="only the term y·log(p) is counted",
    repair="Add the term (1 - y)·log(1 - p): it is the term of the samples of class 0.",
)
def _one_term(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["weight"] is None and given.get("pos_weight") is None)
    p = array(given["input"]) if occurrence.operation != _LOGITS else array(sigmoid(given["input"]))
    needs(np.all(p > 0))
    return _reduced(-array(given["target"]) * np.log(p), occurrence)


@misconception(
    id="bce-classes-exchanged",
    operations=("binary_cross_entropy", _LOGITS),
    equals="the classes 0 and 1 are exchanged",
    repair="Take the logarithm of p where the target is 1, that of 1 - p where it is 0.",
)
def _classes_exchanged(occurrence: Occurrence) -> Any:
    return occurrence.changed(target=1 - array(occurrence.bound()["target"]))


@misconception(
    id="bce-sigmoid-twice",
    operations=_LOGITS,
    equals="the sigmoid is applied twice",
    repair="Apply the sigmoid once: this loss takes scores.",
)
def _sigmoid_twice(occurrence: Occurrence) -> Any:
    return occurrence.changed(input=sigmoid(occurrence.bound()["input"]))


@misconception(
    id="bce-no-sigmoid",
    operations=_LOGITS,
    equals="the scores are used in place of the probabilities",
    repair="Apply the sigmoid to the scores first.",
)
def _no_sigmoid(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["pos_weight"] is None)
    p = array(given["input"])
    needs(np.all((p > 0) & (p < 1)))
    arguments = {name: given[name] for name in ("input", "target", "weight", "reduction")}
    return occurrence.changed("binary_cross_entropy", **arguments)


@misconception(
    id="focal-no-alpha",
    operations="sigmoid_focal_loss",
    options={"alpha": -1},
    equals="the weight α of the classes is left out",
    repair="Multiply by α for the positive class and by 1 - α for the other.",
)
@misconception(
    id="focal-no-focus",
    operations="sigmoid_focal_loss",
    options={"gamma": 0},
    equals="the factor that makes easy samples count less is left out",
    repair="Multiply by (1 - p) to the power γ, where p is the probability of the right class.",
)
def _focal_without(occurrence: Occurrence, **left_out: float) -> Any:
    given = occurrence.bound()
    needs(all(given[name] > 0 for name in left_out))
    return occurrence.changed(**left_out)


@misconception(
    id="kl-exchanged",
    operations=("kl_div", "*"),
    equals="the two distributions are exchanged",
    repair="Weight the difference of the logarithms by the target: the divergence is not symmetric.",
)
def _kl_exchanged(occurrence: Occurrence) -> Any:
    if occurrence.operation == "*":
        own, other = _written_divergence(occurrence)
        needs(np.all(own > 0) and np.all(other > 0))
        exchanged = other * np.log(other / own)
        return float(exchanged) if exchanged.ndim == 0 else exchanged
    given = occurrence.bound()
    logarithm, target = array(given["input"]), array(given["target"])
    if given["log_target"]:
        return occurrence.changed(input=target, target=logarithm)
    needs(np.all(target > 0))
    return occurrence.changed(input=np.log(target), target=np.exp(logarithm))


def _written_divergence(occurrence: Occurrence) -> tuple[Array, Array]:
    """The p and the q in a formula p log(p/q) or p (log p - log q)."""
    own, logarithm = operands(occurrence)
    match logarithm.expression:
        case Call(function="log", arguments=[Binary(operator="/", left=above, right=below)]):
            pass
        case Binary(
            operator="-", left=Call(function="log", arguments=[above]), right=Call(function="log", arguments=[below])
        ):
            pass
        case _:
            raise NotApplicableError
    needs(same(own.expression, above))
    return array(occurrence.arguments[0]), array(meaning(occurrence.evaluation, Subexpression(own.node, below)))


@misconception(
    id="kl-as-cross-entropy",
    operations="kl_div",
    equals="the entropy of the target is not subtracted: the cross-entropy is given",
    repair="Subtract the entropy of the target from the cross-entropy.",
)
def _as_cross_entropy(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["reduction"] in ("mean", "sum", "none"))
    target = np.exp(array(given["target"])) if given["log_target"] else array(given["target"])
    return _reduced(-target * array(given["input"]), occurrence)


@misconception(
    id="dice-as-iou",
    operations="dice",
    equals="the intersection is divided by the union",
    repair="Divide twice the intersection by the sum of both sizes.",
)
def _as_iou(occurrence: Occurrence) -> Any:
    right = float(occurrence.right())
    return right / (2 - right)


@misconception(
    id="dice-no-two",
    operations="dice",
    equals="the intersection, counted once, is divided by the sum of both sizes",
    repair="Count the intersection twice: each of the two sizes contains it.",
)
def _no_two(occurrence: Occurrence) -> Any:
    return float(occurrence.right()) / 2


@misconception(
    id="dice-loss-as-dice",
    operations="dice_loss",
    equals="the Dice coefficient itself is given",
    repair="Subtract the coefficient from one: a loss falls where the overlap grows.",
)
def _no_complement(occurrence: Occurrence) -> Any:
    return 1 - float(occurrence.right())
