"""One student's answers to one question, read; and what they put in place of the right values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from grader.answers import read_answer
from grader.answers.values import Answer, Number
from grader.errors import UnreadableError
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import NodeId
from grader.homework.solution import SolvedPart, SolvedQuestion
from grader.marking.cells import axes, cells, take
from grader.messages import Sentence


@dataclass(frozen=True, eq=False)
class Read:
    """One part's answer: as written, and as read or why it cannot be read."""

    part: SolvedPart
    raw: Any
    answer: Answer | None = None
    unreadable: Sentence | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing was answered."""
        return self.unreadable is None and (self.answer is None or self.answer.blank)

    @property
    def value(self) -> Any:
        """What was read; None for blank and unreadable answers."""
        return None if self.answer is None else self.answer.value

    @cached_property
    def names(self) -> frozenset[str]:
        """The symbols and earlier parts that an answer of formulas uses."""
        if self.value is None or self.part.kind != "formula":
            return frozenset()
        formulas = [leaf for leaf in cells(self.value, "formula").values() if leaf is not None]
        return frozenset().union(*(formula.names for formula in formulas))


def read_part(part: SolvedPart, answers: Mapping[str, Any]) -> Read:
    """Read one part's answer by its kind."""
    if part.id not in answers:
        return Read(part, None)
    raw = answers[part.id]
    try:
        return Read(part, raw, read_answer(raw, part.wanted))
    except UnreadableError as error:
        return Read(part, raw, unreadable=error.said)


def without_batch(shape: Any, expected: int) -> Any:
    """A shape without a leading batch dimension of 1, where it has one entry too many."""
    if isinstance(shape, tuple) and len(shape) == expected + 1 and shape[0] == 1:
        return shape[1:]
    return shape


class Sheet:
    """The read answers of one question."""

    def __init__(self, solved: SolvedQuestion, answers: Mapping[str, Any]) -> None:
        """Read every part that is asked."""
        self.solved = solved
        self._answered: dict[tuple[str, Evaluation], Any] = {}
        self.reads = {name: read_part(part, answers) for name, part in solved.parts.items()}

    def answered(self, name: str, frame: Evaluation) -> Any:
        """A part's answer as the language's value at a frame, blank cells filled with what the graph has there.

        None where there is nothing to substitute: blank, unreadable, of the wrong shape, or undefined at this point.
        """
        at = (name, frame)
        if at not in self._answered:
            self._answered[at] = self._worked_out(name, frame)
        return self._answered[at]

    def _worked_out(self, name: str, frame: Evaluation) -> Any:
        read = self.reads[name]
        if read.value is None or not read.part.computed:
            return None
        right = frame.value(name)
        if axes(read.value, read.part.kind) != axes(right, read.part.kind):
            return None
        try:
            point = self.environment(read.part, frame) if read.part.kind == "formula" else {}
            return self._number_like(read.part, read.value, right, point)
        except (ArithmeticError, ValueError, TypeError):
            return None

    def _number_like(self, part: SolvedPart, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        if value is None:
            return right
        if part.kind == "shape":
            return _shape_like(value, right)
        if part.kind == "shapes":
            return [_shape_like(shape, inner) for shape, inner in zip(value, right, strict=True)]
        if isinstance(value, tuple):
            return [self._number_like(part, *pair, point) for pair in zip(value, right, strict=True)]
        if isinstance(value, Number):
            return _plain_number(value.value, right)
        return value.evaluate(point)

    def environment(self, part: SolvedPart, frame: Evaluation) -> dict[str, Any]:
        """The symbols at a frame, and the earlier parts an answer names: as answered, else as the graph has them."""
        values = {symbol: frame.given(symbol) for symbol in part.wanted.symbols}
        used = self.reads[part.id].names
        for name in part.wanted.names:
            if name in used and self.reads[name].part.computed:
                answered = self.answered(name, frame)
                values[name] = frame.value(name) if answered is None else answered
            elif name in used:
                values[name] = self._uncomputed(name, frame)
        return values

    def _uncomputed(self, name: str, frame: Evaluation) -> Any:
        """The value of a formula that is no node of the graph: as answered, else as the author wrote it."""
        read, part = self.reads[name], self.reads[name].part
        try:
            if read.value is not None:
                return read.value.evaluate(self.environment(part, frame))
        except (ArithmeticError, ValueError):
            pass  # undefined at this point: as good as not answered
        symbols = {symbol: frame.given(symbol) for symbol in part.wanted.symbols}
        return None if part.formula is None else part.formula.evaluate(symbols)

    def bindings(self, names: Iterable[str], frame: Evaluation) -> dict[NodeId, Any]:
        """What the answers to some parts put in place of which nodes; a node's own part goes before a list of nodes."""
        found: dict[NodeId, Any] = {}
        own: dict[NodeId, Any] = {}
        for name in names:
            answered = self.answered(name, frame)
            if answered is None:
                continue
            for cell, node in frame.graph.cells(name, answered).items():
                (own if node == name else found)[node] = _listed(take(answered, cell))
        return {**found, **own}


def _shape_like(value: Any, right: Any) -> Any:
    """A shape in the form of the right one: without a batch, one size alone where that is a number."""
    if value is None:
        return right
    if isinstance(right, tuple):
        return without_batch(tuple(value), len(right))
    return value[0] if len(value) == 1 else tuple(value)


def _plain_number(value: int | Fraction | float, right: Any) -> int | float:
    if isinstance(value, int) and not isinstance(right, float):
        return value
    return float(value)


def _listed(value: Any) -> Any:
    """Lists of numbers in the language's form: exact integers stay lists, the rest becomes an array."""
    from grader.formula.arithmetic import as_array, plain

    return plain(as_array(value)) if isinstance(value, list) and _numeric(value) else value


def _numeric(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_numeric(item) for item in value)
    return isinstance(value, int | float)
