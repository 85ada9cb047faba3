"""One student's answers to one question, and the values that they substitute for the right ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

from grader.answers import read_answer
from grader.answers.reading import decimal_of
from grader.answers.values import Readings, take
from grader.errors import UnreadableError
from grader.formula.arithmetic import is_number
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import NodeId
from grader.homework.givens import leaves
from grader.homework.solution import Solution, SolvedPart, SolvedQuestion
from grader.messages import Sentence
from grader.structs import Struct


class Answer(Struct, eq=False):
    """One part's answer: as written, with its readings or the reason why it is unreadable."""

    part: SolvedPart
    written: Any
    readings: Readings | None = None
    unreadable: Sentence | None = None
    chosen: int = 0
    """The index of the reading that counts."""

    @property
    def blank(self) -> bool:
        """Whether the answer is blank."""
        return self.unreadable is None and (self.readings is None or self.readings.blank)

    @property
    def value(self) -> Any:
        """The reading that counts; None for blank and unreadable answers."""
        if self.readings is None or self.unreadable is not None or self.readings.blank:
            return None
        return self.readings.all[self.chosen].value

    @cached_property
    def as_value(self) -> Answer | None:
        """The answer as a value of the graph: itself, or an option as the value that it shows; None if it is none."""
        part = self.part.as_value
        if part is None or part is self.part:
            return None if part is None else self
        return answer_to(part, {part.id: self.value}) if isinstance(self.value, str) else None

    @cached_property
    def names(self) -> frozenset[str]:
        """The symbols and earlier parts that the reading uses."""
        return frozenset() if self.value is None else self.part.kind.names(self.value)


def answer_to(part: SolvedPart, answers: Mapping[str, Any], decimal: str | None = None) -> Answer:
    """One part's answer, read by its kind; `decimal` is the mark that the paper clearly uses elsewhere."""
    if part.id not in answers:
        return Answer(part, None)
    written = answers[part.id]
    try:
        spec = part.spec if decimal is None else replace(part.spec, decimal=decimal)
        return Answer(part, written, read_answer(written, spec))
    except UnreadableError as error:
        return Answer(part, written, unreadable=error.said)


def paper_decimal(solution: Solution, answers: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The decimal mark that a whole paper clearly uses; None where it uses none, or both."""
    return decimal_of(
        (question.parts[name].spec, written)
        for id, question in solution.questions.items()
        for name, written in answers.get(id, {}).items()
        if name in question.parts
    )


class Attempt:
    """One student's attempt at a question: every part's answer, read."""

    def __init__(self, solved: SolvedQuestion, answers: Mapping[str, Any], decimal: str | None = None) -> None:
        """Read every part; `decimal` is the paper's decimal mark, if known."""
        self._answered: dict[tuple[str, Evaluation], Any] = {}
        self.answers = {name: answer_to(part, answers, decimal) for name, part in solved.parts.items()}

    def with_answer(self, answer: Answer) -> Attempt:
        """The same answers, except one that is read differently."""
        other = copy(self)
        other.answers = {**self.answers, answer.part.id: answer}
        other._answered = {}
        return other

    def answered(self, name: str, frame: Evaluation) -> Any:
        """A part's answer as a graph value at a frame, with blank cells filled from the graph.

        None where there is nothing to substitute: blank, unreadable, of the wrong shape, or undefined at this point.
        """
        at = (name, frame)
        if at not in self._answered:
            self._answered[at] = self._worked_out(name, frame)
        return self._answered[at]

    def _worked_out(self, name: str, frame: Evaluation) -> Any:
        answer = self.answers[name].as_value
        if answer is None or answer.value is None:
            return None
        part, right = answer.part, frame.value(name)
        if not part.kind.fits(answer.value, right):
            return None
        try:
            return part.kind.substitute(answer.value, right, self.environment(part, frame))
        except (ArithmeticError, ValueError, TypeError):
            return None

    def environment(self, part: SolvedPart, frame: Evaluation) -> dict[str, Any]:
        """The symbols at a frame, and the earlier parts that an answer names: as answered, else the graph's values."""
        values = {symbol: frame.given(symbol) for symbol in part.spec.symbols}
        used = self.answers[part.id].names
        for name in part.spec.names:
            if name in used and self.answers[name].part.computed:
                answered = self.answered(name, frame)
                values[name] = frame.value(name) if answered is None else answered
            elif name in used:
                values[name] = self._uncomputed(name, frame)
        return values

    def _uncomputed(self, name: str, frame: Evaluation) -> Any:
        """The value of a formula that is not a node of the graph: as answered, else as the author wrote it."""
        answer = self.answers[name]
        part = answer.part
        try:
            if answer.value is not None:
                return answer.value.evaluate(self.environment(part, frame))
        except (ArithmeticError, ValueError):
            pass  # undefined at this point: treated as not answered
        symbols = {symbol: frame.given(symbol) for symbol in part.spec.symbols}
        return None if part.formula is None else part.formula.evaluate(symbols)

    def bindings(self, names: Iterable[str], frame: Evaluation) -> dict[NodeId, Any]:
        """The values that the answers to some parts substitute; a node's own part takes precedence over a list."""
        found: dict[NodeId, Any] = {}
        own: dict[NodeId, Any] = {}
        for name in names:
            answered = self.answered(name, frame)
            if answered is None:
                continue
            for cell, node in frame.graph.cells(name, answered).items():
                (own if node == name else found)[node] = _listed(take(answered, cell))
        return {**found, **own}


def _listed(value: Any) -> Any:
    """Lists of numbers as graph values: exact integers stay lists, the rest becomes an array."""
    from grader.formula.arithmetic import as_array, plain

    return plain(as_array(value)) if isinstance(value, list) and numeric(value) else value


def numeric(value: Any) -> bool:
    """Whether a value is a number, or a nested list of numbers, not empty."""
    entries = list(leaves(value))
    return bool(entries) and all(map(is_number, entries))
