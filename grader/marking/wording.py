"""The sentences of a report about a part; none ever contains a number from the key."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from grader.answers.comparison import Comparison
from grader.answers.values import Cell, Number
from grader.messages import Sentence, sentence

if TYPE_CHECKING:
    from fractions import Fraction

    from grader.homework.assignment import Part

_MOST_CELLS = 12


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


def counted(comparison: Comparison, blank: int, ordered: bool = True) -> list[Sentence]:
    """How many entries are right, and which are not."""
    total, right = len(comparison.all_cells), len(comparison.right)
    if not ordered:
        return [_of_set(right, total, comparison.surplus)]
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


def _of_set(right: int, total: int, surplus: int) -> Sentence:
    if surplus:
        return sentence(
            "Right entries: {right} of {total}; entries that do not belong there: {count}, and each takes one off.",
            right=right,
            total=total,
            count=surplus,
        )
    return sentence("Right entries: {right} of {total}.", right=right, total=total)


def beyond_repeated(right: int, most: int, total: int) -> Sentence:
    """Why right entries earn marks, or why they do not."""
    if most == total:
        return sentence(
            "One value repeated in every entry would be right, so only all {total} entries earn marks.", total=total
        )
    if right <= most:
        return sentence(
            "One value repeated in every entry would get {most} of {total} right, and no more are right here: "
            "they earn no marks.",
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
