"""Slips by the same number in all cells, a factor or an offset, which is fitted to the answer."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import ZERO, AnswerVector, Floats
from grader.messages import Sentence, sentence
from grader.structs import Struct

Fit = Callable[[AnswerVector, Floats], tuple[NDArray[np.intp], Floats]]
"""The positions of the targets that some number may turn into the answer, and the results of the fitted numbers.

Targets and results are arrays (targets, cells, components); a result is NaN if no number fits.
"""


class FittedSlip(Struct):
    """A slip by a number that is fitted to the answer."""

    id: str
    message: Sentence
    fit: Fit


FITTED: list[FittedSlip] = []
"""The slips with a fitted number, in the order in which they are tried."""

LEAST_CHANGE = 0.01
"""A factor nearer to 1 than this is a rounding difference."""
LEAST_FOR_FACTOR = 2
"""The smallest number of entries to which a factor is fitted."""
LEAST_FOR_OFFSET = 3
"""The smallest number of entries to which an offset is fitted."""

FACTOR = sentence("All entries are off by one and the same factor.")
_NONE = np.array([], dtype=np.intp)


def fitted(id: str, message: Sentence) -> Callable[[Fit], Fit]:
    """Register a slip whose number is fitted to the answer."""

    def register(fit: Fit) -> Fit:
        FITTED.append(FittedSlip(id, message, fit))
        return fit

    return register


Weights = tuple[Floats | float, Floats | float, Floats | float, Floats | float]


def _fitting(written: AnswerVector, targets: Floats, weigh: Callable[[Floats, Floats], Weights]) -> NDArray[np.intp]:
    """The positions of the targets that two cells do not rule out: the answer's largest cell, and the one after it.

    If a and b are these two cells of the answer, a number exists only if u a = v b + w, within the tolerance of both.
    `weigh` computes u, v and w from the same two cells of the targets, and the size of the numbers in w: rounding
    changes numbers by less than `ZERO` times their size.
    """
    answer = written.vector.values[:, 0]
    at = int(np.abs(answer).argmax())
    after = (at + 1) % len(answer)
    a, b = float(answer[at]), float(answer[after])
    if math.isnan(a):
        return _NONE
    u, v, w, size = weigh(targets[:, at, 0], targets[:, after, 0])
    off_a, off_b = written.reach(at) + ZERO * abs(a), written.reach(after) + ZERO * abs(b)
    return (~(np.abs(u * a - v * b - w) > np.abs(u) * off_a + np.abs(v) * off_b + size * ZERO)).nonzero()[0]


@fitted("factor", FACTOR)
def _factor(written: AnswerVector, targets: Floats) -> tuple[NDArray[np.intp], Floats]:
    places = _NONE
    if one_component(targets, LEAST_FOR_FACTOR):
        places = _fitting(written, targets, lambda one, other: (other, one, 0.0, 0.0))
    some = targets[places]
    if not places.size:
        return places, some
    factor = factors(written, some)
    tells = (np.abs(factor) > 0) & (np.abs(factor - 1) > LEAST_CHANGE) & _several(np.where(some, some, np.nan))
    return places, some * np.where(tells, factor, np.nan)[:, None, None]


@fitted("offset", sentence("All entries are off by one and the same amount."))
def _offset(written: AnswerVector, targets: Floats) -> tuple[NDArray[np.intp], Floats]:
    places = _NONE
    if one_component(targets, LEAST_FOR_OFFSET):
        places = _fitting(written, targets, lambda one, other: (1.0, 1.0, one - other, abs(one) + abs(other)))
    some = targets[places]
    if not places.size:
        return places, some
    return places, some + np.where(_several(some), offsets(written, some), np.nan)[:, None, None]


def one_component(targets: Floats, least: int = 1) -> bool:
    """Whether the cells are single numbers, and there are at least `least` of them."""
    return bool(targets.shape[-1] == 1 and targets.shape[1] >= least)


def _several(targets: Floats) -> NDArray[np.bool_]:
    """For each target, whether its cells have different values; NaN does not count."""
    return np.fmin.reduce(targets, axis=(1, 2)) < np.fmax.reduce(targets, axis=(1, 2))  # type: ignore[no-any-return]


def factors(written: AnswerVector, values: Floats) -> Floats:
    """The factor from each prediction to the answer, allowing for the answer's rounding; NaN where there is none."""
    sizes = np.abs(values[..., 0])
    counts = sizes > ZERO * sizes.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return _between(written, lambda answer: np.where(counts, answer / values[..., 0], np.nan))


def offsets(written: AnswerVector, values: Floats) -> Floats:
    """The offset from each prediction to the answer, the same in all cells; NaN where there is none."""
    return _between(written, lambda answer: answer - values[..., 0])


def _between(written: AnswerVector, needed: Callable[[Floats], Floats]) -> Floats:
    """A number that every cell allows, given the interval that each cell needs for its rounding."""
    answer = written.vector.values[:, 0]
    limit = np.maximum(written.absolute, written.relative * np.abs(answer)) * (1 - written.relative)
    ends = np.stack([needed(answer - limit), needed(answer + limit)])
    low, high = np.fmax.reduce(ends.min(axis=0), axis=1), np.fmin.reduce(ends.max(axis=0), axis=1)
    return np.where(low <= high, (low + high) / 2, np.nan)
