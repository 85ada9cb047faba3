"""Squeeze-and-excitation blocks and patch embeddings: mistakes in counting their parameters and their sequence."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.layer_calls import changed_with, input_shape, layer_of

_COUNTS = ("parameter_count", "weight_count")


def _of_type(occurrence: Occurrence, name: str) -> LayerOptions:
    o = LayerOptions(layer_of(occurrence))
    needs(o.type == name)
    return o


def _gate(occurrence: Occurrence) -> tuple[int, int, int]:
    """The channels, those of the squeezed layer, and 1 if biases are counted, else 0."""
    o, channels = _of_type(occurrence, "squeeze_excite"), input_shape(occurrence)[0]
    squeezed = max(o.count_or("squeeze_channels", channels // o.count("reduction")), 1)
    return channels, squeezed, int(o.on("bias") and occurrence.operation == "parameter_count")


@misconception(
    id="se-no-bias",
    operations="parameter_count",
    equals="the biases of the two dense layers are left out",
    repair="Add a bias for each unit of both dense layers.",
)
def _no_bias(occurrence: Occurrence) -> Any:
    needs(_gate(occurrence)[2])
    return changed_with(occurrence, bias=False)


@misconception(
    id="se-one-layer",
    operations=_COUNTS,
    equals="only one of the two dense layers is counted",
    repair="Count both dense layers: the one that squeezes the channels and the one that restores them.",
)
def _one_layer(occurrence: Occurrence) -> Any:
    channels, squeezed, bias = _gate(occurrence)
    return channels * squeezed + bias * squeezed


@misconception(
    id="se-no-reduction",
    operations=_COUNTS,
    equals="both dense layers have as many units as there are channels",
    repair="Divide the units of the first dense layer by the reduction.",
)
def _no_reduction(occurrence: Occurrence) -> Any:
    channels, squeezed, bias = _gate(occurrence)
    needs(squeezed != channels)
    return 2 * channels * (channels + bias)


@misconception(
    id="class-token-left-out",
    operations=("output_shape", *_COUNTS),
    equals="the class token is left out",
    repair="Count the class token: the sequence has one entry more than there are patches.",
)
def _no_token(occurrence: Occurrence) -> Any:
    needs(_of_type(occurrence, "patch_embedding").on("class_token"))
    return changed_with(occurrence, class_token=False)


@misconception(
    id="positions-left-out",
    operations=_COUNTS,
    equals="the learned positions are left out",
    repair="Add a learned vector for each entry of the sequence.",
)
def _no_positions(occurrence: Occurrence) -> Any:
    needs(_of_type(occurrence, "patch_embedding").on("position_embedding"))
    return changed_with(occurrence, position_embedding=False)


@misconception(
    id="patch-one-channel",
    operations=_COUNTS,
    equals="the cells of a patch are counted for one channel only",
    repair="Count the cells of a patch for every channel of the image.",
)
def _one_channel(occurrence: Occurrence) -> Any:
    o, channels = _of_type(occurrence, "patch_embedding"), input_shape(occurrence)[0]
    window = o.window()
    needs(channels > 1 and window is not None)
    assert window is not None
    return occurrence.right() - (channels - 1) * math.prod(window.kernel) * o.count("embed_dim")
