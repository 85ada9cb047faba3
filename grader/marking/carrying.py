"""Errors and roundings carried forward: the graph evaluated with the student's own earlier answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers.comparison import Comparison
from grader.answers.values import all_zero, constant, nested_cells
from grader.core.support.inputs import Cell
from grader.errors import AuthorError, UnreadableError
from grader.formula.arithmetic import all_finite, as_lists
from grader.formula.evaluation import Evaluation
from grader.formula.noise import settled
from grader.formula.substitution import NodeId, Substitution
from grader.homework.solution import SolvedPart, SolvedQuestion, condition
from grader.marking.attempt import Attempt
from grader.messages import sentence
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.formula.sampling import Samples

CONDITION = sentence("any answer that meets the condition is right")
_FRAMES = 4
"""The most sample points at which predictions are compared."""
Bind = Callable[[Evaluation], Mapping[NodeId, Any]]


class World(Struct):
    """A question under one convention: the graph evaluated with its givens, and the sample points of its formulas."""

    solved: SolvedQuestion
    base: Evaluation
    samples: Mapping[str, Samples]
    _leading: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, solved: SolvedQuestion, convention: str | None = None) -> World:
        """The question with its own givens, or with those of an accepted convention."""
        givens = solved.conventions.get(convention or "")
        samples = {name: part.samples for name, part in solved.parts.items() if part.samples is not None}
        if not givens:
            return cls(solved, solved.evaluation, samples)
        from grader.formula.sampling import Samples

        base = solved.evaluation.extended(Substitution(givens=givens))
        drawn = {name: Samples(base, each.node, solved.question.symbols) for name, each in samples.items()}
        return cls(solved, base, drawn)

    def key(self, part: SolvedPart) -> Any:
        """The right value of a part that is not a formula."""
        if not part.computed or self.base is self.solved.evaluation:
            return part.value
        return part.kind.form(settled(self.base, part.id))

    def frame(self, part: SolvedPart) -> Evaluation:
        """One evaluation in which the part has a value."""
        return self.samples[part.id].first() if part.id in self.samples else self.base

    def frames(self, part: SolvedPart) -> list[Evaluation]:
        """The evaluations at which a part's values are compared: the plain one, or a few sample points."""
        if part.id not in self.samples:
            return [self.base]
        samples = self.samples[part.id]
        stepped = samples.stepped
        found = [samples.at(i if stepped else i // 2, stepped or i % 2 == 0) for i in range(_FRAMES)]
        return [frame for frame in found if frame is not None] or [samples.first()]

    def leading(self, part: SolvedPart) -> tuple[str, ...]:
        """The earlier parts whose nodes a part is computed from."""
        if part.id not in self._leading:
            above = self.solved.graph.ancestors(part.id)
            valued = {name: other.as_value for name, other in self.solved.parts.items() if name != part.id}
            self._leading[part.id] = tuple(
                name
                for name, other in valued.items()
                if other is not None and (other.samples is None or part.samples is not None)
                for nodes in [self._nodes(other)]
                if nodes & above and part.id not in nodes
            )
        return self._leading[part.id]

    def _nodes(self, part: SolvedPart) -> set[str]:
        """The nodes that a part's answer replaces: its own, or those that its list names."""
        cells = self.solved.graph.cells(part.id, self.frame(part).value(part.id))
        return {part.id, *map(_node, cells.values())}

    def compared(self, attempt: Attempt, part: SolvedPart, bind: Bind | None = None, whole: bool = False) -> Comparison:
        """Compare a part's answer with the graph under the values that `bind` substitutes at each frame.

        With `whole` only whether all entries are right matters.

        Raises:
            AuthorError: where the graph has no value under the substitution.
        """
        value, tolerance = attempt.answers[part.id].value, part.part.tolerance
        if part.part.accepts is not None:
            return self._accepted(attempt, part)
        if part.samples is not None:
            return part.kind.compare(value, Sampled(self, attempt, part, bind, whole), tolerance)
        answer = attempt.answers[part.id].as_value
        if bind is None or answer is None or answer.value is None:
            return part.kind.compare(value, self.key(part), tolerance)
        found = settled(self.base.extended(Substitution(values=bind(self.base))), part.id)
        return answer.part.kind.compare(answer.value, as_key(found, answer.part), tolerance)

    def _accepted(self, attempt: Attempt, part: SolvedPart) -> Comparison:
        """The outcome of a part's condition for the student's own values of this and the other parts.

        Raises:
            UnreadableError: another part that the condition names is unreadable.
        """
        value = attempt.answers[part.id].value
        right = self.frame(part).value(part.id)
        if not part.kind.fits(value, right):
            return Comparison(((),), expected_axes=part.kind.axes(right), received_axes=part.kind.axes(value))
        named = sorted(self.solved.graph.ancestors(condition(part.id)) & attempt.answers.keys())
        for name in named:
            if attempt.answers[name].unreadable is not None:
                said = sentence("Whether this is right depends on {name}, whose answer cannot be read.", name=name)
                raise UnreadableError(said)
        from grader.formula.sampling import SAMPLED_POINTS

        samples = self.samples.get(part.id)
        frames = [self.base] if samples is None else list(islice(samples.alternating(samples.stepped), SAMPLED_POINTS))
        whole = all(entry is not None for entry in part.kind.cells(value).values())
        holds = whole and all(_holds(attempt, part, named, frame) for frame in frames)
        return Comparison(((),), frozenset({()} if holds else ()), CONDITION)


def _holds(attempt: Attempt, part: SolvedPart, names: Sequence[str], frame: Evaluation) -> bool:
    if attempt.answered(part.id, frame) is None:
        return False
    try:
        return bool(frame.extended(Substitution(values=attempt.bindings(names, frame))).value(condition(part.id)))
    except AuthorError:
        return False  # the values do not fit the formula, so the answer is not right


class Sampled(Struct):
    """The graph's values for a formula part at its sample points, under the values that `bind` substitutes."""

    world: World
    attempt: Attempt
    part: SolvedPart
    bind: Bind | None
    whole: bool

    @property
    def axes(self) -> tuple[int, ...]:
        """The shape of an array of formulas; () for one."""
        return self.part.axes

    @property
    def stepped(self) -> bool:
        """Whether the key is stepped between integers."""
        return self.world.samples[self.part.id].stepped

    def points(self, stepped: bool) -> Iterator[tuple[Mapping[str, Any], Any]]:
        """At each point where the key is defined: the values of a student's names, and the key's value."""
        for frame in self.world.samples[self.part.id].alternating(stepped):
            try:
                value = self._value(frame)
            except AuthorError:
                continue
            if self.part.kind.axes(value) == self.part.axes and all_finite(value):
                yield self.attempt.environment(self.part, frame), value

    def _value(self, frame: Evaluation) -> Any:
        part = self.part
        if part.formula is not None:
            return part.formula.evaluate({symbol: frame.given(symbol) for symbol in part.spec.symbols})
        return (frame if self.bind is None else frame.extended(Substitution(values=self.bind(frame)))).value(part.id)


def as_key(value: Any, part: SolvedPart) -> Any:
    """A graph value under a substitution, converted to the form of the part's kind where possible."""
    try:
        return part.kind.form(value)
    except (ValueError, TypeError, OverflowError):
        return value


def ancestors(world: World, attempt: Attempt, part: SolvedPart) -> list[str]:
    """The earlier parts that a part depends on and whose answers can be substituted: readable, of the right shape."""
    if part.as_value is None:
        return []
    frame = world.frame(part)
    return [name for name in world.leading(part) if attempt.answered(name, frame) is not None]


def as_exact(world: World, attempt: Attempt, part: SolvedPart, name: str) -> bool:
    """Whether a right answer to an earlier part equals the key exactly, without rounding."""
    frame = world.frame(part)
    answered, right = attempt.answered(name, frame), frame.value(name)
    try:
        return bool(np.allclose(np.asarray(answered, float), np.asarray(right, float), rtol=1e-13, atol=0))
    except (TypeError, ValueError):
        return bool(answered == right)


def used(world: World, attempt: Attempt, part: SolvedPart, names: Iterable[str]) -> list[str]:
    """Those of some parts whose answers affect the part directly, with no other substituted value in between."""
    graph, frame = world.solved.graph, world.frame(part)
    bound = {name: {_node(node) for node in attempt.bindings([name], frame)} for name in names}
    substituted = {node for nodes in bound.values() for node in nodes if not graph.nodes[node].row_wise}
    reached = {read for node in frame.live_nodes(part.id, frozenset(substituted)) for read in graph.nodes[node].reads}
    return [name for name, nodes in bound.items() if nodes & reached]


def _node(node: NodeId) -> str:
    return node if isinstance(node, str) else node[0]


def trivial_by(world: World, part: SolvedPart, substitution: Substitution) -> str | None:
    """The first name on the way to a part whose value is degenerate under a substitution; None if there is none.

    Degenerate: all zeros, or constant over several entries, where the right value is not.
    """
    frame = world.frame(part)
    name = _degenerate(world, frame.extended(substitution), frame, part.id)
    return None if name is None else name if name in world.solved.question.compute else part.id


def _degenerate(world: World, substituted: Evaluation, right: Evaluation, node: str) -> str | None:
    graph = world.solved.graph
    path = (graph.ancestors(node) | {node}) & substituted.reached
    try:
        substituted.value(node)
        for name in [name for name in graph.order if name in path]:
            if name in substituted.known and trivial(substituted.value(name), right.value(name)):
                return name
    except AuthorError:
        return None
    for site, result in substituted.results.items():
        if site.node in path and trivial(result, right.result(site)):
            return site.node
    return None


def trivial(value: Any, right: Any) -> bool:
    """Whether a value is degenerate where the right one is not."""
    if right is None:
        return False
    if all_zero(value) and not all_zero(right):
        return True
    return constant(value) and not constant(right) and len(nested_cells(right)) > 1


def _made_trivial(world: World, substituted: Evaluation, node: NodeId) -> bool:
    """Whether a row is computed from a degenerate value, so that being right would show nothing."""
    base, bindings = world.base, substituted.substitution.values
    if isinstance(node, str):
        before = world.solved.graph.nodes[node].reads & world.solved.graph.nodes.keys()
        return any(_degenerate(world, substituted, base, name) is not None for name in before)
    previous = (node[0], node[1] - 1)
    if previous in bindings and trivial(bindings[previous], base.computed(previous)):
        return True
    earlier = substituted.substitution.touched & world.solved.graph.ancestors(node[0])
    return any(_degenerate(world, substituted, base, name) is not None for name in earlier)


def right_rows(world: World, attempt: Attempt, part: SolvedPart, names: list[str]) -> frozenset[Cell]:
    """The cells of a row-wise answer that follow from the student's own earlier rows."""
    base = world.base
    answered = attempt.answered(part.id, base) if part.computed and part.samples is None else None
    nodes = {} if answered is None else world.solved.graph.cells(part.id, answered)
    if nodes.keys() <= {()}:  # it has no rows of its own
        return frozenset()
    bindings = {**attempt.bindings(names, base), **attempt.bindings([part.id], base)}
    substituted = base.extended(Substitution(values=bindings))
    rows: dict[Cell, Any] = {}
    for cell, node in nodes.items():
        if not _made_trivial(world, substituted, node):
            with suppress(AuthorError):
                rows[cell] = substituted.computed(node)
    if not rows:
        return frozenset()
    key = world.key(part)
    merged = as_key(_replaced(key, rows), part)
    if part.kind.axes(merged) != part.kind.axes(key):
        return frozenset()
    comparison = part.kind.compare(attempt.answers[part.id].value, merged, part.part.tolerance)
    return frozenset(cell for cell in comparison.right if any(cell[: len(row)] == row for row in rows))


def _replaced(key: Any, rows: Mapping[Cell, Any], at: Cell = ()) -> Any:
    """The key with the rows substituted."""
    if at in rows:
        return as_lists(rows[at])
    if isinstance(key, tuple) or not any(row[: len(at)] == at for row in rows):
        return key
    return [_replaced(entry, rows, (*at, index)) for index, entry in enumerate(as_lists(key))]
