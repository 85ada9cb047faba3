"""Joined layers: mistakes with channels and receptive fields after branches, and with the channels of dense blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.shapes import channels_first, in_order, output_shape
from grader.core.support.inputs import entries, is_sequence
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import row_before
from grader.misconceptions.support.layer_calls import KERNEL_LAYERS, input_shape, order_of

_SHAPES = ("joined_shape", "output_shape")
_FIELDS = "joined_receptive_field"
_DENSE_BLOCK = "densenet_channels"


def _joined(occurrence: Occurrence, family: str) -> list[tuple[int, ...]]:
    """The shapes that a layer of this family joins, channels first."""
    b = occurrence.bound()
    layer = b.get("layer")
    needs(isinstance(layer, Mapping) and "repeat" not in layer and LayerOptions(layer).kind.family == family)
    if occurrence.operation == "joined_shape":
        return [channels_first(shape, order_of(occurrence)) for shape in b["shapes"]]
    branches = [
        {"type": "sequential", "layers": branch} if branch else {"type": "identity"}
        for branch in b["layer"]["branches"]
    ]
    shape = input_shape(occurrence)
    return [output_shape(shape, branch) for branch in branches]


@misconception(
    id="concat-added",
    operations=_SHAPES,
    equals="branches that are concatenated are added up entry by entry",
    repair="Add up the channels of all branches: their maps are concatenated.",
)
def _added(occurrence: Occurrence) -> Any:
    shapes, order = _joined(occurrence, "concatenation"), order_of(occurrence)
    _, *size = channels_first(occurrence.right(), order)
    depths = sorted({shape[0] for shape in shapes}, reverse=True)
    needs(len(shapes) > 1)
    wrong = tuple(in_order((depth, *size), order) for depth in depths)
    return wrong[0] if len(wrong) == 1 else Alternatives(wrong)


@misconception(
    id="concat-inner-layers",
    operations=_SHAPES,
    equals="layers inside a branch are concatenated, too, not its last one only",
    repair="Concatenate the last layer of each branch only.",
)
def _inner_layers(occurrence: Occurrence) -> Any:
    """The right channels plus those of all convolutions inside the branches."""
    _joined(occurrence, "concatenation")
    order = order_of(occurrence)
    channels, *size = channels_first(occurrence.right(), order)
    inner = [layer for branch in occurrence.bound()["layer"]["branches"] for layer in branch[:-1]]
    needs(all("repeat" not in layer and LayerOptions(layer).kind.inside is None for layer in inner))
    counts = [
        LayerOptions(layer).count("out_channels") for layer in inner if LayerOptions(layer).kind.family in KERNEL_LAYERS
    ]
    needs(counts)
    return in_order((channels + sum(counts), *size), order)


@misconception(
    id="concat-pool-channels-kept",
    operations=_SHAPES,
    equals="the pooling branch keeps the channels of the input, without the convolution after it",
    repair="Count the channels after the convolution of the pooling branch.",
)
def _pool_kept(occurrence: Occurrence) -> Any:
    shapes, order = _joined(occurrence, "concatenation"), order_of(occurrence)
    channels, *size = channels_first(occurrence.right(), order)
    total = channels
    for at, (shape, branch) in enumerate(zip(shapes, occurrence.bound()["layer"]["branches"], strict=True)):
        if len(branch) > 1 and LayerOptions(branch[0]).kind.family == "pooling":
            total += _received(occurrence, at, len(branch)) - shape[0]
    needs(total != channels)
    return in_order((total, *size), order)


def _received(occurrence: Occurrence, branch: int, layers: int) -> int:
    """The channels that a branch receives; NotApplicableError if one of its layers has several rows, or none."""
    if occurrence.operation == "output_shape":
        return input_shape(occurrence)[0]
    row = occurrence.evaluation.record(occurrence.site._replace(entry=occurrence.sources[branch]))
    for _ in range(layers - 1):
        row = None if row is None else row_before(row)
    if row is None or LayerOptions(row.bound()["layer"]).kind.family != "pooling":
        raise NotApplicableError
    return input_shape(row)[0]


@misconception(
    id="add-concatenated",
    operations=_SHAPES,
    equals="branches that are added have their channels concatenated",
    repair="Keep the number of channels: adding goes entry by entry.",
)
def _concatenated(occurrence: Occurrence) -> Any:
    shapes = _joined(occurrence, "addition")
    needs(len(shapes) > 1)
    return in_order((sum(shape[0] for shape in shapes), *shapes[0][1:]), order_of(occurrence))


@misconception(
    id="rf-shortest-branch",
    operations=_FIELDS,
    equals="the smallest field of the branches is taken",
    repair="Take the largest field of the branches: a cell after them sees all that any of them sees.",
)
def _smallest(occurrence: Occurrence) -> Any:
    fields = [tuple(entries(field)) if is_sequence(field) else field for field in occurrence.bound()["fields"]]
    if not all(isinstance(field, int) for field in fields):
        raise NotApplicableError
    return min(fields)


@misconception(
    id="densenet-no-input",
    operations=_DENSE_BLOCK,
    equals="the input of the block is not concatenated",
    repair="Add the channels of the block's input: they are concatenated too.",
)
def _no_input(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    return occurrence.right() - b["in_channels"]


@misconception(
    id="densenet-once",
    operations=_DENSE_BLOCK,
    equals="the growth rate is added once for the whole block",
    repair="Add the growth rate for each layer of the block.",
)
def _once(occurrence: Occurrence) -> Any:
    if occurrence.bound()["layers"] < 2:
        raise NotApplicableError
    return occurrence.changed(layers=1)


@misconception(
    id="densenet-off-by-one",
    operations=_DENSE_BLOCK,
    equals="the last layer's own maps are left out",
    repair="Add the maps of the last layer to what it receives.",
)
def _last_input(occurrence: Occurrence) -> Any:
    layers = occurrence.bound()["layers"]
    if layers < 1:
        raise NotApplicableError
    return occurrence.changed(layers=layers - 1)


@misconception(
    id="densenet-no-concatenation",
    operations=_DENSE_BLOCK,
    equals="only the last layer's maps leave the block",
    repair="Concatenate the maps of all layers with the block's input.",
)
def _last_only(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    if b["layers"] < 1:
        raise NotApplicableError
    return b["growth_rate"]
