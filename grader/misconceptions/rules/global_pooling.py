"""Global pooling: mistakes with the number that it gives for each map, and with its gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.pool_calls import map_size, scaled

_GLOBAL_AVERAGE = ("global_avg_pool", "global_avg_pool_grad_input")


@misconception(
    id="gap-sum",
    operations=_GLOBAL_AVERAGE,
    equals="global average pooling does not divide by the number of cells",
    repair="Divide by the number of cells of the map: each cell has an equal share in the mean.",
)
def _global_sum(occurrence: Occurrence) -> Any:
    cells = math.prod(map_size(occurrence))
    needs(cells > 1)
    return scaled(occurrence, cells)


@misconception(
    id="gap-side",
    operations=_GLOBAL_AVERAGE,
    equals="global average pooling divides by a side of the map, not by its number of cells",
    repair="Divide by the number of cells: height times width.",
    source="paper 000 q4",
)
def _global_side(occurrence: Occurrence) -> Any:
    height, width = map_size(occurrence)
    if height == width:
        needs(height > 1)
        return scaled(occurrence, height)
    # divided by one side: the cell count cancels except for the other side
    return Alternatives(tuple(scaled(occurrence, other) for other in (width, height) if other > 1))


@misconception(
    id="gap-input-count",
    operations=_GLOBAL_AVERAGE,
    equals="global average pooling divides by the number of cells of the layer's input",
    repair="Count the cells of the map that is pooled, not of the input of the layer before.",
)
def _input_count(occurrence: Occurrence) -> Any:
    """The average over as many cells as the nearest earlier map of another size has."""
    size, before = map_size(occurrence), occurrence.upstream("input")
    while before is not None and "input" in _named(before):
        other = np.shape(before.bound()["input"])[-2:]
        if len(other) == 2 and other != size:
            return scaled(occurrence, math.prod(size) / math.prod(other))
        before = before.upstream("input")
    raise NotApplicableError


def _named(occurrence: Occurrence) -> dict[str, Any]:
    return occurrence.bound() if occurrence.operation[0].isalpha() else {}


@misconception(
    id="global-pool-channels",
    operations=("global_avg_pool", "global_max_pool"),
    equals="all channels are pooled into one number",
    repair="Pool each channel by itself.",
)
def _all_channels(occurrence: Occurrence) -> Any:
    image = array(occurrence.bound()["input"])
    needs(image.ndim > 2 and image.shape[-3] > 1)
    reduce = np.mean if occurrence.operation == "global_avg_pool" else np.max
    return reduce(image, axis=(-3, -2, -1))
