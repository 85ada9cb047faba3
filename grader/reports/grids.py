"""A part's value for a page: grids of cells, each right, wrong, or wrong with a cause that explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from grader.reports.sanitise import shorten
from grader.reports.show import scalar

ROWS = 24
COLUMNS = 24
SLICES = 12
_LONGEST = 60
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FRACTION = re.compile(r"([-−]?)(\d{1,12})/(\d{1,12})")


class CellText(NamedTuple):
    """One number or text; a fraction if `below` is not empty."""

    sign: str
    text: str
    below: str


class GridCell(NamedTuple):
    """One cell: `state` is right, wrong, or empty if unknown; `causes` are the letters of causes."""

    shown: CellText
    state: str
    causes: str


class Grid(NamedTuple):
    """A table of cells with its index in a larger array, and whether some of it is omitted."""

    label: str
    rows: list[list[GridCell]]
    columns: int
    cut: bool


def shown(value: object) -> CellText:
    """A leaf as people write it, fractions as fractions.

    >>> shown(2.25), shown(-0.5).sign, shown("x")
    (CellText(sign='', text='9', below='4'), '−', CellText(sign='', text='x', below=''))
    """
    text = shorten(scalar(value), _LONGEST)
    found = _FRACTION.fullmatch(text)
    if found:
        return CellText("−" if found[1] else "", found[2], found[3])
    if text[:1] == "-" and text[1:2].isdigit():
        text = f"−{text[1:]}"
    return CellText("", text, "")


class Marks:
    """Which cells of a part are right, which are wrong, and which causes explain a wrong one."""

    def __init__(self, part: Mapping[str, Any]) -> None:
        """Read the part's `entries` and `diagnoses`."""
        entries = part.get("entries") or {}
        self.wrong = {tuple(cell) for cell in entries.get("wrong", ())}
        total, correct = entries.get("total", 0), entries.get("correct", 0)
        # A shortened report lists fewer wrong cells than there are: then the others are not known to be right.
        self.complete = bool(entries) and len(self.wrong) == total - correct
        self.total = total
        self.causes = list(_causes(part.get("diagnoses", ())))

    def cell(self, value: object, index: tuple[int, ...], known: bool = True) -> GridCell:
        """One cell with its state and causes."""
        if not known:
            return GridCell(shown(value), "", "")
        if index not in self.wrong:
            return GridCell(shown(value), "right" if self.complete else "", "")
        explained = [name for name, explains in self.causes if explains(index)]
        return GridCell(shown(value), "wrong", "".join(explained))


def _causes(diagnoses: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Callable[[tuple[int, ...]], bool]]]:
    """The letter of each cause, and the cells it explains: for a slip after a mistake, those left over."""
    left_by_mistakes: set[tuple[int, ...]] = set()
    for place, one in enumerate(diagnoses):
        left = {tuple(cell) for cell in one.get("unexplained", ())}
        if one.get("kind") == "misconception":
            left_by_mistakes |= left
        beside = left_by_mistakes if one.get("kind") == "slip" else set()
        if one.get("explained", 0) > 0 or beside:
            yield letter(place), partial(_explains, left, beside)


def _explains(left: set[tuple[int, ...]], beside: set[tuple[int, ...]], cell: tuple[int, ...]) -> bool:
    return cell not in left and (not beside or cell in beside)


def letter(place: int) -> str:
    """The letter that a page uses for the cause at this position of the list."""
    return _LETTERS[place] if place < len(_LETTERS) else "…"


def rank(value: object) -> int | None:
    """How many axes a regular nested list has; None if it is ragged, empty, or deeper than six.

    >>> rank([[1, 2], [3, 4]]), rank(3), rank([[1], [2, 3]])
    (2, 0, None)
    """
    sides = sides_of(value)
    return None if sides is None else len(sides)


def sides_of(value: object, depth: int = 6) -> tuple[int, ...] | None:
    """The shape of a regular nested list, None where it has none."""
    if not isinstance(value, list | tuple):
        return ()
    if not value or not depth:
        return None
    inner = sides_of(value[0], depth - 1)
    if inner is None or any(sides_of(entry, depth - 1) != inner for entry in value[1:]):
        return None
    return (len(value), *inner)


def grids(value: object, marks: Marks | None) -> list[Grid]:
    """The matrices of an array of rank 1 or more, each a grid; empty for other values."""
    sides = sides_of(value)
    if not sides or not isinstance(value, list | tuple):
        return []
    cells = 1
    for side in sides:
        cells *= side
    known = marks is not None and marks.total == cells and all(len(cell) == len(sides) for cell in marks.wrong)
    marked = marks if known and marks is not None else Marks({})
    if len(sides) == 1:
        row = [marked.cell(entry, (place,), known) for place, entry in enumerate(value[:COLUMNS])]
        return [Grid("", [row], sides[0], sides[0] > COLUMNS)]
    found: list[Grid] = []
    _slices(value, (), len(sides) - 2, marked, known, found)
    return found


def _slices(
    value: Sequence[Any], index: tuple[int, ...], above: int, marks: Marks, known: bool, found: list[Grid]
) -> None:
    if above:
        for place, entry in enumerate(value):
            if len(found) < SLICES:
                _slices(entry, (*index, place), above - 1, marks, known, found)
            elif not found[-1].cut:
                found[-1] = found[-1]._replace(cut=True)
        return
    rows = [
        [marks.cell(cell, (*index, line, place), known) for place, cell in enumerate(row[:COLUMNS])]
        for line, row in enumerate(value[:ROWS])
    ]
    name = f"[{', '.join(map(str, index))}]" if index else ""
    found.append(Grid(name, rows, len(value[0]), len(value) > ROWS or len(value[0]) > COLUMNS))


def listed(texts: Sequence[str], marks: Marks | None) -> list[GridCell]:
    """Text entries, such as shapes, one cell each."""
    known = marks is not None and marks.total == len(texts) and all(len(cell) == 1 for cell in marks.wrong)
    marked = marks if known and marks is not None else Marks({})
    return [
        marked.cell(None, (place,), known)._replace(shown=CellText("", shorten(text, _LONGEST), ""))
        for place, text in enumerate(texts[:ROWS])
    ]
