"""The helpers of the formula language: small functions on values, declared like operations, under their own topics."""

from __future__ import annotations

from grader.core.registry import Registry

TOPICS = {
    "reduction": "Reductions, as in NumPy",
    "elementwise": "Elementwise functions",
    "construction": "Arrays from sizes and numbers",
    "arrangement": "Shapes and arrangements, as in NumPy",
    "product": "Products and running sums of arrays, as in NumPy",
}
"""Every topic of helpers with its heading."""

HELPERS = Registry(TOPICS, ("grader.formula.helpers",))
"""Every helper."""

helper = HELPERS.declare
