"""The shapes between layers that are given as data: `output_shape` after one layer, `output_shapes` after each.

Shapes have no batch; they are (C, H, W), or (H, W, C) where order is "HWC", or (features). Within the layers channels
come first. Lists have one row per layer: layers inside others give a row each, depth first, and layers with branches
one more after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from grader.core.layers.layer_type import Layer, LayerOptions, Shape
from grader.core.layers.rows import LayerRow, chained, rows_of
from grader.core.operations.sizes import ORDERS
from grader.core.registry import operation
from grader.core.support.inputs import axis_size, entries, is_sequence, one_of

InputShape = int | Sequence[int]
_INPUTS = {1: ("a signal", "L"), 2: ("an image", "HW"), 3: ("a volume", "DHW")}


def channels_first(shape: object, order: str) -> Shape:
    """A written shape, or a single size, as (C, D, H, W), (C, H, W), (C, L) or (features)."""
    one_of(order, "order", ORDERS)
    sides: Sequence[object] = entries(shape) if is_sequence(shape) else [shape]
    if not 1 <= len(sides) <= 4:
        raise ValueError(f"expected a shape of one to four sizes, without the batch, received {len(sides)}")
    sizes = tuple(axis_size(side, "every size of the shape") for side in sides)
    return (sizes[-1], *sizes[:-1]) if order == "HWC" else sizes


def in_order(shape: Shape, order: str) -> Shape:
    """A channels-first shape in the written order."""
    return (*shape[1:], shape[0]) if order == "HWC" else shape


def spatial(shape: Shape, axes: int, o: LayerOptions) -> tuple[int, tuple[int, ...]]:
    """The channels and the size on each axis of a shape that must have `axes` axes besides the channels."""
    if len(shape) != axes + 1:
        what, names = _INPUTS[axes]
        written = ", ".join(names + "C" if o.order == "HWC" else "C" + names)
        raise ValueError(f"expected {what} ({written}) before the {o.type} layer, received {in_order(shape, o.order)}")
    return shape[0], shape[1:]


def tokens(shape: Shape, o: LayerOptions) -> tuple[int, int]:
    """Length and features of a sequence, which is written (L, features) in either order."""
    written = in_order(shape, o.order)
    if len(written) != 2:
        raise ValueError(f"expected a sequence (L, features) before the {o.type} layer, received {written}")
    return written[0], written[1]


def sequence(length: int, features: int, o: LayerOptions) -> Shape:
    """The shape of a sequence that is written (L, features)."""
    return channels_first((length, features), o.order)


def _after(order: str, row: LayerRow, before: list[Shape]) -> Shape:
    """The shape after a row, channels first."""
    o = LayerOptions(row.layer, order)
    if row.joins and o.kind.inside is not None and o.kind.inside.join is not None:
        return o.kind.inside.join(before, o)
    return o.kind.shape(before[0], o)


def shapes_of(input_shape: InputShape, layers: object, order: str) -> tuple[list[LayerRow], Shape, list[Shape]]:
    """The rows, the shape before them and the shapes after each, channels first."""
    rows, start = rows_of(layers), channels_first(input_shape, order)
    return rows, start, chained(rows, start, partial(_after, order))


@operation(topic="layers", stepped=True)
def output_shape(input_shape: InputShape, layer: Layer, order: str = "CHW") -> Shape:
    """The shape after one layer.

    input_shape (C, H, W), (H, W, C) where order is "HWC", (features) or a number of features; the result is written in
    the same order. One-dimensional layers take (C, L) or (L, C), three-dimensional ones (C, D, H, W) or (D, H, W, C),
    layers of transformers (L, features) in either order.

    Raises ValueError for an unknown type or option and for a shape that the layer cannot take; a linear layer wants a
    flatten before it. Source: the shape formulas of torch.nn.

    >>> output_shape((1, 28, 28), {"type": "conv2d", "out_channels": 32, "kernel_size": 3, "stride": 2, "padding": 1})
    (32, 14, 14)
    """
    o = LayerOptions(layer, order)
    if o.plain:
        return in_order(o.kind.shape(channels_first(input_shape, order), o), order)
    _, start, shapes = shapes_of(input_shape, [layer], order)
    return in_order(shapes[-1] if shapes else start, order)


@operation(topic="layers", stepped=True)
def output_shapes(input_shape: InputShape, layers: Sequence[Layer], order: str = "CHW") -> list[Shape]:
    """The shapes after each layer in a stack.

    input_shape as in `output_shape`; one row per layer.

    Raises ValueError as `output_shape` does.

    >>> output_shapes((28, 28, 1), [{"type": "max_pool2d", "kernel_size": 3}, {"type": "flatten"}], order="HWC")
    [(9, 9, 1), (81,)]
    """
    return [in_order(shape, order) for shape in shapes_of(input_shape, layers, order)[2]]


def joined_shape(shapes: Sequence[InputShape], layer: Layer, order: str = "CHW") -> Shape:
    """The shape after branches whose outputs are put together: one entry of `output_shapes`.

    shapes are those after each branch; layer is a `concat` or `add`.

    Raises ValueError for shapes that do not fit together.

    >>> joined_shape([(64, 28, 28), (32, 28, 28)], {"type": "concat", "branches": [[], []]})
    (96, 28, 28)
    """
    before = [channels_first(shape, order) for shape in shapes]
    return in_order(_after(order, LayerRow(layer, "", (), joins=True), before), order)
