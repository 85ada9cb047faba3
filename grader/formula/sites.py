"""Places in a question's graph: where something is computed, and what can be replaced there."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

NodeId: TypeAlias = "str | tuple[str, int]"
"""A computed name, or one entry of a list that is computed row by row."""


class Site(NamedTuple):
    """One place where something is computed: the node, the position in its formula, the row of a row-wise list."""

    node: str
    position: int
    entry: int | None = None
