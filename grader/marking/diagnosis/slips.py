"""Slips in all cells at once: mistakes below the operations, found between an answer and what it should equal.

Each slip is one row of `WHOLE` or `FITTED`: an id, what is said, and a function of an answer and a target. No sentence
says a number: neither the factor nor the offset.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.answers.cells import Cell
from grader.answers.encoding import AnswerVector, Floats, Vector
from grader.answers.tolerance import ZERO
from grader.messages import Sentence, sentence
from grader.structs import Struct


class Slip(Struct):
    """A slip that was found: its id, what is said, and the cells that it does not reproduce."""

    id: str
    message: Sentence
    unexplained: tuple[Cell, ...] = ()
    fitted: bool = False
    """Whether a number of its own is fitted; where there are several cells, one of them is used up for that."""


Holds = Callable[[AnswerVector, Floats], bool]
"""Whether a slip leads from a target to an answer."""


class WholeSlip(Struct):
    """A slip in all cells at once; where `fitted`, a number of its own is found from the cells."""

    id: str
    message: Sentence
    holds: Holds
    fitted: bool


WHOLE: list[WholeSlip] = []
"""Slips in all cells, in the order in which they are tried."""


def slip(id: str, message: Sentence, fitted: bool = False) -> Callable[[Holds], Holds]:
    """Register a slip in all cells."""

    def register(holds: Holds) -> Holds:
        WHOLE.append(WholeSlip(id, message, holds, fitted))
        return holds

    return register


LARGEST_SHARE = 10.0
"""What is larger is a count, not a share of something."""
LEAST_CHANGE = 0.01
"""A factor nearer to 1 than this is a difference in rounding."""
LEAST_FOR_FACTOR = 2
"""A factor is fitted to at least this many entries."""
LEAST_FOR_OFFSET = 3
"""An offset is fitted to at least this many entries."""
MOST_TENS = 9
"""The largest power of ten that is a slip."""
SCALES = frozenset({"factor", "offset"})
"""Slips that say less than a second misconception would."""
MOVES = 8
"""How many slips of whole arrays there are: sign, transposed, rows, columns, double, half, factor, offset."""
MOVES_OF_ONE = 27
"""How many numbers a slip may make of one: its opposite, double, half, a power of ten, its square, digits exchanged."""

TRANSPOSED = Slip("transposed", sentence("Rows and columns are exchanged: transpose the result."))
ROUNDED_EARLY = Slip(
    "rounded-early", sentence("The number was rounded too early: keep at least three significant digits.")
)
ROUNDED_COUNT = Slip(ROUNDED_EARLY.id, sentence("The count is rounded: write all its digits, a count is exact."))
_FACTOR = sentence("All entries are off by one and the same factor.")


@slip("sign", sentence("All is right but the sign."))
def _sign(written: AnswerVector, target: Floats) -> bool:
    return len(target) == 1 and _signs(written, target)


@slip("sign", sentence("The sizes are right, the signs are not."))
def _signs(written: AnswerVector, target: Floats) -> bool:
    return bool((target != 0).any()) and written.equals(-target)


def _moved(written: AnswerVector, target: Floats, move: Callable[[Floats], Floats]) -> bool:
    axes = written.vector.axes
    if len(axes) < 2:
        return False
    moved = move(target.reshape(*axes, -1))
    return moved.shape[:-1] == axes and written.equals(moved.reshape(target.shape)) and not written.equals(target)


@slip(TRANSPOSED.id, TRANSPOSED.message)
def _transposed(written: AnswerVector, target: Floats) -> bool:
    return _moved(written, target, lambda grid: np.swapaxes(grid, -3, -2))


@slip("rows-reversed", sentence("The rows stand in reverse order."))
def _rows(written: AnswerVector, target: Floats) -> bool:
    return _moved(written, target, lambda grid: np.flip(grid, -3))


@slip("columns-reversed", sentence("The columns stand in reverse order."))
def _columns(written: AnswerVector, target: Floats) -> bool:
    return _moved(written, target, lambda grid: np.flip(grid, -2))


@slip("percent-for-fraction", sentence("Percent and fraction are exchanged."))
def _percent(written: AnswerVector, target: Floats) -> bool:
    if target.size != 1 or not target[0, 0] or min(abs(written.vector.values[0, 0]), abs(target[0, 0])) > LARGEST_SHARE:
        return False
    return written.equals(target * 100) or written.equals(target / 100)


@slip("power-of-ten", sentence("The digits are right, the decimal point or the power of ten is not."))
def _power_of_ten(written: AnswerVector, target: Floats) -> bool:
    answer, right = written.vector.values[0, 0], target[0, 0]
    if target.size != 1 or not right or not np.isfinite(answer) or answer / right <= 0:
        return False
    exponent = round(float(np.log10(answer / right)))
    return exponent != 0 and abs(exponent) <= MOST_TENS and written.equals(target * 10.0**exponent)


@slip("digits-exchanged", sentence("Two neighbouring digits of the number are exchanged."))
def _digits(written: AnswerVector, target: Floats) -> bool:
    answer, right = written.vector.values, target
    if target.size != 1 or answer[0, 0] != np.floor(answer[0, 0]) or right[0, 0] != np.floor(right[0, 0]):
        return False
    if max(abs(answer[0, 0]), abs(right[0, 0])) >= 1e15 or answer[0, 0] * right[0, 0] <= 0:
        return False
    return exchanged_digits(str(abs(int(answer[0, 0]))), str(abs(int(right[0, 0]))))


def exchanged_digits(one: str, other: str) -> bool:
    """Whether two numbers differ by two neighbouring digits that are exchanged.

    >>> exchanged_digits("1658", "1568"), exchanged_digits("12", "12")
    (True, False)
    """
    if len(one) != len(other):
        return False
    different = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(different) != 2 or different[1] != different[0] + 1:
        return False
    first, second = different
    return one[first] == other[second] and one[second] == other[first]


@slip("area-for-side", sentence("The area is given where the side is asked."))
def _area(written: AnswerVector, target: Floats) -> bool:
    return target.shape[-1] == 1 and bool((target > 1).all()) and written.equals(target**2)


@slip("side-for-area", sentence("The side is given where the area is asked."))
def _side(written: AnswerVector, target: Floats) -> bool:
    return target.shape[-1] == 1 and bool((target > 1).all()) and written.equals(np.sqrt(target))


@slip("factor", sentence("The number is off by a simple factor."))
def _simple(written: AnswerVector, target: Floats) -> bool:
    return len(target) == 1 and _doubled(written, target)


@slip("factor", _FACTOR)
def _doubled(written: AnswerVector, target: Floats) -> bool:
    return bool(target.any()) and target.shape[-1] == 1 and (written.equals(target * 2) or written.equals(target / 2))


@slip("factor", _FACTOR, fitted=True)
def _factor(written: AnswerVector, target: Floats) -> bool:
    if not _one_component(target, LEAST_FOR_FACTOR) or len(set(target[target != 0].tolist())) < 2:
        return False
    factor = float(factors(written, target[None])[0])
    return abs(factor) > 0 and abs(factor - 1) > LEAST_CHANGE and written.equals(target * factor)


@slip("offset", sentence("All entries are off by one and the same amount."), fitted=True)
def _offset(written: AnswerVector, target: Floats) -> bool:
    if not _one_component(target, LEAST_FOR_OFFSET) or len(set(target[:, 0].tolist())) < 2:
        return False
    return written.equals(target + float(offsets(written, target[None])[0]))


def _one_component(target: Floats, least: int) -> bool:
    return bool(target.shape[-1] == 1 and target.shape[0] >= least)


def factors(written: AnswerVector, values: Floats) -> Floats:
    """The factor that leads from each prediction to the answer, as rounded as it is; NaN where there is none."""
    sizes = np.abs(values[..., 0])
    counts = sizes > ZERO * sizes.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return _between(written, lambda answer: np.where(counts, answer / values[..., 0], np.nan))


def offsets(written: AnswerVector, values: Floats) -> Floats:
    """The number to add to all cells that leads from each prediction to the answer; NaN where there is none."""
    return _between(written, lambda answer: answer - values[..., 0])


def _between(written: AnswerVector, needed: Callable[[Floats], Floats]) -> Floats:
    """A number that every cell allows, from what it needs for the least and for the most that it was rounded from."""
    answer = written.vector.values[:, 0]
    limit = np.maximum(written.absolute, written.relative * np.abs(answer)) * (1 - written.relative)
    ends = np.stack([needed(answer - limit), needed(answer + limit)])
    low, high = np.fmax.reduce(ends.min(axis=0), axis=1), np.fmin.reduce(ends.max(axis=0), axis=1)
    return np.where(low <= high, (low + high) / 2, np.nan)


def turned(written: AnswerVector) -> AnswerVector | None:
    """A matrix transposed, as an answer to be compared; None for other ranks."""
    axes = written.vector.axes
    if len(axes) != 2:
        return None
    order = np.arange(len(written.vector.cells)).reshape(axes).T.ravel()
    vector = Vector(axes[::-1], tuple(np.ndindex(*axes[::-1])), written.vector.values[order])
    return AnswerVector(vector, written.absolute[order], written.relative)


def may_hold(written: AnswerVector, values: Floats) -> list[int]:
    """The predictions for which some slip of all cells may hold: found for all predictions at once."""
    if values.shape[1:] == (1, 1):
        return [int(index) for index in np.flatnonzero(_may_be_moved(written, values))]
    moved = [-values]
    if values.shape[-1] == 1:
        with np.errstate(all="ignore"):  # the square of a very large number is no slip
            moved += [
                values * factors(written, values)[:, None, None],
                values + offsets(written, values)[:, None, None],
            ]
            moved += [values**2, np.sqrt(np.abs(values))]
    axes = written.vector.axes
    if len(axes) >= 2:
        grids = values.reshape(len(values), *axes, -1)
        turns = [np.flip(grids, -3), np.flip(grids, -2)]
        if axes[-1] == axes[-2]:
            turns.append(np.swapaxes(grids, -3, -2))
        moved += [grid.reshape(values.shape) for grid in turns]
    return [int(index) for index in np.flatnonzero(_any(written, moved))]


def _any(written: AnswerVector, moved: Sequence[Floats]) -> NDArray[np.bool_]:
    """For each prediction whether the answer equals it in every cell after one of the moves."""
    with np.errstate(all="ignore"):
        found = np.all(written.matches(np.stack(moved)), axis=-1)
        return np.asarray(np.any(found, axis=0))


def _may_be_moved(written: AnswerVector, values: Floats) -> NDArray[np.bool_]:
    """The same for one number: whether it is a prediction's opposite, double, half, square and so on."""
    answer = float(written.vector.values[0, 0])
    with np.errstate(all="ignore"):
        powers = np.round(np.log10(answer / values))
        tens = values * 10.0 ** np.where(np.abs(powers) <= MOST_TENS, powers, 0)
        moved = (-values, values * 2, values / 2, values * 100, values / 100, tens, values**2, np.sqrt(values))
        exchanged = (answer - values) % 9 == 0
    return exchanged[:, 0, 0] | _any(written, moved)  # type: ignore[no-any-return]


def whole(written: AnswerVector, target: Floats) -> Slip | None:
    """The first slip that, done to all cells of the target, gives the answer."""
    if written.vector.values.shape != target.shape or (target.size > 1 and not may_hold(written, target[None])):
        return None
    with np.errstate(all="ignore"):  # the square of a very large number is no slip
        found = next((one for one in WHOLE if one.holds(written, target)), None)
    return None if found is None else Slip(found.id, found.message, fitted=found.fitted)


def rounded(written: AnswerVector, target: Floats, decimals: list[int | None], counts: bool = False) -> Slip | None:
    """Whether each number or count is what the target rounds to with the digits that were written, too few of them."""
    if target.shape != written.vector.values.shape or target.shape[-1] != 1 or not written.vector.values.any():
        return None
    cells = zip(target[:, 0].tolist(), written.vector.values[:, 0].tolist(), decimals, strict=True)
    fits = all(places is not None and rounds_to(exact, value, places) for exact, value, places in cells)
    if not fits:
        return None
    return ROUNDED_COUNT if counts else ROUNDED_EARLY


def rounds_to(exact: float, written: float, places: int) -> bool:
    """Whether a number rounds to what was written to some decimals; a tie goes up, to even, or as floats do.

    >>> rounds_to(7.5, 8, 0), rounds_to(7.5, 7, 0), rounds_to(6.5, 6, 0), rounds_to(0.36, 0.3, 1)
    (True, False, True, False)
    """
    half, distance = 0.5 * 10.0**-places, abs(written - exact)
    if abs(distance - half) > half * 1e-9:
        return distance < half
    even = round(written / (2 * half)) % 2 == 0
    return even or abs(written) > abs(exact) or (places >= 0 and float(f"{exact:.{places}f}") == written)


IN_ENTRIES = ("one-entry", "one-sign", "copied", "exchanged")
"""The slips in one entry or two."""

SLIP_IDS = frozenset({*(one.id for one in WHOLE), *IN_ENTRIES, ROUNDED_EARLY.id})
