"""Shapes of layers: mistakes with the depth, the order of the axes, and layers that change few or all of them."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.shapes import in_order, output_shape
from grader.formula.arithmetic import binary, is_number
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import Subexpression, meaning
from grader.misconceptions.support.layer_calls import (
    KERNEL_LAYERS,
    as_made,
    changed_with,
    input_shape,
    layer_of,
    order_of,
    window,
)

_GLOBAL = "global pooling"


def _of_family(occurrence: Occurrence, *families: str) -> LayerOptions:
    o = LayerOptions(layer_of(occurrence))
    if o.kind.family not in families:
        raise NotApplicableError
    return o


@misconception(
    id="shape-depth-cin",
    operations="output_shape",
    equals="the depth of the output is the number of input channels",
    repair="Take the number of filters as the depth of the output.",
)
def _depth_inputs(occurrence: Occurrence) -> Any:
    o = _of_family(occurrence, *KERNEL_LAYERS)
    channels = input_shape(occurrence)[0]
    if o["out_channels"] == channels:
        raise NotApplicableError
    return changed_with(occurrence, out_channels=channels)


@misconception(
    id="shape-depth-cin-cout",
    operations="output_shape",
    equals="the depth of the output is the number of input channels times the number of filters",
    repair="Count one map per filter, whatever the number of input channels.",
)
def _depth_product(occurrence: Occurrence) -> Any:
    o = _of_family(occurrence, *KERNEL_LAYERS)
    channels, filters = input_shape(occurrence)[0], o["out_channels"]
    if channels == 1 or type(filters) is not int:
        raise NotApplicableError
    return changed_with(occurrence, out_channels=channels * filters)


@misconception(
    id="shape-pool-channels",
    operations="output_shape",
    equals="pooling divides the channels as it divides height and width",
    repair="Keep the depth: pooling works inside each channel.",
)
def _pool_channels(occurrence: Occurrence) -> Any:
    seen = window(occurrence)
    strides = {axis.stride for axis in seen.axes}
    if not seen.pool or len(strides) != 1 or strides == {1}:
        raise NotApplicableError
    channels, *size = _first_channels(occurrence.right(), order_of(occurrence))
    parts = sorted({2, *strides})
    shapes = [in_order((channels // part, *size), order_of(occurrence)) for part in parts]
    return shapes[0] if len(shapes) == 1 else Alternatives(tuple(reversed(shapes)))


def _first_channels(shape: tuple[int, ...], order: str) -> tuple[int, ...]:
    return (shape[-1], *shape[:-1]) if order == "HWC" else tuple(shape)


@misconception(
    id="params-as-units",
    operations="output_shape",
    equals="the number of parameters of a dense layer is written as its output size",
    repair="The output has as many entries as the layer has units.",
    source="paper 000 q3",
)
def _params_as_units(occurrence: Occurrence) -> Any:
    _of_family(occurrence, "dense")
    return (occurrence.value_of(occurrence.changed("parameter_count", **occurrence.bound())),)


@misconception(
    id="weight-shape-as-output",
    operations="output_shape",
    equals="the shape of a dense layer's weights, inputs by units, is written as its output shape",
    repair="Give the shape of the output: one entry per unit, beside the batch.",
    source="paper 000 q3",
)
def _weight_shape(occurrence: Occurrence) -> Any:
    _of_family(occurrence, "dense")
    shape = input_shape(occurrence)
    if len(shape) != 1:
        raise NotApplicableError
    return (shape[0], *occurrence.right())


@misconception(
    id="flatten-no-channels",
    operations="output_shape",
    equals="flattening keeps height times width and drops the channels",
    repair="Count every channel when flattening: height times width times depth.",
)
def _flatten_no_channels(occurrence: Occurrence) -> Any:
    _of_family(occurrence, "flatten")
    shape = input_shape(occurrence)
    if len(shape) < 2 or shape[0] == 1 or len(occurrence.right()) != 1:
        raise NotApplicableError
    return (math.prod(shape[1:]),)


@misconception(
    id="dropout-halves",
    operations="output_shape",
    equals="dropout makes its input smaller by the share that it drops",
    repair="Keep the shape: dropout sets entries to zero and removes none.",
)
def _dropout_halves(occurrence: Occurrence) -> Any:
    o = _of_family(occurrence, "dropout")
    share, shape = o["p"], input_shape(occurrence)
    if not isinstance(share, int | float) or not 0 < share < 1:
        raise NotApplicableError
    return in_order((int(shape[0] * (1 - share)), *shape[1:]), order_of(occurrence))


@misconception(
    id="global-pool-keeps-axes",
    operations="output_shape",
    equals="height and width of 1 are kept after global pooling",
    repair="Drop the two axes: here global pooling gives one number per channel.",
)
def _global_keeps_axes(occurrence: Occurrence) -> Any:
    _of_family(occurrence, _GLOBAL)
    return in_order((*_first_channels(occurrence.right(), order_of(occurrence)), 1, 1), order_of(occurrence))


@misconception(
    id="global-pool-one-number",
    operations="output_shape",
    equals="global pooling gives one number for all channels together",
    repair="Pool each channel on its own: one number per channel.",
)
def _global_one_number(occurrence: Occurrence) -> Any:
    _of_family(occurrence, _GLOBAL)
    if input_shape(occurrence)[0] == 1:
        raise NotApplicableError
    return (1,)


@misconception(
    id="shape-other-order",
    operations="output_shape",
    equals="the channels are at the other end of the shape",
    repair="Write the shape in the order that the assignment uses.",
)
def _other_order(occurrence: Occurrence) -> Any:
    """The right shape in the other axis order, computed from an input shape in the declared one."""
    order = order_of(occurrence)
    given = as_made(occurrence, order, partial(_turned, order=order))
    shape = output_shape(given, layer_of(occurrence), order)
    if len(shape) != 3:
        raise NotApplicableError
    return _turned(shape, order)


def _turned(shape: tuple[int, ...], order: str) -> tuple[int, ...]:
    if len(shape) != 3:
        return shape
    return (shape[-1], *shape[:-1]) if order == "HWC" else (*shape[1:], shape[0])


@misconception(
    id="shape-depth-as-size",
    operations="()",
    equals="the depth is changed in the same way as height and width",
    repair="Change height and width only: the number of channels stays.",
)
def _depth_as_size(occurrence: Occurrence) -> Any:
    """A shape written out as (H + 2*p, W + 2*p, C), or with another sign, in either order of the axes."""
    items = [Subexpression(occurrence.site.node, item) for item in occurrence.expression.parts]
    needs(len(items) == 3)
    depth = 2 if isinstance(items[0].expression, Binary) else 0
    height, width = (_change(occurrence.evaluation, item) for at, item in enumerate(items) if at != depth)
    needs(height == width and not isinstance(items[depth].expression, Binary))
    changed = list(occurrence.arguments)
    needs(is_number(changed[depth]))
    changed[depth] = binary(height[0], changed[depth], height[1])
    return tuple(changed)


def _change(evaluation: Evaluation, part: Subexpression) -> tuple[str, Any]:
    """The sign and the number that change a size, as in H + 2*p."""
    match part.expression:
        case Binary(operator=sign, left=left, right=right) if not isinstance(left, Binary):
            return sign, meaning(evaluation, Subexpression(part.node, right))
    raise NotApplicableError
