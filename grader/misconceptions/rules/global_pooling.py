"""Global and adaptive pooling: mistakes with the number for each map, with the windows, and with the output size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core.support.inputs import Pair
from grader.formula.substitution import Alternatives, ChangedCall, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, is_gradient, needs
from grader.misconceptions.support.pool_calls import map_size, scaled

_ADAPTIVE = ("adaptive_avg_pool2d", "adaptive_avg_pool2d_grad_input")
_GLOBAL_AVERAGE = ("global_avg_pool", "global_avg_pool_grad_input")


def _sizes(occurrence: Occurrence) -> tuple[Pair, Pair]:
    """The size of the map and the output size."""
    height, width = map_size(occurrence)
    asked = occurrence.bound()["output_size"]
    rows, columns = asked if isinstance(asked, list | tuple) else (asked, asked)
    return (height, width), (height if rows is None else int(rows), width if columns is None else int(columns))


def _pooled(occurrence: Occurrence, kernel: Pair, stride: Pair) -> ChangedCall:
    given = occurrence.bound()
    arrays = {name: given[name] for name in ("grad_output", "input") if name in given}
    operation = "avg_pool2d_grad_input" if is_gradient(occurrence) else "avg_pool2d"
    return occurrence.changed(operation, **arrays, kernel_size=kernel, stride=stride)


@misconception(
    id="adaptive-pool-fixed-windows",
    operations=_ADAPTIVE,
    equals="all windows of adaptive pooling have one size and lie one stride apart",
    repair="Let window i go from floor(i n/m) to ceil((i + 1) n/m): the windows differ, and may overlap.",
)
def _fixed(occurrence: Occurrence) -> Any:
    """With stride floor(n/m): windows of that size, which leave cells out, or the largest windows that then fit."""
    (height, width), (rows, columns) = _sizes(occurrence)
    needs(height % rows or width % columns)
    stride = max(height // rows, 1), max(width // columns, 1)
    filling = height - (rows - 1) * stride[0], width - (columns - 1) * stride[1]
    cropped = {}
    if not is_gradient(occurrence):
        kept = array(occurrence.bound()["input"])[..., : rows * stride[0], : columns * stride[1]]
        cropped = {"input": np.ascontiguousarray(kept)}
    tiles = occurrence.changed("avg_pool2d", **cropped, kernel_size=stride, stride=stride) if cropped else None
    overlapping = _pooled(occurrence, filling, stride)
    return Alternatives((tiles, overlapping)) if tiles else overlapping


@misconception(
    id="adaptive-pool-size-as-kernel",
    operations="adaptive_avg_pool2d",
    equals="the output size of adaptive pooling is taken as the size of its window",
    repair="The size that is named is that of the output: choose the windows so that there are as many.",
)
def _as_kernel(occurrence: Occurrence) -> Any:
    _, asked = _sizes(occurrence)
    return _pooled(occurrence, asked, asked)


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
