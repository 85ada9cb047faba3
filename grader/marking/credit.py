"""What a part earns, and the sentences that say so; none ever contains a number from the key.

Marks are exact decimals, rounded once per part, half up, to 0.01; full marks are the part's points, unrounded.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers.comparison import Comparison
from grader.answers.values import Number
from grader.core.support.inputs import Cell
from grader.homework.solution import SolvedPart
from grader.messages import Sentence, sentence

if TYPE_CHECKING:
    from grader.homework.assignment import Part

CENT = Decimal("0.01")
_MOST_CELLS = 12


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


def marks(points: Decimal, share: Fraction | Decimal | int) -> Decimal:
    """The marks for a share of the points.

    >>> marks(Decimal(1), Fraction(1, 8))
    Decimal('0.13')
    >>> marks(Decimal("0.125"), Fraction(1))
    Decimal('0.125')
    """
    exact = Fraction(points) * Fraction(share)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)
    return points if share == 1 and rounded != points else rounded


def listed(names: Sequence[str]) -> str | Sentence:
    """Names as a list: `O, Z and dF`."""
    if len(names) < 2:
        return "".join(names)
    return sentence("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def cell_list(cells: Iterable[Cell]) -> str | Sentence:
    """Cells counted from zero: `(0, 1), (2, 2)`; a long list is shortened."""
    shown = [f"({', '.join(map(str, cell))})" for cell in cells]
    more = len(shown) - _MOST_CELLS
    first = ", ".join(shown[:_MOST_CELLS])
    return sentence("{cells} and {more} more", cells=first, more=more) if more > 0 else first


def counted(comparison: Comparison, blank: int, ordered: bool) -> list[Sentence]:
    """How many entries are right, and which are not."""
    total, right = len(comparison.all_cells), len(comparison.right)
    if not ordered and comparison.surplus:
        return [
            sentence(
                "Right entries: {right} of {total}; entries that do not belong there: {count}, and each takes one off.",
                right=right,
                total=total,
                count=comparison.surplus,
            )
        ]
    if not ordered:
        return [sentence("Right entries: {right} of {total}.", right=right, total=total)]
    cells = cell_list(comparison.wrong)
    one = sentence("1 of {total} entries is right; not right, counted from zero: {cells}.", total=total, cells=cells)
    several = sentence(
        "{right} of {total} entries are right; not right, counted from zero: {cells}.",
        right=right,
        total=total,
        cells=cells,
    )
    said = [one if right == 1 else several]
    if blank:
        said.append(sentence("Blank entries: {count}.", count=blank))
    return said


def beyond_repeated(right: int, most: int, total: int) -> Sentence:
    """Why right entries earn marks, or why they do not."""
    if most == total:
        return sentence(
            "One value repeated in every entry would be right, so only all {total} entries earn marks.", total=total
        )
    if right <= most:
        return sentence(
            "One value repeated in every entry would get {most} of {total} right, and no more than that are right "
            "here, so no entry earns marks.",
            most=most,
            total=total,
        )
    return sentence(
        "One value repeated in every entry would get {most} of {total} right, so marks are earned by the entries "
        "beyond that: {right} of {count}.",
        most=most,
        total=total,
        right=right - most,
        count=total - most,
    )


def power_of_ten(number: Any, key: Any) -> Sentence | None:
    """The remark that a wrong number has the key's sign and power of ten, if the power is not an everyday one."""
    if not isinstance(number, Number) or not isinstance(key, float):
        return None
    value = float(number.value)
    if not value or not key or (value < 0) != (key < 0):
        return None
    exponent = math.floor(math.log10(abs(key)))
    if abs(exponent) < 3 or math.floor(math.log10(abs(value))) != exponent:
        return None
    return sentence("The power of ten is right, the digits are not.")


def options_right(share: Fraction, part: Part) -> Sentence:
    """How many options are judged right, ticked or not."""
    total = len(part.choices)
    return sentence("{right} of {total} options are judged right.", right=int(share * total), total=total)
