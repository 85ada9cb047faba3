"""Trainable parameters: mistakes in counting those of convolutions, dense layers, normalisations and other layers."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.shapes import channels_first, output_shape
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.formulas import argument, factors, meaning, resolved, shape_before
from grader.misconceptions.support.layer_calls import count_with, dense, input_shape, layer_of, order_of, weights

_COUNTS = ("parameter_count", "weight_count")
_CONVOLUTION = ("conv2d_parameter_count", *_COUNTS)
_NORMS = ("batch norm", "instance norm", "group norm")
_DENSE = ("linear_parameter_count", "parameter_count")


@misconception(
    id="param-no-bias",
    operations=_CONVOLUTION,
    equals="the biases of the convolution are left out",
    repair="Add one bias per filter.",
)
def _no_bias(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if not seen.bias:
        raise NotApplicableError
    return count_with(occurrence, seen, bias=False)


@misconception(
    id="param-no-cin",
    operations=_CONVOLUTION,
    equals="a filter has weights for one input channel only",
    repair="Count the cells of the kernel once for every input channel.",
)
def _no_inputs(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.inputs == seen.groups:
        raise NotApplicableError
    return count_with(occurrence, seen, in_channels=1, groups=1)


@misconception(
    id="param-cells-only",
    operations=_CONVOLUTION,
    equals="a filter has as many parameters as one kernel has cells: neither input channels nor a bias are counted",
    repair="Count the cells of the kernel for every input channel, and a bias for every filter.",
)
def _cells_only(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.inputs == seen.groups or not seen.bias:
        raise NotApplicableError
    return seen.outputs * seen.cells


@misconception(
    id="param-bias-per-cin",
    operations=_CONVOLUTION,
    equals="every filter has one bias per input channel",
    repair="Count one bias per filter, not one per channel of the filter.",
)
def _bias_per_input(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if not seen.bias or seen.inputs == seen.groups:
        raise NotApplicableError
    return seen.outputs * (seen.filter + seen.inputs // seen.groups)


@misconception(
    id="param-one-bias",
    operations=_CONVOLUTION,
    equals="the whole convolution has one bias",
    repair="Count one bias for each filter.",
)
def _one_bias(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if not seen.bias or seen.outputs == 1:
        raise NotApplicableError
    return seen.outputs * seen.filter + 1


@misconception(
    id="param-no-cout",
    operations=_CONVOLUTION,
    equals="one filter is counted in place of all",
    repair="Multiply by the number of filters.",
)
def _no_outputs(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.outputs == 1:
        raise NotApplicableError
    return count_with(occurrence, seen, out_channels=1, in_channels=seen.inputs // seen.groups, groups=1)


@misconception(
    id="param-k-not-squared",
    operations=_CONVOLUTION,
    equals="the kernel has as many cells as one of its sides",
    repair="Count all cells of the kernel: its rows times its columns.",
)
def _side_only(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if len(seen.kernel) != 2 or 1 in seen.kernel:
        raise NotApplicableError
    height, width = seen.kernel
    tall = count_with(occurrence, seen, kernel=(height, 1))
    return tall if height == width else Alternatives((tall, count_with(occurrence, seen, kernel=(1, width))))


@misconception(
    id="param-depth-ignored",
    operations=_CONVOLUTION,
    equals="the kernel of a 3-d layer has as many cells as one of its slices",
    repair="Count the cells of the whole kernel: depth times height times width.",
)
def _depth_ignored(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if len(seen.kernel) != 3 or seen.kernel[0] == 1:
        raise NotApplicableError
    return count_with(occurrence, seen, kernel=seen.kernel[1:])


@misconception(
    id="param-no-sharing",
    operations=_COUNTS,
    equals="every output position has weights of its own",
    repair="Leave the positions out: the same filter is used at all of them.",
)
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


@misconception(
    id="param-pool",
    operations=_COUNTS,
    equals="the pooling layer is counted like a convolution",
    repair="Count nothing for pooling: it has no weights.",
)
def _pool(occurrence: Occurrence) -> Any:
    o = LayerOptions(layer_of(occurrence))
    window = o.window()
    if o.kind.family != "pooling" or window is None or len(window.kernel) != 2:
        raise NotApplicableError
    channels = input_shape(occurrence)[0]
    return occurrence.changed(
        "conv2d_parameter_count",
        in_channels=channels,
        out_channels=channels,
        kernel_size=window.kernel,
    )


@misconception(
    id="param-groups-ignored",
    operations=_CONVOLUTION,
    equals="every filter covers all input channels although there are groups",
    repair="Divide the input channels by the number of groups: a filter sees its own group only.",
)
def _groups_ignored(occurrence: Occurrence) -> Any:
    seen = weights(occurrence)
    if seen.groups == 1:
        raise NotApplicableError
    return count_with(occurrence, seen, groups=1)


@misconception(
    id="param-absent-bias",
    operations=("conv2d_parameter_count", "parameter_count", "linear_parameter_count"),
    equals="biases are counted in a layer that has none",
    repair="Leave the bias out where the layer is declared without one, as before a batch normalisation.",
)
def _absent_bias(occurrence: Occurrence) -> Any:
    try:
        inputs, outputs, bias = dense(occurrence)
    except NotApplicableError:
        seen = weights(occurrence)
        if seen.bias:
            raise
        return count_with(occurrence, seen, bias=True)
    if bias:
        raise NotApplicableError
    return occurrence.changed("linear_parameter_count", in_features=inputs, out_features=outputs, bias=True)


def _norm(occurrence: Occurrence, *families: str) -> int:
    """The number of channels of a normalisation layer; NotApplicableError if it has no parameters."""
    o = LayerOptions(layer_of(occurrence))
    if o.kind.family not in families or not o["affine"]:
        raise NotApplicableError
    return input_shape(occurrence)[0]


@misconception(
    id="norm-running-counted",
    operations="parameter_count",
    equals="the running mean and variance are counted as trainable",
    repair="Count the scale and the shift of each channel only: the running statistics are not trained.",
)
def _norm_running(occurrence: Occurrence) -> Any:
    channels = _norm(occurrence, "batch norm")
    if not LayerOptions(layer_of(occurrence))["track_running_stats"]:
        raise NotApplicableError
    return 4 * channels


@misconception(
    id="norm-scale-only",
    operations="parameter_count",
    equals="a normalisation has one parameter per channel",
    repair="Count a scale and a shift for each channel.",
)
def _norm_scale_only(occurrence: Occurrence) -> Any:
    return _norm(occurrence, *_NORMS)


@misconception(
    id="norm-no-parameters",
    operations="parameter_count",
    equals="a normalisation has no parameters",
    repair="Count a scale and a shift for each channel.",
)
def _norm_none(occurrence: Occurrence) -> Any:
    _norm(occurrence, *_NORMS)
    return 0


@misconception(
    id="dense-no-channels",
    operations=_DENSE,
    equals="the dense layer takes height times width inputs, without the channels",
    repair="Count every channel when flattening: height times width times depth inputs.",
)
def _dense_no_channels(occurrence: Occurrence) -> Any:
    _, outputs, bias = dense(occurrence)
    sizes = _flattened(occurrence) if "layer" in occurrence.bound() else _written_product(occurrence)
    calls = tuple(
        occurrence.changed("linear_parameter_count", in_features=size, out_features=outputs, bias=bias)
        for size in sizes
    )
    return calls[0] if len(calls) == 1 else Alternatives(calls)


@misconception(
    id="dense-no-bias",
    operations=_DENSE,
    equals="the biases of the dense layer are left out",
    repair="Add one bias per unit.",
)
def _dense_no_bias(occurrence: Occurrence) -> Any:
    inputs, outputs, bias = dense(occurrence)
    if not bias:
        raise NotApplicableError
    return occurrence.changed("linear_parameter_count", in_features=inputs, out_features=outputs, bias=False)


@misconception(
    id="dense-bias-in",
    operations=_DENSE,
    equals="the dense layer has one bias per input",
    repair="Count the biases at the units: (inputs + 1) times units.",
)
def _dense_bias_inputs(occurrence: Occurrence) -> Any:
    inputs, outputs, bias = dense(occurrence)
    if not bias:
        raise NotApplicableError
    return (outputs + 1) * inputs


@misconception(
    id="dense-one-bias",
    operations=_DENSE,
    equals="the whole dense layer has one bias",
    repair="Count one bias for each unit.",
)
def _dense_one_bias(occurrence: Occurrence) -> Any:
    inputs, outputs, bias = dense(occurrence)
    if not bias or outputs == 1:
        raise NotApplicableError
    return inputs * outputs + 1


def _flattened(occurrence: Occurrence) -> list[int]:
    """The height times the width of the map that is flattened for a dense layer."""
    before = shape_before(occurrence)
    while before is not None and len(input_shape(before)) == 1:
        if LayerOptions(layer_of(before)).kind.family not in ("dropout", "activation", "identity"):
            raise NotApplicableError
        before = shape_before(before)
    if before is None or LayerOptions(layer_of(before)).kind.family != "flatten":
        raise NotApplicableError
    shape = input_shape(before)
    if shape[0] == 1:
        raise NotApplicableError
    return [math.prod(shape[1:])]


def _written_product(occurrence: Occurrence) -> list[int]:
    """A product of three sizes without the channels: without the size that occurs once, or the first or last one."""
    given = argument(occurrence, "in_features")
    evaluation = occurrence.evaluation
    if given is None:
        raise NotApplicableError
    part = resolved(evaluation, given)
    above, below = factors(part)
    sizes = [meaning(evaluation, size) for size in above]
    if below or len(sizes) != 3 or not all(type(size) is int and size > 0 for size in sizes):
        raise NotApplicableError
    first, middle, last = sizes
    if first == middle != last:
        return [first * middle]
    if middle == last != first:
        return [middle * last]
    return [first * middle, middle * last]
