"""Slips: mistakes below the operations, found between an answer and what it should equal.

Each slip is one function of an answer and a target, registered in `WHOLE` (all cells at once) or `SINGLE` (one or two
cells). None says a number: not the factor, not the offset, not the other cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.answers.cells import Cell
from grader.answers.tolerance import ZERO
from grader.marking.diagnosis.vectors import Floats, Given, Vector
from grader.marking.wording import cell_list
from grader.messages import Sentence, sentence


@dataclass(frozen=True)
class Slip:
    """A slip that was found: its id, what is said, and the cells that it does not reproduce."""

    id: str
    message: Sentence
    unexplained: tuple[Cell, ...] = ()
    fitted: bool = False
    """Whether it has a number of its own; where there are several cells, one of them is used up for it."""


Whole = Callable[[Given, Floats], bool]
_SHARE = 10.0
"""What is larger is a count, and no share of something."""
_NO_FACTOR = 0.01
"""Nearer to 1 than this a factor is a difference in rounding."""

_SIGN = sentence("All is right but the sign.")
_SIGNS = sentence("The sizes are right, the signs are not.")
TRANSPOSED = sentence("Rows and columns are exchanged: transpose the result.")
_ROWS = sentence("The rows stand in reverse order.")
_COLUMNS = sentence("The columns stand in reverse order.")
_FACTOR = sentence("All entries are off by one and the same factor.")
_DOUBLED = sentence("The number is off by a simple factor.")
_OFFSET = sentence("All entries are off by one and the same amount.")
_POWER = sentence("The digits are right, the decimal point or the power of ten is not.")
_PERCENT = sentence("Percent and fraction are exchanged.")
_AREA = sentence("The area is given where the side is asked.")
_SIDE = sentence("The side is given where the area is asked.")
_DIGITS = sentence("Two neighbouring digits of the number are exchanged.")
_ROUNDED = sentence("The number was rounded too early: keep at least three significant digits.")


def _all(given: Given, target: Floats) -> bool:
    return given.equals(target)


def _sign(given: Given, target: Floats) -> bool:
    return len(target) == 1 and _signs(given, target)


def _signs(given: Given, target: Floats) -> bool:
    return bool((target != 0).any()) and _all(given, -target)


def _moved(given: Given, target: Floats, move: Callable[[Floats], Floats]) -> bool:
    axes = given.vector.axes
    if len(axes) < 2:
        return False
    moved = move(target.reshape(*axes, -1))
    return moved.shape[:-1] == axes and _all(given, moved.reshape(target.shape)) and not _all(given, target)


def _transposed(given: Given, target: Floats) -> bool:
    return _moved(given, target, lambda grid: np.swapaxes(grid, -3, -2))


def _rows(given: Given, target: Floats) -> bool:
    return _moved(given, target, lambda grid: np.flip(grid, -3))


def _columns(given: Given, target: Floats) -> bool:
    return _moved(given, target, lambda grid: np.flip(grid, -2))


def _one_component(target: Floats, least: int) -> bool:
    return bool(target.shape[-1] == 1 and target.shape[0] >= least)


def _simple(given: Given, target: Floats) -> bool:
    return len(target) == 1 and _doubled(given, target)


def _doubled(given: Given, target: Floats) -> bool:
    return bool(target.any()) and target.shape[-1] == 1 and (_all(given, target * 2) or _all(given, target / 2))


def _factor(given: Given, target: Floats) -> bool:
    if not _one_component(target, 2) or len(set(target[target != 0].tolist())) < 2:
        return False
    factor = float(factors(given, target[None])[0])
    return abs(factor) > 0 and abs(factor - 1) > _NO_FACTOR and _all(given, target * factor)


def _offset(given: Given, target: Floats) -> bool:
    if not _one_component(target, 3) or len(set(target[:, 0].tolist())) < 2:
        return False
    return _all(given, target + float(offsets(given, target[None])[0]))


def factors(given: Given, values: Floats) -> Floats:
    """The factor that leads from each prediction to the answer, as rounded as it is; NaN where there is none."""
    sizes = np.abs(values[..., 0])
    counts = sizes > ZERO * sizes.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return _between(given, lambda answer: np.where(counts, answer / values[..., 0], np.nan))


def offsets(given: Given, values: Floats) -> Floats:
    """The number to add to all cells that leads from each prediction to the answer; NaN where there is none."""
    return _between(given, lambda answer: answer - values[..., 0])


def _between(given: Given, needed: Callable[[Floats], Floats]) -> Floats:
    """A number that every cell allows, from what it needs for the least and for the most that it was rounded from."""
    answer = given.vector.values[:, 0]
    limit = np.maximum(given.absolute, given.relative * np.abs(answer)) * (1 - given.relative)
    ends = np.stack([needed(answer - limit), needed(answer + limit)])
    low, high = np.fmax.reduce(ends.min(axis=0), axis=1), np.fmin.reduce(ends.max(axis=0), axis=1)
    return np.where(low <= high, (low + high) / 2, np.nan)


def _power_of_ten(given: Given, target: Floats) -> bool:
    answer, right = given.vector.values[0, 0], target[0, 0]
    if target.size != 1 or not right or not np.isfinite(answer) or answer / right <= 0:
        return False
    exponent = round(float(np.log10(answer / right)))
    return exponent != 0 and abs(exponent) <= 9 and _all(given, target * 10.0**exponent)


def _percent(given: Given, target: Floats) -> bool:
    if target.size != 1 or not target[0, 0] or min(abs(given.vector.values[0, 0]), abs(target[0, 0])) > _SHARE:
        return False
    return _all(given, target * 100) or _all(given, target / 100)


def _area(given: Given, target: Floats) -> bool:
    return target.shape[-1] == 1 and bool((target > 1).all()) and _all(given, target**2)


def _side(given: Given, target: Floats) -> bool:
    return target.shape[-1] == 1 and bool((target > 1).all()) and _all(given, np.sqrt(target))


def _digits(given: Given, target: Floats) -> bool:
    answer, right = given.vector.values, target
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


WHOLE: tuple[tuple[str, Sentence, Whole], ...] = (
    ("sign", _SIGN, _sign),
    ("sign", _SIGNS, _signs),
    ("transposed", TRANSPOSED, _transposed),
    ("rows-reversed", _ROWS, _rows),
    ("columns-reversed", _COLUMNS, _columns),
    ("percent-for-fraction", _PERCENT, _percent),
    ("power-of-ten", _POWER, _power_of_ten),
    ("digits-exchanged", _DIGITS, _digits),
    ("area-for-side", _AREA, _area),
    ("side-for-area", _SIDE, _side),
    ("factor", _DOUBLED, _simple),
    ("factor", _FACTOR, _doubled),
)
"""Slips in all cells."""

FITTED: tuple[tuple[str, Sentence, Whole], ...] = (("factor", _FACTOR, _factor), ("offset", _OFFSET, _offset))
"""Those in all cells that have a number of their own."""


SINGLE = ("one-entry", "one-sign", "copied", "exchanged", "rounded-early")
"""Slips in one entry or two, and of digits."""


SCALES = frozenset({"factor", "offset"})
"""Slips that say less than a second misconception would."""

MOVES = 8
"""How many slips of whole arrays there are: sign, transposed, rows, columns, double, half, factor, offset."""

MOVES_OF_ONE = 27
"""How many numbers a slip may make of one: its opposite, double, half, a power of ten, its square, digits exchanged."""

TURNED = Slip("transposed", TRANSPOSED)
EARLY = Slip("rounded-early", _ROUNDED)


def turned(given: Given) -> Given | None:
    """A matrix transposed, as an answer to be compared; None for other ranks."""
    axes = given.vector.axes
    if len(axes) != 2:
        return None
    order = np.arange(len(given.vector.cells)).reshape(axes).T.ravel()
    vector = Vector(axes[::-1], tuple(np.ndindex(*axes[::-1])), given.vector.values[order])
    return Given(vector, given.absolute[order], given.relative)


def candidates(given: Given, values: Floats) -> list[int]:
    """The predictions for which some slip of all cells may hold: found for all predictions at once."""
    if values.shape[1:] == (1, 1):
        return [int(index) for index in np.flatnonzero(_may_be_moved(given, values))]
    found = given.matches(-values).all(axis=1)
    with np.errstate(all="ignore"):
        if values.shape[-1] == 1:
            found |= given.matches(values * factors(given, values)[:, None, None]).all(axis=1)
            found |= given.matches(values + offsets(given, values)[:, None, None]).all(axis=1)
            found |= given.matches(values**2).all(axis=1) | given.matches(np.sqrt(np.abs(values))).all(axis=1)
    axes = given.vector.axes
    if len(axes) >= 2:
        grids = values.reshape(len(values), *axes, -1)
        moved = [np.flip(grids, -3), np.flip(grids, -2)]
        if axes[-1] == axes[-2]:
            moved.append(np.swapaxes(grids, -3, -2))
        for grid in moved:
            found |= given.matches(grid.reshape(values.shape)).all(axis=1)
    return [int(index) for index in np.flatnonzero(found)]


def _may_be_moved(given: Given, values: Floats) -> NDArray[np.bool_]:
    """The same for one number: whether it is a prediction's opposite, double, half, square and so on."""
    answer = float(given.vector.values[0, 0])
    with np.errstate(all="ignore"):
        powers = np.round(np.log10(answer / values))
        tens = values * 10.0 ** np.where(np.abs(powers) <= 9, powers, 0)
        moved = (-values, values * 2, values / 2, values * 100, values / 100, tens, values**2, np.sqrt(values))
        exchanged = (answer - values) % 9 == 0
        return np.any([exchanged[:, 0, 0], *(given.matches(each)[:, 0] for each in moved)], axis=0)  # type: ignore[no-any-return]


def whole(given: Given, target: Floats) -> list[Slip]:
    """The slips that, done to all cells of the target, give the answer."""
    if given.vector.values.shape != target.shape:
        return []
    with np.errstate(all="ignore"):  # a square of what is very large is no slip
        for fitted, slips in ((False, WHOLE), (True, FITTED)):
            for id, message, holds in slips:
                if holds(given, target):
                    return [Slip(id, message, fitted=fitted)]
    return []


def single(given: Given, target: Floats, matched: NDArray[np.bool_]) -> list[Slip]:
    """The slips in one entry, or in two that are exchanged, that lead from the target to the answer."""
    wrong = np.flatnonzero(~matched)
    if target.shape[0] < 2 or not 1 <= wrong.size <= 2:
        return []
    if wrong.size == 2:
        swapped = target.copy()
        swapped[wrong] = target[wrong[::-1]]
        return [Slip("exchanged", sentence("Two entries are exchanged."))] if _all(given, swapped) else []
    return _one(given, target, int(wrong[0]))


def _one(given: Given, target: Floats, at: int) -> list[Slip]:
    cell = given.vector.cells[at]
    if np.isnan(given.vector.values[at]).any():
        return [Slip("one-entry", sentence("Entry {cell} alone is missing.", cell=cell_list([cell])), (cell,))]
    found = []
    changed = target.copy()
    changed[at] = -target[at]
    if (target[at] != 0).any() and _all(given, changed):
        found.append(Slip("one-sign", sentence("In entry {cell} alone the sign is not right.", cell=cell_list([cell]))))
    for other in range(target.shape[0]):
        changed[at] = target[other]
        if other != at and _all(given, changed):
            found.append(
                Slip("copied", sentence("Entry {cell} holds the value of another cell.", cell=cell_list([cell])))
            )
            break
    return found or [Slip("one-entry", sentence("Entry {cell} alone is different.", cell=cell_list([cell])), (cell,))]


def rounded(given: Given, target: Floats, decimals: list[int | None]) -> Slip | None:
    """Whether each number is the target rounded to the digits that were written, too few of them."""
    if target.shape[-1] != 1 or any(places is None for places in decimals):
        return None
    half = np.array([0.5 * 10.0 ** -(places or 0) for places in decimals])[:, None]
    close = np.abs(given.vector.values - target) <= half * (1 + 1e-9)
    return EARLY if bool(close.all()) and bool(given.vector.values.any()) else None
