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
    known, changed = _unchanged(evaluation, node, rows), evaluation.replaces(node)
    moved = known is None or _moved(evaluation, node.start_names)
    fresh: list[bool] = []
    found: list[Any] = []
    jumps: list[Any] = []
    for number, row in enumerate(rows):
        place = RowPlace(node.word, rows, number)
        fresh.append(moved or number in changed or any(source != START and fresh[source] for source in row.sources))
        if known is not None and not fresh[number] and not node.jumps:
            found.append(known[number])
            evaluation.reused.add((node.name, number))
            continue
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
    known, changed = None if more else _unchanged(evaluation, node, rows), evaluation.replaces(node)
    moved = not isinstance(scan, ScanNode) or _moved(evaluation, scan.start_names)
    known_shapes = None if known is None or evaluation.base is None else evaluation.base.computed_entries(node.shapes)
    found = []
    for number, row in enumerate(rows):
        source = number if node.after or row.joins else row.sources[0]
        shape = start if source == START else shapes[source]
        same = known_shapes is not None and (not moved if source == START else shape is known_shapes[source])
        if known is not None and same and number not in changed:
            found.append(known[number])
            evaluation.reused.add((node.name, number))
            continue
        place = RowPlace(node.word, rows, number)
        found.append(evaluation.row(node, node.operation, place, (shape, row.itself, *more)))
    return found


def _moved(evaluation: Evaluation, names: frozenset[str]) -> bool:
    """Whether any of the names may have another value than in the base."""
    return bool(names & evaluation.reached or names & evaluation.substitution.givens.keys())


def _unchanged(evaluation: Evaluation, node: ScanNode | RowsNode, rows: list[Row]) -> list[Any] | None:
    """The base's entries, where its list is of the same rows: those that read nothing new are not computed again."""
    base = evaluation.base
    found = evaluation.entries_before(node)
    if base is None or found is None or len(found) != len(rows) or base.table_of(node.name) is not rows:
        return None
    return found


def _table(evaluation: Evaluation, node: ScanNode | RowsNode) -> list[Row]:
    """The rows of a list of layers, those of the base where nothing changes the list."""
    if node.name not in evaluation.tables:
        base = evaluation.base
        changed = base is None or _moved(evaluation, node.item_names)
        evaluation.tables[node.name] = _new_table(evaluation, node) if base is None or changed else _table(base, node)
    return evaluation.tables[node.name]


def _new_table(evaluation: Evaluation, node: ScanNode | RowsNode) -> list[Row]:
    """The rows of a list of layers; a scan of another operation has a row for each of its items."""
    items = evaluation.expression(node.name, node.items)
    if not isinstance(items, list | tuple):
        said = sentence("expected a list of items, received {value!r}", value=str(items)[:80])
        raise evaluation.error(node.items, said)
    if isinstance(node, ScanNode) and not node.join:
        return [Row(item, "", (number - 1,)) for number, item in enumerate(items)]
    rows: list[Row] = evaluation.guarded(node.expression, node.word, lambda: rows_of(items))
    return rows
