"""Plain formulas: output sizes, parameter counts and multiplications, all exact, and deviations of initial weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.core.registry import operation
from grader.core.support.inputs import Size, axis_size, entries, is_sequence, one_of, pair, real, shown, switch, whole
from grader.core.support.windows import axis_margin, effective, window_count

ORDERS = ("CHW", "HWC")


@operation(topic="sizes", stepped=True)
def conv_output_size(
    size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """The output size of a convolution or a pooling on one axis: floor((n + 2p - d(k-1) - 1) / s) + 1.

    padding is a number, (before, after), "valid" or "same". With ceil_mode the quotient is rounded up, but a window
    that would start after the image and the padding before it is left out.

    Raises ValueError for options out of range and for a kernel larger than the padded size. Source: the shape formula
    of torch.nn.Conv2d and torch.nn.MaxPool2d.

    >>> conv_output_size(28, 3, stride=2, padding=1)
    14
    """
    n, k = axis_size(size, "size"), whole(kernel_size, "kernel_size", 1)
    s, d = whole(stride, "stride", 1), whole(dilation, "dilation", 1)
    return window_count(n, k, s, axis_margin(padding, n, k, s, d), d, switch(ceil_mode, "ceil_mode"))


@operation(topic="sizes", stepped=True)
def conv_transpose_output_size(
    size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """The output size of a transposed convolution on one axis: (n-1)s - 2p + d(k-1) + output_padding + 1.

    padding is a number or (before, after).

    Raises ValueError for options out of range, an output_padding that is not below the stride or the dilation, and an
    output without a cell. Source: the shape formula of torch.nn.ConvTranspose2d.

    >>> conv_transpose_output_size(7, 3, stride=2, padding=1, output_padding=1)
    14
    """
    n, k = axis_size(size, "size"), whole(kernel_size, "kernel_size", 1)
    s, d = whole(stride, "stride", 1), whole(dilation, "dilation", 1)
    extra = whole(output_padding, "output_padding")
    if isinstance(padding, str):
        raise ValueError(f"expected padding to be a number or (before, after), received {shown(padding)}")
    if extra >= max(s, d):
        raise ValueError(f"expected output_padding below stride {s} or dilation {d}, received {extra}")
    out = (n - 1) * s - sum(axis_margin(padding, n, k, s, d)) + effective(k, d) + extra
    if out < 1:
        raise ValueError(f"expected an output of at least one cell, received padding that leaves {out}")
    return out


def _kernels(channels: int, kernel_size: Size, groups: int) -> int:
    """Weights of one filter: channels per group times the cells of the kernel."""
    count = whole(groups, "groups", 1)
    if channels % count:
        raise ValueError(f"expected groups to divide the {channels} input channels, received groups={count}")
    kh, kw = pair(kernel_size, "kernel_size", 1)
    return channels // count * kh * kw


@operation(topic="sizes", stepped=True)
def conv2d_parameter_count(
    in_channels: int, out_channels: int, kernel_size: Size, groups: int = 1, bias: bool = True
) -> int:
    """The number of parameters of a convolution: (C/groups kh kw + 1) O, the 1 for the bias.

    kernel_size is a number or (kh, kw).

    Raises ValueError for options out of range and groups that do not divide the channels. Source: torch.nn.Conv2d.

    >>> conv2d_parameter_count(64, 128, 3)
    73856
    """
    inputs, outputs = whole(in_channels, "in_channels", 1), whole(out_channels, "out_channels", 1)
    weights = _kernels(inputs, kernel_size, groups)
    if outputs % groups:
        raise ValueError(f"expected groups to divide the {outputs} output channels, received groups={groups}")
    return (weights + int(switch(bias, "bias"))) * outputs


@operation(topic="sizes", stepped=True)
def linear_parameter_count(in_features: int, out_features: int, bias: bool = True) -> int:
    """The number of parameters of a fully connected layer: (inputs + 1) outputs, the 1 for the bias.

    Raises ValueError for options out of range. Source: torch.nn.Linear.

    >>> linear_parameter_count(1568, 32)
    50208
    """
    inputs, outputs = axis_size(in_features, "in_features"), whole(out_features, "out_features", 1)
    return (inputs + int(switch(bias, "bias"))) * outputs


@operation(topic="sizes", stepped=True)
def conv2d_macs(
    output_shape: Sequence[int], in_channels: int, kernel_size: Size, groups: int = 1, order: str = "CHW"
) -> int:
    """The multiplications (with their additions) of a convolution: H' W' O times C/groups kh kw; no bias.

    output_shape is (O, H', W'), or (H', W', O) where order is "HWC"; kernel_size is a number or (kh, kw). One
    multiply-accumulate is two floating-point operations.

    Raises ValueError for options out of range and groups that do not divide the channels. Source: Howard et al.,
    "MobileNets" (2017), section 3.1.

    >>> conv2d_macs((32, 28, 28), 192, 5)
    120422400
    """
    sides = entries(output_shape) if is_sequence(output_shape) else [output_shape]
    if len(sides) != 3:
        raise ValueError(f"expected output_shape to have three entries, received {len(sides)}")
    numbers = [axis_size(side, "output_shape") for side in sides]
    channels = numbers[0] if one_of(order, "order", ORDERS) == "CHW" else numbers[2]
    inputs = whole(in_channels, "in_channels", 1)
    weights = _kernels(inputs, kernel_size, groups)
    if channels % groups:
        raise ValueError(f"expected groups to divide the {channels} output channels, received groups={groups}")
    return math.prod(numbers) * weights


@operation(topic="sizes", stepped=True)
def densenet_channels(in_channels: int, growth_rate: int, layers: int) -> int:
    """The channels after a dense block: every layer adds growth_rate to what it received.

    Raises ValueError for options out of range. Source: Huang et al., "Densely Connected Convolutional Networks" (2017).

    >>> densenet_channels(32, 24, 3)
    104
    """
    return whole(in_channels, "in_channels", 1) + whole(growth_rate, "growth_rate", 1) * whole(layers, "layers")


def _fan(value: float, name: str) -> float:
    fan = real(value, name)
    if fan <= 0:
        raise ValueError(f"expected {name} to be above 0, received {fan:g}")
    return fan


@operation(topic="sizes")
def he_std(fan_in: float) -> float:
    """The standard deviation of He's initialisation for ReLU: sqrt(2 / fan_in).

    Raises ValueError for a fan that is not above 0. Source: He et al., "Delving Deep into Rectifiers" (2015).

    >>> round(he_std(3 * 8 * 8), 5)
    0.10206
    """
    return math.sqrt(2 / _fan(fan_in, "fan_in"))


@operation(topic="sizes")
def xavier_std(fan_in: float, fan_out: float) -> float:
    """The standard deviation of Xavier's (Glorot's) initialisation: sqrt(2 / (fan_in + fan_out)).

    Raises ValueError for a fan that is not above 0. Source: Glorot and Bengio, "Understanding the difficulty of
    training deep feedforward neural networks" (2010).

    >>> xavier_std(20, 30)
    0.2
    """
    return math.sqrt(2 / (_fan(fan_in, "fan_in") + _fan(fan_out, "fan_out")))
