"""The nodes of a question's graph: how one name is computed."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from grader.formula.substitution import NodeId
from grader.formula.tree import Call, Constant, Expression, Index, Name, Sequence, Slice, Unary, names
from grader.structs import Struct

Cell: TypeAlias = tuple[int, ...]


class Node(Struct):
    """A name that is computed by one expression."""

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


def row_wise(node: Node) -> bool:
    """Whether every entry of the node's list is a node of its own."""
    return isinstance(node, ScanNode | RowsNode)


def cells_of(name: str, value: object, nodes: dict[str, Node]) -> dict[Cell, NodeId]:
    """The node of each cell of a name's value.

    A row-wise list and a list of names have one node per entry, anything else is one node, at the empty cell.
    """
    node = nodes[name]
    if row_wise(node):
        return {(row,): (name, row) for row in range(_length(value))}
    return _aliased(node.expression, value, nodes) or {(): name}


def _length(value: object) -> int:
    return len(value) if isinstance(value, list | tuple) else 0


def _aliased(expression: Expression, value: object, nodes: dict[str, Node]) -> dict[Cell, NodeId] | None:
    match expression:
        case Name(id=name) if name in nodes:
            return cells_of(name, value, nodes)
        case Sequence(items=items) if items and _length(value) == len(items):
            cells: dict[Cell, NodeId] = {}
            for row, (item, entry) in enumerate(zip(items, value, strict=True)):  # type: ignore[call-overload]
                inner = _aliased(item, entry, nodes)
                if inner is None:
                    return None
                cells.update({(row, *cell): node for cell, node in inner.items()})
            return cells
        case Index(base=Name(id=name), indices=(index,)) if name in nodes and row_wise(nodes[name]):
            return _selected(name, index, value)
    return None


def _selected(name: str, index: Expression, value: object) -> dict[Cell, NodeId] | None:
    """The rows that a slice with a constant non-negative start and no step selects from a row-wise list."""
    if isinstance(index, Constant) and type(index.value) is int and index.value >= 0:
        return {(): (name, index.value)}
    if isinstance(index, Slice) and index.step is None:
        start = index.start.value if isinstance(index.start, Constant) else 0
        if (index.start is None or isinstance(index.start, Constant)) and type(start) is int and start >= 0:
            return {(row,): (name, start + row) for row in range(_length(value))}
    return None


def canonical(expression: Expression) -> str:
    """The expression in a canonical spelling, used as the name of a hidden node."""
    match expression:
        case Name(id=name):
            return name
        case Constant(value=value):
            return repr(value)
        case Sequence(items=items, is_tuple=is_tuple):
            inside = ", ".join(canonical(item) for item in items)
            return f"({inside},)" if is_tuple else f"[{inside}]"
        case Unary(operator=sign, operand=operand):
            space = " " if sign == "not" else ""
            return f"({sign}{space}{canonical(operand)})"
        case Call(function=function):
            arguments = [canonical(argument) for argument in expression.arguments]
            arguments += [f"{name}={canonical(value)}" for name, value in expression.keywords]
            return f"{function}({', '.join(arguments)})"
        case Index(base=base, indices=indices):
            return f"{canonical(base)}[{', '.join(canonical(index) for index in indices)}]"
        case Slice(start=start, stop=stop, step=step):
            return ":".join("" if bound is None else canonical(bound) for bound in (start, stop, step))
    left, right = expression.parts
    return f"({canonical(left)} {getattr(expression, 'operator')} {canonical(right)})"  # noqa: B009


def rebuilt(expression: Expression, parts: tuple[Expression, ...]) -> Expression:
    """The same expression with other parts, given in the order of `parts`."""
    match expression:
        case Sequence():
            return replace(expression, items=parts)
        case Unary():
            return replace(expression, operand=parts[0])
        case Call(arguments=arguments, keywords=keywords):
            given = parts[len(arguments) :]
            named = tuple((name, part) for (name, _), part in zip(keywords, given, strict=True))
            return replace(expression, arguments=parts[: len(arguments)], keywords=named)
        case Index():
            return replace(expression, base=parts[0], indices=parts[1:])
        case Slice():
            left = list(parts)
            bounds = [
                None if bound is None else left.pop(0) for bound in (expression.start, expression.stop, expression.step)
            ]
            return replace(expression, start=bounds[0], stop=bounds[1], step=bounds[2])
        case Name() | Constant():
            return expression
    return replace(expression, left=parts[0], right=parts[1])  # type: ignore[call-arg]
