"""Convolutions and transposed convolutions."""

from __future__ import annotations

import math

from grader.core.layers.layer_type import REQUIRED, LayerOptions, ReceptiveField, Shape, Window, outputs, register
from grader.core.layers.shapes import spatial
from grader.core.operations.sizes import conv2d_parameter_count
from grader.core.support.inputs import one_of, shown
from grader.core.support.windows import PADDING_MODES, check_padding_mode

_OPTIONS: dict[str, object] = {
    "in_channels": None,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
}


def _weights(shape: Shape, o: LayerOptions) -> int:
    """One kernel per output channel; it covers the input channels of its group."""
    axes = len(shape) - 1
    cells = math.prod(o.sides("kernel_size", axes))
    return conv2d_parameter_count(shape[0], o.count("out_channels"), (1, cells), o.count("groups"), bias=False)


def _biases(_shape: Shape, o: LayerOptions) -> int:
    return o.count("out_channels") if o.on("bias") else 0


def _check(shape: Shape, o: LayerOptions) -> None:
    """The input channels, the groups and the words of a convolution."""
    o.agree("in_channels", shape[0])
    _weights(shape, o)
    o.on("bias")
    one_of(o["padding_mode"], "padding_mode", PADDING_MODES)


def _convolution(name: str, axes: int, summary: str) -> None:
    def window(o: LayerOptions) -> Window:
        kernel, stride, dilation = (o.sides(option, axes) for option in ("kernel_size", "stride", "dilation"))
        return Window(kernel, stride, dilation, o["padding"])  # type: ignore[arg-type] # checked where it is used

    def shape(before: Shape, o: LayerOptions) -> Shape:
        _, size = spatial(before, axes, o)
        _check(before, o)
        check_padding_mode(o["padding_mode"], window(o).margins(size), size)
        return (o.count("out_channels"), *window(o).output_size(size))

    def macs(before: Shape, after: Shape, o: LayerOptions) -> int:
        """Every output cell reads the kernel's cells in the channels of its group."""
        return math.prod(after) * (before[0] // o.count("groups")) * math.prod(o.sides("kernel_size", axes))

    register(
        name=name,
        summary=summary,
        family="convolution",
        options=_OPTIONS,
        shape=shape,
        weights=_weights,
        biases=_biases,
        macs=macs,
        activations=outputs,
        window=window,
        field=ReceptiveField.WINDOW,
        inside=None,
    )


def _transposed(name: str, axes: int, summary: str) -> None:
    def window(o: LayerOptions) -> Window:
        kernel, stride, dilation = (o.sides(option, axes) for option in ("kernel_size", "stride", "dilation"))
        if isinstance(o["padding"], str):
            forms = {1: "a number", 2: "a number or a pair"}.get(axes, f"a number or {axes} of them")
            raise ValueError(f"expected padding of {name} to be {forms}, received {shown(o['padding'])}")
        extra = o.sides("output_padding", axes, 0)
        return Window(kernel, stride, dilation, o["padding"], output_padding=extra)  # type: ignore[arg-type]

    def shape(before: Shape, o: LayerOptions) -> Shape:
        _, size = spatial(before, axes, o)
        _check(before, o)
        return (o.count("out_channels"), *window(o).transposed_size(size))

    def macs(before: Shape, after: Shape, o: LayerOptions) -> int:
        """Every input cell is multiplied with the kernel's cells, once for each output channel of its group."""
        return math.prod(before) * (after[0] // o.count("groups")) * math.prod(o.sides("kernel_size", axes))

    register(
        name=name,
        summary=summary,
        family="transposed convolution",
        options={**_OPTIONS, "output_padding": 0},
        shape=shape,
        weights=_weights,
        biases=_biases,
        macs=macs,
        activations=outputs,
        window=window,
        field=ReceptiveField.VARIES,
        inside=None,
    )


for _axes, _input in ((1, "a signal"), (2, "an image"), (3, "a volume")):
    _convolution(f"conv{_axes}d", _axes, f"Cross-correlates {_input} with one kernel per output channel.")
    _transposed(
        f"conv_transpose{_axes}d",
        _axes,
        f"Stamps a kernel onto {_input} for every cell of its input: a convolution run backwards.",
    )
