"""The layout of a question's values in prompts: arrays as matrices, layers as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from grader.formula.arithmetic import as_lists
from grader.homework.prompts.values import (
    MOST_SHOWN_CELLS,
    FillValue,
    ListValue,
    Matrix,
    ShapeValue,
    SlicesValue,
    TableValue,
    Word,
)
from grader.messages.isolates import without_isolates

_DIGITS = 12
_POWER = re.compile(r"[eE]\+?(-?)0*(\d+)")
_MOST_ROWS = 100
_MOST_SLICES = 24
_MOST_TEXT = 2_000
_INSIDE = ("type", "name", "layers", "branches")


def laid_out(value: Any, is_shape: bool = False) -> FillValue:
    """A value laid out for prompts: a given as the author wrote it, or a step as it was computed.

    >>> laid_out([28, 28, 1], is_shape=True).plain(), laid_out([[1, -10], [Decimal("0.50"), 2]]).plain()
    (['28 x 28 x 1'], ['   1  -10', '0.50    2'])
    """
    value = as_lists(value)
    if isinstance(value, Mapping):
        return _table([value]) if not _is_layer(value) else _layers([value])
    if not isinstance(value, list | tuple):
        return _word(value)
    if value and all(isinstance(entry, Mapping) for entry in value):
        return _layers(value) if all(map(_is_layer, value)) else _table(value)
    if is_shape or isinstance(value, tuple):
        return ShapeValue(tuple(map(cell, value)))
    if value and all(isinstance(entry, tuple) for entry in value):
        return ListValue(tuple(map(cell, value)))  # computed shapes
    rank = _rank(value)
    if rank == 2:
        return Matrix([list(map(cell, row)) for row in value])
    if rank is not None and rank > 2:
        found = [(index, Matrix([list(map(cell, row)) for row in rows])) for index, rows in _matrices(value, rank, "")]
        return SlicesValue(tuple(found[: _most(found)]), len(found))
    return ListValue(tuple(map(_entry, value)))


def _entry(value: Any) -> str:
    """One entry of a list that is not an array, with inner lists in brackets."""
    return f"[{', '.join(map(_entry, value))}]" if isinstance(value, list) else cell(value)


def cell(value: Any) -> str:
    """One entry as text.

    >>> [cell(each) for each in (Decimal("0.10"), 0.25, 1e-7, 3.0, True, [3, 5], None)]
    ['0.10', '0.25', '1e-7', '3.0', 'true', '3 x 5', '']
    """
    value = value.item() if hasattr(value, "item") else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _POWER.sub(r"e\1\2", repr(float(f"{value:.{_DIGITS}g}")))
    if isinstance(value, Decimal):
        return _POWER.sub(r"e\1\2", str(value))
    if isinstance(value, list | tuple):
        return " x ".join(map(cell, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {cell(entry)}" for name, entry in value.items())
    return without_isolates(str(value)[:_MOST_TEXT])


def _word(value: Any) -> Word:
    return Word(cell(value), number=not isinstance(value, str))


def _rank(value: Any) -> int | None:
    """The number of axes of an array, 0 for a single value; None for a ragged list."""
    if not isinstance(value, list | tuple):
        return 0
    ranks = {_rank(entry) for entry in value}
    sizes = {len(entry) for entry in value if isinstance(entry, list | tuple)}
    if len(ranks) > 1 or len(sizes) > 1 or None in ranks:
        return None
    return 1 + next(iter(ranks), 0)  # type: ignore[operator]


def _matrices(value: Sequence[Any], rank: int, index: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """The matrices of an array (..., rows, columns), each with its indices along the leading axes."""
    if rank == 2:
        yield index, value
        return
    for place, entry in enumerate(value):
        yield from _matrices(entry, rank - 1, f"{index}, {place}" if index else str(place))


def _most(found: Sequence[tuple[str, Matrix]]) -> int:
    """The number of matrices to show: as many as hold at most MOST_SHOWN_CELLS entries, but at least one."""
    entries = 0
    for place, (_, matrix) in enumerate(found[:_MOST_SLICES]):
        entries += len(matrix.rows) * len(matrix.rows[0])
        if entries > MOST_SHOWN_CELLS:
            return max(place, 1)
    return _MOST_SLICES


def _is_layer(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("type"), str)


def _layers(layers: Sequence[Mapping[str, Any]]) -> FillValue:
    """A table with a row for each layer, nested ones included, and its options that differ from the defaults."""
    from grader.core.layers.layer_type import layer_types
    from grader.core.layers.rows import rows_of

    try:
        rows = rows_of(layers)
    except ValueError:  # the tables only look like layers
        return _table(layers)
    types = layer_types()
    written: list[dict[str, Any]] = []
    for number, row in enumerate(islice(rows, _MOST_ROWS), 1):
        defaults = types[str(row.layer["type"])].options
        options = {
            name: value
            for name, value in row.layer.items()
            if name not in _INSIDE and (name not in defaults or defaults[name] != value)
        }
        named = {"name": row.name} if row.name else {}
        numbered = {"#": number} if len(rows) > 1 else {}
        written.append({**numbered, **named, "type": row.layer["type"], **options})
    return _table(written, ("#", "name", "type"), len(rows))


def _table(entries: Iterable[Mapping[str, Any]], first: tuple[str, ...] = (), count: int | None = None) -> TableValue:
    """TOML tables as the rows of one table, with a column for every name that occurs in any of them."""
    rows = [*entries]
    names = dict.fromkeys(str(name) for row in rows for name in row)
    head = (*(name for name in first if name in names), *(name for name in names if name not in first))
    shown = rows[:_MOST_ROWS]
    return TableValue(head, [[cell(row.get(name)) for name in head] for row in shown], count or len(rows))
