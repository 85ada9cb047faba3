"""The nodes of a question's graph: how one name is computed."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from grader.formula.tree import Expression, names
from grader.structs import Struct


class Node(Struct):
    """A name that is computed by one expression."""

    row_wise: ClassVar[bool] = False
    """Whether every entry of its list is a node of its own."""

    name: str
    text: str
    expression: Expression

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names (givens, symbols and nodes) that it is computed from."""
        return frozenset(names(self.expression))


class ScanNode(Node):
    """A list whose entries are computed each from the entry before: `operation(previous, item)`.

    With a `join` the items are layers, whose rows may have branches, after which `join(entries of the branches, layer)`
    is called. `jumps` marks the receptive field, whose operations also take the product of the strides before the row;
    `word` is what messages call the operation.
    """

    row_wise = True
    operation: str
    start: Expression
    items: Expression
    word: str
    join: str = ""
    jumps: bool = False

    @cached_property
    def start_names(self) -> frozenset[str]:
        """The names of the start."""
        return frozenset(names(self.start))

    @cached_property
    def item_names(self) -> frozenset[str]:
        """The names of the items."""
        return frozenset(names(self.items))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names of the start and of the items."""
        return frozenset(names(self.start) | names(self.items))


class RowsNode(Node):
    """A list computed row by row from a scan of shapes: `operation(shape before or after the row, layer)`.

    `arguments` are those that the operation takes by name in every row.
    """

    row_wise = True
    operation: str
    shapes: str
    items: Expression
    word: str
    after: bool = False
    arguments: tuple[tuple[str, Expression], ...] = ()

    @cached_property
    def item_names(self) -> frozenset[str]:
        """The names of the items."""
        return frozenset(names(self.items))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The scan, the names of the items and of the arguments."""
        return frozenset({self.shapes, *names(self.items)}.union(*(names(value) for _, value in self.arguments)))
