"""How likely it is that some prediction equals an answer by coincidence.

Source: the expected number of false positives among many hypotheses tried, as in a Bonferroni correction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from grader.answers.comparison import Floats

ALPHA = 0.05
"""The significance level: a cause is named only if fewer than this many of the predictions tried are
expected to explain as much by coincidence."""

CROWDED = 0.35
"""No cause is named for one number if at least this share of the numbers about as far from the key is predicted."""

SMALLEST = 3.0
"""The smallest size that is assumed of a key, so that small integers count as near a key close to zero."""

FINEST = 1e-3
"""The chance that a cell with off-grid values agrees, whatever its digits."""

LARGEST_DENOMINATOR = 64
"""Fractions with denominators up to this are on a grid."""


FAR = 3
"""An answer beyond this many times the key's size is judged by its own size."""

REACH = 2
"""Predictions up to this many times that size are counted."""


def shape_chance(answer: Floats, key: Floats) -> float:
    """The chance that one shape agrees by coincidence: one over the shapes of about its size; equal sides count once.

    Its size is that of the answer, or of the key if that is larger. For a list of shapes, the geometric mean over its
    shapes.
    """
    return min(_shape_chance(answer), _shape_chance(key))


def _shape_chance(key: Floats) -> float:
    logs = []
    for row in key:
        sizes = {abs(float(size)) for size in row if size >= 0}
        logs.append(-sum(math.log(2 * size + 1) for size in sizes))
    return min(0.5, math.exp(sum(logs) / len(logs)))


def cell_chance(answer: Floats, key: Floats) -> float:
    """The chance that one cell agrees by coincidence: one over the number of values that a cell could hold.

    Counts the values on the answer's own grid (integers, quarters) up to its size and the key's; values off any coarse
    grid, and formulas, agree by coincidence once in a thousand.
    """
    if answer.shape[-1] > 1:
        return FINEST
    own, right = (list(filter(math.isfinite, values.ravel().tolist())) for values in (answer, key))
    if not own and not right:
        return FINEST
    denominators = {1}
    for value in own[:200]:
        _, denominator = value.as_integer_ratio()
        if denominator > LARGEST_DENOMINATOR:
            exact = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
            if abs(float(exact) - value) > 1e-9 * max(1.0, abs(value)):
                return FINEST
            denominator = exact.denominator
        denominators.add(denominator)
    step = 1 / math.lcm(*denominators)
    span = 2 * max(map(abs, own + right))
    return min(0.5, max(1e-9, 1 / (span / step + 1)))


def crowded(key: float, answer: float, predictions: Iterable[float]) -> bool:
    """Whether so many integers around the key's size are predicted that an answer among them is no evidence.

    An answer far larger than the key is judged by its own size.

    >>> crowded(5, 7, [0.0, 2.0, 3.0, 7.0, 9.0]), crowded(24, 25, [22.0, 23.0, 25.0, 30.0])
    (True, False)
    >>> crowded(5, 100, [0.0, 2.0, 3.0, 7.0, 9.0, 100.0]), crowded(0.36, 1, [0.0, 1.0, 2.0, 0.6])
    (False, True)
    """
    size, sign = max(SMALLEST, math.ceil(abs(key))), math.copysign(1.0, key or answer)
    reach = REACH * (size if abs(answer) <= FAR * size else abs(answer))
    near = {value for value in predictions if value.is_integer() and 0 <= sign * value <= reach}
    return len(near) >= CROWDED * reach


def crowded_about(key: float, answer: float, limit: float, predictions: Iterable[float]) -> bool:
    """The same for a number with decimals: how much of the range about as far from the key is covered.

    >>> crowded_about(0.98734, 0.988, 0.0005, [0.9878, 0.9882, 0.98687])
    True
    >>> crowded_about(2.648, 3.97, 0.005, [3.9712, 5.11, 1.2])
    False
    """
    reach = REACH * abs(answer - key)
    windows = {round(value / (2 * limit)) for value in predictions if abs(value - key) <= reach} if limit else set()
    return len(windows) * 2 * limit >= CROWDED * 2 * reach > 0


def expected_coincidences(tried: int, wrong: int, explained: int, chance: float) -> float:
    """The number of `tried` predictions expected to explain `explained` or more of `wrong` cells by coincidence.

    The tail of a binomial distribution, times the number of predictions.

    >>> expected_coincidences(100, 1, 1, 0.01)
    1.0
    """
    tail = sum(math.comb(wrong, k) * chance**k * (1 - chance) ** (wrong - k) for k in range(explained, wrong + 1))
    return tried * tail
