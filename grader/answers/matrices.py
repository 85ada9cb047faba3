"""Arrays: nested TOML lists, rows of text, LaTeX arrays, or entries by their labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from grader.answers.array_cells import Leaf, check_even, fitted, times, transposed, with_others
from grader.answers.characters import fold, unmarked
from grader.answers.formulas import parse_formula
from grader.answers.labels import by_names, from_labels
from grader.answers.layout import (
    dashed,
    filled_lines,
    grouped,
    loose,
    one_a_line,
    plain_lines,
    separated,
    thousands,
    without_names,
)
from grader.answers.list_forms import (
    array_alone,
    entries_apart,
    list_alone,
    pairs,
    pairs_in_brackets,
    refuse_joined,
    refuse_pair,
    refuse_unequal,
    squares,
)
from grader.answers.marks import sure_comma, with_point, with_points, with_slashes
from grader.answers.numbers import cell_readings, number_from, number_readings
from grader.answers.outer import Framed, concluded, framed
from grader.answers.pasted import printed_value, unlatex
from grader.answers.phrases import BLANKS
from grader.answers.refusal import described, in_cell, unreadable
from grader.answers.rows import as_rows, blocks_of, items_of, rows_of, without_label, without_single_axes
from grader.answers.spec import MAX_ARRAY, AnswerSpec
from grader.answers.values import Cells, Number, Reading, nested_axes
from grader.core.support.inputs import Cell
from grader.errors import UnreadableError
from grader.messages import Sentence, sentence

MAX_CELLS = 10_000
MAX_FORMULAS = 2_000
MAX_RANK = 8
MAX_LATER = 4

LeafReader: TypeAlias = Callable[[object], Leaf]


def array_readings(raw: object, spec: AnswerSpec, formulas: bool = False) -> tuple[Reading, ...]:
    """What an array from a TOML value may mean; empty where everything is blank.

    Decimal and thousands marks, dashes before lines, and one value per line are tried in turn. A reading of the
    expected shape is what was meant; where several have it, the first is the natural one.

    Raises:
        UnreadableError: an unreadable cell, with its row and column; ragged, too deep or too large.
    """
    if not formulas:
        refuse_unequal(raw)
        raw = entries_apart(raw, spec)
    raw = _in_one_row(raw, spec)
    named = None if formulas else by_names(raw, spec)
    if named is not None:
        raw, spec = named, replace(spec, labels=())
    found: list[Reading] = []
    failure: Sentence | None = None
    for written, natural in _hypotheses(raw, spec, formulas):
        try:
            readings = _built(written, spec, formulas)
        except UnreadableError as error:
            failure = failure or error.said
            continue
        found += [replace(one, natural=one.natural and natural) for one in readings]
    if failure is not None and not any(reading.natural for reading in found):
        alone = array_alone(fold(raw), spec) if isinstance(raw, str) and not formulas else None
        if alone is None or alone == raw:
            raise UnreadableError(failure)
        return array_readings(alone, spec)
    narrowed = _narrowed(found, spec)
    if not formulas:
        refuse_joined(raw, narrowed, spec)
    return narrowed


def _in_one_row(raw: object, spec: AnswerSpec) -> object:
    """Lists of texts with a leading axis of length 1 added, if that gives the expected shape: ['a', 'b'] for 1 x 2."""
    asked = spec.axes or ()
    if len(asked) < 2 or asked[0] != 1 or asked == nested_axes(raw) or not isinstance(raw, list):
        return raw
    return [raw] if _list_axes(raw) == asked[1:] and nested_axes(raw) == asked[1:] else raw


def _list_axes(raw: object) -> tuple[int, ...]:
    """The lengths of nested lists; () for anything else, and for a tuple."""
    return (len(raw), *_list_axes(raw[0])) if isinstance(raw, list) and raw else ()


def _narrowed(found: list[Reading], spec: AnswerSpec) -> tuple[Reading, ...]:
    """The readings of the expected shape, or all; the first natural one is kept, with those equal to it."""
    if any(reading.value is None for reading in found):
        return ()
    fitting = [one for one in found if one.natural and nested_axes(one.value) == spec.axes]
    kept = [*fitting, *(one for one in found if not one.natural)] if fitting else found
    if not any(one.natural for one in kept):
        kept = [replace(kept[0], natural=True), *kept[1:]]
    kept.sort(key=lambda one: not one.natural)
    unique: dict[object, Reading] = {}
    for one in kept:
        unique.setdefault(_values(one.value), one)
    first, *others = unique.values()
    return (first, *(one if one.how is _SIDES else replace(one, natural=False) for one in others))


_SIDES = sentence("the sides of squares")


def _values(value: object) -> object:
    """An array's bare values, for comparison."""
    if isinstance(value, tuple):
        return tuple(map(_values, value))
    return value.value if isinstance(value, Number) else getattr(value, "text", value)


def _hypotheses(raw: object, spec: AnswerSpec, formulas: bool) -> Iterator[tuple[object, bool]]:
    """The ways to split an array's text, with Persian slashes in both meanings, and whether each is natural."""
    for slashed, sure in [(raw, True)] if formulas else with_slashes(raw):
        for written, natural in _splits(slashed, spec, formulas):
            yield written, natural and sure


def _splits(raw: object, spec: AnswerSpec, formulas: bool) -> Iterator[tuple[object, bool]]:
    if not isinstance(raw, (str, list)) or (isinstance(raw, str) and len(raw) > MAX_ARRAY):
        yield raw, True
        return
    if formulas:
        yield raw, True
        if isinstance(raw, str):  # a space may be a product, not a separator
            yield from _one_each(filled_lines(fold(raw)), spec)
        return
    if isinstance(raw, list):
        pointed = with_points(raw)
        if spec.decimal != "," or pointed is None:
            yield raw, True
        if pointed is not None and spec.decimal != ".":
            yield pointed, True
        return
    folded = fold(raw)
    dashes = dashed(folded)
    if dashes is not None:
        yield dashes[0], True
        yield dashes[1], False
        return
    yield from squares(raw, spec)
    yield from pairs(folded, spec)
    alone = list_alone(folded, spec)
    if alone is not None and spec.decimal != "," and spec.axes != (1,):
        _built(alone, spec, formulas)  # raises for `64,128,256`, which its words would not make certain
    if spec.counts and alone is not None:  # a count has no decimals
        yield from _separated(alone, alone, spec)
    yield from _separated(raw, folded, spec)
    if not spec.counts and alone is not None:
        yield from _separated(alone, alone, spec)
    yield from _one_each(one_a_line(folded), spec)


def _separated(raw: object, folded: str, spec: AnswerSpec) -> Iterator[tuple[object, bool]]:
    """The meanings of a text's commas: separators, thousands marks, decimal marks."""
    comma = with_point(folded) if "," in folded or "." in folded else None
    comma = comma if comma != folded else None
    if spec.decimal != "," or comma is None:
        yield raw, True
        for other in (grouped(folded), thousands(folded)):
            if other is not None:
                yield other, other == grouped(folded)
        if spec.axes is not None and (listed := loose(folded)) is not None:
            yield listed, True
    if comma is not None and spec.decimal != ".":
        yield comma, spec.decimal == "," or (sure_comma(folded) and not pairs_in_brackets(folded))


def _one_each(lines: list[str], spec: AnswerSpec) -> Iterator[tuple[object, bool]]:
    """Each line as one entry, if as many are asked for or have a name."""
    asked = (len(spec.labels),) if spec.labels else spec.axes
    if asked is not None and len(asked) == 1 and len(lines) == asked[0] > 1:
        yield lines, True


def _built(raw: object, spec: AnswerSpec, formulas: bool) -> list[Reading]:
    """Read one way of splitting; a second time with the sides of squares where sizes are counted."""
    builder = _Builder(spec, formulas)
    built = builder.build(raw, spec.rank, ())
    cells: Cells = built if isinstance(built, tuple) else (built,)
    for _ in range(0 if isinstance(built, tuple) else spec.rank - 1):
        cells = (cells,)
    check_even(cells, ())
    if not builder.filled:
        return [Reading(None)]
    readings = [Reading(fitted(cells, spec))]
    for others in builder.later_readings():
        readings.append(Reading(fitted(with_others(cells, others, ()), spec), natural=False))  # type: ignore[arg-type]
    if builder.sides:
        readings.append(Reading(fitted(with_others(cells, builder.sides, ()), spec), _SIDES))  # type: ignore[arg-type]
    return readings


def array_from(raw: object, spec: AnswerSpec, formulas: bool = False) -> Cells | None:
    """The most natural array of a TOML value; None where everything is blank."""
    readings = array_readings(raw, spec, formulas)
    return readings[0].value if readings else None  # type: ignore[return-value]


class _Builder:
    """Builds an array; counts cells, to refuse a large answer early, and notes whether any is filled."""

    def __init__(self, spec: AnswerSpec, formulas: bool) -> None:
        self.spec = spec
        self.formulas = formulas
        self.most = MAX_FORMULAS if self.formulas else MAX_CELLS
        self.count = 0
        self.filled = False
        self.sides: dict[Cell, Number] = {}
        self.later: dict[Cell, list[Number]] = {}
        self.shares: dict[Cell, Number] = {}
        """What the shares among percentages are in percent, of `20%, 0.3` the second."""

    def later_readings(self) -> list[dict[Cell, Number]]:
        """The entries' later readings: the first of every entry that has one, then the second, and so on."""
        most = max(map(len, self.later.values()), default=0)
        found = [{index: one[min(at, len(one) - 1)] for index, one in self.later.items()} for at in range(most)]
        shares = {index: one for index, one in self.shares.items() if index in self.later}
        return [*found, shares] if 0 < len(shares) < len(self.later) else found

    def build(self, raw: object, rank: int, index: Cell) -> Cells | Leaf:
        if isinstance(raw, list):
            if len(index) >= MAX_RANK:
                raise unreadable("expected at most {most} levels of lists, received more", most=MAX_RANK)
            words = [item for item in raw if isinstance(item, str)]
            if rank > 0 and len(words) == len(raw) > 1 and sum(map(len, words)) <= MAX_ARRAY:
                labelled = self.labelled(fold("\n".join(words)), rank)
                if labelled is not None:
                    return labelled
            return tuple(self.build(item, rank - 1, (*index, at)) for at, item in enumerate(raw))
        if isinstance(raw, str) and rank > 0:
            return self.text(raw, rank, index)
        return self.cell(raw, index)

    def cell(self, raw: object, index: Cell, folded: bool = False) -> Leaf:
        """Read one cell; text split from rows is already folded."""
        self.count += 1
        if self.count > self.most:
            raise unreadable("expected at most {most} cells, received more", most=self.most)
        try:
            value = self.formula(raw) if self.formulas else self.number(raw, folded, index)
        except UnreadableError as error:
            if index not in self.spec.unasked:
                raise in_cell(error, index) from None
            value = None
        self.filled = self.filled or value is not None
        return value

    def number(self, raw: object, folded: bool, index: Cell) -> Leaf:
        if folded and isinstance(raw, str):
            if self.spec.axes != (1,):
                refuse_pair(raw)
            readings = cell_readings(unmarked(unlatex(raw)), self.spec, raw)
        else:
            readings = number_readings(raw, self.spec)
        numbers = [one.value for one in readings if one.natural and isinstance(one.value, Number)]
        later = [one.value for one in readings if not one.natural and isinstance(one.value, Number)]
        if numbers and later:
            self.later[index] = later[:MAX_LATER]
            if self.spec.unit == "%" and abs(float(later[-1].value)) > abs(float(numbers[0].value)):
                self.shares[index] = later[-1]
        if len(numbers) > 1:
            self.sides[index] = numbers[1]
        return numbers[0] if numbers else None

    def formula(self, raw: object) -> Leaf:
        if isinstance(raw, str):
            blank = raw.strip() in BLANKS
            return None if blank else parse_formula(raw, self.spec.symbols, self.spec.names)
        if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
            raise unreadable("expected a formula, received {received}", received=described(raw))
        number = number_from(raw, self.spec)
        return number and parse_formula(number.text, (), ())

    def text(self, raw: str, rank: int, index: Cell) -> Cells | Leaf:
        if len(raw) > MAX_ARRAY:
            raise unreadable(
                "expected an array of at most {most} characters, received {received}", most=MAX_ARRAY, received=len(raw)
            )
        folded = without_single_axes(concluded(printed_value(as_rows(fold(raw)))), rank)
        folded = separated(folded) if rank >= 3 else folded
        labelled = self.labelled(folded, rank)
        if labelled is not None:
            return labelled
        return self.laid_out(folded, rank, index)

    def laid_out(self, folded: str, rank: int, index: Cell) -> Cells | Leaf:
        """Read text without entry labels: a factor, blocks, rows and cells."""
        folded = without_label(folded)
        outer = framed(folded) if not self.formulas else Framed(folded)
        if outer.factor or outer.transposed:
            built = self.laid_out(outer.text, rank, index)
            self.sides, self.later = {}, {}  # they are of entries in other places, without the factor
            built = transposed(built) if outer.transposed else built
            return built if not outer.factor else times(built, outer, self.spec)
        folded = plain_lines(folded, rank)
        items = items_of(folded) if rank >= 3 else []
        blocks = items or (blocks_of(folded) if rank >= 3 else [])
        if items or len(blocks) > 1:
            return tuple(self.text(block, rank - 1, (*index, at)) for at, block in enumerate(blocks))
        rows = rows_of(folded, self.formulas, rank)
        rows = rows if self.formulas else without_names(rows, rank)
        flat = len(rows) == 1 and not re.match(r"\s*[\[(]\s*[\[(]", folded)
        if flat and self.spec.axes == (len(rows[0]), 1) and not index:  # a column may be written as a list
            return self.row(rows[0], index)
        if len(rows) == 1 and (rank == 1 or index):
            return self.row(rows[0], index)
        if rank == 1 and all(len(row) == 1 for row in rows):
            return self.row([row[0] for row in rows], index)
        return tuple(self.row(row, (*index, at)) for at, row in enumerate(rows))

    def row(self, row: list[str], index: Cell) -> Cells:
        return tuple(self.cell(cell, (*index, at), folded=True) for at, cell in enumerate(row))

    def labelled(self, folded: str, rank: int) -> Cells | None:
        found = from_labels(folded, rank)
        if found is None:
            return None
        if found.shape is None:
            return tuple(self.cell(text, (at,), folded=True) for at, text in enumerate(found.values.values()))
        return self.grid(found.values, found.shape, ())  # type: ignore[return-value]

    def grid(self, values: dict[Cell, str], shape: Cell, index: Cell) -> Cells | Leaf:
        if len(index) == len(shape):
            return self.cell(values.get(index, ""), index, folded=True)
        return tuple(self.grid(values, shape, (*index, at)) for at in range(shape[len(index)]))
