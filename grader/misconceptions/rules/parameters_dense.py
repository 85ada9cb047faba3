"""Trainable parameters of dense layers, and the number of their inputs after a flatten."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.formulas import argument, factors, meaning, resolved, shape_before
from grader.misconceptions.support.layer_calls import dense, input_shape, layer_of

_DENSE = ("linear_parameter_count", "parameter_count")


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
