"""Max pooling: which cell wins, and who gets the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core.support.padding import pad
from grader.formula.substitution import Occurrence
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import MOST, Array, array, family, forward, needs, without
from grader.misconceptions.support.pool_calls import exchanged, map_size, margins_of, spacing, step, window_size

_LARGEST = ("global_max_pool_grad_input", "max_pool2d_grad_input")


def _averaged(occurrence: Occurrence, **options: Any) -> Any:
    """The gradient of the average pooling in place of that of the maximum."""
    needs(spacing(occurrence) == (1, 1) and window_size(occurrence) != (1, 1))
    given = without(occurrence.bound(), "dilation")
    return occurrence.again("avg_pool2d_grad_input", **given, **options)


def _all_cells(occurrence: Occurrence) -> Any:
    if occurrence.operation.startswith("max_pool2d"):
        return _averaged(occurrence, divisor_override=1)
    cells = math.prod(map_size(occurrence))
    needs(cells > 1)
    given = occurrence.bound()
    scaled = array(given["grad_output"]) * cells
    return occurrence.again("global_avg_pool_grad_input", grad_output=scaled, input=given["input"])


def _as_mean(occurrence: Occurrence) -> Any:
    if occurrence.operation.startswith("max_pool2d"):
        return _averaged(occurrence)
    needs(math.prod(map_size(occurrence)) > 1)
    return occurrence.again("global_avg_pool_grad_input", **occurrence.bound())


def _times_value(occurrence: Occurrence) -> Any:
    return occurrence.again(grad_output=array(occurrence.bound()["grad_output"]) * array(forward(occurrence)))


def _windows(occurrence: Occurrence) -> list[tuple[tuple[int, ...], list[tuple[int, ...]]]]:
    """Each entry of grad_output with the cells of the input that it looks at."""
    height, width = map_size(occurrence)
    outer = np.shape(occurrence.bound()["input"])[:-2]
    if occurrence.operation.startswith("global"):
        every = list(np.ndindex(height, width))
        return [(at, [(*at, *cell) for cell in every]) for at in np.ndindex(*outer)]
    (top, _), (left, _) = margins_of(occurrence)
    (kh, kw), (down, along), (dv, dh) = window_size(occurrence), step(occurrence), spacing(occurrence)
    found = []
    for at in np.ndindex(*np.shape(occurrence.bound()["grad_output"])):
        row, column = at[-2] * down - top, at[-1] * along - left
        cells = [(row + u * dv, column + v * dh) for u in range(kh) for v in range(kw)]
        inside = [(*at[:-2], r, c) for r, c in cells if 0 <= r < height and 0 <= c < width]
        found.append((at, inside))
    return found


def _wrong_cell(occurrence: Occurrence) -> Any:
    """The gradient of one window goes to another of its cells."""
    given = occurrence.bound()
    image, g = array(given["input"]), array(given["grad_output"])
    needs(image.size <= 2 * MOST)
    seen, right = _windows(occurrence), array(occurrence.right())
    needs(sum(len(cells) for _, cells in seen) <= MOST + len(seen))
    choices = []
    for at, cells in seen:
        winner = max(cells, key=lambda cell: (image[cell], [-n for n in cell]), default=None)
        for cell in cells:
            changed = right.copy()
            changed[winner] -= g[at]
            changed[cell] += g[at]
            choices.append(changed)
    return family(choices, right)


def _ties(occurrence: Occurrence) -> Any:
    """Every cell that holds the maximum gets the whole gradient."""
    image, g = array(occurrence.bound()["input"]), array(occurrence.bound()["grad_output"])
    total, tied = np.zeros(image.shape), False
    needs(image.size <= 2_000)
    for at, cells in _windows(occurrence):
        largest = max((image[cell] for cell in cells), default=0.0)
        winners = [cell for cell in cells if image[cell] == largest]
        tied = tied or len(winners) > 1
        for cell in winners:
            total[cell] += g[at]
    needs(tied)
    return total


def _pad_zero(occurrence: Occurrence) -> Any:
    sides = margins_of(occurrence)
    needs(any(map(any, sides)))
    padded: Array = pad(array(occurrence.bound()["input"]), sides)
    return occurrence.again(input=padded, padding=0)


RULES: tuple[Misconception, ...] = (
    misconception(
        "max-all-cells",
        _LARGEST,
        _all_cells,
        "every cell of the window gets the whole gradient",
        "Send the gradient to the cell that held the maximum, nothing to the others.",
    ),
    misconception(
        "max-as-mean",
        _LARGEST,
        _as_mean,
        "the gradient of max pooling is shared out as in average pooling",
        "Send the whole gradient to the cell that held the maximum.",
    ),
    misconception(
        "max-times-value",
        _LARGEST,
        _times_value,
        "the gradient is multiplied by the maximum",
        "Pass the gradient on as it is: the derivative of the maximum is one at its cell.",
    ),
    misconception(
        "max-wrong-cell",
        _LARGEST,
        _wrong_cell,
        "the gradient of one window goes to a cell that is not its maximum",
        "Look for the largest cell of each window again.",
    ),
    misconception(
        "max-ties-all",
        _LARGEST,
        _ties,
        "every cell that equals the maximum gets the gradient",
        "Send the gradient to the first of equal maxima only, row by row.",
    ),
    misconception(
        "max-as-avg",
        ("max_pool2d", "global_max_pool"),
        exchanged,
        "the window gives its mean",
        "Take the largest cell of each window.",
    ),
    misconception(
        "max-pad-zero",
        "max_pool2d",
        _pad_zero,
        "the zeros of the padding take part in the maximum",
        "Leave the padding out of the maximum: it counts as minus infinity.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
