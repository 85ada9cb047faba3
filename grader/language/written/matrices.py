"""Arrays: nested TOML lists, rows of text, LaTeX arrays, or entries by their labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from grader.errors import UnreadableError
from grader.language.kinds import Wanted
from grader.language.written.characters import fold, unmarked
from grader.language.written.formulas import parse_formula
from grader.language.written.labels import from_labels
from grader.language.written.latex import unlatex
from grader.language.written.numbers import BLANKS, number_from, number_of
from grader.language.written.refusal import described, in_cell, unreadable
from grader.language.written.rows import blocks_of, rows_of
from grader.language.written.values import Cells, Formula, Number

MAX_TEXT = 1_000_000
MAX_CELLS = 50_000
MAX_FORMULAS = 2_000
MAX_RANK = 8

Cell: TypeAlias = "Number | Formula | None"
Reader: TypeAlias = Callable[[object], Cell]
Index: TypeAlias = tuple[int, ...]


def array_from(raw: object, wanted: Wanted) -> Cells | None:
    """An array from a TOML value; None where everything was left blank.

    The rank is that of what was written, so that marking can name both shapes; a single value where an array is
    asked is an array of that value, of the rank asked; a single row of text where a vector is asked is a vector, and
    so is a single column.

    Raises:
        UnreadableError: a cell that is not readable, with its row and column; ragged, too deep or too large.
    """
    builder = _Builder(wanted)
    cells = builder.build(raw, wanted.rank, ())
    if not isinstance(cells, tuple):
        for _ in range(max(wanted.rank, 1)):
            cells = (cells,)
    _check(cells, ())
    return cells if builder.filled else None


class _Builder:
    """Counts the cells, so that a large answer is refused early, and remembers whether any was filled."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.formulas = wanted.kind == "formula"
        self.most = MAX_FORMULAS if self.formulas else MAX_CELLS
        self.count = 0
        self.filled = False

    def build(self, raw: object, rank: int, index: Index) -> Cells | Cell:
        if isinstance(raw, list):
            if len(index) >= MAX_RANK:
                raise unreadable("expected at most {most} levels of lists, received more", most=MAX_RANK)
            if rank == 1 and len(raw) > 1 and all(isinstance(item, str) for item in raw):
                labelled = self.labelled("\n".join(raw), 1)  # type: ignore[arg-type]
                if labelled is not None:
                    return labelled
            items = (self.build(item, rank - 1, (*index, at)) for at, item in enumerate(raw))
            return tuple(items)
        if isinstance(raw, str) and rank > 0:
            return self.text(raw, rank, index)
        return self.cell(raw, raw, index)

    def cell(self, raw: object, line: object, index: Index) -> Cell:
        self.count += 1
        if self.count > self.most:
            raise unreadable("expected at most {most} cells, received more", most=self.most)
        try:
            value = self.leaf(raw, line)
        except UnreadableError as error:
            raise in_cell(error, index) from None
        self.filled = self.filled or value is not None
        return value

    def leaf(self, raw: object, line: object) -> Cell:
        if self.formulas:
            if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
                number_from(raw, self.wanted)
                return parse_formula(str(raw), (), ())
            if not isinstance(raw, str):
                raise unreadable("expected a formula, received {received}", received=described(raw))
            if raw.strip() in BLANKS:
                return None
            return parse_formula(raw, self.wanted.symbols, self.wanted.names)
        if raw is line or not isinstance(line, str) or not isinstance(raw, str):
            return number_from(raw, self.wanted)
        return number_of(unmarked(unlatex(line)), self.wanted, raw)

    def text(self, raw: str, rank: int, index: Index) -> Cells | Cell:
        if len(raw) > MAX_TEXT:
            raise unreadable(
                "expected an array of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
            )
        labelled = self.labelled(raw, rank)
        if labelled is not None:
            return labelled
        folded = fold(raw)
        if rank >= 3 and len(blocks := blocks_of(folded)) > 1:
            return tuple(self.text(block, rank - 1, (*index, at)) for at, block in enumerate(blocks))
        rows = rows_of(folded, self.formulas)
        if len(rows) == 1 and (rank == 1 or index):
            return self.row(rows[0], index)
        if rank == 1 and all(len(row) == 1 for row in rows):
            return self.row([row[0] for row in rows], index)
        return tuple(self.row(row, (*index, at)) for at, row in enumerate(rows))

    def row(self, row: list[str], index: Index) -> Cells:
        return tuple(self.cell(unlatex(cell), cell, (*index, at)) for at, cell in enumerate(row))

    def labelled(self, raw: str, rank: int) -> Cells | None:
        found = from_labels(fold(raw), rank)
        if found is None:
            return None
        if found.shape is None:
            return tuple(self.cell(text, text, (at,)) for at, text in enumerate(found.values.values()))
        return self.grid(found.values, found.shape, ())  # type: ignore[return-value]

    def grid(self, values: dict[Index, str], shape: Index, index: Index) -> Cells | Cell:
        if len(index) == len(shape):
            return self.cell(values[index], values[index], index) if index in values else self.cell("", "", index)
        return tuple(self.grid(values, shape, (*index, at)) for at in range(shape[len(index)]))


def _check(cells: Cells | Cell, index: Index) -> tuple[int, ...]:
    """The shape; refuses ragged arrays with the two rows that differ."""
    if not isinstance(cells, tuple):
        return ()
    first: tuple[int, ...] | None = None
    for at, item in enumerate(cells):
        shape = _check(item, (*index, at))
        if first is None:
            first = shape
        elif shape != first:
            raise unreadable(
                "expected rows of equal length, received {first} in row 1 and {other} in row {row}",
                first=_length(first),
                other=_length(shape),
                row=at + 1,
            )
    return (len(cells), *(first or ()))


def _length(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a single value"
    return f"{shape[0]} cells" if len(shape) == 1 else " x ".join(map(str, shape)) + " cells"
