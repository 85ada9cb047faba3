"""The entries of row-wise lists, each computed from the rows or shapes before it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.core.layers.receptive import layer_jump
from grader.core.layers.rows import START, Row, place_of, rows_of
from grader.formula.arithmetic import binary, plain
from grader.formula.nodes import RowsNode, ScanNode
from grader.messages import sentence

if TYPE_CHECKING:
    from grader.formula.evaluation import Evaluation


class RowPlace(NamedTuple):
    """One row, for messages: what its list is called, and where in it the row stands."""

    word: str
    rows: list[Row]
    number: int

    def located(self, reason: str) -> str:
        """The reason of an error with the row before it, where there are others."""
        place = place_of(self.rows, self.number)
        return f"{place}: {reason}" if place else reason


def entries(evaluation: Evaluation, node: ScanNode | RowsNode) -> list[Any]:
    """The values of a row-wise list.

    Raises:
        AuthorError: for what is no list of layers or items, and where a row cannot be computed.
    """
    return _chained(evaluation, node) if isinstance(node, ScanNode) else _from_shapes(evaluation, node)


def _chained(evaluation: Evaluation, node: ScanNode) -> list[Any]:
    start, rows = plain(evaluation.expression(node.name, node.start)), _table(evaluation, node)
    found: list[Any] = []
    jumps: list[Any] = []
    for number, row in enumerate(rows):
        place = RowPlace(node.word, rows, number)
        before = [start if source == START else found[source] for source in row.sources]
        arguments: tuple[Any, ...] = (before if row.joins else before[0], row.layer)
        if node.jumps:
            steps = [1 if source == START else jumps[source] for source in row.sources]
            arguments = (*arguments, steps if row.joins else steps[0])
            jumps.append(evaluation.guarded(node.expression, place, partial(_jump_after, row, steps)))
        found.append(evaluation.row(node, node.join if row.joins else node.operation, place, arguments))
    return found


def _jump_after(row: Row, jumps: list[Any]) -> Any:
    """The product of the strides after a row; branches have the same one, or cannot be joined."""
    return jumps[0] if row.joins else binary("*", jumps[0], layer_jump(row.layer))


def _from_shapes(evaluation: Evaluation, node: RowsNode) -> list[Any]:
    scan = evaluation.graph.nodes[node.shapes]
    start = plain(evaluation.expression(node.shapes, scan.start if isinstance(scan, ScanNode) else node.expression))
    shapes, rows = evaluation.value(node.shapes), _table(evaluation, node)
    if not isinstance(shapes, list | tuple) or len(shapes) != len(rows):
        raise evaluation.error(node.expression, sentence("expected one shape for each layer"))
    more = tuple(evaluation.expression(node.name, value) for _, value in node.arguments)
    found = []
    for number, row in enumerate(rows):
        source = number if node.after or row.joins else row.sources[0]
        shape = start if source == START else shapes[source]
        place = RowPlace(node.word, rows, number)
        found.append(evaluation.row(node, node.operation, place, (shape, row.itself, *more)))
    return found


def _table(evaluation: Evaluation, node: ScanNode | RowsNode) -> list[Row]:
    """The rows of a list of layers; a scan of another operation has a row for each of its items."""
    items = evaluation.expression(node.name, node.items)
    if not isinstance(items, list | tuple):
        said = sentence("expected a list of items, received {value!r}", value=str(items)[:80])
        raise evaluation.error(node.items, said)
    if isinstance(node, ScanNode) and not node.join:
        return [Row(item, "", (number - 1,)) for number, item in enumerate(items)]
    rows: list[Row] = evaluation.guarded(node.expression, node.word, lambda: rows_of(items))
    return rows
