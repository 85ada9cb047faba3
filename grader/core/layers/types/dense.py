"""The fully connected layer, and the flattening before it."""

from __future__ import annotations

import math

from grader.core.layers.layer_type import REQUIRED, LayerOptions, ReceptiveField, Shape, nothing, outputs, register
from grader.core.layers.shapes import channels_first, in_order
from grader.core.support.inputs import axis_size, whole


def _flattened(shape: Shape, o: LayerOptions) -> Shape:
    """PyTorch counts the batch as dimension 0, which stays."""
    last = len(shape)
    start, end = whole(o["start_dim"], "start_dim", -last), whole(o["end_dim"], "end_dim", -last)
    first, final = (dim + last + 1 if dim < 0 else dim for dim in (start, end))
    if not 1 <= first <= final <= last:
        raise ValueError(f"expected dimensions to flatten from 1 to {last}, received {start} to {end}")
    return (*shape[: first - 1], axis_size(math.prod(shape[first - 1 : final]), "the product"), *shape[final:])


def _features(shape: Shape, o: LayerOptions) -> tuple[tuple[int, ...], int]:
    """The length of a sequence, if it is one, and the features of each of its entries."""
    written = in_order(shape, o.order)
    if len(written) > 2:
        raise ValueError(f"expected features (n) before the linear layer, received {written}: put a flatten before it")
    return written[:-1], written[-1]


def _dense(shape: Shape, o: LayerOptions) -> Shape:
    length, features = _features(shape, o)
    o.agree("in_features", features)
    return channels_first((*length, o.count("out_features")), o.order)


def _weights(shape: Shape, o: LayerOptions) -> int:
    return _features(shape, o)[1] * o.count("out_features")


def _biases(_shape: Shape, o: LayerOptions) -> int:
    return o.count("out_features") if o.on("bias") else 0


def _macs(before: Shape, _after: Shape, o: LayerOptions) -> int:
    return math.prod(before) * o.count("out_features")


register(
    name="flatten",
    summary="Writes all entries in one row.",
    family="flatten",
    options={"start_dim": 1, "end_dim": -1},
    shape=_flattened,
    weights=nothing,
    biases=nothing,
    macs=nothing,
    activations=outputs,
    window=None,
    field=ReceptiveField.KEPT,
    inside=None,
)
register(
    name="linear",
    summary="Multiplies the features, or those of each entry of a sequence, with a matrix of weights.",
    family="dense",
    options={"in_features": None, "out_features": REQUIRED, "bias": True},
    shape=_dense,
    weights=_weights,
    biases=_biases,
    macs=_macs,
    activations=outputs,
    window=None,
    field=ReceptiveField.WHOLE,
    inside=None,
)
