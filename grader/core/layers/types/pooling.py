"""Pooling layers: with windows, unpooling, adaptive, and over the whole image."""

from __future__ import annotations

from collections.abc import Mapping

from grader.core.layers.layer_type import (
    REQUIRED,
    LayerOptions,
    ReceptiveField,
    Shape,
    Window,
    nothing,
    outputs,
    register,
)
from grader.core.layers.shapes import spatial
from grader.core.support.inputs import entries, is_sequence, shown, whole

_BARE: dict[str, object] = {"kernel_size": REQUIRED, "stride": None, "ceil_mode": False}
_POOL = {**_BARE, "padding": 0}
_MAX = {**_POOL, "dilation": 1, "return_indices": False}
_AVERAGE = {**_POOL, "count_include_pad": True}
_POWER = {"norm_type": REQUIRED, **_BARE}
_UNPOOL: dict[str, object] = {"kernel_size": REQUIRED, "stride": None, "padding": 0}


def _pool(name: str, axes: int, options: Mapping[str, object], summary: str) -> None:
    def window(o: LayerOptions) -> Window:
        kernel = o.sides("kernel_size", axes)
        stride = kernel if o["stride"] is None else o.sides("stride", axes)
        dilation = o.sides("dilation", axes) if "dilation" in o else (1,) * axes
        padding = o.get("padding", 0)
        return Window(kernel, stride, dilation, padding, o.on("ceil_mode"))  # type: ignore[arg-type]

    def shape(before: Shape, o: LayerOptions) -> Shape:
        channels, size = spatial(before, axes, o)
        return (channels, *window(o).output_size(size))

    register(
        name=name,
        summary=summary,
        family="pooling",
        options=options,
        shape=shape,
        weights=nothing,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=window,
        field=ReceptiveField.WINDOW,
        inside=None,
    )


def _unpool(name: str, axes: int, summary: str) -> None:
    def window(o: LayerOptions) -> Window:
        kernel = o.sides("kernel_size", axes)
        stride = kernel if o["stride"] is None else o.sides("stride", axes)
        padding = o["padding"]
        if isinstance(padding, str):
            raise ValueError(f"expected padding of {name} to be a number or one per axis, received {shown(padding)}")
        return Window(kernel, stride, (1,) * axes, padding, output_padding=(0,) * axes)  # type: ignore[arg-type]

    def shape(before: Shape, o: LayerOptions) -> Shape:
        channels, size = spatial(before, axes, o)
        return (channels, *window(o).transposed_size(size))

    register(
        name=name,
        summary=summary,
        family="unpooling",
        options=_UNPOOL,
        shape=shape,
        weights=nothing,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=window,
        field=ReceptiveField.VARIES,
        inside=None,
    )


def _adaptive(name: str, axes: int, options: Mapping[str, object], summary: str) -> None:
    def shape(before: Shape, o: LayerOptions) -> Shape:
        """A side given as None keeps the size of the input."""
        channels, size = spatial(before, axes, o)
        wanted = o["output_size"]
        sides = entries(wanted) if is_sequence(wanted) else [wanted] * axes
        if len(sides) != axes:
            forms = {1: "", 2: " or a pair of them"}.get(axes, f" or {axes} of them")
            raise ValueError(f"expected output_size to be a whole number{forms}, received {len(sides)} entries")
        pairs = zip(size, sides, strict=True)
        return (channels, *(n if side is None else whole(side, "output_size", 1) for n, side in pairs))

    register(
        name=name,
        summary=summary,
        family="adaptive pooling",
        options=options,
        shape=shape,
        weights=nothing,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=None,
        field=ReceptiveField.WHOLE,
        inside=None,
    )


def _global(name: str, summary: str) -> None:
    def shape(before: Shape, o: LayerOptions) -> Shape:
        channels, _ = spatial(before, 2, o)
        return (channels,)

    register(
        name=name,
        summary=summary,
        family="global pooling",
        options={},
        shape=shape,
        weights=nothing,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=None,
        field=ReceptiveField.WHOLE,
        inside=None,
    )


for _axes in (1, 2, 3):
    _divisor: dict[str, object] = {} if _axes == 1 else {"divisor_override": None}
    _wanted: dict[str, object] = {"output_size": REQUIRED}
    _pool(f"max_pool{_axes}d", _axes, _MAX, "Keeps the largest cell of each window.")
    _pool(f"avg_pool{_axes}d", _axes, {**_AVERAGE, **_divisor}, "Gives the mean of each window.")
    _pool(f"lp_pool{_axes}d", _axes, _POWER, "Gives the root of the sum of powers of each window.")
    _unpool(f"max_unpool{_axes}d", _axes, "Puts cells back to where max pooling found them, zeros elsewhere.")
    _adaptive(f"adaptive_avg_pool{_axes}d", _axes, _wanted, "Averages over windows chosen to give output_size.")
    _adaptive(
        f"adaptive_max_pool{_axes}d",
        _axes,
        {**_wanted, "return_indices": False},
        "Keeps the largest cells of windows chosen to give output_size.",
    )
_global("global_avg_pool", "Averages each channel to one number.")
_global("global_max_pool", "Keeps the largest cell of each channel.")
