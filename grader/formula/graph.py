"""The dependency graph of one question: what the whole grader evaluates, under different substitutions."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import Any

from grader.core.support.inputs import Cell
from grader.errors import AuthorError, Place
from grader.formula.compiler import compile_table
from grader.formula.evaluation import Evaluation
from grader.formula.library import Library
from grader.formula.nodes import Node
from grader.formula.substitution import NO_SUBSTITUTION, NodeId, Substitution
from grader.formula.tree import Constant, Expression, Index, Name, Sequence, Slice
from grader.messages import sentence


class Graph:
    """The formulas of a question as nodes, in topological order.

    >>> graph = Graph("q", {"x": 3}, {"y": "x + z", "z": "2 * x"})
    >>> graph.evaluate().value("y")
    9
    >>> graph.evaluate(Substitution(values={"z": 1})).value("y")
    4
    """

    def __init__(
        self,
        question: str,
        givens: Mapping[str, Any],
        compute: Mapping[str, str],
        symbols: Mapping[str, Any] | None = None,
        shape_order: str = "CHW",
    ) -> None:
        """Compile the formulas.

        Raises:
            AuthorError: unknown names, cycles, calls that cannot fit, duplicate names.
        """
        self.question = question
        self.givens = dict(givens)
        self.symbols = dict(symbols or {})
        self.library = Library(shape_order)
        for name in compute:
            if name in self.givens or name in self.symbols:
                said = sentence("expected each name once, received {name!r} both given and computed", name=name)
                raise AuthorError(said, Place(question=question, name=name))
        self.nodes: dict[str, Node] = compile_table(question, compute, self.givens, self.symbols, self.library)
        self.order = self._sorted()
        self._ancestors = self._closure()
        self._readers: dict[str, frozenset[str]] = {}

    def _sorted(self) -> tuple[str, ...]:
        """The nodes in topological order; AuthorError names a cycle."""
        from graphlib import CycleError, TopologicalSorter

        reads = {name: [read for read in sorted(node.reads) if read in self.nodes] for name, node in self.nodes.items()}
        try:
            return tuple(TopologicalSorter(reads).static_order())
        except CycleError as error:
            cycle = " -> ".join(reversed(error.args[1]))
            said = sentence(
                "expected formulas that do not depend on themselves, received the cycle {cycle}", cycle=cycle
            )
            raise AuthorError(said, Place(question=self.question, name=error.args[1][0])) from None

    def _closure(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name in self.order:
            reads = [read for read in self.nodes[name].reads if read in self.nodes]
            found[name] = frozenset(reads).union(*(found[read] for read in reads))
        return found

    def with_givens(self, givens: Mapping[str, Any]) -> Graph:
        """The same formulas with other values for the givens, without compiling again."""
        made = copy(self)
        made.givens = dict(givens)
        return made

    def ancestors(self, name: str) -> frozenset[str]:
        """The nodes that a node is computed from, directly or not."""
        return self._ancestors[name]

    @cached_property
    def descendants(self) -> dict[str, frozenset[str]]:
        """The nodes that are computed from each node, directly or not."""
        found: dict[str, set[str]] = {name: set() for name in self.nodes}
        for name, above in self._ancestors.items():
            for ancestor in above:
                found[ancestor].add(name)
        return {name: frozenset(below) for name, below in found.items()}

    @cached_property
    def symbolic(self) -> frozenset[str]:
        """The nodes whose value depends on a symbol."""
        direct = {name for name, node in self.nodes.items() if node.reads & self.symbols.keys()}
        return frozenset(name for name in self.nodes if name in direct or self._ancestors[name] & direct)

    def has_gaps(self, name: str) -> bool:
        """Whether a node is computed with `any`, an entry that is not asked for."""
        trees = (self.nodes[node].expression for node in (name, *self._ancestors[name]))
        return any(isinstance(part, Constant) and part.value != part.value for tree in trees for part in tree.walk())

    def readers(self, given: str) -> frozenset[str]:
        """The nodes whose value depends on a given or symbol."""
        if given not in self._readers:
            direct = {name for name, node in self.nodes.items() if given in node.reads}
            self._readers[given] = frozenset(direct.union(*(self.descendants[name] for name in direct)))
        return self._readers[given]

    def cells(self, name: str, value: object) -> dict[Cell, NodeId]:
        """The node of each cell of a name's value.

        A row-wise list and a list of names have one node per entry, anything else is one node, at the empty cell.
        """
        node = self.nodes[name]
        if node.row_wise:
            return {(row,): (name, row) for row in range(_length(value))}
        return self._cells_of_names(node.expression, value) or {(): name}

    def _cells_of_names(self, expression: Expression, value: object) -> dict[Cell, NodeId] | None:
        """The cells of an expression that is only made of other nodes."""
        match expression:
            case Name(id=name) if name in self.nodes:
                return self.cells(name, value)
            case Sequence(items=items) if items and _length(value) == len(items):
                cells: dict[Cell, NodeId] = {}
                for row, (item, entry) in enumerate(zip(items, value, strict=True)):  # type: ignore[call-overload]
                    inner = self._cells_of_names(item, entry)
                    if inner is None:
                        return None
                    cells.update({(row, *cell): node for cell, node in inner.items()})
                return cells
            case Index(base=Name(id=name), indices=(index,)) if name in self.nodes and self.nodes[name].row_wise:
                return _selected_rows(name, index, value)
        return None

    def evaluate(self, substitution: Substitution = NO_SUBSTITUTION, base: Evaluation | None = None) -> Evaluation:
        """Evaluate the graph under a substitution; values that it does not affect are taken from `base`."""
        return Evaluation(self, substitution, base)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list | tuple) else 0


def _selected_rows(name: str, index: Expression, value: object) -> dict[Cell, NodeId] | None:
    """The rows that a slice with a constant non-negative start and no step selects from a row-wise list."""
    if isinstance(index, Constant) and type(index.value) is int and index.value >= 0:
        return {(): (name, index.value)}
    if isinstance(index, Slice) and index.step is None:
        start = index.start.value if isinstance(index.start, Constant) else 0
        if (index.start is None or isinstance(index.start, Constant)) and type(start) is int and start >= 0:
            return {(row,): (name, start + row) for row in range(_length(value))}
    return None
