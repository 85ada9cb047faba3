"""Linear maps that act on each axis by itself, as matrices (outputs, inputs)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.core.support.inputs import Array, check_room


def along_axes(x: Array, matrices: Sequence[Array]) -> Array:
    """The array with one matrix applied along each of its last axes.

    >>> along_axes(np.arange(4.0).reshape(2, 2), [np.ones((1, 2)), np.eye(2)])
    array([[2., 4.]])
    """
    lead = x.ndim - len(matrices)
    check_room((*x.shape[:lead], *(len(matrix) for matrix in matrices)))
    for axis, matrix in enumerate(matrices, lead):
        x = np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(x)


def back_along_axes(g: Array, matrices: Sequence[Array]) -> Array:
    """The gradient of `along_axes`: the transposed matrices."""
    return along_axes(g, [matrix.T for matrix in matrices])
