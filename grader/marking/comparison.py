"""An answer against a value of the graph, cell by cell: computed once, read by verdict and message alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.answers.characters import fold
from grader.answers.refusal import ambiguous
from grader.answers.values import Number
from grader.errors import UnreadableError
from grader.formula.arithmetic import all_finite, is_number
from grader.formula.evaluation import Evaluation
from grader.formula.sampling import POINTS, Samples
from grader.homework.solution import SolvedPart
from grader.marking.cells import axes, cells
from grader.marking.report import Cell
from grader.marking.sheet import Read, without_batch
from grader.marking.tolerance import (
    BY_DECIMALS,
    BY_DIGITS,
    EXACT,
    WITHIN_RELATIVE,
    Allowance,
    array_decimals,
    tolerance_rule,
)
from grader.messages import Sentence, sentence

if TYPE_CHECKING:
    from grader.homework.assignment import Tolerance

FORMULA_RELATIVE = 1e-9
FORMULA_ABSOLUTE = 1e-12
MAX_POINTS = 3 * POINTS
EQUAL_FORMULA = sentence("equal at 20 points, within 1e-9 relative")

Target = Callable[[Evaluation], Any]
"""What is compared with at a frame: gives the value (or raises AuthorError where there is none)."""


@dataclass(frozen=True)
class Comparison:
    """Which cells are right; or, where the shapes differ, which shape was expected and received."""

    all_cells: tuple[Cell, ...]
    right: frozenset[Cell] = frozenset()
    rule: Sentence | None = None
    expected_axes: tuple[int, ...] | None = None
    received_axes: tuple[int, ...] | None = None

    @property
    def fits(self) -> bool:
        """Whether the shape is right."""
        return self.expected_axes is None

    @property
    def equal(self) -> bool:
        """Whether every cell is right."""
        return self.fits and len(self.right) == len(self.all_cells)

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """The cells that are not right, in row-major order."""
        return tuple(cell for cell in self.all_cells if cell not in self.right)


def compare(read: Read, key: Any) -> Comparison:
    """An answer of numbers or shapes with a value.

    Every kind but formulas; a choice or shape is one cell, a list of shapes one per shape.
    """
    part, value = read.part, read.value
    if part.kind == "shape" and isinstance(key, tuple):
        value = without_batch(value, len(key))
        if len(value) != len(key):
            return _misfit(part, key, (len(key),), (len(value),))
    expected, received = axes(key, part.kind), axes(value, part.kind)
    if expected != received:
        return _misfit(part, key, expected, received)
    keys, answers = cells(key, part.kind), cells(value, part.kind)
    if part.kind in ("shape", "shapes"):
        right = {cell for cell, shape in answers.items() if _same_shape(shape, keys[cell])}
        return Comparison(tuple(keys), frozenset(right), EXACT)
    if part.kind == "choice":
        return Comparison(tuple(keys), frozenset(cell for cell in keys if answers[cell] == keys[cell]), EXACT)
    return _compare_numbers(keys, answers, part.part.tolerance)


_SQUARE = re.compile(r"\s*(\d{1,9})\s*[x*]\s*\1\s*")


def refuse_two_readings(read: Read, comparison: Comparison, key: Callable[[SolvedPart], Any]) -> None:
    """A size such as 5 x 5, written where its side is asked, is read as 25; a person decides what was meant.

    Raises:
        UnreadableError: where every entry that is not right is the square of what is asked, written so.
    """
    if not read.part.wanted.counts or read.part.kind in ("shape", "shapes"):
        return
    keys, answers = cells(key(read.part), read.part.kind), cells(read.value, read.part.kind)
    written = {cell: number.text for cell in comparison.wrong if isinstance(number := answers[cell], Number)}
    sides = {cell: found[1] for cell, text in written.items() if (found := _SQUARE.fullmatch(fold(text)))}
    if sides and len(sides) == len(comparison.wrong) and all(int(side) == keys[cell] for cell, side in sides.items()):
        cell, side = next(iter(sides.items()))
        raise ambiguous(written[cell], sentence("the size {size}", size=f"{side} x {side}"), str(int(side) ** 2))


def _misfit(part: SolvedPart, key: Any, expected: tuple[int, ...], received: tuple[int, ...]) -> Comparison:
    return Comparison(tuple(cells(key, part.kind)), expected_axes=expected, received_axes=received)


def _same_shape(shape: Any, key: tuple[int, ...]) -> bool:
    return shape is not None and without_batch(tuple(shape), len(key)) == key


def _compare_numbers(
    keys: Mapping[Cell, Any], answers: Mapping[Cell, Number | None], tolerance: Tolerance | None
) -> Comparison:
    largest = max(abs(float(key)) for key in keys.values())
    decimals = array_decimals(answers.values()) if len(keys) > 1 else None
    allowance = Allowance(tolerance, largest, decimals)
    applied: dict[Cell, Sentence] = {}
    for cell, key in keys.items():
        number = answers[cell]
        rule = None if number is None else allowance.applied(number, key)
        if rule is not None:
            applied[cell] = rule
    return Comparison(tuple(keys), frozenset(applied), _stated(applied, keys, tolerance))


def _stated(applied: Mapping[Cell, Sentence], keys: Mapping[Cell, Any], tolerance: Tolerance | None) -> Sentence:
    """The widest rule that was needed; the rule that held where none was."""
    if tolerance is not None:
        return tolerance_rule(tolerance)
    used = set(map(str, applied.values()))
    for rule in (BY_DECIMALS, BY_DIGITS):
        if str(rule) in used:
            return rule
    return EXACT if all(isinstance(key, int) for key in keys.values()) else WITHIN_RELATIVE


def compare_formulas(
    read: Read,
    samples: Samples,
    target: Target,
    environment: Callable[[Evaluation], Mapping[str, Any]],
    shape: tuple[int, ...],
    whole: bool = False,
) -> Comparison:
    """An answer of formulas with what `target` gives at the sample points.

    A cell is right when it agrees at 20 points; points at which either side is undefined are drawn again. With `whole`
    it is only asked whether all cells are right: the first that is not ends the comparison.

    Raises:
        UnreadableError: for a formula that has no value wherever the key has one.
    """
    keys: dict[Cell, Any] = dict.fromkeys(_indices(shape))
    received = axes(read.value, "formula")
    if received != shape:
        return Comparison(tuple(keys), expected_axes=shape, received_axes=received)
    answers = {cell: formula for cell, formula in cells(read.value, "formula").items() if formula is not None}
    right, undefined = _tried(answers, samples, target, environment, shape, whole)
    if undefined is not None:
        raise UnreadableError(
            sentence(
                "expected a formula with a value, received {formula}: undefined or too large wherever it was tried",
                formula=repr(answers[undefined].text[:60]),
            )
        )
    return Comparison(tuple(keys), right, EQUAL_FORMULA)


def _tried(
    answers: Mapping[Cell, Any],
    samples: Samples,
    target: Target,
    environment: Callable[[Evaluation], Mapping[str, Any]],
    shape: tuple[int, ...],
    whole: bool,
) -> tuple[frozenset[Cell], Cell | None]:
    """The cells that agree at enough points, and one that has no value at any point where the key has one."""
    open_cells = dict.fromkeys(answers, 0)
    right: set[Cell] = set()
    compared = 0
    stepped = samples.stepped or any(formula.stepped for formula in answers.values())
    for frame in _frames(samples, stepped):
        if not open_cells:
            break
        values = _target_cells(target, frame, shape)
        if values is None:
            continue
        compared += 1
        point = environment(frame)
        for cell in list(open_cells):
            agrees = _agrees(answers[cell], point, values[cell])
            if agrees is None:
                continue
            if whole and not agrees:
                return frozenset(), None
            open_cells[cell] += 1
            if not agrees or open_cells[cell] == POINTS:
                del open_cells[cell]
                right |= {cell} if agrees else set()
    return frozenset(right), next((cell for cell, agreed in open_cells.items() if not agreed and compared), None)


def _indices(shape: tuple[int, ...]) -> Iterator[Cell]:
    from itertools import product

    return product(*map(range, shape))


def _frames(samples: Samples, stepped: bool) -> Iterator[Evaluation]:
    """Integer points, alternating with rational ones where both sides are smooth."""
    for index in range(MAX_POINTS):
        integer = stepped or index % 2 == 0
        frame = samples.at(index if stepped else index // 2, integer)
        if frame is None and not stepped:
            frame = samples.at(index, not integer)
        if frame is None:
            return
        yield frame


def _target_cells(target: Target, frame: Evaluation, shape: tuple[int, ...]) -> dict[Cell, Any] | None:
    from grader.errors import AuthorError

    try:
        value = target(frame)
    except AuthorError:
        return None
    if axes(value, "formula") != shape or not all_finite(value):
        return None
    return cells(value, "formula")


def _agrees(formula: Any, point: Mapping[str, Any], key: Any) -> bool | None:
    """Whether a formula has the key's value at a point; None where it is undefined there."""
    try:
        value = float(formula.evaluate(point))
    except (ArithmeticError, ValueError):
        return None
    if not all_finite(value) or not is_number(key):
        return None
    return bool(abs(value - key) <= max(FORMULA_RELATIVE * max(abs(value), abs(key)), FORMULA_ABSOLUTE))
