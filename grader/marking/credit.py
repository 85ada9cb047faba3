"""Marks: exact decimals, rounded once per part, half up, to 0.01; full marks are the part's points, unrounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from grader.homework.solution import SolvedPart

CENT = Decimal("0.01")


def by_entries(part: SolvedPart) -> bool:
    """Whether each right entry earns marks: the default for arrays and lists."""
    return part.kind.by_entries(part.rank) and part.part.credit != "all" and part.part.accepts is None


def repeated(keys: Sequence[Any], part: SolvedPart) -> int:
    """How many entries one repeated value would get right: the count of the key's most frequent value.

    `keys` is the key; for formulas its values at some points, and cells are the same if they agree at all of them.

    >>> from types import SimpleNamespace
    >>> from grader.answers.kinds import KINDS
    >>> repeated([[0, 5, 0]], SimpleNamespace(kind=KINDS["array"]))
    2
    """
    at_points = [part.kind.cells(key) for key in keys]
    counted = Counter(tuple(_rounded(values[cell]) for values in at_points) for cell in at_points[0])
    return max(counted.values())


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return float(f"{value:.9g}") + 0.0 if isinstance(value, float | np.floating) else value


def entry_share(right: int | Fraction, total: int, most: int) -> Fraction:
    """The share that right entries earn beyond what one repeated value would: (right - c) / (n - c), at least 0.

    >>> entry_share(7, 9, 3), entry_share(1, 9, 3), entry_share(9, 9, 9)
    (Fraction(2, 3), Fraction(0, 1), Fraction(1, 1))
    """
    if right >= total:
        return Fraction(1)
    if total == most:
        return Fraction(0)
    return max(Fraction(0), Fraction(Fraction(right) - most, total - most))


def marks(points: Decimal, share: Fraction | Decimal) -> Decimal:
    """The marks for a share of the points.

    >>> marks(Decimal(1), Fraction(1, 8))
    Decimal('0.13')
    >>> marks(Decimal("0.125"), Fraction(1))
    Decimal('0.125')
    """
    exact = Fraction(points) * Fraction(share)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)
    return points if share == 1 and rounded != points else rounded
