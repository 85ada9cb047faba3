"""Normalisations: batch, instance, layer and group."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from grader.core.layers.layer_type import (
    REQUIRED,
    LayerOptions,
    ReceptiveField,
    Shape,
    nothing,
    outputs,
    register,
    unchanged,
)
from grader.core.layers.shapes import channels_first, in_order
from grader.core.support.inputs import entries, is_sequence, shown, whole

_BATCH: dict[str, object] = {
    "num_features": None,
    "eps": 1e-5,
    "momentum": 0.1,
    "affine": True,
    "track_running_stats": True,
}
_INSTANCE = {**_BATCH, "affine": False, "track_running_stats": False}
_LAYER: dict[str, object] = {"normalized_shape": None, "eps": 1e-5, "elementwise_affine": True, "bias": True}
_RMS: dict[str, object] = {"normalized_shape": None, "eps": None, "elementwise_affine": True}
_LOCAL: dict[str, object] = {"size": REQUIRED, "alpha": 1e-4, "beta": 0.75, "k": 1.0}
_GROUP: dict[str, object] = {"num_groups": REQUIRED, "num_channels": None, "eps": 1e-5, "affine": True}

Count = Callable[[Shape, LayerOptions], int]


def _same_features(shape: Shape, o: LayerOptions) -> Shape:
    o.agree("num_features", shape[0])
    return shape


def _grouped(shape: Shape, o: LayerOptions) -> Shape:
    o.agree("num_channels", shape[0])
    groups = o.count("num_groups")
    if shape[0] % groups:
        raise ValueError(f"expected num_groups to divide the {shape[0]} channels, received {groups}")
    return shape


def _affine(shape: Shape, o: LayerOptions) -> int:
    """A scale, and as many shifts, per channel."""
    return shape[0] if o.on("affine") else 0


def _normalized(shape: Shape, o: LayerOptions) -> Shape:
    """The axes that a layer_norm normalises: all of them unless it says; as in PyTorch, channels are not the last."""
    stated = o["normalized_shape"]
    if stated is None:
        return shape
    sides = entries(stated) if is_sequence(stated) else [stated]
    last = tuple(whole(side, "normalized_shape", 1) for side in sides)
    if len(shape) == 2 and last == in_order(shape, o.order)[1:]:  # the features of a sequence, written last
        return last
    if len(last) == len(shape):
        last = channels_first(last, o.order)
    if not last or shape[-len(last) :] != last:
        written = in_order(shape, o.order)
        raise ValueError(f"expected normalized_shape to be the last sizes of {written}, received {shown(stated)}")
    return last


def _layer_normalized(shape: Shape, o: LayerOptions) -> Shape:
    _normalized(shape, o)
    return shape


def _scales(shape: Shape, o: LayerOptions) -> int:
    return math.prod(_normalized(shape, o)) if o.on("elementwise_affine") else 0


def _shifts(shape: Shape, o: LayerOptions) -> int:
    return _scales(shape, o) if o.on("bias") else 0


def _normalization(
    name: str,
    family: str,
    options: Mapping[str, object],
    shape: Callable[[Shape, LayerOptions], Shape],
    weights: Count,
    biases: Count,
    summary: str,
) -> None:
    register(
        name=name,
        summary=summary,
        family=family,
        options=options,
        shape=shape,
        weights=weights,
        biases=biases,
        macs=nothing,
        activations=outputs,
        window=None,
        field=ReceptiveField.KEPT,
        inside=None,
    )


_OVER_BATCH = "Gives each channel mean 0 and variance 1 over the batch, then scales and shifts it."
_OVER_IMAGE = "Gives each channel of each image mean 0 and variance 1."
for _name in ("batch_norm", "batch_norm1d", "batch_norm2d", "batch_norm3d"):
    _normalization(_name, "batch norm", _BATCH, _same_features, _affine, _affine, _OVER_BATCH)
for _name in ("instance_norm", "instance_norm1d", "instance_norm2d", "instance_norm3d"):
    _normalization(_name, "instance norm", _INSTANCE, _same_features, _affine, _affine, _OVER_IMAGE)
_normalization(
    "layer_norm",
    "layer norm",
    _LAYER,
    _layer_normalized,
    _scales,
    _shifts,
    "Gives the entries of each sample mean 0 and variance 1, then scales and shifts each of them.",
)
_normalization(
    "group_norm",
    "group norm",
    _GROUP,
    _grouped,
    _affine,
    _affine,
    "Gives each group of channels mean 0 and variance 1, then scales and shifts each channel.",
)
_normalization(
    "rms_norm",
    "rms norm",
    _RMS,
    _layer_normalized,
    _scales,
    nothing,
    "Divides the entries of each sample by their root mean square, then scales each of them.",
)
_normalization(
    "local_response_norm",
    "local response norm",
    _LOCAL,
    unchanged,
    nothing,
    nothing,
    "Divides each cell by a power of the squares of its neighbours in other channels.",
)
