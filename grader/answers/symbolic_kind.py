"""Shapes in declared symbols: the kinds `shape` and `shapes` where the key is computed from symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.answers.comparison import AnswerVector, Comparison, ToleranceLimits, Vector, sizes_of
from grader.answers.kinds.base import FormField, Kind, kind_named
from grader.answers.kinds.formula import (
    EQUAL_FORMULA,
    FORMULA_ABSOLUTE,
    FORMULA_RELATIVE,
    ByCells,
    FormulaKind,
    agreed_cells,
    evaluated,
)
from grader.answers.phrases import is_blank
from grader.answers.spec import AnswerSpec
from grader.answers.symbolic_shapes import shapes_from, sizes_from
from grader.answers.values import Reading, Readings, Value
from grader.core.support.inputs import Cell
from grader.formula.arithmetic import plain
from grader.messages import Sentence, sentence


class SymbolicShapeKind(FormulaKind):
    """One shape, or with `several` a list of them, right where every size is an equal formula."""

    sizes = True

    def __init__(self, name: str, several: bool) -> None:
        """`name` is the kind of which this is the symbolic form; it is not registered again."""
        self.name = name  # type: ignore[misc]
        self.several = several

    def __reduce__(self) -> tuple[Callable[[str], Kind], tuple[str]]:
        """Unpickle to the symbolic form of that kind."""
        return in_symbols, (self.name,)

    def rows(self, value: Any) -> list[Any]:
        """The shapes of a value; a single shape is a list of one."""
        return [tuple(row) if isinstance(row, list | tuple) else (row,) for row in value] if self.several else [value]

    def form(self, value: Any) -> Any:
        """A shape, or a list of shapes, at a sample point.

        Raises:
            ValueError: not sizes.
        """
        rows = [row if isinstance(row, list | tuple) else (row,) for row in (value if self.several else [value])]
        if not rows or not all(rows) or not all(isinstance(size, int | float) for row in rows for size in row):
            raise ValueError("not a shape of sizes in symbols")
        return [tuple(row) for row in rows] if self.several else tuple(rows[0])

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The sizes as formulas; blank for a blank answer."""
        if is_blank(raw):
            return Readings.of(self.name, None)
        if not self.several:
            return Readings.of(self.name, sizes_from(raw, spec))
        cut, whole = shapes_from(raw, spec), shapes_from(raw, spec, products=False)
        same = [row and len(row) for row in cut] == [row and len(row) for row in whole]
        return Readings.among(self.name, map(Reading, (cut,) if same else (cut, whole)))

    def axes(self, value: Any) -> tuple[int, ...]:
        """How many shapes there are; () for one."""
        return (len(value),) if self.several else ()

    def asked(self, value: Any) -> tuple[int, ...]:
        """How many shapes there are, and how many sizes each has if that is the same for all."""
        lengths = {len(row) for row in self.rows(value)}
        return (*self.axes(value), *(lengths if len(lengths) == 1 else ()))

    def cells(self, value: Any) -> dict[Cell, Any]:
        """Every shape by its row."""
        return {(row,): shape for row, shape in enumerate(value)} if self.several else {(): value}

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare every size with the key's at the sample points; a leading batch axis of 1 does not count."""
        first = next(iter(key.points(True)), None) or next(iter(key.points(False)), None)
        if first is None:
            return Comparison(tuple(self.cells([()] * len(value) if self.several else ())))
        lengths = [len(row) for row in self.rows(self.form(first[1]))]
        rows = list(value) if self.several else [value]
        if len(rows) != len(lengths):
            return Comparison(
                tuple((row,) for row in range(len(lengths))), expected_axes=(len(lengths),), received_axes=(len(rows),)
            )
        rows = [_without_batch(row, length) for row, length in zip(rows, lengths, strict=True)]
        if not self.several and len(rows[0]) != lengths[0]:
            return Comparison(((),), expected_axes=(lengths[0],), received_axes=(len(rows[0]),))
        fitting = {at for at, row in enumerate(rows) if row is not None and len(row) == lengths[at]}
        sizes = {cell: size for cell, size in _cells(rows).items() if cell[0] in fitting}
        right = agreed_cells(sizes, ByCells(key, lambda at: _cells(self.rows(self.form(at)))))
        whole = [at for at in sorted(fitting) if all((at, axis) in right for axis in range(lengths[at]))]
        cells = tuple((row,) for row in range(len(lengths))) if self.several else ((),)
        return Comparison(cells, frozenset(cells[at] for at in whole), EQUAL_FORMULA)

    def misfit(self, expected: tuple[int, ...], received: tuple[int, ...]) -> Sentence:
        """How many sizes, or shapes, were expected, and how many received."""
        return kind_named(self.name).misfit(expected, received)

    def by_entries(self, rank: int) -> bool:
        """Every shape of a list earns its share."""
        return self.several

    def names(self, value: Any) -> frozenset[str]:
        """The symbols and earlier parts in all sizes."""
        rows = value if self.several else [value]
        return frozenset().union(*(size.names for row in rows if row is not None for size in row))

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """The sizes at the point."""
        if self.several:
            return [wanted if row is None else self._at(row, point) for row, wanted in zip(value, right, strict=True)]
        return self._at(value, point)

    def _at(self, row: Any, point: Mapping[str, Any]) -> Any:
        return tuple(plain(size.evaluate(point)) for size in row)

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """A cell for each shape, with its padded sizes at every frame."""
        try:
            at_frames = [self.rows(self.form(value)) for value in values]
            rows = [[size for frame in at_frames for size in sizes_of(frame[row])] for row in range(len(at_frames[0]))]
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
        cells = tuple((row,) for row in range(len(rows))) if self.several else ((),)
        return Vector((len(rows),) if self.several else (), cells, np.array(rows, dtype=np.float64))

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Any) -> AnswerVector | None:
        """The sizes at the frames."""
        rows = list(value) if self.several else [value]
        try:
            found = [
                [
                    size
                    for point in points
                    for size in sizes_of([evaluated(one, point) for one in row or ()] or [np.nan])
                ]
                for row in rows
            ]
        except (TypeError, ValueError):
            return None
        cells = tuple((row,) for row in range(len(rows))) if self.several else ((),)
        vector = Vector((len(rows),) if self.several else (), cells, np.array(found, dtype=np.float64))
        return AnswerVector(vector, np.full(len(rows), FORMULA_ABSOLUTE), FORMULA_RELATIVE)

    def show(self, value: Value) -> str:
        """The sizes in brackets, one shape per line."""
        rows: Any = value if self.several else [value]
        return "\n".join("blank" if row is None else f"({', '.join(size.text for size in row)})" for row in rows)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """The same as for shapes of numbers."""
        return kind_named(self.name).texts(value, leaf)

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, and in which symbols, for a template."""
        symbols = ", ".join(spec.symbols)
        if self.several:
            return sentence("a list of shapes in {symbols} ({order}), one a line", symbols=symbols, order=shape_order)
        return sentence(
            "a shape in {symbols} ({order}), such as '({first}+1) x 3 x 2'",
            symbols=symbols,
            order=shape_order,
            first=spec.symbols[0] if spec.symbols else "n",
        )

    def form_field(self, spec: AnswerSpec) -> FormField:
        """One line, or several."""
        return FormField("textarea", rows=6, table=spec.labels) if self.several else FormField("text")


SYMBOLIC = {name: SymbolicShapeKind(name, several) for name, several in (("shape", False), ("shapes", True))}
"""The symbolic forms, by the name of the kind."""


def in_symbols(name: str) -> Kind:
    """The form of a kind whose key is computed from symbols."""
    return SYMBOLIC[name]


def _cells(rows: Sequence[Any]) -> dict[Cell, Any]:
    return {(at, axis): size for at, row in enumerate(rows) for axis, size in enumerate(row or ())}


def _without_batch(row: Any, length: int) -> Any:
    return row[1:] if row is not None and len(row) == length + 1 and row[0].text.strip() in ("1", "-1") else row
