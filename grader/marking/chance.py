"""How likely it is that some prediction agrees with an answer by accident."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from grader.marking.vectors import Floats

ALPHA = 0.02
"""A cause is named only where fewer than this many of the predictions tried would agree as well by accident."""

CROWDED = 0.35
"""No cause is named for one whole number where this share of the others up to twice the key's size are predicted."""

_FINEST = 1e-3
_DENOMINATOR = 64


def shape_chance(key: Floats) -> float:
    """The chance that one shape agrees by accident: one over the shapes of about its size; equal sides count once.

    For a list of shapes, the geometric mean over its shapes.
    """
    logs = []
    for row in key:
        sizes = {abs(float(size)) for size in row if size >= 0}
        logs.append(-sum(math.log(2 * size + 1) for size in sizes))
    return min(0.5, math.exp(sum(logs) / len(logs)))


def cell_chance(answer: Floats, key: Floats) -> float:
    """The chance that one cell agrees by accident: one over the values that a cell could hold.

    Values on the answer's own grid (whole numbers, quarters) within its size and the key's are counted; values on no
    coarse grid, and formulas, agree by accident once in a thousand.
    """
    if answer.shape[-1] > 1:
        return _FINEST
    values = np.concatenate([answer.ravel(), key.ravel()])
    values = values[np.isfinite(values)]
    if values.size == 0:
        return _FINEST
    own = answer.ravel()[np.isfinite(answer.ravel())]
    denominators = {1}
    for value in own[:200]:
        exact = Fraction(float(value)).limit_denominator(_DENOMINATOR)
        if abs(float(exact) - value) > 1e-9 * max(1.0, abs(value)):
            return _FINEST
        denominators.add(exact.denominator)
    step = 1 / math.lcm(*denominators)
    span = 2 * float(np.abs(values).max())
    return min(0.5, max(1e-9, 1 / (span / step + 1)))


def crowded(key: Floats, predictions: Iterable[float]) -> bool:
    """Whether so many whole numbers about the key's size are predicted that any such number says nothing.

    >>> crowded(np.array([[5.0]]), [0.0, 2.0, 3.0, 7.0, 9.0]), crowded(np.array([[24.0]]), [22.0, 23.0, 25.0, 30.0])
    (True, False)
    """
    if key.size != 1 or not float(key[0, 0]).is_integer() or not key[0, 0]:
        return False
    size, sign = abs(float(key[0, 0])), math.copysign(1.0, float(key[0, 0]))
    near = {sign * value for value in predictions if value.is_integer() and 0 <= sign * value <= 2 * size}
    return len(near) >= CROWDED * 2 * size


def crowded_about(key: float, answer: float, limit: float, predictions: Iterable[float]) -> bool:
    """The same for one number with decimals, about as far from the key as the answer is: how much of that is covered.

    >>> crowded_about(0.98734, 0.988, 0.0005, [0.9878, 0.9882, 0.98687])
    True
    >>> crowded_about(2.648, 3.97, 0.005, [3.9712, 5.11, 1.2])
    False
    """
    reach = 2 * abs(answer - key)
    windows = {round(value / (2 * limit)) for value in predictions if abs(value - key) <= reach} if limit else set()
    return len(windows) * 2 * limit >= CROWDED * 2 * reach > 0


def expected_accidents(tried: int, wrong: int, explained: int, chance: float) -> float:
    """How many of `tried` predictions would explain at least `explained` of `wrong` cells by accident.

    >>> expected_accidents(100, 1, 1, 0.01)
    1.0
    """
    tail = sum(math.comb(wrong, k) * chance**k * (1 - chance) ** (wrong - k) for k in range(explained, wrong + 1))
    return tried * tail
