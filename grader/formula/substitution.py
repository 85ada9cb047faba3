"""The substitution under which a graph is evaluated: values, givens, operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from grader.formula.occurrence import Rule
from grader.formula.sites import NodeId, Site
from grader.structs import Struct


class Substitution(Struct):
    """What replaces what; nothing by default.

    `values` replace computed nodes (or entries of row-wise lists), `givens` replace givens and set symbols,
    `operations` replace the operation at single sites.
    """

    values: Mapping[NodeId, Any] = field(default_factory=dict)
    givens: Mapping[str, Any] = field(default_factory=dict)
    operations: Mapping[Site, Rule] = field(default_factory=dict)

    @property
    def touched(self) -> frozenset[str]:
        """The nodes at which values or operations are replaced."""
        nodes = {key if isinstance(key, str) else key[0] for key in self.values}
        return frozenset(nodes | {site.node for site in self.operations})


NOTHING = Substitution()
