"""Architecture: output shapes, parameter counts and multiplications of layers that are data.

Shapes have no batch; they are (C, H, W), or (H, W, C) where order is "HWC", or (features).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from grader.core.layers.options import Layer, Options, Shape, channels_first, image_shape, in_order, stack_of
from grader.core.layers.receptive import layer_jump as layer_jump  # the steps with which a scan runs
from grader.core.layers.receptive import next_receptive_field as next_receptive_field
from grader.core.operations.sizes import (
    axis_margin,
    conv2d_parameter_count,
    conv_output_size,
    conv_transpose_output_size,
    linear_parameter_count,
    window_count,
)
from grader.core.support.options import Pair, entries, is_sequence, one_of, pair, switch, whole
from grader.core.support.padding import PADDING_MODES, margins

_WINDOWED = ("conv2d", "max_pool2d", "avg_pool2d")
_NORMS = ("batch_norm", "batch_norm1d", "batch_norm2d", "instance_norm", "instance_norm2d")


def _windowed(size: Pair, o: Options) -> Pair:
    """Height and width after a convolution or a pooling."""
    kernel = pair(o["kernel_size"], "kernel_size", 1)
    stride = kernel if o["stride"] is None else pair(o["stride"], "stride", 1)
    dilation = pair(o["dilation"], "dilation", 1) if "dilation" in o else (1, 1)
    ceil = "ceil_mode" in o and switch(o["ceil_mode"], "ceil_mode")
    sides = margins(o["padding"], size, kernel, stride, dilation)  # type: ignore[arg-type]
    axes = zip(size, kernel, stride, sides, dilation, strict=True)
    height, width = (window_count(n, k, s, margin, d, ceil) for n, k, s, margin, d in axes)
    return height, width


def _convolution_channels(channels: int, o: Options) -> int:
    """The output channels, checked against input channels and groups."""
    o.agree("in_channels", channels)
    out = whole(o["out_channels"], "out_channels", 1)
    conv2d_parameter_count(channels, out, 1, o["groups"], switch(o["bias"], "bias"))  # type: ignore[arg-type]
    one_of(o["padding_mode"], "padding_mode", PADDING_MODES)
    return out


def _transposed(size: Pair, o: Options) -> Pair:
    kernel, stride = pair(o["kernel_size"], "kernel_size", 1), pair(o["stride"], "stride", 1)
    dilation, extra = pair(o["dilation"], "dilation", 1), pair(o["output_padding"], "output_padding")
    if isinstance(o["padding"], str):
        raise ValueError(f"expected padding of conv_transpose2d to be a number or a pair, received {o['padding']!r}")
    sides = margins(o["padding"], size, kernel, stride, dilation)  # type: ignore[arg-type]
    axes = zip(size, kernel, stride, sides, extra, dilation, strict=True)
    height, width = (conv_transpose_output_size(*axis) for axis in axes)
    return height, width


def _conv1d(shape: Shape, o: Options, order: str) -> Shape:
    if len(shape) != 2:
        written = "(C, L)" if order == "CHW" else "(L, C)"
        raise ValueError(f"expected a signal {written} before the conv1d layer, received {in_order(shape, order)}")
    kernel, stride, dilation = (_one(o[name], name) for name in ("kernel_size", "stride", "dilation"))
    margin = axis_margin(o["padding"], shape[1], kernel, stride, dilation)  # type: ignore[arg-type]
    return _convolution_channels(shape[0], o), conv_output_size(shape[1], kernel, stride, margin, dilation)


def _one(value: object, name: str) -> int:
    """A number, or a list of one as PyTorch takes it."""
    numbers = entries(value) if is_sequence(value) else [value]
    if len(numbers) != 1:
        raise ValueError(f"expected {name} to be a whole number, received {len(numbers)} entries")
    return whole(numbers[0], name, 1)


def _adaptive(size: Pair, o: Options) -> Pair:
    wanted = o["output_size"]
    sides = entries(wanted) if is_sequence(wanted) else [wanted, wanted]
    if len(sides) != 2:
        raise ValueError(f"expected output_size to be a whole number or a pair of them, received {len(sides)} entries")
    height, width = (n if side is None else whole(side, "output_size", 1) for n, side in zip(size, sides, strict=True))
    return height, width


def _flatten(shape: Shape, o: Options) -> Shape:
    """PyTorch counts the batch as dimension 0, which stays."""
    last = len(shape)
    start, end = whole(o["start_dim"], "start_dim", -last), whole(o["end_dim"], "end_dim", -last)
    first, final = (dim + last + 1 if dim < 0 else dim for dim in (start, end))
    if not 1 <= first <= final <= last:
        raise ValueError(f"expected dimensions to flatten from 1 to {last}, received {start} to {end}")
    return (*shape[: first - 1], math.prod(shape[first - 1 : final]), *shape[final:])


def _linear(shape: Shape, o: Options, order: str) -> Shape:
    if len(shape) != 1:
        raise ValueError(
            f"expected features (n) before the linear layer, received {in_order(shape, order)}: put a flatten before it"
        )
    o.agree("in_features", shape[0])
    return (whole(o["out_features"], "out_features", 1),)


def _normalized(shape: Shape, o: Options, order: str) -> Shape:
    """The axes that a layer_norm normalises: all of them unless it says; as in PyTorch, channels are not the last."""
    stated = o["normalized_shape"]
    if stated is None:
        return shape
    sides = entries(stated) if is_sequence(stated) else [stated]
    last = tuple(whole(side, "normalized_shape", 1) for side in sides)
    if len(last) == len(shape):
        last = channels_first(last, order)
    if not last or shape[-len(last) :] != last:
        written = in_order(shape, order)
        raise ValueError(f"expected normalized_shape to be the last sizes of {written}, received {stated}")
    return last


def _check_unchanged(shape: Shape, o: Options, order: str) -> Shape:
    """Layers that keep the shape still say what they expect of it."""
    if o.type in _NORMS:
        o.agree("num_features", shape[0])
    elif o.type == "group_norm":
        o.agree("num_channels", shape[0])
        groups = whole(o["num_groups"], "num_groups", 1)
        if shape[0] % groups:
            raise ValueError(f"expected num_groups to divide the {shape[0]} channels, received {groups}")
    elif o.type == "layer_norm":
        _normalized(shape, o, order)
    return shape


def _next_shape(shape: Shape, o: Options, order: str) -> Shape:
    """The shape after the layer, channels first."""
    if o.type == "conv1d":
        return _conv1d(shape, o, order)
    if o.type == "flatten":
        return _flatten(shape, o)
    if o.type == "linear":
        return _linear(shape, o, order)
    if o.type in (*_WINDOWED, "conv_transpose2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"):
        channels, *size = image_shape(shape, o, order)
        resize = _windowed if o.type in _WINDOWED else _transposed if o.type == "conv_transpose2d" else _adaptive
        out = _convolution_channels(channels, o) if o.type.startswith("conv") else channels
        return (out, *resize((size[0], size[1]), o))
    if o.type in ("global_avg_pool", "global_max_pool"):
        return image_shape(shape, o, order)[:1]
    return _check_unchanged(shape, o, order)


def output_shape(input_shape: int | Sequence[int], layer: Layer, order: str = "CHW") -> Shape:
    """The shape after one layer.

    input_shape (C, H, W), (H, W, C) where order is "HWC", (features) or a number of features; the result is written in
    the same order. A `conv1d` takes (C, L), or (L, C).

    Raises ValueError for an unknown type or option and for a shape that the layer cannot take; a linear layer wants a
    flatten before it. Source: the shape formulas of torch.nn.

    >>> output_shape((1, 28, 28), {"type": "conv2d", "out_channels": 32, "kernel_size": 3, "stride": 2, "padding": 1})
    (32, 14, 14)
    """
    return in_order(_next_shape(channels_first(input_shape, order), Options(layer), order), order)


def output_shapes(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str = "CHW") -> list[Shape]:
    """The shapes after each layer of a stack.

    input_shape as in `output_shape`; one entry per layer.

    Raises ValueError as `output_shape` does.

    >>> output_shapes((28, 28, 1), [{"type": "max_pool2d", "kernel_size": 3}, {"type": "flatten"}], order="HWC")
    [(9, 9, 1), (81,)]
    """
    return _stack(input_shape, layers, order)[1:]


def _stack(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str) -> list[Shape]:
    shapes = [in_order(channels_first(input_shape, order), order)]
    for layer in stack_of(layers):
        shapes.append(output_shape(shapes[-1], layer, order))
    return shapes


def parameter_count(input_shape: int | Sequence[int], layer: Layer, order: str = "CHW") -> int:
    """The number of trainable parameters of one layer that receives input_shape.

    input_shape as in `output_shape`. Convolution: (C/groups kh kw + 1) O; linear: (inputs + 1) outputs; a normalisation
    with affine parameters: two per channel or entry; everything without parameters: 0.

    Raises ValueError as `output_shape` does.

    >>> parameter_count((3, 128, 128), {"type": "conv2d", "out_channels": 64, "kernel_size": 5, "stride": 2})
    4864
    """
    shape, o = channels_first(input_shape, order), Options(layer)
    _next_shape(shape, o, order)
    if o.type in ("conv2d", "conv_transpose2d", "conv1d"):
        kernel = pair(o["kernel_size"], "kernel_size", 1) if o.type != "conv1d" else (1, _one(o["kernel_size"], "k"))
        inputs, outputs, groups = shape[0], whole(o["out_channels"], "out_channels"), whole(o["groups"], "groups")
        return conv2d_parameter_count(inputs, outputs, kernel, groups, switch(o["bias"], "bias"))
    if o.type == "linear":
        outputs = whole(o["out_features"], "out_features")
        return linear_parameter_count(shape[0], outputs, switch(o["bias"], "bias"))
    if o.type in (*_NORMS, "group_norm"):
        return 2 * shape[0] if switch(o["affine"], "affine") else 0
    if o.type == "layer_norm":
        per_entry = 1 + int(switch(o["bias"], "bias")) if switch(o["elementwise_affine"], "elementwise_affine") else 0
        return per_entry * math.prod(_normalized(shape, o, order))
    return whole(o["num_parameters"], "num_parameters", 1) if o.type == "prelu" else 0


def parameter_counts(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The numbers of trainable parameters of each layer of a stack.

    input_shape as in `output_shape`; one entry per layer.

    Raises ValueError as `output_shape` does.

    >>> parameter_counts(1568, [{"type": "linear", "out_features": 32}, {"type": "relu"}])
    [50208, 0]
    """
    shapes = _stack(input_shape, layers, order)
    return [parameter_count(shape, layer, order) for shape, layer in zip(shapes[:-1], layers, strict=True)]


def macs(input_shape: int | Sequence[int], layers: Sequence[Layer], order: str = "CHW") -> list[int]:
    """The multiply-accumulates of each layer of a stack; biases, pools and activations count nothing.

    input_shape as in `output_shape`; one entry per layer. Convolution: output cells times C/groups kh kw; transposed
    convolution: input cells times O/groups kh kw; linear: inputs times outputs.

    Raises ValueError as `output_shape` does.

    >>> macs((192, 28, 28), [{"type": "conv2d", "out_channels": 32, "kernel_size": 5, "padding": 2}])
    [120422400]
    """
    shapes = _stack(input_shape, layers, order)
    return [_macs(*ends, layer, order) for ends, layer in zip(pairwise(shapes), layers, strict=True)]


def _macs(before: Shape, after: Shape, layer: Layer, order: str) -> int:
    o = Options(layer)
    if o.type == "linear":
        return math.prod(before) * math.prod(after)
    if o.type not in ("conv2d", "conv1d", "conv_transpose2d"):
        return 0
    kernel = (_one(o["kernel_size"], "kernel_size"),) if o.type == "conv1d" else pair(o["kernel_size"], "kernel_size")
    inside, outside = (after, before) if o.type != "conv_transpose2d" else (before, after)
    channels = channels_first(outside, order)[0] // whole(o["groups"], "groups")
    return math.prod(inside) * channels * math.prod(kernel)
