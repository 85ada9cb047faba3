"""Formulas in declared symbols, and arrays of formulas: equal where they agree at sample points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, Protocol

import numpy as np

from grader.answers.comparison import AnswerVector, Comparison, ToleranceLimits, Vector
from grader.answers.conditions import Conditioned, with_condition
from grader.answers.kinds.array import array_field, array_hint, encoded_entries
from grader.answers.kinds.base import FormField, Kind, PartFields, Points, register
from grader.answers.phrases import is_blank
from grader.answers.refusal import described, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.values import Cells, Formula, Reading, Readings, Value, nested_axes, nested_cells, value_text
from grader.core.support.inputs import Array, Cell
from grader.errors import UnreadableError
from grader.messages import Sentence, sentence
from grader.structs import Struct

FORMULA_RELATIVE = 1e-9
FORMULA_ABSOLUTE = 1e-12
AGREEING_POINTS = 20
"""Formulas are equal when they agree at this many points; points where either is undefined are redrawn."""
MOST_UNDEFINED = 0.25
"""The share of the points where the key has a value at which an equal formula may have none, such as x = 1 for
(x^2 - 1)/(x - 1)."""
EQUAL_FORMULA = sentence("any equivalent formula is right (compared at 20 points)")


class SampledKey(Protocol):
    """The key of a formula: not one value, but the graph's values at sample points."""

    @property
    def axes(self) -> tuple[int, ...]:
        """The shape of an array of formulas; () for one."""

    @property
    def stepped(self) -> bool:
        """Whether it is stepped between integers, so that only integer points are meaningful."""

    @property
    def whole(self) -> bool:
        """Whether only the verdict on the whole matters, so that the comparison stops at the first wrong cell."""

    def points(self, stepped: bool) -> Iterator[tuple[Mapping[str, Any], Any]]:
        """At each point where the key is defined: the values of a student's names, and the key's value."""


class ByCells(Struct):
    """A sampled key whose values `cells` lays out as cells."""

    key: SampledKey
    cells: Callable[[Any], Mapping[Cell, Any]]

    @property
    def stepped(self) -> bool:
        """See `SampledKey`."""
        return self.key.stepped

    @property
    def whole(self) -> bool:
        """See `SampledKey`."""
        return self.key.whole

    def points(self, stepped: bool) -> Iterator[tuple[Mapping[str, Any], Mapping[Cell, Any]]]:
        """The values of a student's names at each point, and the cells of the key's value."""
        for point, value in self.key.points(stepped):
            yield point, self.cells(value)


class FormulaKind(Kind):
    """A formula, or an array of formulas whose entries earn marks one by one."""

    name = "formula"
    machine = True
    computed = True
    symbolic = True
    tolerant = False
    sizes = False
    fields = frozenset({"answer"})
    blank = "''"

    def check(self, part: PartFields) -> None:
        """Accept every part."""

    def infers(self, value: Any) -> bool:
        """Never inferred from a value: a formula's key is computed from symbols."""
        return False

    def form(self, value: Any) -> Any:
        """Leave values at a sample point unchanged."""
        return value

    def counts(self, value: Any) -> bool:
        """Formulas are not counts."""
        return False

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The formula, or the array of formulas; blank for a blank answer. Of `w -= g`, g is a later reading."""
        from grader.answers.formula_words import updated
        from grader.answers.formulas import parse_formula

        forms = updated(raw) if isinstance(raw, str) and not spec.rank else None
        if forms:
            new, step = (parse_formula(form, spec.symbols, spec.names) for form in forms)
            return Readings.among(self.name, [Reading(new), Reading(step, natural=False)])
        return Readings.of(self.name, None if is_blank(raw) else formula_from(raw, spec))

    def axes(self, value: Any) -> tuple[int, ...]:
        """The shape of an array of formulas."""
        return nested_axes(value)

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare formulas with a `SampledKey` at its sample points.

        Raises:
            UnreadableError: for a formula that is undefined where the key is not, and for one that equals the key only
                where the condition written behind it holds.
        """
        keys: dict[Cell, Any] = dict.fromkeys(product(*map(range, key.axes)))
        received = nested_axes(value)
        if received != key.axes:
            return Comparison(tuple(keys), expected_axes=key.axes, received_axes=received)
        answers = {cell: formula for cell, formula in nested_cells(value).items() if formula is not None}
        sampled = ByCells(key, nested_cells)
        right = agreed_cells(answers, sampled)
        for cell, formula in answers.items():
            if cell not in right and isinstance(formula, Conditioned):
                _refuse_partial(cell, formula, sampled)
        return Comparison(tuple(keys), right, EQUAL_FORMULA)

    def by_entries(self, rank: int) -> bool:
        """Every formula of an array earns its share."""
        return rank > 0

    def names(self, value: Any) -> frozenset[str]:
        """The symbols and earlier parts in all formulas."""
        formulas = [leaf for leaf in nested_cells(value).values() if leaf is not None]
        return frozenset().union(*(formula.names for formula in formulas))

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """The values at the point."""
        if value is None:
            return right
        if isinstance(value, tuple):
            return [self.substitute(*pair, point) for pair in zip(value, right, strict=True)]
        return value.evaluate(point)

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """A cell for each formula, with its values at the frames."""
        return encoded_entries(values, rank)

    def encode_entry(self, value: Any) -> Array | None:
        """Rows of formulas are not diagnosed separately."""
        return None

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """The formulas' values at the frames."""
        leaves = nested_cells(value)
        rows = [[evaluated(formula, point) for point in points] for formula in leaves.values()]
        vector = Vector(nested_axes(value), tuple(leaves), np.array(rows, dtype=np.float64))
        return AnswerVector(vector, np.full(len(leaves), FORMULA_ABSOLUTE), FORMULA_RELATIVE)

    def show(self, value: Value) -> str:
        """The formulas as they were written."""
        return value_text(value)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """Formulas are laid out by their axes."""
        return None

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, and in which symbols, for a template."""
        symbols = ", ".join(spec.symbols)
        if spec.rank:
            entries = array_hint(spec.rank)
            if not symbols:
                return sentence("formulas: {entries}", entries=entries)
            return sentence("formulas in {symbols}: {entries}", symbols=symbols, entries=entries)
        return sentence("a formula in {symbols}", symbols=symbols) if symbols else sentence("a formula")

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, with an example in one of the symbols."""
        if spec.rank or not spec.symbols:
            return self.hint(spec, shape_order)
        symbols = ", ".join(spec.symbols)
        return sentence(
            "a formula in {symbols}, such as '{example}'", symbols=symbols, example=f"2 {spec.symbols[0]}^2 + 1"
        )

    def form_field(self, spec: AnswerSpec) -> FormField:
        """One line, or several for an array."""
        return FormField("text", placeholder=" + ".join(spec.symbols[:2])) if not spec.rank else array_field(spec.rank)


FORMULA = register(FormulaKind())


def formula_from(raw: object, spec: AnswerSpec) -> Formula | Cells | None:
    """Read a formula from a TOML value, or an array of formulas where the rank says so.

    Raises:
        UnreadableError: not a formula in the declared symbols.
    """
    from grader.answers.formulas import parse_formula
    from grader.answers.labels import formulas_by_name
    from grader.answers.matrices import array_from
    from grader.answers.numbers import number_from

    named = formulas_by_name(raw, spec.labels) if spec.rank == 1 else None
    if named is not None:
        return array_from(named, spec, formulas=True)
    if spec.rank == 1 and isinstance(raw, str) and spec.axes:
        return _list_from(raw, spec)
    if spec.rank:
        return array_from(raw, spec, formulas=True)
    if isinstance(raw, str):
        return with_condition(raw, parse_formula(raw, spec.symbols, spec.names), spec.symbols)
    if isinstance(raw, list):
        raise unreadable("expected a formula, received {received}", received=described(raw))
    number = number_from(raw, spec)
    return parse_formula(number.text, (), ()) if number else None


def _list_from(raw: str, spec: AnswerSpec) -> Cells | None:
    """A list of formulas; as sizes of a shape it may be written as a product with one factor for each entry."""
    from grader.answers.matrices import array_from

    failure: Sentence | None = None
    found: Cells | None = None
    try:
        found = array_from(raw, spec, formulas=True)
    except UnreadableError as error:
        failure = error.said
    if failure is None and (found is None or nested_axes(found) == spec.axes):
        return found
    from grader.answers.symbolic_shapes import sizes_from

    try:
        sizes = sizes_from(raw, spec)
    except UnreadableError:
        sizes = ()
    if spec.axes == (len(sizes),):
        return sizes
    if failure is not None:
        raise UnreadableError(failure)
    return found


def evaluated(formula: Any, point: Mapping[str, Any] | None) -> float:
    """A formula's value at a point; NaN where it is undefined."""
    if formula is None or point is None:
        return math.nan
    try:
        return float(formula.evaluate(point))
    except (ArithmeticError, ValueError):
        return math.nan


def agreed_cells(answers: Mapping[Cell, Any], key: ByCells) -> frozenset[Cell]:
    """The cells whose formulas agree with the key at the sample points.

    Raises:
        UnreadableError: for a formula that never disagrees, but is undefined at many or all points where the key is
            defined.
    """
    right, undefined = _tried(answers, key)
    for cell, (points, tried) in undefined.items():
        formula = repr(answers[cell].text[:60])
        if points == tried:
            raise unreadable(
                "expected a formula with a value, received {formula}: undefined or too large wherever it was tried",
                formula=formula,
            )
        raise unreadable(
            "expected a formula with a value wherever the right one has one, received {formula}: undefined or too "
            "large at {points} of {tried} points",
            formula=formula,
            points=points,
            tried=tried,
        )
    return right


def _refuse_partial(cell: Cell, formula: Conditioned, key: ByCells) -> None:
    """Refuse a formula that is not the key's, but agrees with it wherever its condition holds.

    Raises:
        UnreadableError: it agrees there, or the condition is not understood.
    """
    inside = ((point, values[cell]) for point, values in key.points(key.stepped or formula.stepped))
    agrees = (_agrees(formula, point, value) for point, value in inside if formula.holds(point))
    if formula.bounds is None or all(agreed is not False for agreed in agrees):
        raise formula.refused()


def _tried(answers: Mapping[Cell, Any], key: ByCells) -> tuple[frozenset[Cell], dict[Cell, tuple[int, int]]]:
    """The cells that agree at enough points; at how many of how many points the others that agree are undefined."""
    open_cells = dict.fromkeys(answers, 0)
    right: dict[Cell, tuple[int, int]] = {}
    compared = 0
    for point, values in key.points(key.stepped or any(formula.stepped for formula in answers.values())):
        compared += 1
        for cell in list(open_cells):
            agrees = _agrees(answers[cell], point, values[cell])
            if agrees is None:
                continue
            if key.whole and not agrees:
                return frozenset(), {}
            open_cells[cell] += 1
            if not agrees:
                del open_cells[cell]
            elif open_cells[cell] == AGREEING_POINTS:
                right[cell] = (compared - open_cells.pop(cell), compared)
        if not open_cells:
            break
    left = {cell: (compared - agreed, compared) for cell, agreed in open_cells.items() if compared}
    undefined = {cell: tried for cell, tried in (right | left).items() if tried[0] > MOST_UNDEFINED * tried[1]}
    return frozenset(right) - undefined.keys(), undefined


def _agrees(formula: Any, point: Mapping[str, Any], key: Any) -> bool | None:
    """Whether a formula has the key's value at a point; None where it is undefined there."""
    try:
        value = float(formula.evaluate(point))
    except (ArithmeticError, ValueError):
        return None
    if not math.isfinite(value) or not isinstance(key, int | float | Fraction) or isinstance(key, bool):
        return None
    right = float(key)
    return bool(abs(value - right) <= max(FORMULA_RELATIVE * max(abs(value), abs(right)), FORMULA_ABSOLUTE))
