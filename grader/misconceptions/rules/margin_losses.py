"""Losses with a margin: mistakes with the margin, with the classes that count, and with the pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import Array
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs

_HINGES = ("hinge_loss", "multi_margin_loss")


def _scores(occurrence: Occurrence) -> tuple[Array, Array, float]:
    """The scores (N, C), the scores of the targets (N, 1), and the divisor of the sum of all terms."""
    given = occurrence.bound()
    needs(given["weight"] is None and given["p"] == 1 and given["reduction"] in ("mean", "sum"))
    scores = np.atleast_2d(array(given["input"]))
    target = np.atleast_1d(array(given["target"])).astype(np.intp)
    needs(np.all((target >= 0) & (target < scores.shape[1])))
    own = np.take_along_axis(scores, target[:, None], axis=1)
    return scores, own, scores.size if given["reduction"] == "mean" else scores.shape[1]


@misconception(
    id="margin-left-out",
    operations=(*_HINGES, "triplet_margin_loss", "contrastive_loss", "cosine_embedding_loss"),
    equals="the margin is left out",
    repair="Keep the margin in the loss: it asks for more than the right order.",
)
def _no_margin(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["margin"] != 0)
    if occurrence.operation == "triplet_margin_loss":
        given = occurrence.bound()
        needs(given["p"] == 2 and not given["swap"] and given["reduction"] in ("mean", "sum"))
        losses = np.maximum(_distance(occurrence, "positive") - _distance(occurrence, "negative"), 0.0)
        return float(losses.mean() if given["reduction"] == "mean" else losses.sum())
    return occurrence.changed(margin=0.0)


def _distance(occurrence: Occurrence, other: str) -> Array:
    """The distance between the anchor and another vector for each sample."""
    given = occurrence.bound()
    difference = array(given["anchor"]) - array(given[other]) + given["eps"]
    return np.asarray(np.sqrt((difference**2).sum(axis=-1)))


@misconception(
    id="hinge-target-counted",
    operations=_HINGES,
    equals="the target's own class is counted among the wrong ones",
    repair="Add up over the other classes only: the target's class would add the whole margin.",
)
def _target_counted(occurrence: Occurrence) -> Any:
    scores, own, count = _scores(occurrence)
    return float(np.maximum(scores - own + occurrence.bound()["margin"], 0.0).sum() / count)


@misconception(
    id="hinge-not-cut",
    operations=_HINGES,
    equals="negative terms are added, not cut off at zero",
    repair="Take the larger of zero and each term: classes that keep the margin cost nothing.",
)
def _not_cut(occurrence: Occurrence) -> Any:
    scores, own, count = _scores(occurrence)
    margin = occurrence.bound()["margin"]
    return float(((scores - own + margin).sum() - margin * len(scores)) / count)


@misconception(
    id="hinge-classes-not-divided",
    operations=_HINGES,
    equals="the terms of the classes are added without dividing by the number of classes",
    repair="Divide by the number of classes, as this loss does.",
)
def _classes_summed(occurrence: Occurrence) -> Any:
    classes = np.shape(occurrence.bound()["input"])[-1]
    return array(occurrence.right()) * classes


@misconception(
    id="hinge-sign",
    operations=_HINGES,
    equals="the target's score is to be below the others",
    repair="Subtract the target's score from the others: it is to be the largest.",
)
def _other_way(occurrence: Occurrence) -> Any:
    return occurrence.changed(input=-array(occurrence.bound()["input"]))


@misconception(
    id="triplet-exchanged",
    operations="triplet_margin_loss",
    equals="the positive and the negative are exchanged",
    repair="Subtract the distance to the negative from that to the positive.",
)
def _exchanged(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(positive=given["negative"], negative=given["positive"])


@misconception(
    id="triplet-squared-distances",
    operations="triplet_margin_loss",
    equals="the squares of the distances are compared",
    repair="Take the distances themselves: here the root belongs to them.",
)
def _squared(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["p"] == 2 and not given["swap"] and given["reduction"] in ("mean", "sum"))
    difference = _distance(occurrence, "positive") ** 2 - _distance(occurrence, "negative") ** 2
    losses = np.maximum(difference + given["margin"], 0.0)
    return float(losses.mean() if given["reduction"] == "mean" else losses.sum())


@misconception(
    id="contrastive-exchanged",
    operations="contrastive_loss",
    equals="pairs that are the same are treated as different ones, and different ones as the same",
    repair="Pull pairs of the same together, and push others apart up to the margin.",
)
def _pairs_exchanged(occurrence: Occurrence) -> Any:
    return occurrence.changed(same=1 - array(occurrence.bound()["same"]))


@misconception(
    id="contrastive-not-squared",
    operations="contrastive_loss",
    equals="the distances are not squared",
    repair="Square the distance, and what is missing to the margin.",
)
def _not_squared(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["reduction"] in ("mean", "sum"))
    distance, same = array(given["distance"]), array(given["same"])
    losses = np.where(same > 0, distance, np.maximum(given["margin"] - distance, 0.0))
    return float(losses.mean() if given["reduction"] == "mean" else losses.sum())
