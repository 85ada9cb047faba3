"""`dilate_kernel`: a kernel with zeros between its cells, as a matrix of its own."""

from __future__ import annotations

from types import EllipsisType

import numpy as np
from numpy.typing import ArrayLike

from grader.core.registry import operation
from grader.core.support.inputs import Array, Size, as_array, check_rank, check_room, per_axis
from grader.core.support.windows import effective


@operation(topic="convolution")
def dilate_kernel(kernel: ArrayLike, dilation: Size) -> Array:
    """The kernel with dilation - 1 zeros between its cells: convolving with it is convolving with dilation.

    kernel (k), (kh, kw) or (O, C/groups, kh, kw); dilation a number or (vertical, horizontal). A side of k cells
    becomes dilation (k-1) + 1: no zeros after the last cell.

    Raises ValueError for another rank or a dilation below 1. Source: Yu and Koltun, "Multi-Scale Context Aggregation
    by Dilated Convolutions" (2016).

    >>> dilate_kernel([[1, 2], [3, 4]], 2)
    array([[1., 0., 2.],
           [0., 0., 0.],
           [3., 0., 4.]])
    """
    cells = as_array(kernel, "kernel")
    check_rank(cells, (1, 2, 4), "kernel", "(k), (kh, kw) or (O, C/groups, kh, kw)")
    steps = per_axis(dilation, min(cells.ndim, 2), "dilation")
    axes = cells.ndim - len(steps)
    sides = tuple(effective(k, d) for k, d in zip(cells.shape[axes:], steps, strict=True))
    check_room((*cells.shape[:axes], *sides))
    spread = np.zeros((*cells.shape[:axes], *sides))
    every: tuple[EllipsisType | slice, ...] = (..., *(slice(None, None, step) for step in steps))
    spread[every] = cells
    return spread
