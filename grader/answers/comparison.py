"""A reading compared with the key, cell by cell: computed once, for both the verdict and the message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.answers.cells import Cell
from grader.answers.tolerance import (
    BY_DECIMALS,
    BY_DIGITS,
    EXACT,
    WITHIN_RELATIVE,
    Allowance,
    Tolerance,
    array_decimals,
    tolerance_rule,
)
from grader.answers.values import Number
from grader.messages import Sentence
from grader.structs import Struct


class Comparison(Struct):
    """Which cells are right; or, where the shapes differ, which shape was expected and received."""

    all_cells: tuple[Cell, ...]
    right: frozenset[Cell] = frozenset()
    rule: Sentence | None = None
    expected_axes: tuple[int, ...] | None = None
    received_axes: tuple[int, ...] | None = None
    surplus: int = 0
    """How many extra entries a set has."""

    @property
    def fits(self) -> bool:
        """Whether the shape is right."""
        return self.expected_axes is None

    @property
    def equal(self) -> bool:
        """Whether every cell is right and there are no extra entries."""
        return self.fits and len(self.right) == len(self.all_cells) and not self.surplus

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """The cells that are not right, in row-major order."""
        return tuple(cell for cell in self.all_cells if cell not in self.right)


def compared_numbers(
    keys: Mapping[Cell, Any], answers: Mapping[Cell, Number | None], tolerance: Tolerance | None
) -> Comparison:
    """Compare numbers with the key's, entry by entry; a blank entry is wrong."""
    decimals = array_decimals(answers.values()) if len(keys) > 1 else None
    allowance = Allowance(tolerance, decimals)
    applied: dict[Cell, Sentence] = {}
    for cell, key in keys.items():
        number = answers[cell]
        rule = None if number is None else allowance.applied(number, key)
        if rule is not None:
            applied[cell] = rule
    return Comparison(tuple(keys), frozenset(applied), _stated(applied, keys, tolerance))


def _stated(applied: Mapping[Cell, Sentence], keys: Mapping[Cell, Any], tolerance: Tolerance | None) -> Sentence:
    """The loosest rule that some entry needed; without one, the rule that was applied."""
    if tolerance is not None:
        return tolerance_rule(tolerance)
    used = set(map(str, applied.values()))
    for rule in (BY_DECIMALS, BY_DIGITS):
        if str(rule) in used:
            return rule
    return EXACT if all(isinstance(key, int) for key in keys.values()) else WITHIN_RELATIVE
