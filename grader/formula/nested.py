"""Single layers that contain others: their shape and parameters, asked for at once, have a node for every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.formula.row_wise import ROW_WISE
from grader.formula.tree import Call, Constant, Expression, Index, Name, Unary

_LAST = {"output_shape": "output_shapes"}
_SUM = {"parameter_count": "parameter_counts"}


def nested(givens: Mapping[str, Any]) -> frozenset[str]:
    """The givens that are a layer with others inside it, or a repeated one."""
    tables = {name: value for name, value in givens.items() if isinstance(value, Mapping) and "type" in value}
    return frozenset(name for name, value in tables.items() if _has_rows(value))


def _has_rows(layer: Mapping[str, Any]) -> bool:
    from grader.core.layers.layer_type import Options
    from grader.core.layers.rows import rows_of

    try:
        return not Options(layer).plain and bool(rows_of(layer))
    except ValueError:
        return False  # said where the layer is used


def by_rows(tree: Expression, layers: frozenset[str]) -> Expression:
    """The formula with the rows of the nested layers `layers` in place of the operations that take such a layer whole.

    The shape after a layer is that after its last row, and its parameters are the sum of its rows.
    """
    if not layers:
        return tree
    inside = tree.with_parts(tuple(by_rows(part, layers) for part in tree.parts))
    if not isinstance(inside, Call) or inside.function not in {**_LAST, **_SUM}:
        return inside
    rows = {**_LAST, **_SUM}[inside.function]
    keywords = tuple(("layers" if name == "layer" else name, value) for name, value in inside.keywords)
    call = Call(inside.position, inside.column, rows, inside.arguments, keywords)
    bound = ROW_WISE[rows].bound(call)
    layer = None if bound is None else bound["layers"]
    if not isinstance(layer, Name) or layer.id not in layers:
        return inside
    at = (inside.position, inside.column)
    if inside.function in _SUM:
        return Call(*at, "total", (call,), ())
    return Index(*at, call, (Unary(*at, "-", Constant(*at, 1)),))
