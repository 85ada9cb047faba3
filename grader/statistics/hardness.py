"""Whether the variants are equally hard: the facility of each part per variant, and where it differs significantly.

Variants are assigned by a hash: if they are equally hard, every other assignment was equally likely and would have
given the same marks. So a permutation test needs no assumption about the marks. All parts and the whole are tested
together, by the largest standardised difference among them (Westfall and Young, Resampling-Based Multiple Testing,
1993): if the variants are equally hard, the probability of a warning for the class is at most LEVEL, however many parts
and variants there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.core.support.inputs import Array
from grader.statistics.measures import Z95

LEVEL = 0.025
"""The significance level: half of 5 %, so that fewer than 5 classes in a hundred get a warning by chance."""

PERMUTATIONS = 999
_MANY = 100_000
"""A class with more marks than this gets fewer permutations."""

_SEED = 20_230_901
WHOLE = ""
"""In place of a part's name: the mean of all parts."""


class VariantFacility(NamedTuple):
    """The facility of a part for one variant: the mean share of its points, from 0 to 1, with its 95 % interval.

    `p` is the probability of a difference at least as large in any part and variant if all variants are equally hard.
    """

    part: str
    variant: str
    students: int
    facility: float
    low: float
    high: float
    p: float

    @property
    def differs(self) -> bool:
        """Whether the difference is significant."""
        return self.p < LEVEL


def facilities(students: Iterable[tuple[str, Mapping[str, float]]]) -> list[VariantFacility]:
    """The facility of each part per variant, then that of the whole; parts that wait for a person are left out.

    `students` gives each student's variant, and the share of the points earned in each part that has a mark.
    """
    rows = [(variant, shares) for variant, shares in students if shares]
    variants = sorted({variant for variant, _ in rows})
    parts = list(dict.fromkeys(part for _, shares in rows for part in shares))
    if len(variants) < 2:
        return []
    codes = np.array([variants.index(variant) for variant, _ in rows])
    marks = np.array([[shares.get(part, math.nan) for part in parts] for _, shares in rows])
    marks = np.hstack([marks, np.nanmean(marks, axis=1, keepdims=True)])
    probabilities = _probabilities(marks, codes)
    found = []
    for column, part in enumerate([*parts, WHOLE]):
        for code, variant in enumerate(variants):
            own = marks[codes == code, column]
            own = own[~np.isnan(own)]
            if own.size:
                mean = float(own.mean())
                ends = wilson(mean, own.size)
                found.append(VariantFacility(part, variant, own.size, mean, *ends, float(probabilities[code, column])))
    return found


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; for the mean of marks with partial credit it is conservative.

    Source: Wilson, Probable Inference, 1927.

    >>> [round(end, 3) for end in wilson(0.5, 10)], [round(end, 3) for end in wilson(1.0, 3)]
    ([0.237, 0.763], [0.439, 1.0])
    """
    z2 = Z95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _probabilities(marks: Array, codes: NDArray[np.int_]) -> Array:
    """For each variant and part, the share of permutations whose largest difference is at least as large as its own.

    `marks` is (students, parts), `codes` the variants of the students. A difference is that between a variant's mean
    and the class's, standardised.
    """
    sizes = np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    known = (~np.isnan(marks)).astype(float)
    counts = known.sum(axis=0)
    means = np.nan_to_num(marks).sum(axis=0) / counts
    centred = np.where(known > 0, marks - means, 0.0)
    variance = (centred**2).sum(axis=0) / np.maximum(counts - 1, 1)

    def differences(order: NDArray[np.int_]) -> Array:
        """The differences (variants, parts) if the variants are assigned to the students in this order."""
        sums, some = (np.add.reduceat(each[order], starts) for each in (centred, known))
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(variance * (1 / some - 1 / counts))
            found = np.abs(sums) / some / spread
        return np.where(np.isfinite(found) & (variance > 1e-12), found, 0.0)

    order = np.argsort(codes, kind="stable")
    generator = np.random.Generator(np.random.PCG64(_SEED))
    rounds = max(199, min(PERMUTATIONS, PERMUTATIONS * _MANY // max(marks.size, 1)))  # enough, within a few seconds
    largest = np.sort([differences(generator.permutation(order)).max() for _ in range(rounds)])
    return (1.0 + rounds - np.searchsorted(largest, differences(order) - 1e-9)) / (1 + rounds)
