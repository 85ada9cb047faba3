"""Sizes and shapes by a shortcut: sizes kept, sizes divided by the stride, shapes without their channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.shapes import output_shape
from grader.core.support.inputs import is_sequence
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.families import SIZES, TRANSPOSED_SIZES
from grader.misconceptions.support.layer_calls import (
    Axis,
    LayerWindow,
    as_made,
    changed_with,
    layer_of,
    order_of,
    resized,
    window,
)


def _forward(occurrence: Occurrence) -> LayerWindow:
    seen = window(occurrence)
    needs(not seen.transposed)
    return seen


def _whole(exact: float) -> float:
    return int(exact) if exact == int(exact) else exact


@misconception(
    id="shape-valid-as-same",
    operations=SIZES,
    equals="a convolution without padding keeps the size as if it were padded",
    repair="Without padding the kernel stays inside the input: k - 1 cells of each side are lost.",
)
def _padding_taken_for_granted(occurrence: Occurrence) -> Any:
    """Any stride for a layer; only stride 1 for the size formula, which may be that of a pooling."""
    seen = _forward(occurrence)
    needs(not seen.pool and not seen.ceil and seen.padding != "same")
    needs(not any(axis.before or axis.after for axis in seen.axes) and any(axis.kernel > 1 for axis in seen.axes))
    needs(seen.family != "size" or seen.axes[0].stride == 1)
    return changed_with(occurrence, padding="same")


@misconception(
    id="shape-plus1-inside",
    operations=SIZES,
    equals="the 1 of the size formula is divided by the stride, too, and the quotient is not rounded",
    repair="Divide and round first, then add 1.",
)
def _one_divided(occurrence: Occurrence) -> Any:
    """Not if the quotient is an integer, where the size is right, or the input's size over the stride."""
    axes = _forward(occurrence).axes
    needs(any(axis.room + 1 != axis.size for axis in axes))
    needs(any(axis.stride > 1 and (axis.room + 1) % axis.stride for axis in axes))
    return resized(occurrence, lambda axis: _whole((axis.room + 1) / axis.stride))


@misconception(
    id="shape-size-over-stride",
    operations=SIZES,
    equals="the size is divided by the stride, whatever the window",
    repair="Use window and padding, too: floor((n + 2p - k)/s) + 1.",
)
def _over_stride(occurrence: Occurrence) -> Any:
    """Not if this is the size before rounding, as for an unpadded window as wide as its stride."""
    axes = _forward(occurrence).axes
    needs(any(axis.stride > 1 for axis in axes))
    needs(any(axis.room + axis.stride != axis.size for axis in axes))
    return resized(occurrence, lambda axis: _whole(axis.size / axis.stride))


@misconception(
    id="shape-padded-input",
    operations=SIZES,
    equals="the size of the padded input is written as that of the output",
    repair="Slide the window over the padded input: the output has one cell per position of the window.",
)
def _padded_input(occurrence: Occurrence) -> Any:
    axes = _forward(occurrence).axes
    needs(any(axis.before or axis.after for axis in axes))
    return resized(occurrence, lambda axis: axis.size + axis.before + axis.after)


@misconception(
    id="shape-no-channels",
    operations="output_shape",
    equals="the shape is written without its channels",
    repair="Write the number of channels beside the height and the width.",
)
def _no_channels(occurrence: Occurrence) -> Any:
    return _shortened(occurrence, _channels_dropped)


def _shortened(occurrence: Occurrence, dropped: Callable[[tuple[int, ...], str], tuple[int, ...]]) -> Any:
    """The shape after a layer with a window, with one axis dropped; so may be the shapes after the layers before it."""
    order, layer = order_of(occurrence), layer_of(occurrence)
    needs(LayerOptions(layer).window() is not None)
    shape = output_shape(as_made(occurrence, order, lambda made: dropped(made, order)), layer, order)
    shorter = dropped(shape, order)
    needs(len(shorter) < len(shape))
    return shorter


def _channels_dropped(shape: tuple[int, ...], order: str) -> tuple[int, ...]:
    if len(shape) < 2:
        return shape
    return shape[:-1] if order == "HWC" else shape[1:]


def _depth_left_out(shape: tuple[int, ...], order: str) -> tuple[int, ...]:
    if len(shape) < 4:
        return shape
    return shape[1:] if order == "HWC" else (shape[0], *shape[2:])


@misconception(
    id="shape-depth-kept",
    operations="output_shape",
    equals="a 3-d layer keeps the depth of the volume, or its number of frames",
    repair="Use the size formula along all three axes.",
)
def _depth_kept(occurrence: Occurrence) -> Any:
    needs(len(window(occurrence).axes) == 3)
    order, given = order_of(occurrence), occurrence.bound()["input_shape"]
    shape = list(occurrence.right())
    depth = 0 if order == "HWC" else 1
    needs(shape[depth] != given[depth])
    shape[depth] = given[depth]
    return tuple(shape)


@misconception(
    id="shape-depth-dropped",
    operations="output_shape",
    equals="a 3-d layer gives no depth, as a 2-d layer over all slices or frames would",
    repair="Slide the kernel along the depth, too: the output has three axes beside its channels.",
)
def _depth_dropped(occurrence: Occurrence) -> Any:
    return _shortened(occurrence, _depth_left_out)


@misconception(
    id="shape-margins-ignored",
    operations="output_shape",
    equals="the margins that a padding layer adds are left out",
    repair="Add the margins to the height and the width before the next layer.",
)
def _margins_ignored(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(layer_of(occurrence)["type"] == "pad" and tuple(given["input_shape"]) != tuple(occurrence.right()))
    return tuple(given["input_shape"])


@misconception(
    id="tconv-size-kept",
    operations=TRANSPOSED_SIZES,
    equals="the transposed convolution of stride 1 keeps the size",
    repair="Use kernel and padding: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
)
def _transposed_kept(occurrence: Occurrence) -> Any:
    seen = window(occurrence)
    needs(seen.transposed and all(axis.stride == 1 for axis in seen.axes))
    return resized(occurrence, _unchanged)


def _unchanged(axis: Axis) -> int:
    return axis.size


@misconception(
    id="same-padding-total",
    operations="same_padding",
    options={"each": lambda margins, _kernel: sum(margins)},
    equals="the padding of both sides together is written for each side",
    repair="Halve the padding: one half goes before the input, the other after it.",
)
@misconception(
    id="same-padding-kernel",
    operations="same_padding",
    options={"each": lambda _margins, kernel: kernel},
    equals="the padding is as large as the kernel",
    repair="Pad (k-1)/2 cells on each side: the kernel's own cell needs no padding.",
)
@misconception(
    id="same-padding-half-kernel",
    operations="same_padding",
    options={"each": lambda _margins, kernel: _whole(kernel / 2)},
    equals="the padding is half the kernel, its own cell not subtracted",
    repair="Subtract 1 from the size of the kernel before you halve it.",
)
def _margins_with(occurrence: Occurrence, each: Callable[[Sequence[int], int], float]) -> Any:
    """Padding "same" with the same number on both sides of an axis, from the right one and the kernel's size."""
    right, kernel = occurrence.right(), occurrence.bound()["kernel_size"]
    if not is_sequence(right[0]):
        return (each(right, kernel),) * 2
    kernels = kernel if is_sequence(kernel) else [kernel] * len(right)
    return tuple((each(margins, side),) * 2 for margins, side in zip(right, kernels, strict=True))
