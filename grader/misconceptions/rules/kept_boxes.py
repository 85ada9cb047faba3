"""Kept boxes: mistakes of non-maximum suppression with the order, the threshold, and with what suppresses what."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import box_iou
from grader.core.support.inputs import Array
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs


@misconception(
    id="nms-order-of-boxes",
    operations="nms",
    equals="the kept boxes are listed in the order of the boxes",
    repair="List the kept boxes by falling score.",
)
def _in_order(occurrence: Occurrence) -> Any:
    return sorted(occurrence.right())


@misconception(
    id="nms-lowest-first",
    operations="nms",
    equals="the suppression starts with the lowest score",
    repair="Start with the box of the highest score.",
)
def _lowest_first(occurrence: Occurrence) -> Any:
    return occurrence.changed(scores=-array(occurrence.bound()["scores"]))


@misconception(
    id="nms-nothing-dropped",
    operations="nms",
    equals="no box is suppressed",
    repair="Drop the boxes that overlap a better one by more than the threshold.",
)
def _nothing_dropped(occurrence: Occurrence) -> Any:
    return _by_score(occurrence)


def _by_score(occurrence: Occurrence) -> list[int]:
    return [int(index) for index in np.argsort(-array(occurrence.bound()["scores"]), kind="stable")]


def _overlapping(occurrence: Occurrence) -> Array:
    """For each pair of boxes, whether they overlap by more than the threshold."""
    given = occurrence.bound()
    return np.asarray(array(box_iou(given["boxes"], given["boxes"])) > given["iou_threshold"])


def _suppressed(order: list[int], drops: Array) -> list[int]:
    kept: list[int] = []
    for index in order:
        if not any(drops[better, index] for better in kept):
            kept.append(index)
    return kept


@misconception(
    id="nms-below-threshold",
    operations="nms",
    equals="the boxes below the threshold are suppressed, not those above it",
    repair="Drop the boxes whose overlap with a better one is above the threshold.",
)
def _below(occurrence: Occurrence) -> Any:
    return _suppressed(_by_score(occurrence), np.logical_not(_overlapping(occurrence)))


@misconception(
    id="nms-dropped-suppress",
    operations="nms",
    equals="boxes that are suppressed already suppress others",
    repair="Let only boxes that are kept suppress others.",
)
def _dropped_suppress(occurrence: Occurrence) -> Any:
    order, drops = _by_score(occurrence), _overlapping(occurrence)
    return [index for place, index in enumerate(order) if not any(drops[better, index] for better in order[:place])]


@misconception(
    id="nms-best-box-only",
    operations="nms",
    equals="only the best box suppresses others",
    repair="Go on with the next box that is left until none is.",
)
def _one_round(occurrence: Occurrence) -> Any:
    order, drops = _by_score(occurrence), _overlapping(occurrence)
    needs(order)
    return [order[0], *(index for index in order[1:] if not drops[order[0], index])]


@misconception(
    id="nms-by-class",
    operations="nms",
    equals="boxes suppress only boxes of their own class",
    repair="Compare boxes of all classes: this suppression does not ask for the class.",
)
def _by_class(occurrence: Occurrence) -> Any:
    """Only boxes of one class suppress each other; the classes are a given that no formula uses, one per box."""
    evaluation, order = occurrence.evaluation, _by_score(occurrence)
    unread = [name for name in evaluation.graph.givens if not evaluation.graph.readers(name)]
    for classes in map(evaluation.given, unread):
        if isinstance(classes, list) and len(classes) == len(order) and len({type(one) for one in classes}) == 1:
            apart = np.array([[one == other for other in classes] for one in classes])
            return _suppressed(order, _overlapping(occurrence) & apart)
    raise NotApplicableError


@misconception(
    id="nms-best-kept-alone",
    operations="nms",
    equals="only the box with the highest score is kept",
    repair="Keep every box that no better one overlaps by more than the threshold.",
)
def _best_alone(occurrence: Occurrence) -> Any:
    kept = list(occurrence.right())
    needs(len(kept) > 1)
    return kept[:1]


@misconception(
    id="nms-dropped-listed",
    operations="nms",
    equals="the boxes that are suppressed are listed, not those that are kept",
    repair="List the boxes that are left.",
)
def _dropped(occurrence: Occurrence) -> Any:
    kept, scores = set(occurrence.right()), array(occurrence.bound()["scores"])
    dropped = [index for index in range(scores.size) if index not in kept]
    needs(dropped)
    return sorted(dropped, key=lambda index: -scores[index])
