"""Slips: mistakes too small to be a wrong operation, found by comparing answer and target.

Each slip in all cells is one declaration: an id, a message, and a function that applies the slip to many targets at
once; a factor and an offset are fitted to the answer. No message reveals a number: neither the factor nor the offset.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import RANKS, ZERO, AnswerVector
from grader.core.support.inputs import Array, Cell
from grader.marking.credit import cell_list
from grader.messages import Sentence, sentence
from grader.structs import Struct

LARGEST_SHARE = 10.0
"""Larger values are counts, not fractions."""
MOST_TENS = 9
"""The largest power of ten that counts as a slip."""
MOVES = 8
"""How many slips of whole arrays there are: sign, transposed, rows, columns, double, half, factor, offset."""
MOVES_OF_ONE = 27
"""How many numbers a slip may turn one into: opposite, double, half, a power of ten, square, digits exchanged."""
LEAST_CHANGE = 0.01
"""A factor nearer to 1 than this is a rounding difference."""
LEAST_FOR_FACTOR = 2
"""The smallest number of entries to which a factor is fitted."""
LEAST_FOR_OFFSET = 3
"""The smallest number of entries to which an offset is fitted."""


class Slip(Struct):
    """A slip found: its id, its message, and the cells that it does not explain."""

    id: str
    message: Sentence
    unexplained: tuple[Cell, ...] = ()
    fitted: bool = False
    """Whether a number is fitted, which uses up one of several cells."""


TRANSPOSED = Slip("transposed", sentence("Rows and columns are exchanged: transpose the result."))
ROUNDED_EARLY = Slip(
    "rounded-early", sentence("The number was rounded too early: keep at least three significant digits.")
)
ROUNDED_COUNT = Slip(ROUNDED_EARLY.id, sentence("The count is rounded: write all its digits, a count is exact."))
FACTOR = Slip("factor", sentence("All entries are off by one and the same factor."), fitted=True)
OFFSET = Slip("offset", sentence("All entries are off by one and the same amount."), fitted=True)
SCALES = frozenset({FACTOR.id, OFFSET.id})
"""Slips that explain less than a second misconception would."""

Make = Callable[[Array, tuple[int, ...]], Iterable[Array]]
"""A slip's possible results for each target, an array (targets, cells, components), given the axes of the targets.

The results do not depend on the answer; they are NaN where the slip does not apply.
"""

Holds = Callable[[AnswerVector, Array, Array], bool]
"""Whether a slip that gives an answer explains it, given the answer, the target and the result."""


class WholeSlip(Struct):
    """A slip in all cells at once, as it is reported for several cells and for one."""

    several: Slip
    one: Slip
    make: Make
    holds: Holds


IN_ALL_CELLS: list[WholeSlip] = []
"""Slips in all cells, in the order in which they are tried."""


def slip(
    id: str, message: Sentence, one: Sentence | None = None, *, holds: Holds = lambda *_: True
) -> Callable[[Make], Make]:
    """Register a slip in all cells."""

    def register(make: Make) -> Make:
        IN_ALL_CELLS.append(WholeSlip(Slip(id, message), Slip(id, one or message), make, holds))
        return make

    return register


def _where(holds: NDArray[np.bool_], made: Array) -> Array:
    """The results for the targets where `holds`; NaN elsewhere."""
    return np.where(holds[:, None, None], made, np.nan)


@slip(
    "sign",
    sentence("The magnitudes are right, the signs are not."),
    one=sentence("Everything is right except the sign."),
)
def _sign(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    yield _where((targets != 0).any(axis=(1, 2)), -targets)


def _register_move(id: str, message: Sentence, move: Callable[[Array], Array]) -> None:
    """Register a slip that moves the cells of a grid; a move that changes nothing explains nothing."""

    @slip(id, message, holds=lambda written, target, _: not written.equals(target))
    def _moved(targets: Array, axes: tuple[int, ...]) -> Iterable[Array]:
        if len(axes) > 1:
            moved = move(targets.reshape(len(targets), *axes, -1))
            if moved.shape[1:-1] == axes:
                yield moved.reshape(targets.shape)


_register_move(TRANSPOSED.id, TRANSPOSED.message, lambda grids: np.swapaxes(grids, -3, -2))
_register_move("rows-reversed", sentence("The rows are in reverse order."), lambda grids: np.flip(grids, -3))
_register_move("columns-reversed", sentence("The columns are in reverse order."), lambda grids: np.flip(grids, -2))


def _shares(written: AnswerVector, target: Array, _: Array) -> bool:
    return bool(min(abs(written.vector.values[0, 0]), abs(target[0, 0])) <= LARGEST_SHARE)


@slip("percent-for-fraction", sentence("Percent and fraction are exchanged."), holds=_shares)
def _percent(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    if targets.shape[1:] == (1, 1):
        some = np.where(targets, targets, np.nan)
        yield from (some * 100, some / 100)


def _nearest_power(written: AnswerVector, target: Array, result: Array) -> bool:
    """Whether the slip has the power of ten nearest to answer / target; an answer of 0.00 is not a tiny number."""
    nearest = np.rint(np.log10(written.vector.values / target))
    return bool((nearest == np.rint(np.log10(result / target))).all())


@slip(
    "power-of-ten",
    sentence("The digits are right, the decimal point or the power of ten is not."),
    holds=_nearest_power,
)
def _power_of_ten(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    if targets.shape[1:] == (1, 1):
        powers = np.array([power for power in range(-MOST_TENS, MOST_TENS + 1) if power], dtype=np.float64)
        yield from targets * (10.0**powers)[:, None, None, None]


def _exactly(written: AnswerVector, _: Array, result: Array) -> bool:
    return bool((written.vector.values == result).all())


@slip("digits-exchanged", sentence("Two neighbouring digits of the number are exchanged."), holds=_exactly)
def _digits(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    if targets.shape[1:] == (1, 1):
        numbers = targets.ravel().tolist()
        swapped = [exchanged_digits(int(each)) if each.is_integer() and abs(each) < 1e15 else [] for each in numbers]
        for each in zip_longest(*swapped, fillvalue=math.nan):
            yield np.array(each, dtype=np.float64).reshape(targets.shape)


def exchanged_digits(number: int) -> list[int]:
    """The numbers of as many digits in which two neighbouring digits are exchanged.

    >>> exchanged_digits(1568), exchanged_digits(-503), exchanged_digits(22)
    ([5168, 1658, 1586], [-530], [])
    """
    digits, sign = str(abs(number)), -1 if number < 0 else 1
    pairs = [(place, digits[place : place + 2]) for place in range(len(digits) - 1)]
    swapped = [digits[:place] + two[::-1] + digits[place + 2 :] for place, two in pairs if two[0] != two[1]]
    return [sign * int(each) for each in swapped if each[0] != "0"]


@slip("area-for-side", sentence("The area is given where the side is asked for."))
def _area(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    if one_component(targets):
        yield _where(np.all(targets > 1, axis=(1, 2)), targets**2)


@slip("side-for-area", sentence("The side is given where the area is asked for."))
def _side(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    if one_component(targets):
        yield _where(np.all(targets > 1, axis=(1, 2)), np.sqrt(targets))


@slip(FACTOR.id, FACTOR.message, one=sentence("The number is off by a simple factor."))
def _doubled(targets: Array, _: tuple[int, ...]) -> Iterable[Array]:
    if one_component(targets):
        some = np.any(targets, axis=(1, 2))
        yield from (_where(some, targets * 2), _where(some, targets / 2))


def one_component(targets: Array, least: int = 1) -> bool:
    """Whether the cells are single numbers, and there are at least `least` of them."""
    return bool(targets.shape[-1] == 1 and targets.shape[1] >= least)


SlipWeights = tuple[Array | float, Array | float, Array | float, Array | float]


def fitted(written: AnswerVector, targets: Array) -> Iterator[tuple[Slip, NDArray[np.intp], Array]]:
    """The slips by a number fitted to the answer.

    Each with the positions of the targets that some number may turn into the answer, and what the number makes of
    these; NaN where none fits.
    """
    if one_component(targets, LEAST_FOR_FACTOR):
        places = _fitting(written, targets, lambda one, other: (other, one, 0.0, 0.0))
        if places.size:
            yield FACTOR, places, _multiplied(written, targets[places])
    if one_component(targets, LEAST_FOR_OFFSET):
        places = _fitting(written, targets, lambda one, other: (1.0, 1.0, one - other, abs(one) + abs(other)))
        if places.size:
            yield OFFSET, places, _shifted(written, targets[places])


def _fitting(written: AnswerVector, targets: Array, weigh: Callable[[Array, Array], SlipWeights]) -> NDArray[np.intp]:
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
        return np.array([], dtype=np.intp)
    u, v, w, size = weigh(targets[:, at, 0], targets[:, after, 0])
    off_a, off_b = written.reach(at) + ZERO * abs(a), written.reach(after) + ZERO * abs(b)
    return (~(np.abs(u * a - v * b - w) > np.abs(u) * off_a + np.abs(v) * off_b + size * ZERO)).nonzero()[0]


def _multiplied(written: AnswerVector, targets: Array) -> Array:
    """Targets times the factor to the answer, the same in all cells; cells negligible beside the largest tell none."""
    sizes = np.abs(targets[..., 0])
    counts = sizes > ZERO * sizes.max(axis=1, keepdims=True)
    factor = _between(written, lambda answer: np.where(counts, answer / targets[..., 0], np.nan))
    tells = (np.abs(factor) > 0) & (np.abs(factor - 1) > LEAST_CHANGE) & _differ(np.where(targets, targets, np.nan))
    return targets * np.where(tells, factor, np.nan)[:, None, None]


def _shifted(written: AnswerVector, targets: Array) -> Array:
    """Targets plus the offset to the answer, the same in all cells."""
    offset = _between(written, lambda answer: answer - targets[..., 0])
    return targets + np.where(_differ(targets), offset, np.nan)[:, None, None]


def _differ(targets: Array) -> NDArray[np.bool_]:
    """For each target, whether its cells have different values; NaN does not count."""
    return np.fmin.reduce(targets, axis=(1, 2)) < np.fmax.reduce(targets, axis=(1, 2))  # type: ignore[no-any-return]


def _between(written: AnswerVector, needed: Callable[[Array], Array]) -> Array:
    """A number that every cell allows, given the interval that each cell needs for its rounding."""
    answer = written.vector.values[:, 0]
    limit = np.maximum(written.absolute, written.relative * np.abs(answer)) * (1 - written.relative)
    ends = np.stack([needed(answer - limit), needed(answer + limit)])
    low, high = np.fmax.reduce(ends.min(axis=0), axis=1), np.fmin.reduce(ends.max(axis=0), axis=1)
    return np.where(low <= high, (low + high) / 2, np.nan)


IN_ENTRIES = ("one-entry", "one-sign", "copied", "exchanged")
"""The slips in one or two entries."""


def in_entries(written: AnswerVector, target: Array, matched: NDArray[np.bool_]) -> list[Slip]:
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
        found.append(Slip("one-sign", sentence("Only the sign of entry {cell} is not right.", cell=shown)))
    for other in np.delete(target, at, axis=0):
        changed[at] = other
        if written.equals(changed):
            found.append(Slip("copied", sentence("Entry {cell} holds the value of another cell.", cell=shown)))
            break
    return found or [Slip("one-entry", sentence("Entry {cell} alone is different.", cell=shown), (cell,))]


def rearrangement(written: AnswerVector, target: Array) -> tuple[Slip, int] | None:
    """Two exchanged entries or one wrong sign, judged on all cells at once, and the number of possible such slips."""
    if is_shape(target):
        return exchanged_sizes(written, target)
    count = len(target)
    ways = {"exchanged": count * (count - 1) // 2, "one-sign": count}
    found = in_entries(written, target, written.matches(target[None])[0])
    return next(((slip, ways[slip.id]) for slip in found if slip.id in ways), None)


def is_shape(value: Array) -> bool:
    """Whether a value is one shape."""
    return value.shape == (1, RANKS)


def exchanged_sizes(written: AnswerVector, target: Array) -> tuple[Slip, int] | None:
    """Two exchanged sizes of one shape, and the number of possible such slips; None for other targets."""
    if not is_shape(target):
        return None
    answer, right = written.vector.values[0], target[0]
    wrong = np.flatnonzero(answer != right)
    sizes = int((right >= 0).sum())
    if wrong.size != 2 or not np.array_equal(answer[wrong], right[wrong[::-1]]):
        return None
    return Slip("exchanged", sentence("Two sizes of the shape are exchanged.")), sizes * (sizes - 1) // 2


SLIP_IDS = frozenset({*(each.one.id for each in IN_ALL_CELLS), *SCALES, *IN_ENTRIES, ROUNDED_EARLY.id})
