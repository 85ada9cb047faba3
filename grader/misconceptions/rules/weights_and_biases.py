"""Weights and biases asked for separately: mistakes in counting one of them."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.layer_calls import KERNEL_LAYERS, input_shape, layer_of, order_of

_WITH_BIAS = (*KERNEL_LAYERS, "dense")


def _counted(occurrence: Occurrence, *families: str) -> LayerOptions:
    o = LayerOptions(layer_of(occurrence))
    needs(o.kind.family in families and o["bias"])
    return o


@misconception(
    id="weights-with-biases",
    operations="weight_count",
    equals="the biases are counted among the weights",
    repair="Leave the biases out where only the weights are asked.",
)
def _with_biases(occurrence: Occurrence) -> Any:
    _counted(occurrence, *_WITH_BIAS)
    return occurrence.changed("parameter_count", **occurrence.bound())


@misconception(
    id="bias-one",
    operations="bias_count",
    equals="the whole layer has one bias",
    repair="Count one bias for each filter, or for each unit.",
)
def _one_bias(occurrence: Occurrence) -> Any:
    _counted(occurrence, *_WITH_BIAS)
    return 1


@misconception(
    id="bias-per-input",
    operations="bias_count",
    equals="there is a bias for each input channel of each filter",
    repair="Count one bias per filter, whatever it covers.",
)
def _per_input(occurrence: Occurrence) -> Any:
    o = _counted(occurrence, *KERNEL_LAYERS)
    channels = input_shape(occurrence)[0] // o.count("groups")
    needs(channels > 1)
    return occurrence.right() * channels


@misconception(
    id="bias-per-cell",
    operations="bias_count",
    equals="every cell of the output has a bias of its own",
    repair="Count one bias per filter: it is the same at all positions.",
)
def _per_cell(occurrence: Occurrence) -> Any:
    _counted(occurrence, *KERNEL_LAYERS)
    given = occurrence.bound()
    shape = occurrence.value_of(
        occurrence.changed(
            "output_shape", input_shape=given["input_shape"], layer=given["layer"], order=order_of(occurrence)
        )
    )
    return math.prod(shape)
