"""Max pooling: mistakes with the cell that holds the maximum, and with the cell that gets the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core.support.inputs import Array
from grader.core.support.windows import pad
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import (
    MOST_ALTERNATIVES,
    array,
    family,
    forward,
    gradients,
    needs,
    sides,
    without,
)
from grader.misconceptions.support.pool_calls import (
    exchanged,
    is_global,
    map_size,
    margins_of,
    spacing,
    step,
    window_size,
)

_LARGEST = ("global_max_pool_grad_input", "max_pool2d_grad_input")
_OTHER_AXES = gradients("input", "max_pool1d", "max_pool3d")


def _averaged(occurrence: Occurrence, **options: Any) -> Any:
    """The gradient of average pooling in place of that of max pooling."""
    needs(spacing(occurrence) == (1, 1) and window_size(occurrence) != (1, 1))
    given = without(occurrence.bound(), "dilation")
    return occurrence.changed("avg_pool2d_grad_input", **given, **options)


@misconception(
    id="max-all-cells",
    operations=(*_LARGEST, *_OTHER_AXES),
    equals="every cell of the window gets the whole gradient",
    repair="Send the gradient to the cell that held the maximum, nothing to the others.",
)
def _all_cells(occurrence: Occurrence) -> Any:
    if occurrence.operation in _OTHER_AXES:
        mean = exchanged(occurrence)
        share = array(occurrence.bound()["grad_output"]) * math.prod(
            sides(occurrence.bound()["kernel_size"], occurrence)
        )
        return occurrence.changed(mean.operation, **{**mean.arguments, "grad_output": share})
    if not is_global(occurrence):
        return _averaged(occurrence, divisor_override=1)
    count = math.prod(map_size(occurrence))
    needs(count > 1)
    given = occurrence.bound()
    scaled = array(given["grad_output"]) * count
    return occurrence.changed("global_avg_pool_grad_input", grad_output=scaled, input=given["input"])


@misconception(
    id="max-as-mean",
    operations=(*_LARGEST, *_OTHER_AXES),
    equals="the gradient of max pooling is shared out as in average pooling",
    repair="Send the whole gradient to the cell that held the maximum.",
)
def _as_mean(occurrence: Occurrence) -> Any:
    if occurrence.operation in _OTHER_AXES:
        return exchanged(occurrence)
    if not is_global(occurrence):
        return _averaged(occurrence)
    needs(math.prod(map_size(occurrence)) > 1)
    return occurrence.changed("global_avg_pool_grad_input", **occurrence.bound())


@misconception(
    id="max-times-value",
    operations=(*_LARGEST, *_OTHER_AXES),
    equals="the gradient is multiplied by the maximum",
    repair="Pass the gradient on as it is: the derivative of the maximum is one at its cell.",
)
def _times_value(occurrence: Occurrence) -> Any:
    return occurrence.changed(grad_output=array(occurrence.bound()["grad_output"]) * array(forward(occurrence)))


def _windows(occurrence: Occurrence) -> list[tuple[tuple[int, ...], list[tuple[int, ...]]]]:
    """The index of each entry of grad_output, with the indices of the input cells in its window."""
    height, width = map_size(occurrence)
    outer = np.shape(occurrence.bound()["input"])[:-2]
    if is_global(occurrence):
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


@misconception(
    id="max-wrong-cell",
    operations=_LARGEST,
    equals="the gradient of one window goes to a cell that is not its maximum",
    repair="Look for the largest cell of each window again.",
)
def _wrong_cell(occurrence: Occurrence) -> Any:
    """One window sends its gradient to another of its cells."""
    given = occurrence.bound()
    image, g = array(given["input"]), array(given["grad_output"])
    needs(image.size <= 2 * MOST_ALTERNATIVES)
    seen, right = _windows(occurrence), array(occurrence.right())
    needs(sum(len(cells) for _, cells in seen) <= MOST_ALTERNATIVES + len(seen))
    choices = []
    for at, cells in seen:
        winner = max(cells, key=lambda cell: (image[cell], [-n for n in cell]), default=None)
        for cell in cells:
            changed = right.copy()
            changed[winner] -= g[at]
            changed[cell] += g[at]
            choices.append(changed)
    return family(choices, right)


@misconception(
    id="max-value-passed",
    operations=(*_LARGEST, *_OTHER_AXES),
    equals="the maximum itself is put in its cell, not the gradient",
    repair="Send the gradient back: the maximum only says which cell gets it.",
)
def _value_passed(occurrence: Occurrence) -> Any:
    return occurrence.changed(grad_output=forward(occurrence))


@misconception(
    id="max-ties-all",
    operations=_LARGEST,
    equals="every cell that equals the maximum gets the gradient",
    repair="Send the gradient to the first of equal maxima only, row by row.",
)
def _ties(occurrence: Occurrence) -> Any:
    """Every cell of a window that equals its maximum gets the whole gradient."""
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


@misconception(
    id="max-as-avg",
    operations=("max_pool2d", "global_max_pool", "max_pool1d", "max_pool3d"),
    equals="the window gives its mean",
    repair="Take the largest cell of each window.",
)
def _as_average(occurrence: Occurrence) -> Any:
    return exchanged(occurrence)


@misconception(
    id="max-pad-zero",
    operations="max_pool2d",
    equals="the zeros of the padding take part in the maximum",
    repair="Leave the padding out of the maximum: it counts as minus infinity.",
)
def _pad_zero(occurrence: Occurrence) -> Any:
    sides = margins_of(occurrence)
    needs(any(map(any, sides)))
    padded: Array = pad(array(occurrence.bound()["input"]), sides)
    return occurrence.changed(input=padded, padding=0)
