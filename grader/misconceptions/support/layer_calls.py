"""Calls about layers seen alike, whether as a plain formula, one layer or a row of a list: sizes, weights, products."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.core.layers.options import Options, channels_first, in_order
from grader.core.operations.sizes import axis_margin
from grader.core.support.options import Pair, entries, is_sequence, pair, whole
from grader.core.support.padding import margins
from grader.formula.substitution import Again, NotApplicableError, Occurrence

SIZE_OPERATIONS = ("conv_output_size", "output_shape")
TRANSPOSED_SIZES = ("conv_transpose_output_size", "output_shape")
ALL_SIZES = ("conv_output_size", "conv_transpose_output_size", "output_shape")
_CONVOLUTIONS = ("conv2d", "conv1d", "conv_transpose2d")
POOLS = ("max_pool2d", "avg_pool2d")


@dataclass(frozen=True)
class Axis:
    """One axis of a window: what the size formula takes."""

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    extra: int = 0

    @property
    def room(self) -> int:
        """How far the window can move."""
        return self.size + self.before + self.after - self.dilation * (self.kernel - 1) - 1

    @property
    def grown(self) -> int:
        """The size after a transposed convolution."""
        covered = self.dilation * (self.kernel - 1) + 1
        return (self.size - 1) * self.stride - self.before - self.after + covered + self.extra


@dataclass(frozen=True)
class Window:
    """A layer's window, or the plain formula's (`kind` is "size" then)."""

    kind: str
    axes: tuple[Axis, ...]
    padding: Any
    ceil: bool
    stride_given: bool

    @property
    def transposed(self) -> bool:
        """Whether the size grows."""
        return self.kind == "conv_transpose2d"

    @property
    def pool(self) -> bool:
        """Whether it is a pooling."""
        return self.kind in POOLS


def layer_of(occurrence: Occurrence) -> Mapping[str, Any]:
    """The layer of a call on one."""
    layer = occurrence.bound().get("layer")
    if not isinstance(layer, Mapping):
        raise NotApplicableError
    return layer


def order_of(occurrence: Occurrence) -> str:
    """How shapes are written at the call."""
    order = occurrence.bound().get("order", occurrence.evaluation.graph.library.shape_order)
    return str(order)


def input_shape(occurrence: Occurrence) -> tuple[int, ...]:
    """The shape before the layer, channels first."""
    return channels_first(occurrence.bound()["input_shape"], order_of(occurrence))


def window(occurrence: Occurrence) -> Window:
    """The window of a size formula or of a layer; NotApplicableError for layers without one."""
    b = occurrence.bound()
    if occurrence.operation == "conv_output_size":
        n, k, s, d = b["size"], b["kernel_size"], b["stride"], b["dilation"]
        before, after = axis_margin(b["padding"], n, k, s, d)
        return Window("size", (Axis(n, k, s, before, after, d),), b["padding"], b["ceil_mode"], True)
    if occurrence.operation == "conv_transpose_output_size":
        n, k, s, d = b["size"], b["kernel_size"], b["stride"], b["dilation"]
        before, after = axis_margin(b["padding"], n, k, s, d)
        axis = Axis(n, k, s, before, after, d, b["output_padding"])
        return Window("conv_transpose2d", (axis,), b["padding"], False, True)
    return _layer_window(Options(layer_of(occurrence)), input_shape(occurrence))


def _layer_window(o: Options, shape: tuple[int, ...]) -> Window:
    if o.type == "conv1d" and len(shape) == 2:
        k, s, d = (_first(o[name]) for name in ("kernel_size", "stride", "dilation"))
        before, after = axis_margin(o["padding"], shape[1], k, s, d)  # type: ignore[arg-type]
        return Window(o.type, (Axis(shape[1], k, s, before, after, d),), o["padding"], False, True)
    if o.type not in ("conv2d", "conv_transpose2d", *POOLS) or len(shape) != 3:
        raise NotApplicableError
    kernel = pair(o["kernel_size"], "kernel_size", 1)
    stride = kernel if o["stride"] is None else pair(o["stride"], "stride", 1)
    dilation = pair(o["dilation"], "dilation", 1) if "dilation" in o else (1, 1)
    extra = pair(o["output_padding"], "output_padding") if "output_padding" in o else (0, 0)
    size: Pair = (shape[1], shape[2])
    sides = margins(o["padding"], size, kernel, stride, dilation)  # type: ignore[arg-type]
    axes = tuple(Axis(size[i], kernel[i], stride[i], *sides[i], dilation[i], extra[i]) for i in (0, 1))
    ceil = bool(o["ceil_mode"]) if "ceil_mode" in o else False
    return Window(o.type, axes, o["padding"], ceil, o["stride"] is not None)


def _first(value: object) -> int:
    return whole(entries(value)[0] if is_sequence(value) else value, "option", 0)


def again_with(occurrence: Occurrence, **options: Any) -> Again:
    """The same call with other options of the formula or of the layer."""
    if "layer" in occurrence.bound():
        return occurrence.again(layer={**layer_of(occurrence), **options})
    return occurrence.again(**options)


def resized(occurrence: Occurrence, size: Callable[[Axis], Any]) -> Any:
    """The right result but for the sizes, which a formula gives for each axis."""
    seen = window(occurrence)
    sizes = tuple(size(axis) for axis in seen.axes)
    if seen.kind == "size" or "layer" not in occurrence.bound():
        return sizes[0]
    order = order_of(occurrence)
    channels = channels_first(occurrence.right(), order)[0]
    return in_order((channels, *sizes), order)


@dataclass(frozen=True)
class Weights:
    """A convolution's weights: channels in and out, the sides of the kernel."""

    inputs: int
    outputs: int
    kernel: tuple[int, ...]
    groups: int
    bias: bool

    @property
    def cells(self) -> int:
        """Cells of the kernel."""
        return math.prod(self.kernel)

    @property
    def filter(self) -> int:
        """Weights of one filter."""
        return self.inputs // self.groups * self.cells


def weights(occurrence: Occurrence) -> Weights:
    """What a parameter count of a convolution counts; NotApplicableError for other layers."""
    b = occurrence.bound()
    if occurrence.operation == "conv2d_parameter_count":
        kernel = pair(b["kernel_size"], "kernel_size", 1)
        return Weights(b["in_channels"], b["out_channels"], kernel, b["groups"], b["bias"])
    o = Options(layer_of(occurrence))
    if o.type not in _CONVOLUTIONS:
        raise NotApplicableError
    outputs, groups = whole(o["out_channels"], "out_channels", 1), whole(o["groups"], "groups", 1)
    return Weights(input_shape(occurrence)[0], outputs, _kernel(o), groups, bool(o["bias"]))


def _kernel(o: Options) -> tuple[int, ...]:
    if o.type == "conv1d":
        return (_first(o["kernel_size"]),)
    return pair(o["kernel_size"], "kernel_size", 1)


def count_again(occurrence: Occurrence, seen: Weights, **changed: Any) -> Again:
    """The count of a convolution with other channels, kernel, groups or bias."""
    kernel = tuple(changed.pop("kernel", seen.kernel))
    arguments = {
        "in_channels": seen.inputs,
        "out_channels": seen.outputs,
        "kernel_size": (1, *kernel) if len(kernel) == 1 else kernel,
        "groups": seen.groups,
        "bias": seen.bias,
    }
    return occurrence.again("conv2d_parameter_count", **{**arguments, **changed})


@dataclass(frozen=True)
class Products:
    """What a convolution multiplies: the output (channels first), the channels and the kernel under each entry."""

    output: tuple[int, ...]
    inputs: int
    kernel: tuple[int, ...]
    groups: int


def products(occurrence: Occurrence) -> Products:
    """The multiplications of a convolution; NotApplicableError for other layers."""
    b = occurrence.bound()
    if occurrence.operation == "conv2d_macs":
        kernel = pair(b["kernel_size"], "kernel_size", 1)
        return Products(channels_first(b["output_shape"], b["order"]), b["in_channels"], kernel, b["groups"])
    o = Options(layer_of(occurrence))
    if o.type not in ("conv2d", "conv1d"):
        raise NotApplicableError
    from grader.core.layers.stack import output_shape

    shape = input_shape(occurrence)
    output = output_shape(shape, layer_of(occurrence))
    return Products(output, shape[0], _kernel(o), whole(o["groups"], "groups", 1))


def macs_again(occurrence: Occurrence, seen: Products, **changed: Any) -> Again:
    """The multiplications of a convolution with another output, other channels or another kernel."""
    output = tuple(changed.pop("output", seen.output))
    kernel = tuple(changed.pop("kernel", seen.kernel))
    arguments = {
        "output_shape": (*output[:1], 1, *output[1:]) if len(output) == 2 else output,
        "in_channels": seen.inputs,
        "kernel_size": (1, *kernel) if len(kernel) == 1 else kernel,
        "groups": seen.groups,
        "order": "CHW",
    }
    return occurrence.again("conv2d_macs", **{**arguments, **changed})
