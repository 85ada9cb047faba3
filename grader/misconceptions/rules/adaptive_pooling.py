"""Adaptive pooling: windows of equal size although sizes are not divisible, the output size taken for the kernel's."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Alternatives, ChangedCall, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.differentiation import is_gradient
from grader.misconceptions.support.pool_calls import map_size

_BOTH = ("adaptive_avg_pool2d", "adaptive_avg_pool2d_grad_input")
Sides = tuple[int, int]


def _sizes(occurrence: Occurrence) -> tuple[Sides, Sides]:
    """The size of the map and the output size."""
    height, width = map_size(occurrence)
    asked = occurrence.bound()["output_size"]
    rows, columns = asked if isinstance(asked, list | tuple) else (asked, asked)
    return (height, width), (height if rows is None else int(rows), width if columns is None else int(columns))


def _pooled(occurrence: Occurrence, kernel: Sides, stride: Sides) -> ChangedCall:
    given = occurrence.bound()
    arrays = {name: given[name] for name in ("grad_output", "input") if name in given}
    operation = "avg_pool2d_grad_input" if is_gradient(occurrence) else "avg_pool2d"
    return occurrence.changed(operation, **arrays, kernel_size=kernel, stride=stride)


@misconception(
    id="adaptive-pool-fixed-windows",
    operations=_BOTH,
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
