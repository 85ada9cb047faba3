"""Slips in one or two entries, found by comparing an answer with a target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import RANKS, AnswerVector
from grader.core.support.inputs import Array
from grader.marking.credit import cell_list
from grader.marking.diagnosis.predictions import PredictionTable
from grader.marking.diagnosis.slips import Slip
from grader.messages import sentence


def entry_slips(written: AnswerVector, target: Array, matched: NDArray[np.bool_]) -> list[Slip]:
    """The slips in one entry, or the exchange of two, that turn the target into the answer."""
    wrong = np.flatnonzero(~matched)
    if target.shape[0] < 2 or not 1 <= wrong.size <= 2:
        return []
    if wrong.size == 2:
        swapped = target.copy()
        swapped[wrong] = target[wrong[::-1]]
        return [Slip("exchanged", sentence("Two entries are exchanged."))] if written.equals(swapped) else []
    return _in_one_entry(written, target, int(wrong[0]))


def _in_one_entry(written: AnswerVector, target: Array, at: int) -> list[Slip]:
    cell = written.vector.cells[at]
    shown = cell_list([cell])
    if np.isnan(written.vector.values[at]).any():
        return [Slip("one-entry", sentence("Entry {cell} alone is missing.", cell=shown), (cell,))]
    found = []
    changed = target.copy()
    changed[at] = -target[at]
    if (target[at] != 0).any() and written.equals(changed):
        found.append(Slip("one-sign", sentence("In entry {cell} alone the sign is not right.", cell=shown)))
    for other in np.delete(target, at, axis=0):
        changed[at] = other
        if written.equals(changed):
            found.append(Slip("copied", sentence("Entry {cell} holds the value of another cell.", cell=shown)))
            break
    return found or [Slip("one-entry", sentence("Entry {cell} alone is different.", cell=shown), (cell,))]


def may_be_rearranged(written: AnswerVector, table: PredictionTable, at: int = 0) -> list[int]:
    """The predictions with the answer's numbers in any order, or with its absolute values.

    Most are ruled out by the largest number, and by the cell `at`.
    """
    answer, values = written.vector.values, table.values
    if answer.shape != values.shape[1:] or answer.shape == (1, 1):
        return []
    if _is_shape(answer):
        same: NDArray[np.bool_] = (table.ordered == np.sort(answer, axis=-1)).all(axis=(1, 2))
        return [int(index) for index in same.nonzero()[0]]
    if answer.shape[-1] != 1:
        return []
    order = np.argsort(answer[:, 0])
    ordered = written.of_values(answer[order], written.absolute[order])
    unsigned = written.of_values(np.abs(answer), written.absolute)
    found = {*ordered.giving(table.ordered, len(answer) - 1).tolist(), *unsigned.giving(table.unsigned, at).tolist()}
    return sorted(found)


def rearranged(written: AnswerVector, target: Array) -> tuple[Slip, int] | None:
    """Two exchanged entries or one wrong sign, judged on all cells at once, and the number of possible such slips."""
    if _is_shape(target):
        return exchanged_sizes(written, target)
    count = len(target)
    ways = {"exchanged": count * (count - 1) // 2, "one-sign": count}
    found = entry_slips(written, target, written.matches(target[None])[0])
    return next(((slip, ways[slip.id]) for slip in found if slip.id in ways), None)


def _is_shape(value: Array) -> bool:
    return value.shape == (1, RANKS)


def exchanged_sizes(written: AnswerVector, target: Array) -> tuple[Slip, int] | None:
    """Two exchanged sizes of one shape, and the number of possible such slips; None for other targets."""
    if not _is_shape(target):
        return None
    answer, right = written.vector.values[0], target[0]
    wrong = np.flatnonzero(answer != right)
    sizes = int((right >= 0).sum())
    if wrong.size != 2 or not np.array_equal(answer[wrong], right[wrong[::-1]]):
        return None
    return Slip("exchanged", sentence("Two sizes of the shape are exchanged.")), sizes * (sizes - 1) // 2
