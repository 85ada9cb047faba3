"""Converting shapes between the written order and the layers' order: channels first, without the batch."""

from __future__ import annotations

from collections.abc import Sequence

from grader.core.layers.layer_type import Layer, Options, Shape
from grader.core.operations.sizes import ORDERS
from grader.core.support.inputs import axis_size, entries, is_sequence, one_of, shown

_INPUTS = {1: ("a signal", "L"), 2: ("an image", "HW"), 3: ("a volume", "DHW")}


def stack_of(layers: object) -> list[Layer]:
    """The layers of a stack, checked to be a list."""
    if not is_sequence(layers):
        raise ValueError(f"expected a list of layers, received {shown(layers)}")
    return entries(layers)  # type: ignore[return-value] # each one is checked where it is read


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


def spatial(shape: Shape, axes: int, o: Options) -> tuple[int, tuple[int, ...]]:
    """The channels and the size on each axis of a shape that must have `axes` axes besides the channels."""
    if len(shape) != axes + 1:
        what, names = _INPUTS[axes]
        written = ", ".join(names + "C" if o.order == "HWC" else "C" + names)
        raise ValueError(f"expected {what} ({written}) before the {o.type} layer, received {in_order(shape, o.order)}")
    return shape[0], shape[1:]


def tokens(shape: Shape, o: Options) -> tuple[int, int]:
    """Length and features of a sequence, which is written (L, features) in either order."""
    written = in_order(shape, o.order)
    if len(written) != 2:
        raise ValueError(f"expected a sequence (L, features) before the {o.type} layer, received {written}")
    return written[0], written[1]


def sequence(length: int, features: int, o: Options) -> Shape:
    """The shape of a sequence that is written (L, features)."""
    return channels_first((length, features), o.order)
