"""Tables of layers: mistakes with the operations, activations, memory and parameters of a row."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.formula.nodes import RowsNode
from grader.formula.substitution import NotApplicableError, Occurrence, Site
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import family, needs
from grader.misconceptions.support.layer_calls import layer_of

_POOLINGS = ("pooling", "adaptive pooling", "global pooling")


def _shape_before(occurrence: Occurrence) -> Any:
    """The input shape of the layer whose output shape a row takes."""
    evaluation, site = occurrence.evaluation, occurrence.site
    node = evaluation.graph.nodes[site.node]
    shapes = evaluation.graph.nodes[node.shapes] if isinstance(node, RowsNode) else None
    found = shapes and evaluation.record(Site(shapes.name, shapes.expression.position, site.entry))
    if not found:
        raise NotApplicableError
    return found.bound()["input_shape"]


@misconception(
    id="activations-before-pooling",
    operations=("activation_count", "layer_memory"),
    equals="the activations of a pooling layer are counted before it pools",
    repair="Count the entries of the layer's own output.",
)
def _before_pooling(occurrence: Occurrence) -> Any:
    needs(LayerOptions(layer_of(occurrence)).kind.family in _POOLINGS)
    entries = math.prod(_shape_before(occurrence))
    return entries * occurrence.bound().get("bytes", 1)


@misconception(
    id="memory-in-entries",
    operations="layer_memory",
    equals="entries are counted in place of their bytes",
    repair="Multiply the number of entries by the bytes of each.",
)
def _entries(occurrence: Occurrence) -> Any:
    size = occurrence.bound()["bytes"]
    needs(size > 1)
    return occurrence.right() // size


@misconception(
    id="flops-as-macs",
    operations="layer_flops",
    equals="a multiplication and the addition after it are counted once",
    repair="Count two operations for every multiplication with its addition.",
)
def _macs(occurrence: Occurrence) -> Any:
    right = occurrence.right()
    needs(right > 0)
    return right // 2


@misconception(
    id="attention-heads-multiplied",
    operations=("parameter_count", "weight_count", "bias_count"),
    equals="every attention head has projections of the full width",
    repair="Leave the heads out: they share the width, so that their number does not change the parameters.",
)
def _per_head(occurrence: Occurrence) -> Any:
    o = LayerOptions(layer_of(occurrence))
    needs(o.kind.family == "attention")
    heads, right = o.count("num_heads"), occurrence.right()
    needs(heads > 1 and right > 0)
    return heads * right


@misconception(
    id="total-row-left-out",
    operations="total",
    equals="a layer is left out of the total",
    repair="Add up the rows of all layers.",
)
def _row_left_out(occurrence: Occurrence) -> Any:
    rows = [int(row) for row in occurrence.bound()["rows"]]
    return family([sum(rows) - row for row in rows if row], sum(rows))
