"""Pooling forward and backward: what a window gives, and who gets the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core.options import pair
from grader.core.padding import margins, pad
from grader.language.substitution import NotApplicableError, Occurrence, Several
from grader.misconceptions.arrays import MOST, Array, array, family, forward, needs, without
from grader.misconceptions.rule import Misconception, misconception

_AVERAGE = ("avg_pool2d", "avg_pool2d_grad_input")
_GLOBAL_AVERAGE = ("global_avg_pool", "global_avg_pool_grad_input")
_LARGEST = ("global_max_pool_grad_input", "max_pool2d_grad_input")


def _scaled(occurrence: Occurrence, factor: float) -> Any:
    """A linear operation whose result is multiplied: its first array is."""
    name = "grad_output" if "_grad_" in occurrence.operation else "input"
    return occurrence.again(**{name: array(occurrence.bound()[name]) * factor})


def _size(occurrence: Occurrence) -> tuple[int, int]:
    height, width = np.shape(occurrence.bound()["input"])[-2:]
    return height, width


def _kernel(occurrence: Occurrence) -> tuple[int, int]:
    return pair(occurrence.bound()["kernel_size"], "kernel_size", 1)


def _stride(occurrence: Occurrence) -> tuple[int, int]:
    given = occurrence.bound()["stride"]
    return _kernel(occurrence) if given is None else pair(given, "stride", 1)


def _dilation(occurrence: Occurrence) -> tuple[int, int]:
    return pair(occurrence.bound().get("dilation", 1), "dilation", 1)


def _margins(occurrence: Occurrence) -> tuple[tuple[int, int], tuple[int, int]]:
    padding = occurrence.bound()["padding"]
    return margins(padding, _size(occurrence), _kernel(occurrence), _stride(occurrence), _dilation(occurrence))


def _global_sum(occurrence: Occurrence) -> Any:
    cells = math.prod(_size(occurrence))
    needs(cells > 1)
    return _scaled(occurrence, cells)


def _global_side(occurrence: Occurrence) -> Any:
    height, width = _size(occurrence)
    if height == width:
        needs(height > 1)
        return _scaled(occurrence, height)
    # divided by one side: the number of cells comes back but for that side
    return Several(tuple(_scaled(occurrence, other) for other in (width, height) if other > 1))


def _input_count(occurrence: Occurrence) -> Any:
    """The nearest map upstream of another size, over whose cells the average is taken instead."""
    size, before = _size(occurrence), occurrence.upstream("input")
    while before is not None and "input" in _named(before):
        other = np.shape(before.bound()["input"])[-2:]
        if len(other) == 2 and other != size:
            return _scaled(occurrence, math.prod(size) / math.prod(other))
        before = before.upstream("input")
    raise NotApplicableError


def _named(occurrence: Occurrence) -> dict[str, Any]:
    return occurrence.bound() if occurrence.operation[0].isalpha() else {}


def _all_channels(occurrence: Occurrence) -> Any:
    image = array(occurrence.bound()["input"])
    needs(image.ndim > 2 and image.shape[-3] > 1)
    reduce = np.mean if occurrence.operation == "global_avg_pool" else np.max
    return reduce(image, axis=(-3, -2, -1))


def _averaged(occurrence: Occurrence, **options: Any) -> Any:
    """The gradient of the average pooling in place of that of the maximum."""
    needs(_dilation(occurrence) == (1, 1) and _kernel(occurrence) != (1, 1))
    given = without(occurrence.bound(), "dilation")
    return occurrence.again("avg_pool2d_grad_input", **given, **options)


def _all_cells(occurrence: Occurrence) -> Any:
    if occurrence.operation.startswith("max_pool2d"):
        return _averaged(occurrence, divisor_override=1)
    cells = math.prod(_size(occurrence))
    needs(cells > 1)
    given = occurrence.bound()
    scaled = array(given["grad_output"]) * cells
    return occurrence.again("global_avg_pool_grad_input", grad_output=scaled, input=given["input"])


def _as_mean(occurrence: Occurrence) -> Any:
    if occurrence.operation.startswith("max_pool2d"):
        return _averaged(occurrence)
    needs(math.prod(_size(occurrence)) > 1)
    return occurrence.again("global_avg_pool_grad_input", **occurrence.bound())


def _times_value(occurrence: Occurrence) -> Any:
    return occurrence.again(grad_output=array(occurrence.bound()["grad_output"]) * array(forward(occurrence)))


def _windows(occurrence: Occurrence) -> list[tuple[tuple[int, ...], list[tuple[int, ...]]]]:
    """Each entry of grad_output with the cells of the input that it looks at."""
    height, width = _size(occurrence)
    outer = np.shape(occurrence.bound()["input"])[:-2]
    if occurrence.operation.startswith("global"):
        every = list(np.ndindex(height, width))
        return [(at, [(*at, *cell) for cell in every]) for at in np.ndindex(*outer)]
    (top, _), (left, _) = _margins(occurrence)
    (kh, kw), (down, along), (dv, dh) = _kernel(occurrence), _stride(occurrence), _dilation(occurrence)
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


def _tiled(occurrence: Occurrence) -> Any:
    g, (kh, kw), size = array(occurrence.bound()["grad_output"]), _kernel(occurrence), _size(occurrence)
    needs(max(g.shape[-2:]) > 1 and kh * kw > 1 and not any(map(any, _margins(occurrence))))
    needs(_stride(occurrence) == (kh, kw) and (g.shape[-2] * kh, g.shape[-1] * kw) == size)
    return np.tile(g, (1,) * (g.ndim - 2) + (kh, kw)) / (kh * kw)


def _undivided(occurrence: Occurrence) -> Any:
    needs(math.prod(_kernel(occurrence)) > 1 and occurrence.bound()["divisor_override"] != 1)
    return occurrence.again(divisor_override=1)


def _divided_twice(occurrence: Occurrence) -> Any:
    whole = occurrence.operation.startswith("global")
    cells = math.prod(_size(occurrence)) if whole else math.prod(_kernel(occurrence))
    needs(cells > 1)
    return _scaled(occurrence, 1 / cells)


def _border(count_include_pad: bool) -> Any:
    def rule(occurrence: Occurrence) -> Any:
        given = occurrence.bound()
        needs(given["count_include_pad"] is not count_include_pad and given["divisor_override"] is None)
        needs(any(map(any, _margins(occurrence))))
        return occurrence.again(count_include_pad=count_include_pad)

    return rule


def _exchanged(occurrence: Occurrence) -> Any:
    """The other kind of pooling, forward or backward."""
    name, given = occurrence.operation, occurrence.bound()
    if name.startswith("global"):
        needs(math.prod(_size(occurrence)) > 1)
        return occurrence.again(name.replace("avg", "max") if "avg" in name else name.replace("max", "avg"), **given)
    needs(_kernel(occurrence) != (1, 1) and _dilation(occurrence) == (1, 1))
    given = without(given, "dilation", "count_include_pad", "divisor_override")
    return occurrence.again(name.replace("avg", "max") if "avg" in name else name.replace("max", "avg"), **given)


def _stride_one(occurrence: Occurrence) -> Any:
    needs(_stride(occurrence) != (1, 1))
    return occurrence.again(stride=1)


def _no_pad(occurrence: Occurrence) -> Any:
    needs(any(map(any, _margins(occurrence))))
    return occurrence.again(padding=0)


def _pad_zero(occurrence: Occurrence) -> Any:
    sides = _margins(occurrence)
    needs(any(map(any, sides)))
    padded: Array = pad(array(occurrence.bound()["input"]), sides)
    return occurrence.again(input=padded, padding=0)


def _partial_kept(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["ceil_mode"] is False)
    kept = occurrence.again(ceil_mode=True)
    needs(np.shape(occurrence.value_of(kept)) != np.shape(occurrence.right()))
    return kept


_GLOBAL_POOLS = (
    misconception(
        "gap-sum",
        _GLOBAL_AVERAGE,
        _global_sum,
        "global average pooling does not divide by the number of cells",
        "Divide by the number of cells of the map: each cell has an equal share in the mean.",
    ),
    misconception(
        "gap-side",
        _GLOBAL_AVERAGE,
        _global_side,
        "global average pooling divides by a side of the map, not by its number of cells",
        "Divide by the number of cells: height times width.",
        "paper 000 q4",
    ),
    misconception(
        "gap-input-count",
        _GLOBAL_AVERAGE,
        _input_count,
        "global average pooling divides by the number of cells of the layer's input",
        "Count the cells of the map that is pooled, not of the input of the layer before.",
    ),
    misconception(
        "global-pool-channels",
        ("global_avg_pool", "global_max_pool"),
        _all_channels,
        "all channels are pooled into one number",
        "Pool each channel by itself.",
    ),
)

_MAXIMUM = (
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
        "Pass the gradient on as it is: the derivative of the maximum is 1 at its cell.",
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
        _exchanged,
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

_MEAN = (
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
        _exchanged,
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
)

_POOLS = (
    misconception(
        "pool-stride-one",
        ("max_pool2d", "avg_pool2d"),
        _stride_one,
        "the pooling window moves by one cell",
        "Move the window by the stride, which is the window's own size where none is given.",
    ),
    misconception(
        "pool-no-pad",
        ("max_pool2d", "avg_pool2d"),
        _no_pad,
        "the padding is left out of the pooling",
        "Put the padding around the input before the windows are laid.",
    ),
    misconception(
        "pool-partial-kept",
        ("max_pool2d", "avg_pool2d"),
        _partial_kept,
        "the last, incomplete window is kept",
        "Drop a window that does not fit: the division is rounded down.",
    ),
)

RULES: tuple[Misconception, ...] = (*_GLOBAL_POOLS, *_MAXIMUM, *_MEAN, *_POOLS)
"""The rules of this topic, as the catalogue lists them."""
