"""Arrays: nested TOML lists, rows of text, LaTeX arrays, or entries by their labels."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from grader.answers.characters import fold, unmarked
from grader.answers.formulas import parse_formula
from grader.answers.labels import from_labels
from grader.answers.latex import unlatex
from grader.answers.numbers import number_from, number_of
from grader.answers.phrases import BLANKS
from grader.answers.refusal import described, in_cell, unreadable
from grader.answers.rows import blocks_of, items_of, rows_of, without_call, without_label
from grader.answers.spec import AnswerSpec
from grader.answers.values import Cells, Formula, Number
from grader.errors import UnreadableError
from grader.messages import Sentence, sentence

MAX_TEXT = 100_000
MAX_CELLS = 10_000
MAX_FORMULAS = 2_000
MAX_RANK = 8

Cell: TypeAlias = "Number | Formula | None"
Reader: TypeAlias = Callable[[object], Cell]
Index: TypeAlias = tuple[int, ...]


def array_from(raw: object, spec: AnswerSpec, formulas: bool = False) -> Cells | None:
    """An array of numbers, or of formulas, from a TOML value; None where everything was left blank.

    The rank is that of what was written, so that marking can name both shapes; a single value where an array is
    asked is an array of that value, of the rank asked; a single row of text where a vector is asked is a vector, and
    so is a single column.

    Raises:
        UnreadableError: a cell that is not readable, with its row and column; ragged, too deep or too large.
    """
    builder = _Builder(spec, formulas)
    built = builder.build(raw, spec.rank, ())
    cells: Cells = built if isinstance(built, tuple) else (built,)
    for _ in range(0 if isinstance(built, tuple) else spec.rank - 1):
        cells = (cells,)
    _check(cells, ())
    return cells if builder.filled else None


class _Builder:
    """Counts the cells, so that a large answer is refused early, and remembers whether any was filled."""

    def __init__(self, spec: AnswerSpec, formulas: bool) -> None:
        self.spec = spec
        self.formulas = formulas
        self.most = MAX_FORMULAS if self.formulas else MAX_CELLS
        self.count = 0
        self.filled = False

    def build(self, raw: object, rank: int, index: Index) -> Cells | Cell:
        if isinstance(raw, list):
            if len(index) >= MAX_RANK:
                raise unreadable("expected at most {most} levels of lists, received more", most=MAX_RANK)
            words = [item for item in raw if isinstance(item, str)]
            if rank > 0 and len(words) == len(raw) > 1 and sum(map(len, words)) <= MAX_TEXT:
                labelled = self.labelled(fold("\n".join(words)), rank)
                if labelled is not None:
                    return labelled
            return tuple(self.build(item, rank - 1, (*index, at)) for at, item in enumerate(raw))
        if isinstance(raw, str) and rank > 0:
            return self.text(raw, rank, index)
        return self.cell(raw, index)

    def cell(self, raw: object, index: Index, folded: bool = False) -> Cell:
        """One cell; text cut from rows has been folded already."""
        self.count += 1
        if self.count > self.most:
            raise unreadable("expected at most {most} cells, received more", most=self.most)
        try:
            value = self.formula(raw) if self.formulas else self.number(raw, folded)
        except UnreadableError as error:
            raise in_cell(error, index) from None
        self.filled = self.filled or value is not None
        return value

    def number(self, raw: object, folded: bool) -> Cell:
        if folded and isinstance(raw, str):
            return number_of(unmarked(unlatex(raw)), self.spec, raw)
        return number_from(raw, self.spec)

    def formula(self, raw: object) -> Cell:
        if isinstance(raw, str):
            blank = raw.strip() in BLANKS
            return None if blank else parse_formula(raw, self.spec.symbols, self.spec.names)
        if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
            raise unreadable("expected a formula, received {received}", received=described(raw))
        number = number_from(raw, self.spec)
        return number and parse_formula(number.text, (), ())

    def text(self, raw: str, rank: int, index: Index) -> Cells | Cell:
        if len(raw) > MAX_TEXT:
            raise unreadable(
                "expected an array of at most {most} characters, received {received}", most=MAX_TEXT, received=len(raw)
            )
        folded = fold(raw)
        labelled = self.labelled(folded, rank)
        if labelled is not None:
            return labelled
        folded = without_call(without_label(folded))
        items = items_of(folded) if rank >= 3 else []
        blocks = items or (blocks_of(folded) if rank >= 3 else [])
        if items or len(blocks) > 1:
            return tuple(self.text(block, rank - 1, (*index, at)) for at, block in enumerate(blocks))
        rows = rows_of(folded, self.formulas, rank)
        if len(rows) == 1 and (rank == 1 or index):
            return self.row(rows[0], index)
        if rank == 1 and all(len(row) == 1 for row in rows):
            return self.row([row[0] for row in rows], index)
        return tuple(self.row(row, (*index, at)) for at, row in enumerate(rows))

    def row(self, row: list[str], index: Index) -> Cells:
        return tuple(self.cell(cell, (*index, at), folded=True) for at, cell in enumerate(row))

    def labelled(self, folded: str, rank: int) -> Cells | None:
        found = from_labels(folded, rank)
        if found is None:
            return None
        if found.shape is None:
            return tuple(self.cell(text, (at,), folded=True) for at, text in enumerate(found.values.values()))
        return self.grid(found.values, found.shape, ())  # type: ignore[return-value]

    def grid(self, values: dict[Index, str], shape: Index, index: Index) -> Cells | Cell:
        if len(index) == len(shape):
            return self.cell(values.get(index, ""), index, folded=True)
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
                "expected rows of equal length, received {first} in row 0 and {other} in row {row}, counted from zero",
                first=_length(first),
                other=_length(shape),
                row=at,
            )
    return (len(cells), *(first or ()))


def _length(shape: tuple[int, ...]) -> Sentence:
    if not shape:
        return sentence("a single value")
    if shape == (1,):
        return sentence("1 cell")
    return sentence("{count} cells", count=" x ".join(map(str, shape)))
