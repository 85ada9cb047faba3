"""Slips in all cells at once: mistakes below the level of operations, found by comparing an answer with a target.

Each slip is one row of `WHOLE`: an id, a message, and a function that applies the slip to many targets at once. No
message reveals a number: neither the factor nor the offset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from grader.answers.cells import Cell
from grader.answers.encoding import AnswerVector, Floats, Vector
from grader.answers.tolerance import ZERO
from grader.messages import Sentence, sentence
from grader.structs import Struct


class Slip(Struct):
    """A slip found: its id, its message, and the cells that it does not explain."""

    id: str
    message: Sentence
    unexplained: tuple[Cell, ...] = ()
    fitted: bool = False
    """Whether a number is fitted, which uses up one of several cells."""


Make = Callable[[AnswerVector, Floats], Iterable[Floats]]
"""A slip's possible results for each target (targets by cells by components); NaN where it does not apply."""


class WholeSlip(Struct):
    """A slip in all cells at once, with its messages for several cells and for one.

    If `fitted`, a number is fitted to the cells; one that `moves` cells explains nothing where moving changes nothing.
    """

    id: str
    message: Sentence
    one: Sentence
    fitted: bool
    moves: bool
    make: Make


WHOLE: list[WholeSlip] = []
"""Slips in all cells, in the order in which they are tried."""


def slip(
    id: str, message: Sentence, one: Sentence | None = None, *, fitted: bool = False, moves: bool = False
) -> Callable[[Make], Make]:
    """Register a slip in all cells."""

    def register(make: Make) -> Make:
        WHOLE.append(WholeSlip(id, message, one or message, fitted, moves, make))
        return make

    return register


LARGEST_SHARE = 10.0
"""Larger values are counts, not fractions."""
LEAST_CHANGE = 0.01
"""A factor nearer to 1 than this is a rounding difference."""
LEAST_FOR_FACTOR = 2
"""The least number of entries to fit a factor to."""
LEAST_FOR_OFFSET = 3
"""The least number of entries to fit an offset to."""
MOST_TENS = 9
"""The largest power of ten that counts as a slip."""
SCALES = frozenset({"factor", "offset"})
"""Slips that explain less than a second misconception would."""
MOVES = 8
"""How many slips of whole arrays there are: sign, transposed, rows, columns, double, half, factor, offset."""
MOVES_OF_ONE = 27
"""How many numbers a slip may turn one into: opposite, double, half, a power of ten, square, digits exchanged."""

TRANSPOSED = Slip("transposed", sentence("Rows and columns are exchanged: transpose the result."))
ROUNDED_EARLY = Slip(
    "rounded-early", sentence("The number was rounded too early: keep at least three significant digits.")
)
ROUNDED_COUNT = Slip(ROUNDED_EARLY.id, sentence("The count is rounded: write all its digits, a count is exact."))
_FACTOR = sentence("All entries are off by one and the same factor.")


def _where(holds: NDArray[np.bool_], made: Floats) -> Floats:
    """The results for the targets where `holds`; NaN elsewhere."""
    return np.where(holds[:, None, None], made, np.nan)


@slip("sign", sentence("The sizes are right, the signs are not."), one=sentence("All is right but the sign."))
def _sign(_: AnswerVector, targets: Floats) -> Iterable[Floats]:
    yield _where((targets != 0).any(axis=(1, 2)), -targets)


def _moved(written: AnswerVector, targets: Floats, move: Callable[[Floats], Floats]) -> Iterable[Floats]:
    """The targets with their grids moved; none where that changes the shape."""
    axes = written.vector.axes
    if len(axes) < 2:
        return
    moved = move(targets.reshape(len(targets), *axes, -1))
    if moved.shape[1:-1] == axes:
        yield moved.reshape(targets.shape)


@slip(TRANSPOSED.id, TRANSPOSED.message, moves=True)
def _transposed(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    return _moved(written, targets, lambda grids: np.swapaxes(grids, -3, -2))


@slip("rows-reversed", sentence("The rows stand in reverse order."), moves=True)
def _rows(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    return _moved(written, targets, lambda grids: np.flip(grids, -3))


@slip("columns-reversed", sentence("The columns stand in reverse order."), moves=True)
def _columns(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    return _moved(written, targets, lambda grids: np.flip(grids, -2))


@slip("percent-for-fraction", sentence("Percent and fraction are exchanged."))
def _percent(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_number(targets):
        shares = np.where(np.minimum(np.abs(written.vector.values), np.abs(targets)) <= LARGEST_SHARE, targets, np.nan)
        yield from (np.where(shares, shares * 100, np.nan), np.where(shares, shares / 100, np.nan))


@slip("power-of-ten", sentence("The digits are right, the decimal point or the power of ten is not."))
def _power_of_ten(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_number(targets):
        powers = np.round(np.log10(written.vector.values / targets))
        yield np.where((powers != 0) & (np.abs(powers) <= MOST_TENS), targets * 10.0**powers, np.nan)


@slip("digits-exchanged", sentence("Two neighbouring digits of the number are exchanged."))
def _digits(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    answer = written.vector.values[0, 0]
    if _one_number(targets) and answer == np.floor(answer) and abs(answer) < 1e15:
        whole = (targets == np.floor(targets)) & (np.abs(targets) < 1e15) & (answer * targets > 0)
        whole &= (answer - targets) % 9 == 0  # true of digits in another order
        for place in np.flatnonzero(whole):
            whole[place] = exchanged_digits(str(abs(int(answer))), str(abs(int(targets[place, 0, 0]))))
        yield np.where(whole, answer, np.nan)


def exchanged_digits(one: str, other: str) -> bool:
    """Whether two numbers differ by exchanging two neighbouring digits.

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
def _area(_: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_component(targets):
        yield _where(np.all(targets > 1, axis=(1, 2)), targets**2)


@slip("side-for-area", sentence("The side is given where the area is asked."))
def _side(_: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_component(targets):
        yield _where(np.all(targets > 1, axis=(1, 2)), np.sqrt(targets))


@slip("factor", _FACTOR, one=sentence("The number is off by a simple factor."))
def _doubled(_: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_component(targets):
        some = np.any(targets, axis=(1, 2))
        yield from (_where(some, targets * 2), _where(some, targets / 2))


@slip("factor", _FACTOR, fitted=True)
def _factor(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_component(targets, LEAST_FOR_FACTOR):
        factor = factors(written, targets)
        tells = (np.abs(factor) > 0) & (np.abs(factor - 1) > LEAST_CHANGE)
        yield _where(tells & _several(np.where(targets, targets, np.nan)), targets * factor[:, None, None])


@slip("offset", sentence("All entries are off by one and the same amount."), fitted=True)
def _offset(written: AnswerVector, targets: Floats) -> Iterable[Floats]:
    if _one_component(targets, LEAST_FOR_OFFSET):
        yield _where(_several(targets), targets + offsets(written, targets)[:, None, None])


def _one_number(targets: Floats) -> bool:
    return targets.shape[1:] == (1, 1)


def _one_component(targets: Floats, least: int = 1) -> bool:
    """Whether the cells are numbers, and at least `least` of them."""
    return bool(targets.shape[-1] == 1 and targets.shape[1] >= least)


def _several(targets: Floats) -> NDArray[np.bool_]:
    """Which of the targets have more than one value; NaN does not count."""
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


def turned(written: AnswerVector) -> AnswerVector | None:
    """A matrix answer transposed; None for other ranks."""
    axes = written.vector.axes
    if len(axes) != 2:
        return None
    order = np.arange(len(written.vector.cells)).reshape(axes).T.ravel()
    vector = Vector(axes[::-1], tuple(np.ndindex(*axes[::-1])), written.vector.values[order])
    return AnswerVector(vector, written.absolute[order], written.relative)


def whole(written: AnswerVector, targets: Floats) -> list[Slip | None]:
    """For each target the first slip that, applied to all of its cells, gives the answer."""
    found: list[Slip | None] = [None] * len(targets)
    if not found or written.vector.values.shape != targets.shape[1:]:
        return found
    with np.errstate(all="ignore"):  # a square that overflows is not a slip
        tried = [(one, made) for one in WHOLE for made in one.make(written, targets)]
        equal = np.all(written.matches(np.stack([targets, *(made for _, made in tried)])), axis=-1)
    given = equal[1:]
    for row in np.flatnonzero(np.any(given, axis=-1))[::-1]:
        one = tried[row][0]
        said = one.one if targets.shape[1] == 1 else one.message
        for place in np.flatnonzero(given[row] & ~equal[0] if one.moves else given[row]):
            found[place] = Slip(one.id, said, fitted=one.fitted)
    return found


def rounded(written: AnswerVector, target: Floats, decimals: list[int | None], counts: bool = False) -> Slip | None:
    """The slip of rounding the target to the digits written, which are too few, if it gives the answer."""
    if target.shape != written.vector.values.shape or target.shape[-1] != 1 or not written.vector.values.any():
        return None
    cells = zip(target[:, 0].tolist(), written.vector.values[:, 0].tolist(), decimals, strict=True)
    fits = all(places is not None and rounds_to(exact, value, places) for exact, value, places in cells)
    if not fits:
        return None
    return ROUNDED_COUNT if counts else ROUNDED_EARLY


def rounds_to(exact: float, written: float, places: int) -> bool:
    """Whether a number rounds to what was written at some decimals; a tie goes up, to even, or as floats do.

    >>> rounds_to(7.5, 8, 0), rounds_to(7.5, 7, 0), rounds_to(6.5, 6, 0), rounds_to(0.36, 0.3, 1)
    (True, False, True, False)
    """
    half, distance = 0.5 * 10.0**-places, abs(written - exact)
    if abs(distance - half) > half * 1e-9:
        return distance < half
    even = round(written / (2 * half)) % 2 == 0
    return even or abs(written) > abs(exact) or (places >= 0 and float(f"{exact:.{places}f}") == written)


IN_ENTRIES = ("one-entry", "one-sign", "copied", "exchanged")
"""The slips in one or two entries."""

SLIP_IDS = frozenset({*(one.id for one in WHOLE), *IN_ENTRIES, ROUNDED_EARLY.id})
