"""Layers with layers inside: in sequence, or in branches whose outputs are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.core.layers.layer_type import (
    REQUIRED,
    Inside,
    LayerOptions,
    ReceptiveField,
    Shape,
    nothing,
    outputs,
    register,
    unchanged,
)
from grader.core.layers.shapes import in_order
from grader.core.support.inputs import entries, is_sequence, shown


def _block(name: str, family: str, options: Mapping[str, object], inside: Inside, summary: str) -> None:
    """A container layer, which does not change the output of the layers inside it."""
    register(
        name=name,
        summary=summary,
        family=family,
        options=options,
        shape=unchanged,
        weights=nothing,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=None,
        field=ReceptiveField.KEPT,
        inside=inside,
    )


def _in_a_row(o: LayerOptions) -> Sequence[object]:
    return [o["layers"]]


def _branches(o: LayerOptions) -> Sequence[object]:
    branches = o["branches"]
    if not is_sequence(branches) or not entries(branches):
        raise ValueError(
            f"expected branches of the {o.type} layer, a list of lists of layers, received {shown(branches)}"
        )
    return entries(branches)


def _written(shapes: Sequence[Shape], o: LayerOptions) -> str:
    return " and ".join(str(in_order(shape, o.order)) for shape in dict.fromkeys(shapes))


def _concatenated(shapes: Sequence[Shape], o: LayerOptions) -> Shape:
    """The concatenated channels; with crop, larger images first lose their border."""
    sizes = [shape[1:] for shape in shapes]
    if len({len(size) for size in sizes}) > 1 or (not o.on("crop") and len(set(sizes)) > 1):
        raise ValueError(
            f"expected branches that differ in their channels only, to concatenate them, received {_written(shapes, o)}"
        )
    return (sum(shape[0] for shape in shapes), *(min(sides) for sides in zip(*sizes, strict=True)))


def _added(shapes: Sequence[Shape], o: LayerOptions) -> Shape:
    if len(set(shapes)) > 1:
        raise ValueError(f"expected branches of one shape, to add them, received {_written(shapes, o)}")
    return shapes[0]


_block(
    "sequential",
    "sequence",
    {"layers": REQUIRED},
    Inside(_in_a_row, None),
    "The layers of a list, one after the other.",
)
_block(
    "concat",
    "concatenation",
    {"branches": REQUIRED, "crop": False},
    Inside(_branches, _concatenated),
    "Runs branches side by side and puts the channels of their outputs one behind the other.",
)
_block(
    "add",
    "addition",
    {"branches": REQUIRED},
    Inside(_branches, _added),
    "Runs branches side by side and adds their outputs: a residual block.",
)
