"""Average pooling, and what both kinds of pooling share: the divisor, the stride, the last window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.pool_calls import exchanged, map_size, margins_of, scaled, step, window_size

_AVERAGE = ("avg_pool2d", "avg_pool2d_grad_input")
_GLOBAL_AVERAGE = ("global_avg_pool", "global_avg_pool_grad_input")
_POOLS = ("max_pool2d", "avg_pool2d")


def _tiled(occurrence: Occurrence) -> Any:
    g, (kh, kw), size = array(occurrence.bound()["grad_output"]), window_size(occurrence), map_size(occurrence)
    needs(max(g.shape[-2:]) > 1 and kh * kw > 1 and not any(map(any, margins_of(occurrence))))
    needs(step(occurrence) == (kh, kw) and (g.shape[-2] * kh, g.shape[-1] * kw) == size)
    return np.tile(g, (1,) * (g.ndim - 2) + (kh, kw)) / (kh * kw)


def _undivided(occurrence: Occurrence) -> Any:
    needs(math.prod(window_size(occurrence)) > 1 and occurrence.bound()["divisor_override"] != 1)
    return occurrence.again(divisor_override=1)


def _divided_twice(occurrence: Occurrence) -> Any:
    whole = occurrence.operation.startswith("global")
    cells = math.prod(map_size(occurrence)) if whole else math.prod(window_size(occurrence))
    needs(cells > 1)
    return scaled(occurrence, 1 / cells)


def _border(count_include_pad: bool) -> Any:
    def rule(occurrence: Occurrence) -> Any:
        given = occurrence.bound()
        needs(given["count_include_pad"] is not count_include_pad and given["divisor_override"] is None)
        needs(any(map(any, margins_of(occurrence))))
        return occurrence.again(count_include_pad=count_include_pad)

    return rule


def _stride_one(occurrence: Occurrence) -> Any:
    needs(step(occurrence) != (1, 1))
    return occurrence.again(stride=1)


def _no_pad(occurrence: Occurrence) -> Any:
    needs(any(map(any, margins_of(occurrence))))
    return occurrence.again(padding=0)


def _partial_kept(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["ceil_mode"] is False)
    kept = occurrence.again(ceil_mode=True)
    needs(np.shape(occurrence.value_of(kept)) != np.shape(occurrence.right()))
    return kept


RULES: tuple[Misconception, ...] = (
    misconception(
        "avg-tile",
        "avg_pool2d_grad_input",
        _tiled,
        "the small gradient is laid side by side",
        "Spread each entry of the gradient over the window that it came from.",
        "paper 002 q2",
    ),
    misconception(
        "avg-no-div",
        "avg_pool2d_grad_input",
        _undivided,
        "the gradient is not divided by the number of cells of the window",
        "Divide each entry by the number of cells of its window.",
    ),
    misconception(
        "avg-twice",
        ("avg_pool2d_grad_input", "global_avg_pool_grad_input"),
        _divided_twice,
        "the gradient is divided by the number of cells of the window twice",
        "Divide once: the factor is in the gradient already.",
        "paper 002 q2",
    ),
    misconception(
        "avg-as-max",
        (*_AVERAGE, *_GLOBAL_AVERAGE),
        exchanged,
        "average pooling is done as max pooling",
        "Let every cell of the window have its equal share.",
    ),
    misconception(
        "avg-sum",
        "avg_pool2d",
        _undivided,
        "the cells of the window are added without dividing",
        "Divide the sum by the number of cells of the window.",
    ),
    misconception(
        "avg-border-valid",
        _AVERAGE,
        _border(False),
        "windows at the border are divided by the number of cells inside the image",
        "Divide by the size of the window, its padding included.",
    ),
    misconception(
        "avg-border-all",
        _AVERAGE,
        _border(True),
        "windows at the border are divided by the size of the whole window",
        "Divide by the number of cells inside the image.",
    ),
    misconception(
        "pool-stride-one",
        _POOLS,
        _stride_one,
        "the pooling window moves by one cell",
        "Move the window by the stride, which is the window's own size where none is given.",
    ),
    misconception(
        "pool-no-pad",
        _POOLS,
        _no_pad,
        "the padding is left out of the pooling",
        "Put the padding around the input before the windows are laid.",
    ),
    misconception(
        "pool-partial-kept",
        _POOLS,
        _partial_kept,
        "the last, incomplete window is kept",
        "Drop a window that does not fit: the division is rounded down.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
