"""One view of calls about layers, whether they take numbers, a layer or a row of a list: sizes, weights, products."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.shapes import channels_first, in_order, output_shape
from grader.core.support.inputs import pair
from grader.core.support.windows import axis_margin
from grader.formula.substitution import ChangedCall, NotApplicableError, Occurrence
from grader.formula.tree import Call
from grader.misconceptions.support.formulas import Subexpression, shape_before
from grader.structs import Struct

KERNEL_LAYERS = ("convolution", "transposed convolution")
"""The families of layers whose kernels are weights."""
_LONGEST = 1000


class Axis(Struct):
    """One axis of a window, with the arguments of the size formula."""

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    extra: int = 0

    @property
    def room(self) -> int:
        """The number of cells by which the window can move."""
        return self.size + self.before + self.after - self.dilation * (self.kernel - 1) - 1

    @property
    def grown(self) -> int:
        """The size after a transposed convolution."""
        covered = self.dilation * (self.kernel - 1) + 1
        return (self.size - 1) * self.stride - self.before - self.after + covered + self.extra


class LayerWindow(Struct):
    """A layer's window, or that of a size formula, whose `family` is "size" or "transposed convolution"."""

    family: str
    axes: tuple[Axis, ...]
    padding: Any
    ceil: bool
    stride_given: bool

    @property
    def transposed(self) -> bool:
        """Whether it is the window of a transposed convolution."""
        return self.family == "transposed convolution"

    @property
    def pool(self) -> bool:
        """Whether it is the window of a pooling layer."""
        return self.family == "pooling"


def layer_of(occurrence: Occurrence) -> Mapping[str, Any]:
    """The layer that a call takes; NotApplicableError if it takes none, or one that is repeated or contains others."""
    layer = occurrence.bound().get("layer")
    if not isinstance(layer, Mapping) or "repeat" in layer or LayerOptions(layer).kind.inside is not None:
        raise NotApplicableError
    return layer


def order_of(occurrence: Occurrence) -> str:
    """The axis order of the shapes in a call."""
    order = occurrence.bound().get("order", occurrence.evaluation.graph.library.shape_order)
    return str(order)


def input_shape(occurrence: Occurrence) -> tuple[int, ...]:
    """The shape before the layer, channels first."""
    return channels_first(occurrence.bound()["input_shape"], order_of(occurrence))


def window(occurrence: Occurrence) -> LayerWindow:
    """The window of a size formula or of a layer; NotApplicableError for a layer without one."""
    b = occurrence.bound()
    if occurrence.operation == "conv_output_size":
        n, k, s, d = b["size"], b["kernel_size"], b["stride"], b["dilation"]
        before, after = axis_margin(b["padding"], n, k, s, d)
        return LayerWindow("size", (Axis(n, k, s, before, after, d),), b["padding"], b["ceil_mode"], True)
    if occurrence.operation == "conv_transpose_output_size":
        n, k, s, d = b["size"], b["kernel_size"], b["stride"], b["dilation"]
        before, after = axis_margin(b["padding"], n, k, s, d)
        axis = Axis(n, k, s, before, after, d, b["output_padding"])
        return LayerWindow("transposed convolution", (axis,), b["padding"], False, True)
    return _layer_window(LayerOptions(layer_of(occurrence)), input_shape(occurrence))


def _layer_window(o: LayerOptions, shape: tuple[int, ...]) -> LayerWindow:
    found, size = o.window(), shape[1:]
    if found is None or len(size) != len(found.kernel):
        raise NotApplicableError
    extra = found.output_padding or (0,) * len(size)
    sides = zip(size, found.kernel, found.stride, found.margins(size), found.dilation, extra, strict=True)
    axes = tuple(Axis(n, k, s, before, after, d, more) for n, k, s, (before, after), d, more in sides)
    return LayerWindow(o.kind.family, axes, found.padding, found.ceil_mode, o.get("stride", None) is not None)


def changed_with(occurrence: Occurrence, **options: Any) -> ChangedCall:
    """The same call with other options of the formula or of the layer."""
    if "layer" in occurrence.bound():
        return occurrence.changed(layer={**layer_of(occurrence), **options})
    return occurrence.changed(**options)


def resized(occurrence: Occurrence, size: Callable[[Axis], Any]) -> Any:
    """The right result with other sizes, which `size` computes for each axis."""
    seen = window(occurrence)
    sizes = tuple(size(axis) for axis in seen.axes)
    if seen.family == "size" or "layer" not in occurrence.bound():
        return sizes[0]
    order = order_of(occurrence)
    channels = channels_first(occurrence.right(), order)[0]
    return in_order((channels, *sizes), order)


def as_made(occurrence: Occurrence, order: str, written: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Any:
    """A layer's input shape as the layers before it made it, if these wrote it in another form.

    Args:
        occurrence: a call to `output_shape`.
        order: the axis order of its shapes.
        written: the wrong form of a shape; the shape itself where it has none.
    """
    chain = [occurrence]
    while len(chain) < _LONGEST and (before := shape_before(chain[-1])) is not None:
        chain.append(before)
    shape: Any = chain[-1].bound()["input_shape"]
    for call, reader in zip(chain[:0:-1], chain[-2::-1], strict=True):
        made, read = output_shape(shape, layer_of(call), order), reader.bound()["input_shape"]
        shape = made if isinstance(read, list | tuple) and tuple(read) == written(made) else read
    return shape


class Weights(Struct):
    """The weights of a convolution: its input and output channels and the sides of its kernel."""

    inputs: int
    outputs: int
    kernel: tuple[int, ...]
    groups: int
    bias: bool

    @property
    def cells(self) -> int:
        """The number of cells in the kernel."""
        return math.prod(self.kernel)

    @property
    def filter(self) -> int:
        """The number of weights in one filter."""
        return self.inputs // self.groups * self.cells


def weights(occurrence: Occurrence) -> Weights:
    """The weights that a count of parameters is about; NotApplicableError if its layer is not a convolution."""
    b = occurrence.bound()
    if occurrence.operation == "conv2d_parameter_count":
        kernel = pair(b["kernel_size"], "kernel_size", 1)
        return Weights(b["in_channels"], b["out_channels"], kernel, b["groups"], b["bias"])
    o = LayerOptions(layer_of(occurrence))
    found = o.window()
    if o.kind.family not in KERNEL_LAYERS or found is None:
        raise NotApplicableError
    bias = bool(o["bias"]) and occurrence.operation != "weight_count"
    return Weights(input_shape(occurrence)[0], o.count("out_channels"), found.kernel, o.count("groups"), bias)


def two_sides(sides: tuple[int, ...]) -> tuple[int, int]:
    """The sides of a kernel with two axes and as many cells, which leads to the same counts."""
    return math.prod(sides[:-1]), sides[-1]


def count_with(occurrence: Occurrence, seen: Weights, **changed: Any) -> ChangedCall:
    """A call that counts the parameters with other channels, another kernel, other groups or bias."""
    kernel = tuple(changed.pop("kernel", seen.kernel))
    arguments = {
        "in_channels": seen.inputs,
        "out_channels": seen.outputs,
        "kernel_size": two_sides(kernel),
        "groups": seen.groups,
        "bias": seen.bias,
    }
    return occurrence.changed("conv2d_parameter_count", **{**arguments, **changed})


def dense(occurrence: Occurrence) -> tuple[int, int, bool]:
    """A dense layer's number of inputs, number of units and whether it has a bias; NotApplicableError for others."""
    b = occurrence.bound()
    if occurrence.operation == "linear_parameter_count":
        return b["in_features"], b["out_features"], b["bias"]
    o = LayerOptions(layer_of(occurrence)) if "layer" in b else None
    if o is None or o.kind.family != "dense":
        raise NotApplicableError
    shape = input_shape(occurrence)
    if len(shape) != 1:
        raise NotApplicableError
    return shape[0], o.count("out_features"), bool(o["bias"])


class Products(Struct):
    """A convolution's output (channels first), and the channels and kernel that each output entry multiplies."""

    output: tuple[int, ...]
    inputs: int
    kernel: tuple[int, ...]
    groups: int


def products(occurrence: Occurrence) -> Products:
    """The multiplications of a call or row; NotApplicableError if its layer is not a convolution."""
    b = occurrence.bound()
    if occurrence.operation == "conv2d_macs":
        kernel = pair(b["kernel_size"], "kernel_size", 1)
        return Products(channels_first(b["output_shape"], b["order"]), b["in_channels"], kernel, b["groups"])
    o = LayerOptions(layer_of(occurrence))
    found = o.window()
    if o.kind.family != "convolution" or found is None:
        raise NotApplicableError
    shape = input_shape(occurrence)
    output = output_shape(shape, layer_of(occurrence))
    return Products(output, shape[0], found.kernel, o.count("groups"))


def macs_with(occurrence: Occurrence, seen: Products, **changed: Any) -> ChangedCall:
    """A call that counts the multiplications with another output, other channels or another kernel."""
    output = tuple(changed.pop("output", seen.output))
    kernel = tuple(changed.pop("kernel", seen.kernel))
    arguments = {
        "output_shape": (output[0], *two_sides(output[1:])),
        "in_channels": seen.inputs,
        "kernel_size": two_sides(kernel),
        "groups": seen.groups,
        "order": "CHW",
    }
    return occurrence.changed("conv2d_macs", **{**arguments, **changed})


def is_reduction(first: Products, second: Products) -> bool:
    """Whether the first may be a 1x1 convolution to fewer channels that is followed by the second."""
    narrows = math.prod(first.kernel) == 1 and first.inputs > first.output[0]
    same_size = first.output[1:] == second.output[1:] or math.prod(first.output[1:]) >= math.prod(second.output[1:])
    return narrows and same_size and math.prod(second.kernel) > 1 and first.output[0] == second.inputs


def macs_calls(occurrence: Occurrence) -> list[Subexpression]:
    """The calls to conv2d_macs in the other formulas of the question that do not depend on this occurrence."""
    evaluation, own = occurrence.evaluation, occurrence.site.node
    graph = evaluation.graph
    found: list[Subexpression] = []
    for name, node in graph.nodes.items():
        if name in graph.descendants[own] or name in graph.symbolic:
            continue
        calls = [e for e in node.expression.walk() if isinstance(e, Call) and e.function == "conv2d_macs"]
        if calls and name != own:
            evaluation.value(name)
        found.extend(Subexpression(name, call) for call in calls)
    return found
