"""The dilated kernel as a matrix, and its Kronecker form."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import pair, whole
from grader.formula.arithmetic import as_array, plain
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs, slides


@misconception(
    id="kron-order",
    operations="kron",
    equals="the two factors of the Kronecker product are exchanged",
    repair="Multiply every entry of the first matrix by the whole second one: the order matters.",
    source="paper 002 q5",
)
def _order(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(left=given["right"], right=given["left"])


def _selector(value: Any) -> int:
    """The side of a square matrix whose only nonzero entry is a 1 in its first cell; 0 for any other matrix."""
    cells = array(value)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or cells.shape[0] < 2:
        return 0
    return len(cells) if cells[0, 0] == 1 and np.count_nonzero(cells) == 1 else 0


@misconception(
    id="kron-identity",
    operations="kron",
    equals="the identity is used in place of the matrix with a single one in its first cell",
    repair="Keep a single one in the first cell: the identity repeats the weight on the diagonal.",
    source="paper 002 q5",
)
def _identity(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    for name in ("right", "left"):
        side = _selector(given[name])
        if side:
            return occurrence.changed(**{name: plain(np.eye(side, dtype=int))})
    raise NotApplicableError


@misconception(
    id="kron-not-trimmed",
    operations="dilate_kernel",
    equals="the zeros after the last row and column of the kernel are kept",
    repair="Drop the zero rows and columns after the last cells of the kernel.",
)
def _not_trimmed(occurrence: Occurrence) -> Any:
    given, right = occurrence.bound(), array(occurrence.right())
    if right.ndim == 1:
        steps: tuple[int, ...] = (whole(given["dilation"], "dilation", 1),)
    else:
        steps = pair(given["dilation"], "dilation", 1)
    needs(max(steps) > 1)
    around = [(0, 0)] * (right.ndim - len(steps)) + [(0, step - 1) for step in steps]
    return np.pad(right, around)


@misconception(
    id="dilation-one-zero-more",
    operations=("dilate_kernel", "conv2d", "convolve2d", "conv1d"),
    equals="as many zeros as the dilation are put between the cells of the kernel",
    repair="Put one zero fewer than the dilation between the cells.",
)
def _one_zero_more(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    steps = as_array(given["dilation"])
    needs(np.any(steps > 1))
    needs(np.size(given["kernel"]) > 1 if occurrence.operation == "dilate_kernel" else slides(occurrence))
    return occurrence.changed(dilation=plain(np.where(steps > 1, steps + 1, steps)))
