"""Receptive fields: how much of the input one cell of a layer sees, as a side or as one side per axis.

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (2019).
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.core.layers.layer_type import Field, Layer, Options
from grader.core.layers.shapes import stack_of
from grader.core.registry import operation
from grader.core.support.options import Pair, Size, pair

Side = int | Pair


def _geometry(layer: Layer) -> tuple[Pair, Pair]:
    """What a layer's window covers of its own input, and its stride; (1, 1) each for layers without a window."""
    o = Options(layer)
    if o.kind.field is Field.WHOLE:
        raise ValueError(
            f"expected layers whose windows are known, received {o.type}, which sees the whole image: "
            "ask for the receptive fields of the layers before it"
        )
    if o.kind.field is Field.VARIES:
        raise ValueError(f"expected layers with one receptive field for all cells, received {o.type}")
    window = o.window()
    if window is None:
        return (1, 1), (1, 1)
    return pair(window.covered, "window", 1), pair(window.stride, "stride", 1)


def _side(sides: Pair) -> Side:
    return sides[0] if sides[0] == sides[1] else sides


def layer_jump(layer: Layer) -> Side:
    """The factor by which a layer widens the distance between neighbouring cells: its stride.

    A number, or (vertical, horizontal) where the two differ.

    Raises ValueError as `receptive_fields` does.

    >>> layer_jump({"type": "max_pool2d", "kernel_size": 2})
    2
    """
    return _side(_geometry(layer)[1])


def next_receptive_field(field: Size, layer: Layer, jump: Size) -> Side:
    """The receptive field after a layer: field + (what its window covers - 1) jump.

    field and jump are those before this layer: numbers, or (vertical, horizontal).

    Raises ValueError as `receptive_fields` does.

    >>> next_receptive_field(7, {"type": "conv2d", "kernel_size": 5, "stride": 2}, 2)
    15
    """
    fields, jumps = pair(field, "field", 1), pair(jump, "jump", 1)
    covered = _geometry(layer)[0]
    return _side((fields[0] + (covered[0] - 1) * jumps[0], fields[1] + (covered[1] - 1) * jumps[1]))


@operation(topic="layers", stepped=True)
def receptive_fields(layers: Sequence[Layer]) -> list[Side]:
    """The side of the receptive field after each layer.

    A number per layer, or (height, width) where the two differ. Layers without windows keep it.

    Raises ValueError for an unknown type or option, and for layers that see the whole image (linear, global pools) or
    have no single field (transposed convolutions).

    >>> receptive_fields([{"type": "conv2d", "kernel_size": 7, "stride": 2}, {"type": "max_pool2d", "kernel_size": 2}])
    [7, 9]
    """
    fields: list[Side] = []
    field, jump = (1, 1), (1, 1)
    for layer in stack_of(layers):
        field = pair(next_receptive_field(field, layer, jump), "field", 1)
        stride = _geometry(layer)[1]
        jump = (jump[0] * stride[0], jump[1] * stride[1])
        fields.append(_side(field))
    return fields


@operation(topic="layers", stepped=True)
def receptive_field(layers: Sequence[Layer]) -> Side:
    """The side of the receptive field after the last layer; 1 where there is none.

    A number, or (height, width) where the two differ.

    Raises ValueError as `receptive_fields` does.

    >>> receptive_field([{"type": "conv2d", "kernel_size": 3, "dilation": 2}, {"type": "conv2d", "kernel_size": 3}])
    7
    """
    fields = receptive_fields(layers)
    return fields[-1] if fields else 1
