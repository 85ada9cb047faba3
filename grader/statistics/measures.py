"""Statistics of a class from exact sums, so the same in any order.

Marks have two decimals, so every sum here is one of integers. Only a few sums per part and the frequency of each total
are kept, no list of students.

A part that waits for a person has no mark yet: it counts neither for nor against anybody, and while anybody's
free text waits, its part has no statistics. A part without an answer has the mark 0.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any, NamedTuple

from grader.marking.report import WAITING

FEWEST = 4
"""The least number of students for a correlation, as fewer give no confidence interval."""

Z95 = 1.959963984540054
"""How many standard deviations a 95 % interval reaches to each side."""
_UNIT = 100


class PartMark(NamedTuple):
    """What one student earned for one part; `score` is None while the part waits for a person."""

    question: str
    part: str
    verdict: str
    score: Decimal | None
    max_score: Decimal


class Discrimination(NamedTuple):
    """The correlation of a part's marks with the marks of the rest of the test; `reason` where there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass
class PartSums:
    """Sums over the students whose part has a mark: of the part's mark x, the rest of their marks, and products."""

    max_score: Decimal = Decimal(0)
    count: int = 0
    x: int = 0
    xx: int = 0
    rest: int = 0
    rest_squared: int = 0
    product: int = 0
    full: int = 0
    unmarked: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, mark: PartMark, score: int | None, total: int, times: int) -> None:
        """Count one mark `times` times; `score` and `total` are in hundredths."""
        self.max_score = mark.max_score
        self.verdicts[mark.verdict] += times
        if score is None:
            self.unmarked += times * (mark.verdict == "pending")
            return
        self.count += times
        self.x += times * score
        self.xx += times * score * score
        rest = total - score
        self.rest += times * rest
        self.rest_squared += times * rest * rest
        self.product += times * score * rest
        self.full += times * (mark.score == mark.max_score)

    @property
    def students(self) -> int:
        """All students who were asked, marked or not."""
        return sum(self.verdicts.values())

    def facility(self) -> float | None:
        """The mean mark as a share of the points; None without marks or points, or while a text is not yet marked."""
        if self.unmarked or not self.count or not self.max_score:
            return None
        return min(1.0, float(Fraction(self.x, self.count * _UNIT) / Fraction(self.max_score)))

    def share(self, verdict: str) -> float:
        """The share of the students with this verdict."""
        return self.verdicts[verdict] / self.students if self.students else 0.0

    def discrimination(self) -> Discrimination:
        """Pearson's correlation of the part with the rest of the test, and its 95 % interval by Fisher's z.

        Source: R. A. Fisher, "On the probable error of a coefficient of correlation", Metron 1 (1921); the part is
        taken out of the total as in the corrected item-total correlation of classical test theory.
        """
        n = self.count
        spread = n * self.xx - self.x**2
        rest_spread = n * self.rest_squared - self.rest**2
        if self.unmarked:
            return Discrimination(reason="not all are marked by a person")
        if n < FEWEST:
            return Discrimination(reason="too few students")
        if not spread:
            return Discrimination(reason="all marks of the part are equal")
        if not rest_spread:
            return Discrimination(reason="all marks of the rest are equal")
        product = n * self.product - self.x * self.rest
        size = math.sqrt(Fraction(product**2, spread * rest_spread))  # integers of any size
        value = math.copysign(min(size, 1.0), product)
        return Discrimination(value, *interval(value, n))


def interval(value: float, count: int) -> tuple[float, float]:
    """The 95 % confidence interval of a correlation by Fisher's z.

    >>> [round(end, 4) for end in interval(0.5, 28)]
    [0.156, 0.7358]
    """
    if abs(value) >= 1:
        return value, value
    middle, half = math.atanh(value), Z95 / math.sqrt(count - 3)
    return math.tanh(middle - half), math.tanh(middle + half)


@dataclass
class ClassStatistics:
    """All statistics of one assignment's marks, from one pass over the submissions."""

    parts: defaultdict[tuple[str, str], PartSums] = field(default_factory=lambda: defaultdict(PartSums))
    totals: Counter[int] = field(default_factory=Counter)
    max_score: Decimal = Decimal(0)
    waiting: int = 0

    def add(self, marks: Iterable[PartMark], times: int = 1) -> None:
        """Count a submission with these marks, `times` times."""
        every = list(marks)
        scores = [None if mark.score is None else hundredths(mark.score) for mark in every]
        total = sum(score for score in scores if score is not None)
        self.totals[total] += times
        self.waiting += times * (None in scores)
        self.max_score = sum((mark.max_score for mark in every), Decimal(0))
        for mark, score in zip(every, scores, strict=True):
            self.parts[mark.question, mark.part].add(mark, score, total, times)

    @property
    def students(self) -> int:
        """Submissions that were counted."""
        return sum(self.totals.values())

    def mean(self) -> float | None:
        """The mean total."""
        return self._sum() / (self.students * _UNIT) if self.students else None

    def deviation(self) -> float | None:
        """The sample standard deviation of the totals (denominator n - 1); None for fewer than two students."""
        n = self.students
        if n < 2:
            return None
        squares = sum(count * total * total for total, count in self.totals.items())
        return math.sqrt(Fraction(n * squares - self._sum() ** 2, n * (n - 1))) / _UNIT

    def _sum(self) -> int:
        return sum(count * total for total, count in self.totals.items())

    def quantile(self, share: Fraction) -> Decimal | None:
        """The total below which this share of the class lies; between two totals, their mean.

        Source: definition 2 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
        Statistician 50 (1996); its quantile at one half is the median.
        """
        n = self.students
        if not n:
            return None
        place = share * n
        totals = sorted(self.totals)
        ends = list(accumulate(self.totals[total] for total in totals))
        two = [totals[bisect(ends, min(max(one, 0), n - 1))] for one in (math.ceil(place) - 1, math.floor(place))]
        return Decimal(sum(two)) / (2 * _UNIT)

    def histogram(self, bins: int = 20) -> list[tuple[float, float, int]]:
        """The number of totals in each of equal bins from 0 to the assignment's points; the last has both ends."""
        top = max(hundredths(self.max_score), max(self.totals, default=0), 1)
        counts = [0] * bins
        for total, count in self.totals.items():
            counts[min(max(total, 0) * bins // top, bins - 1)] += count
        return [
            (place * top / bins / _UNIT, (place + 1) * top / bins / _UNIT, count) for place, count in enumerate(counts)
        ]


def hundredths(value: Decimal) -> int:
    """Marks as an integer.

    >>> hundredths(Decimal("14.5"))
    1450
    """
    return int((value * _UNIT).to_integral_value())


def marks_of_document(document: Mapping[str, Any]) -> Iterator[PartMark]:
    """The marks of a report's document; a person's points replace the machine's."""
    for question in document["questions"]:
        for part in question["parts"]:
            given = (part.get("review") or {}).get("points")
            machine = None if part["verdict"] in WAITING else part["score"]
            score = machine if given is None else given
            yield PartMark(
                question["id"],
                part["id"],
                part["verdict"],
                None if score is None else Decimal(str(score)),
                Decimal(str(part["max_score"])),
            )
