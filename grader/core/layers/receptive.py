"""Receptive fields: how much of the input one cell of a layer sees, as a side or as one side per axis.

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.core.layers.layer_type import Layer, LayerOptions, ReceptiveField
from grader.core.layers.rows import LayerRow, chained, rows_of
from grader.core.registry import operation
from grader.core.support.inputs import Sides, entries, is_sequence, whole

SideOrSides = int | Sides
"""One number where all axes agree, else one per axis."""


class _State(NamedTuple):
    """What a cell sees on each axis, and how far the fields of neighbouring cells are apart."""

    field: Sides
    jump: Sides


def _geometry(layer: Layer) -> tuple[Sides, Sides]:
    """What a layer's window covers of its own input, and its stride; (1,) each for layers without a window."""
    o = LayerOptions(layer)
    if o.kind.field is ReceptiveField.WHOLE:
        raise ValueError(
            f"expected layers whose windows are known, received {o.type}, which sees the whole image: "
            "ask for the receptive fields of the layers before it"
        )
    if o.kind.field is ReceptiveField.VARIES:
        raise ValueError(f"expected layers with one receptive field for all cells, received {o.type}")
    window = o.window()
    return ((1,), (1,)) if window is None else (window.covered, window.stride)


def _sides(value: object, name: str) -> Sides:
    """A side as given: a number, or one per axis."""
    numbers = entries(value) if is_sequence(value) else [value]
    if not 1 <= len(numbers) <= 3:
        raise ValueError(f"expected {name} to be a whole number or one per axis, received {len(numbers)} entries")
    return tuple(whole(number, name, 1) for number in numbers)


def _aligned(*all_sides: Sides) -> list[Sides]:
    """The same sides, each with as many axes as the longest; a single number applies to all axes."""
    axes = max(map(len, all_sides))
    for sides in all_sides:
        if len(sides) not in (1, axes):
            raise ValueError(f"expected windows on the same axes, received one on {len(sides)} and one on {axes}")
    return [sides * axes if len(sides) == 1 else sides for sides in all_sides]


def _side(sides: Sides) -> SideOrSides:
    return sides[0] if len(set(sides)) == 1 else sides


def _after(row: LayerRow, before: list[_State]) -> _State:
    """What the cells after a row see: the most that a branch sees, or what a window adds."""
    if row.joins:
        fields, jumps = _aligned(*(one.field for one in before)), _aligned(*(one.jump for one in before))
        if len(set(jumps)) > 1:
            strides = " and ".join(str(_side(jump)) for jump in dict.fromkeys(jumps))
            raise ValueError(f"expected branches whose strides have one product, received {strides}")
        return _State(tuple(max(sides) for sides in zip(*fields, strict=True)), jumps[0])
    covered, stride, field, jump = _aligned(*_geometry(row.layer), *before[0])
    grown = tuple(f + (c - 1) * j for f, c, j in zip(field, covered, jump, strict=True))
    return _State(grown, tuple(j * s for j, s in zip(jump, stride, strict=True)))


def layer_jump(layer: Layer) -> SideOrSides:
    """The factor by which a layer widens the distance between neighbouring cells: its stride.

    A number, or one per axis where they differ.

    Raises ValueError as `receptive_fields` does.

    >>> layer_jump({"type": "max_pool2d", "kernel_size": 2})
    2
    """
    return _side(_geometry(layer)[1])


def next_receptive_field(field: SideOrSides, layer: Layer, jump: SideOrSides) -> SideOrSides:
    """The receptive field after a layer: field + (what its window covers - 1) jump.

    field and jump are those before this layer: numbers, or one per axis.

    Raises ValueError as `receptive_fields` does.

    >>> next_receptive_field(7, {"type": "conv2d", "kernel_size": 5, "stride": 2}, 2)
    15
    """
    before = _State(_sides(field, "field"), _sides(jump, "jump"))
    return _side(_after(LayerRow(layer, "", ()), [before]).field)


def joined_receptive_field(fields: Sequence[SideOrSides], layer: Layer, jumps: Sequence[SideOrSides]) -> SideOrSides:
    """The receptive field after branches whose outputs are put together: the largest.

    fields and jumps are those after each branch, layer is the one that joins them.

    Raises ValueError for jumps that differ: cells of the branches would not lie above one another.

    >>> joined_receptive_field([5, 3], {"type": "add", "branches": [[], []]}, [2, 2])
    5
    """
    before = [_State(_sides(f, "field"), _sides(j, "jump")) for f, j in zip(fields, jumps, strict=True)]
    return _side(_after(LayerRow(layer, "", (), joins=True), before).field)


@operation(topic="layers", stepped=True)
def receptive_fields(layers: Sequence[Layer]) -> list[SideOrSides]:
    """The side of the receptive field after each layer.

    A number per row, or (height, width) where the two differ. Layers without windows keep it; after branches it is the
    largest.

    Raises ValueError for an unknown type or option, for layers that see the whole image (linear, global pools) or have
    no single field (transposed convolutions), and for branches whose strides have different products.

    >>> receptive_fields([{"type": "conv2d", "kernel_size": 7, "stride": 2}, {"type": "max_pool2d", "kernel_size": 2}])
    [7, 9]
    """
    return [_side(state.field) for state in chained(rows_of(layers), _State((1,), (1,)), _after)]


@operation(topic="layers", stepped=True)
def receptive_field(layers: Sequence[Layer]) -> SideOrSides:
    """The side of the receptive field after the last layer; 1 without layers.

    A number, or (height, width) where the two differ.

    Raises ValueError as `receptive_fields` does.

    >>> receptive_field([{"type": "conv2d", "kernel_size": 3, "dilation": 2}, {"type": "conv2d", "kernel_size": 3}])
    7
    """
    fields = receptive_fields(layers)
    return fields[-1] if fields else 1
