"""Kept boxes and overlaps, computed with one step missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import box_area
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs


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


@misconception(
    id="iou-not-divided",
    operations=("iou", "box_iou"),
    equals="the area of the intersection is given, not its share of the union",
    repair="Divide the intersection by the union.",
)
def _not_divided(occurrence: Occurrence) -> Any:
    """The intersection itself, recovered from the IoU of a single pair of boxes."""
    given = occurrence.bound()
    needs(np.ndim(occurrence.right()) == 0 and occurrence.operation == "iou")
    one, other = (float(array(box_area(given[name], given["fmt"]))) for name in ("box1", "box2"))
    ratio = float(occurrence.right())
    needs(ratio > 0)
    return ratio * (one + other) / (1 + ratio)
