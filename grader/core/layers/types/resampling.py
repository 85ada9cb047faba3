"""Layers that move cells: padding, resizing, and trading cells for channels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

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
from grader.core.layers.shapes import in_order, spatial
from grader.core.support.inputs import entries, is_sequence, one_of, real, shown, whole
from grader.core.support.windows import check_filled

_MODES = ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact")
_PAD_MODES = ("constant", "reflect", "replicate", "circular")
_UNFOLD: dict[str, object] = {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}


def _resampling(
    name: str,
    options: Mapping[str, object],
    shape: Callable[[Shape, LayerOptions], Shape],
    field: ReceptiveField,
    summary: str,
    window: Callable[[LayerOptions], Window] | None = None,
) -> None:
    register(
        name=name,
        summary=summary,
        family="resampling",
        options=options,
        shape=shape,
        weights=nothing,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=window,
        field=field,
        inside=None,
    )


def _padded(shape: Shape, o: LayerOptions) -> Shape:
    """Numbers are pairs, (before, after), last axis first; negative ones crop."""
    mode = one_of(o["mode"], "mode", _PAD_MODES)
    given = o["padding"]
    sides = entries(given) if is_sequence(given) else [given] * 2 * (len(shape) - 1)
    numbers = [whole(side, "padding", -(10**9)) for side in sides]
    if len(numbers) % 2 or len(numbers) > 2 * len(shape):
        raise ValueError(f"expected padding in pairs (before, after), the last axis first, received {shown(given)}")
    after = list(shape)
    for pair in range(len(numbers) // 2):
        margin = numbers[2 * pair], numbers[2 * pair + 1]
        check_filled(mode, shape[-1 - pair], margin)
        after[-1 - pair] += sum(margin)
    if min(after) < 1:
        raise ValueError(f"expected padding that leaves a cell of {in_order(shape, o.order)}, received {shown(given)}")
    return tuple(after)


def _interpolated(shape: Shape, o: LayerOptions) -> Shape:
    one_of(o["mode"], "mode", _MODES)
    if len(shape) < 2:
        raise ValueError(f"expected channels and a size before the {o.type} layer, received {shape}")
    size, factor = o["size"], o["scale_factor"]
    if (size is None) == (factor is None):
        raise ValueError(
            f"expected either size or scale_factor in the {o.type} layer, received {shown(size)} and {shown(factor)}"
        )
    if size is not None:
        return (shape[0], *o.sides("size", len(shape) - 1))
    factors = entries(factor) if is_sequence(factor) else [factor] * (len(shape) - 1)
    if len(factors) != len(shape) - 1:
        raise ValueError(f"expected one scale_factor, or one per axis, received {len(factors)}")
    sides = [
        whole(math.floor(n * real(f, "scale_factor")), "the size after the scale_factor", 1)
        for n, f in zip(shape[1:], factors, strict=True)
    ]
    return (shape[0], *sides)


def _shuffled(shape: Shape, o: LayerOptions) -> Shape:
    channels, (height, width) = spatial(shape, 2, o)
    r = o.count("upscale_factor")
    if channels % (r * r):
        raise ValueError(f"expected channels that upscale_factor {r} squared divides, received {channels}")
    return channels // (r * r), height * r, width * r


def _unshuffled(shape: Shape, o: LayerOptions) -> Shape:
    channels, (height, width) = spatial(shape, 2, o)
    r = o.count("downscale_factor")
    if height % r or width % r:
        raise ValueError(f"expected a size that downscale_factor {r} divides, received {height} and {width}")
    return channels * r * r, height // r, width // r


def _exchanged(shape: Shape, o: LayerOptions) -> Shape:
    groups = o.count("groups")
    if shape[0] % groups:
        raise ValueError(f"expected groups to divide the {shape[0]} channels, received {groups}")
    return shape


def _patches(o: LayerOptions) -> Window:
    kernel, stride, dilation = (o.sides(option, 2) for option in ("kernel_size", "stride", "dilation"))
    return Window(kernel, stride, dilation, o["padding"])  # type: ignore[arg-type] # checked where it is used


def _unfolded(shape: Shape, o: LayerOptions) -> Shape:
    channels, size = spatial(shape, 2, o)
    window = _patches(o)
    return channels * math.prod(window.kernel), math.prod(window.output_size(size))


def _folded(shape: Shape, o: LayerOptions) -> Shape:
    columns, places = spatial(shape, 1, o)
    window, size = _patches(o), o.sides("output_size", 2)
    cells, windows = math.prod(window.kernel), math.prod(window.output_size(size))
    if columns % cells or places[0] != windows:
        raise ValueError(
            f"expected {windows} columns whose length {cells} divides, for a size of {size}, "
            f"received {places[0]} columns of length {columns}"
        )
    return (columns // cells, *size)


_INTERPOLATE: dict[str, object] = {"size": None, "scale_factor": None, "mode": "nearest", "align_corners": None}
_resampling(
    "pad",
    {"padding": REQUIRED, "mode": "constant", "value": None},
    _padded,
    ReceptiveField.KEPT,
    "Puts margins around its input: one number for all sides, or pairs (before, after) with the last axis first.",
)
_resampling("interpolate", _INTERPOLATE, _interpolated, ReceptiveField.VARIES, "Gives each channel another size.")
_resampling(
    "upsample", _INTERPOLATE, _interpolated, ReceptiveField.VARIES, "Gives each channel another size, as interpolate."
)
_resampling(
    "pixel_shuffle",
    {"upscale_factor": REQUIRED},
    _shuffled,
    ReceptiveField.VARIES,
    "Spreads channels over a larger image.",
)
_resampling(
    "pixel_unshuffle",
    {"downscale_factor": REQUIRED},
    _unshuffled,
    ReceptiveField.VARIES,
    "Gathers the cells of a smaller image as channels.",
)
_resampling(
    "channel_shuffle", {"groups": REQUIRED}, _exchanged, ReceptiveField.KEPT, "Mixes the channels of all groups."
)
_resampling(
    "unfold",
    _UNFOLD,
    _unfolded,
    ReceptiveField.WINDOW,
    "Writes the cells of each window as a column: (C kh kw, L).",
    _patches,
)
_resampling(
    "fold",
    {"output_size": REQUIRED, **_UNFOLD},
    _folded,
    ReceptiveField.VARIES,
    "Adds the columns of windows up to an image, as unfold takes them apart.",
    _patches,
)
