"""Average pooling, and pooling of either kind: mistakes with the divisor, the stride and the last window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, is_padded, needs
from grader.misconceptions.support.pool_calls import (
    cells,
    exchanged,
    is_global,
    map_size,
    margins_of,
    moves,
    scaled,
    step,
    window_size,
)

_AVERAGE = ("avg_pool2d", "avg_pool2d_grad_input")
_OTHER_GRADIENTS = ("avg_pool1d_grad_input", "avg_pool3d_grad_input")
_GLOBAL_AVERAGE = ("global_avg_pool", "global_avg_pool_grad_input")
_OTHER_AXES = ("max_pool1d", "avg_pool1d", "max_pool3d", "avg_pool3d")
_POOLS = ("max_pool2d", "avg_pool2d", *_OTHER_AXES)


@misconception(
    id="avg-tile",
    operations="avg_pool2d_grad_input",
    equals="the small gradient is laid side by side",
    repair="Spread each entry of the gradient over the window that it came from.",
    source="paper 002 q2",
)
def _tiled(occurrence: Occurrence) -> Any:
    g, (kh, kw), size = array(occurrence.bound()["grad_output"]), window_size(occurrence), map_size(occurrence)
    needs(max(g.shape[-2:]) > 1 and kh * kw > 1 and not any(map(any, margins_of(occurrence))))
    needs(step(occurrence) == (kh, kw) and (g.shape[-2] * kh, g.shape[-1] * kw) == size)
    return np.tile(g, (1,) * (g.ndim - 2) + (kh, kw)) / (kh * kw)


@misconception(
    id="avg-no-div",
    operations=("avg_pool2d_grad_input", *_OTHER_GRADIENTS),
    equals="the gradient is not divided by the number of cells of the window",
    repair="Divide each entry by the number of cells of its window.",
)
def _undivided(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(cells(occurrence) > 1 and given.get("divisor_override") != 1)
    if "divisor_override" in given:
        return occurrence.changed(divisor_override=1)
    needs(not given["ceil_mode"] and given["count_include_pad"])
    return scaled(occurrence, cells(occurrence))


@misconception(
    id="avg-twice",
    operations=("avg_pool2d_grad_input", "global_avg_pool_grad_input", *_OTHER_GRADIENTS),
    equals="the gradient is divided by the number of cells of the window twice",
    repair="Divide once: the factor is in the gradient already.",
    source="paper 002 q2",
)
def _divided_twice(occurrence: Occurrence) -> Any:
    count = math.prod(map_size(occurrence)) if is_global(occurrence) else cells(occurrence)
    needs(count > 1)
    return scaled(occurrence, 1 / count)


@misconception(
    id="avg-as-max",
    operations=(*_AVERAGE, *_GLOBAL_AVERAGE, "avg_pool1d", "avg_pool3d"),
    equals="average pooling is done as max pooling",
    repair="Let every cell of the window have its equal share.",
)
def _as_max(occurrence: Occurrence) -> Any:
    return exchanged(occurrence)


@misconception(
    id="avg-sum",
    operations=("avg_pool2d", "avg_pool1d", "avg_pool3d"),
    equals="the cells of the window are added without dividing",
    repair="Divide the sum by the number of cells of the window.",
)
def _sum(occurrence: Occurrence) -> Any:
    return _undivided(occurrence)


@misconception(
    id="avg-border-valid",
    operations=_AVERAGE,
    options={"count_include_pad": False},
    equals="windows at the border are divided by the number of cells inside the image",
    repair="Divide by the size of the window, its padding included.",
)
@misconception(
    id="avg-border-all",
    operations=_AVERAGE,
    options={"count_include_pad": True},
    equals="windows at the border are divided by the size of the whole window",
    repair="Divide by the number of cells inside the image.",
)
def _border(occurrence: Occurrence, count_include_pad: bool) -> Any:
    given = occurrence.bound()
    needs(given["count_include_pad"] is not count_include_pad and given["divisor_override"] is None)
    needs(any(map(any, margins_of(occurrence))))
    return occurrence.changed(count_include_pad=count_include_pad)


@misconception(
    id="pool-stride-one",
    operations=_POOLS,
    equals="the pooling window moves by one cell",
    repair="Move the window by the stride, which is the window's own size where none is given.",
)
def _stride_one(occurrence: Occurrence) -> Any:
    needs(moves(occurrence))
    return occurrence.changed(stride=1)


@misconception(
    id="pool-no-pad",
    operations=_POOLS,
    equals="the padding is left out of the pooling",
    repair="Put the padding around the input before the windows are laid.",
)
def _no_pad(occurrence: Occurrence) -> Any:
    needs(is_padded(occurrence))
    return occurrence.changed(padding=0)


@misconception(
    id="pool-partial-kept",
    operations=_POOLS,
    equals="the last, incomplete window is kept",
    repair="Drop a window that does not fit: the division is rounded down.",
)
def _partial_kept(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["ceil_mode"] is False)
    kept = occurrence.changed(ceil_mode=True)
    needs(np.shape(occurrence.value_of(kept)) != np.shape(occurrence.right()))
    return kept
