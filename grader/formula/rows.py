"""The entries of row-wise lists, each computed from the rows or shapes before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.core.layers.receptive import layer_jump
from grader.core.layers.rows import START, LayerRow, place_of, rows_of
from grader.formula.arithmetic import binary, plain
from grader.formula.nodes import RowsNode, ScanNode
from grader.formula.tree import names
from grader.messages import sentence
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.formula.evaluation import Evaluation


class RowTable(Struct, eq=False):
    """The rows of a list, and which rows read which others.

    `layers` says that its items are layers; `jumps` are the products of the strides after its rows, as far as known.
    """

    rows: list[LayerRow]
    layers: bool
    jumps: dict[int, Any] = field(default_factory=dict)

    @cached_property
    def readers(self) -> dict[int, list[int]]:
        """The rows that read the result of a row, or the start."""
        found: dict[int, list[int]] = {}
        for number, row in enumerate(self.rows):
            for source in row.sources:
                found.setdefault(source, []).append(number)
        return found

    def sources(self, after: bool) -> list[int]:
        """The row whose shape each row's count is computed from: itself, or the one before it."""
        return self._own if after else self._before

    @cached_property
    def _own(self) -> list[int]:
        return list(range(len(self.rows)))

    @cached_property
    def _before(self) -> list[int]:
        return [number if row.joins else row.sources[0] for number, row in enumerate(self.rows)]

    @cached_property
    def keys(self) -> list[str]:
        """An identity for each layer: equal ones give equal values from equal shapes."""
        return [repr(row.layer) for row in self.rows]


class RowPlace(NamedTuple):
    """One row: its list's name in messages, and its position in the list."""

    word: str
    table: RowTable
    number: int

    @property
    def row(self) -> LayerRow:
        """The row itself."""
        return self.table.rows[self.number]

    @property
    def key(self) -> str:
        """The identity of its layer."""
        return self.table.keys[self.number]

    def located(self, reason: str) -> str:
        """An error's reason preceded by the row, unless there is only one."""
        place = place_of(self.table.rows, self.number)
        return f"{place}: {reason}" if place else reason


def entries(evaluation: Evaluation, node: ScanNode | RowsNode) -> list[Any]:
    """The values of a row-wise list; if the base has it, only the rows affected by changes are computed.

    Raises:
        AuthorError: for anything but a list of layers or items, and where a row cannot be computed.
    """
    return _chained(evaluation, node) if isinstance(node, ScanNode) else _from_shapes(evaluation, node)


def _chained(evaluation: Evaluation, node: ScanNode) -> list[Any]:
    start, table = plain(evaluation.expression(node.name, node.start)), _table(evaluation, node)
    known = _unchanged(evaluation, node, table)
    found: list[Any] = [None] * len(table.rows) if known is None else list(known)
    waiting = set(range(len(found))) if known is None else _replaced(evaluation, node)
    if _moved(evaluation, node.start_names):
        waiting.update(table.readers.get(START, ()))
    for number, row in enumerate(table.rows):
        if number not in waiting:
            continue
        place = RowPlace(node.word, table, number)
        before = [start if source == START else found[source] for source in row.sources]
        arguments: tuple[Any, ...] = (before if row.joins else before[0], row.layer)
        if node.jumps:
            steps = [1 if source == START else table.jumps[source] for source in row.sources]
            arguments = (*arguments, steps if row.joins else steps[0])
            if number not in table.jumps:
                table.jumps[number] = evaluation.guarded(node.expression, place, partial(_jump_after, row, steps))
        found[number] = evaluation.row(node, node.join if row.joins else node.operation, place, arguments)
        if known is not None and not _same(found[number], known[number]):
            waiting.update(table.readers.get(number, ()))
    return found


def _jump_after(row: LayerRow, jumps: list[Any]) -> Any:
    """The product of the strides after a row; branches must agree on it to be joined."""
    return jumps[0] if row.joins else binary("*", jumps[0], layer_jump(row.layer))


def _from_shapes(evaluation: Evaluation, node: RowsNode) -> list[Any]:
    scan = evaluation.graph.nodes[node.shapes]
    start = plain(evaluation.expression(node.shapes, scan.start if isinstance(scan, ScanNode) else node.expression))
    shapes, table = evaluation.value(node.shapes), _table(evaluation, node)
    if not isinstance(shapes, list | tuple) or len(shapes) != len(table.rows):
        raise evaluation.error(node.expression, sentence("expected one shape for each layer"))
    more = tuple(evaluation.expression(node.name, value) for _, value in node.arguments)
    known, before = _unchanged(evaluation, node, table), _shapes_before(evaluation, node)
    if known is None or before is None:
        found, fresh = [None] * len(table.rows), set(range(len(table.rows)))
    else:
        found, fresh = list(known), _replaced(evaluation, node)
        pairs = () if shapes is before else enumerate(zip(shapes, before, strict=True))
        new = {at for at, (shape, old) in pairs if not _same(shape, old)}
        if not isinstance(scan, ScanNode) or _moved(evaluation, scan.start_names):
            new.add(START)
        fresh.update(number for number, source in enumerate(table.sources(node.after)) if source in new)
    for number, source in enumerate(table.sources(node.after)):
        if number in fresh:
            arguments = (start if source == START else shapes[source], table.rows[number].itself, *more)
            found[number] = evaluation.row(node, node.operation, RowPlace(node.word, table, number), arguments)
    return found


def _shapes_before(evaluation: Evaluation, node: RowsNode) -> list[Any] | None:
    """The base's shapes, if equal shapes imply equal rows, as no other argument has changed."""
    if evaluation.base is None or any(_moved(evaluation, frozenset(names(value))) for _, value in node.arguments):
        return None
    return evaluation.base.computed_entries(node.shapes)


def _same(value: Any, other: Any) -> bool:
    """Whether a row is unchanged, so its readers need no recomputation; compares numbers and shapes, not arrays."""
    return value is other or (type(value) is type(other) and isinstance(value, tuple | int) and value == other)


def _moved(evaluation: Evaluation, names: frozenset[str]) -> bool:
    """Whether any of the names may have a different value than in the base."""
    return bool(names & evaluation.reached or names & evaluation.substitution.givens.keys())


def _unchanged(evaluation: Evaluation, node: ScanNode | RowsNode, table: RowTable) -> list[Any] | None:
    """The base's entries, where its list has the same rows: rows without changed inputs are not recomputed."""
    base = evaluation.base
    found = evaluation.entries_before(node)
    if base is None or found is None or len(found) != len(table.rows) or _known_table(base, node.name) is not table:
        return None
    evaluation.continued.add(node.name)
    return found


def _replaced(evaluation: Evaluation, node: ScanNode | RowsNode) -> set[int]:
    """The rows of a list where a value or an operation is replaced here."""
    values = {key[1] for key in evaluation.substitution.values if isinstance(key, tuple) and key[0] == node.name}
    sites = {site.entry for site in evaluation.substitution.operations if site.node == node.name}
    return values | {entry for entry in sites if entry is not None}


def _known_table(evaluation: Evaluation | None, name: str) -> RowTable | None:
    """The rows of a list, where they are known here or in the base."""
    while evaluation is not None:
        if name in evaluation.tables:
            return evaluation.tables[name]
        evaluation = evaluation.base
    return None


def _table(evaluation: Evaluation, node: ScanNode | RowsNode) -> RowTable:
    """The rows of a list of layers; the base's where the list is unchanged."""
    if node.name not in evaluation.tables:
        base = evaluation.base
        changed = base is None or _moved(evaluation, node.item_names)
        found = _new_table(evaluation, node) if base is None or changed else _table(base, node)
        evaluation.tables[node.name] = found
    return evaluation.tables[node.name]


def _new_table(evaluation: Evaluation, node: ScanNode | RowsNode) -> RowTable:
    """The rows of a list of layers; a scan of another operation has a row for each of its items."""
    items = evaluation.expression(node.name, node.items)
    plain_scan = isinstance(node, ScanNode) and not node.join
    if not isinstance(items, list | tuple) and (plain_scan or not isinstance(items, Mapping)):
        said = sentence("expected a list of items, received {value!r}", value=str(items)[:80])
        raise evaluation.error(node.items, said)
    if plain_scan:
        return RowTable([LayerRow(item, "", (number - 1,)) for number, item in enumerate(items)], layers=False)
    rows: list[LayerRow] = evaluation.guarded(node.expression, node.word, lambda: rows_of(items))
    return RowTable(rows, layers=True)
