"""A uniform view of pooling calls: the window, its stride, its margins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core.support.inputs import pair
from grader.core.support.windows import Margins, margins
from grader.formula.substitution import Occurrence
from grader.misconceptions.support.arrays import array, base, gradient, is_gradient, needs, sides, without

_OTHER_KIND = {
    "avg_pool2d": "max_pool2d",
    "max_pool2d": "avg_pool2d",
    "global_avg_pool": "global_max_pool",
    "global_max_pool": "global_avg_pool",
    "avg_pool1d": "max_pool1d",
    "max_pool1d": "avg_pool1d",
    "avg_pool3d": "max_pool3d",
    "max_pool3d": "avg_pool3d",
}
_GLOBAL = ("global_avg_pool", "global_max_pool")


def is_global(occurrence: Occurrence) -> bool:
    """Whether the window is the whole map."""
    return base(occurrence) in _GLOBAL


def scaled(occurrence: Occurrence, factor: float) -> Any:
    """A call to a linear operation whose result is multiplied by a factor, by scaling its first array."""
    name = "grad_output" if is_gradient(occurrence) else "input"
    return occurrence.changed(**{name: array(occurrence.bound()[name]) * factor})


def map_size(occurrence: Occurrence) -> tuple[int, int]:
    """The height and width of the map that is pooled."""
    height, width = np.shape(occurrence.bound()["input"])[-2:]
    return height, width


def window_size(occurrence: Occurrence) -> tuple[int, int]:
    """The height and width of the window."""
    return pair(occurrence.bound()["kernel_size"], "kernel_size", 1)


def cells(occurrence: Occurrence) -> int:
    """The number of cells in a window with any number of axes."""
    return math.prod(sides(occurrence.bound()["kernel_size"], occurrence))


def moves(occurrence: Occurrence) -> bool:
    """Whether the window moves by more than one cell along some axis."""
    given = occurrence.bound()
    return max(sides(given["kernel_size"] if given["stride"] is None else given["stride"], occurrence)) > 1


def step(occurrence: Occurrence) -> tuple[int, int]:
    """The window's stride, vertical and horizontal."""
    given = occurrence.bound()["stride"]
    return window_size(occurrence) if given is None else pair(given, "stride", 1)


def spacing(occurrence: Occurrence) -> tuple[int, int]:
    """The window's dilation."""
    return pair(occurrence.bound().get("dilation", 1), "dilation", 1)


def margins_of(occurrence: Occurrence) -> Margins:
    """The padding as ((top, bottom), (left, right))."""
    padding = occurrence.bound()["padding"]
    return margins(padding, map_size(occurrence), window_size(occurrence), step(occurrence), spacing(occurrence))


def exchanged(occurrence: Occurrence) -> Any:
    """The call of the other kind of pooling: maximum for average or the reverse, forward or backward."""
    other, given = _OTHER_KIND[base(occurrence)], occurrence.bound()
    if is_global(occurrence):
        needs(math.prod(map_size(occurrence)) > 1)
    else:
        needs(cells(occurrence) > 1 and max(sides(given.get("dilation", 1), occurrence)) == 1)
        given = without(given, "dilation", "count_include_pad", "divisor_override")
    return occurrence.changed(gradient(other, "input") if is_gradient(occurrence) else other, **given)
