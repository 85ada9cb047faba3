"""Trainable parameters of convolutions, of normalisations, and of layers that have none."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import Options
from grader.core.layers.shapes import channels_first
from grader.core.layers.stack import output_shape
from grader.formula.substitution import NotApplicableError, Occurrence, Several
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.rules.dense_parameters import dense
from grader.misconceptions.support.layer_calls import count_again, input_shape, layer_of, order_of, weights

_CONVOLUTION = ("conv2d_parameter_count", "parameter_count")
_NORMS = ("batch norm", "instance norm", "group norm")


def _no_bias(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if not seen.bias:
        raise NotApplicableError
    return count_again(occurrence, seen, bias=False)


def _no_inputs(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.inputs == seen.groups:
        raise NotApplicableError
    return count_again(occurrence, seen, in_channels=1, groups=1)


def _bias_per_input(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if not seen.bias or seen.inputs == seen.groups:
        raise NotApplicableError
    return seen.outputs * (seen.filter + seen.inputs // seen.groups)


def _one_bias(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if not seen.bias or seen.outputs == 1:
        raise NotApplicableError
    return seen.outputs * seen.filter + 1


def _no_outputs(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.outputs == 1:
        raise NotApplicableError
    return count_again(occurrence, seen, out_channels=1, in_channels=seen.inputs // seen.groups, groups=1)


def _side_only(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if len(seen.kernel) != 2 or 1 in seen.kernel:
        raise NotApplicableError
    height, width = seen.kernel
    tall = count_again(occurrence, seen, kernel=(height, 1))
    return tall if height == width else Several((tall, count_again(occurrence, seen, kernel=(1, width))))


def _no_sharing(occurrence: Occurrence) -> Any:
    if "layer" not in occurrence.bound():
        raise NotApplicableError
    weights(occurrence)
    order = order_of(occurrence)
    after = output_shape(occurrence.bound()["input_shape"], layer_of(occurrence), order)
    positions = math.prod(channels_first(after, order)[1:])
    if positions == 1:
        raise NotApplicableError
    return occurrence.right() * positions


def _pool(occurrence: Occurrence) -> Any:
    o = Options(layer_of(occurrence))
    window = o.window()
    if o.kind.family != "pooling" or window is None or len(window.kernel) != 2:
        raise NotApplicableError
    channels = input_shape(occurrence)[0]
    return occurrence.again(
        "conv2d_parameter_count",
        in_channels=channels,
        out_channels=channels,
        kernel_size=window.kernel,
    )


def _groups_ignored(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.groups == 1:
        raise NotApplicableError
    return count_again(occurrence, seen, groups=1)


def _absent_bias(occurrence: Occurrence) -> Any:
    try:
        inputs, outputs, bias = dense(occurrence)
    except NotApplicableError:
        seen = weights(occurrence)
        if seen.bias:
            raise
        return count_again(occurrence, seen, bias=True)
    if bias:
        raise NotApplicableError
    return occurrence.again("linear_parameter_count", in_features=inputs, out_features=outputs, bias=True)


def _norm(occurrence: Occurrence, *families: str) -> int:
    """The channels of a normalisation with parameters."""
    o = Options(layer_of(occurrence))
    if o.kind.family not in families or not o["affine"]:
        raise NotApplicableError
    return input_shape(occurrence)[0]


def _norm_running(occurrence: Occurrence) -> Any:
    channels = _norm(occurrence, "batch norm")
    if not Options(layer_of(occurrence))["track_running_stats"]:
        raise NotApplicableError
    return 4 * channels


def _norm_scale_only(occurrence: Occurrence) -> Any:
    return _norm(occurrence, *_NORMS)


def _norm_none(occurrence: Occurrence) -> Any:
    _norm(occurrence, *_NORMS)
    return 0


RULES: tuple[Misconception, ...] = (
    misconception(
        "param-no-bias",
        _CONVOLUTION,
        _no_bias,
        "the biases of the convolution are left out",
        "Add one bias per filter.",
    ),
    misconception(
        "param-no-cin",
        _CONVOLUTION,
        _no_inputs,
        "a filter has weights for one input channel only",
        "Count the cells of the kernel once for every input channel.",
    ),
    misconception(
        "param-bias-per-cin",
        _CONVOLUTION,
        _bias_per_input,
        "every filter has one bias per input channel",
        "Count one bias per filter, not one per channel of the filter.",
    ),
    misconception(
        "param-one-bias",
        _CONVOLUTION,
        _one_bias,
        "the whole convolution has one bias",
        "Count one bias for each filter.",
    ),
    misconception(
        "param-no-cout",
        _CONVOLUTION,
        _no_outputs,
        "one filter is counted in place of all",
        "Multiply by the number of filters.",
    ),
    misconception(
        "param-k-not-squared",
        _CONVOLUTION,
        _side_only,
        "the kernel has as many cells as one of its sides",
        "Count all cells of the kernel: its rows times its columns.",
    ),
    misconception(
        "param-no-sharing",
        "parameter_count",
        _no_sharing,
        "every output position has weights of its own",
        "Leave the positions out: the same filter is used at all of them.",
    ),
    misconception(
        "param-pool",
        "parameter_count",
        _pool,
        "the pooling layer is counted like a convolution",
        "Count nothing for pooling: it has no weights.",
    ),
    misconception(
        "param-groups-ignored",
        _CONVOLUTION,
        _groups_ignored,
        "every filter covers all input channels although there are groups",
        "Divide the input channels by the number of groups: a filter sees its own group only.",
    ),
    misconception(
        "param-absent-bias",
        (*_CONVOLUTION, "linear_parameter_count"),
        _absent_bias,
        "biases are counted in a layer that has none",
        "Leave the bias out where the layer is declared without one, as before a batch normalisation.",
    ),
    misconception(
        "norm-running-counted",
        "parameter_count",
        _norm_running,
        "the running mean and variance are counted as trainable",
        "Count the scale and the shift of each channel only: the running statistics are not trained.",
    ),
    misconception(
        "norm-scale-only",
        "parameter_count",
        _norm_scale_only,
        "a normalisation has one parameter per channel",
        "Count a scale and a shift for each channel.",
    ),
    misconception(
        "norm-no-parameters",
        "parameter_count",
        _norm_none,
        "a normalisation has no parameters",
        "Count a scale and a shift for each channel.",
    ),
)
