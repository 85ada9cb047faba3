"""Slips that are told from all cells at once, as few are left as they were: two entries exchanged, or one sign."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.marking.diagnosis.slips import Slip, single
from grader.marking.diagnosis.vectors import RANKS, Floats, Given
from grader.messages import sentence

_SIZES = sentence("Two sizes of the shape are exchanged.")


def candidates(given: Given, values: Floats) -> list[int]:
    """The predictions that hold the answer's numbers in some order, or its sizes whatever the signs."""
    if given.vector.values.shape != values.shape[1:] or values.shape[1:] == (1, 1):
        return []
    answer = given.vector.values
    if _is_shape(values):
        found = (np.sort(values, axis=-1) == np.sort(answer, axis=-1)).all(axis=(1, 2))
    elif values.shape[-1] == 1:
        order = np.argsort(answer[:, 0])
        ordered = replace(given, vector=replace(given.vector, values=answer[order]), absolute=given.absolute[order])
        unsigned = replace(given, vector=replace(given.vector, values=np.abs(answer)))
        found = ordered.matches(np.sort(values, axis=1)).all(axis=1) | unsigned.matches(np.abs(values)).all(axis=1)
    else:
        return []
    return [int(index) for index in np.flatnonzero(found)]


def rearranged(given: Given, target: Floats) -> tuple[Slip, int] | None:
    """The slip that leads from the target to the answer, and of how many it is one."""
    if _is_shape(target[None]):
        return _exchanged_sizes(given.vector.values[0], target[0])
    count = len(target)
    ways = {"exchanged": count * (count - 1) // 2, "one-sign": count}
    found = single(given, target, given.matches(target[None])[0])
    return next(((slip, ways[slip.id]) for slip in found if slip.id in ways), None)


def _is_shape(values: Floats) -> bool:
    return values.shape[1:] == (1, RANKS)


def _exchanged_sizes(answer: Floats, target: Floats) -> tuple[Slip, int] | None:
    wrong = np.flatnonzero(answer != target)
    sizes = int((target >= 0).sum())
    if wrong.size != 2 or not np.array_equal(answer[wrong], target[wrong[::-1]]):
        return None
    return Slip("exchanged", _SIZES), sizes * (sizes - 1) // 2
