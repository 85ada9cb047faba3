"""Multiply-accumulates: mistakes with the cost of one convolution, and of a depthwise with a pointwise one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.support.inputs import entries, is_sequence, pair
from grader.formula.arithmetic import is_number
from grader.formula.nodes import RowsNode
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence, Site
from grader.formula.tree import Sequence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import (
    argument,
    call_of,
    factors,
    meaning,
    operands,
    resolved,
    row_before,
    rows,
)
from grader.misconceptions.support.layer_calls import (
    Products,
    input_shape,
    is_reduction,
    layer_of,
    macs_calls,
    macs_with,
    products,
)

_MACS = ("conv2d_macs", "layer_macs")
_ARGUMENTS = {"total": "rows", "sum": "values"}


def _counted(occurrence: Occurrence) -> Any:
    """The right count; NotApplicableError for a layer without multiplications."""
    right = occurrence.right()
    if right == 0:
        raise NotApplicableError
    return right


@misconception(
    id="mac-flops-x2",
    operations=_MACS,
    equals="multiplications and additions are counted separately",
    repair="Count a multiplication together with its addition as one operation.",
)
def _flops(occurrence: Occurrence) -> Any:
    return 2 * _counted(occurrence)


@misconception(
    id="mac-for-flops",
    operations="*",
    equals="a multiplication and its addition are counted as one operation",
    repair="Count multiplications and additions separately: two operations each time.",
)
def _macs_for_flops(occurrence: Occurrence) -> Any:
    """A count of multiply-accumulates without the factor 2 of a count of operations."""
    left, right = operands(occurrence)
    evaluation = occurrence.evaluation
    for factor, rest, value in ((left, right, occurrence.arguments[1]), (right, left, occurrence.arguments[0])):
        two = meaning(evaluation, factor)
        if is_number(two) and two == 2 and any(_is_count(occurrence, part) for part in factors(rest)[0]):
            return value
    raise NotApplicableError


def _is_count(occurrence: Occurrence, part: Any) -> bool:
    found = call_of(occurrence.evaluation, part)
    return found is not None and found.operation in _MACS


@misconception(
    id="mac-no-spatial",
    operations=_MACS,
    equals="the weights are counted once, not at every output position",
    repair="Multiply by height and width of the output: every weight is used at all positions.",
)
def _no_positions(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if math.prod(seen.output[1:]) == 1:
        raise NotApplicableError
    return macs_with(occurrence, seen, output=(seen.output[0], *(1 for _ in seen.output[1:])))


@misconception(
    id="mac-no-cin",
    operations=_MACS,
    equals="the input channels are left out",
    repair="Multiply by the input channels: every output entry sums over all of them.",
)
def _no_inputs(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if seen.inputs == seen.groups:
        raise NotApplicableError
    return macs_with(occurrence, seen, in_channels=1, groups=1)


@misconception(
    id="mac-no-cout",
    operations=_MACS,
    equals="one filter is counted in place of all",
    repair="Multiply by the number of filters.",
)
def _no_outputs(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if seen.output[0] == 1:
        raise NotApplicableError
    changed = macs_with(occurrence, seen, in_channels=seen.inputs // seen.groups, groups=1)
    output = (1, *changed.arguments["output_shape"][1:])
    return occurrence.changed("conv2d_macs", **{**changed.arguments, "output_shape": output})


@misconception(
    id="mac-k-not-squared",
    operations=_MACS,
    equals="the kernel has as many cells as one of its sides",
    repair="Count all cells of the kernel: its rows times its columns.",
)
def _side_only(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if len(seen.kernel) != 2 or 1 in seen.kernel:
        raise NotApplicableError
    height, width = seen.kernel
    tall = macs_with(occurrence, seen, kernel=(height, 1))
    return tall if height == width else Alternatives((tall, macs_with(occurrence, seen, kernel=(1, width))))


@misconception(
    id="mac-input-size",
    operations=_MACS,
    equals="the size before the stride is used in place of the output's",
    repair="Count output positions, not input positions.",
)
def _input_size(occurrence: Occurrence) -> Any:
    """The count with the size of the input; if it is unknown, of a stride of 2, as usual in such questions."""
    seen = products(occurrence)
    size = input_shape(occurrence)[1:] if "layer" in occurrence.bound() else _size_before(occurrence, seen)
    if size == seen.output[1:]:
        raise NotApplicableError
    return macs_with(occurrence, seen, output=(seen.output[0], *size))


@misconception(
    id="mac-groups-ignored",
    operations=_MACS,
    equals="every filter covers all input channels although there are groups",
    repair="Divide the input channels by the number of groups: a filter sees its own group only.",
)
def _groups_ignored(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if seen.groups == 1:
        raise NotApplicableError
    return macs_with(occurrence, seen, groups=1)


@misconception(
    id="mac-bias-counted",
    operations=_MACS,
    equals="the addition of the bias is counted too",
    repair="Count multiply-accumulates only: adding the bias multiplies nothing.",
)
def _with_bias(occurrence: Occurrence) -> Any:
    right = _counted(occurrence)
    if "layer" in occurrence.bound():
        o = LayerOptions(layer_of(occurrence))
        if not o["bias"]:
            raise NotApplicableError
        if o.kind.family == "dense":
            units = o["out_features"]
            return right + units if isinstance(units, int) else right
    return right + math.prod(products(occurrence).output)


def _size_before(occurrence: Occurrence, seen: Products) -> tuple[int, ...]:
    part, evaluation = argument(occurrence, "output_shape"), occurrence.evaluation
    if part is None:
        raise NotApplicableError
    found = call_of(evaluation, part)
    if found is not None and found.operation == "output_shape":
        return input_shape(found)[1:]
    inner = resolved(evaluation, part)
    if isinstance(inner.expression, Sequence):
        entries = [call_of(evaluation, part._replace(node=inner.node, expression=e)) for e in inner.expression.items]
        sizes = tuple(c.bound()["size"] for c in entries if c is not None and c.operation == "conv_output_size")
        if len(sizes) == 2:
            return sizes
    return tuple(2 * side for side in seen.output[1:])


@misconception(
    id="mac-bottleneck-cin",
    operations=_MACS,
    equals="the convolution after the 1x1 reduction still takes the channels before it",
    repair="Use the channels that the reduction gives as input channels of the next convolution.",
)
def _before_reduction(occurrence: Occurrence) -> Any:
    """The count of a convolution after a 1x1 reduction, with the channels from before the reduction."""
    seen = products(occurrence)
    if math.prod(seen.kernel) == 1:
        raise NotApplicableError
    for other in _others(occurrence):
        try:
            reduction = products(other)
        except NotApplicableError:
            continue
        if is_reduction(reduction, seen):
            return macs_with(occurrence, seen, in_channels=reduction.inputs)
    raise NotApplicableError


def _others(occurrence: Occurrence) -> list[Occurrence]:
    """In a row-wise list, the row before; otherwise the calls to conv2d_macs that do not depend on this one."""
    evaluation, site = occurrence.evaluation, occurrence.site
    graph = evaluation.graph
    own = graph.nodes[site.node]
    if isinstance(own, RowsNode):
        before = row_before(occurrence)
        return [] if before is None else [before]
    records = [evaluation.record(Site(part.node, part.expression.position)) for part in macs_calls(occurrence)]
    return [record for record in records if record is not None and record.site != site]


@misconception(
    id="separable-as-standard",
    operations=("total", "sum", "+"),
    equals="one ordinary convolution is counted in place of the depthwise and the pointwise one",
    repair="Count both: k x k cells for each input channel alone, then 1 x 1 over all channels for each filter.",
)
def _as_standard(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        return _of_two_calls(occurrence)
    part = argument(occurrence, _ARGUMENTS[occurrence.operation])
    needs(part is not None)
    assert part is not None
    total, found = occurrence.right(), False
    for depthwise, pointwise in _pairs(rows(occurrence.evaluation, part)):
        kernel = layer_of(depthwise)["kernel_size"]
        standard = pointwise.changed(layer={**layer_of(pointwise), "kernel_size": kernel, "padding": "same"})
        total += pointwise.value_of(standard) - pointwise.right() - depthwise.right()
        found = True
    needs(found)
    return total


def _pairs(found: list[Occurrence]) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Each depthwise convolution of a list with the 1x1 convolution that follows, past norms and activations."""
    before: Occurrence | None = None
    for row in found:
        layer = LayerOptions(layer_of(row))
        if layer.kind.family != "convolution":
            continue
        if before is not None and layer["groups"] == 1 and _is_one(layer["kernel_size"]):
            yield before, row
        depthwise = layer["groups"] == layer["out_channels"] != 1 and not _is_one(layer["kernel_size"])
        before = row if depthwise else None


def _is_one(kernel: Any) -> bool:
    return math.prod(entries(kernel)) == 1 if is_sequence(kernel) else bool(kernel == 1)  # type: ignore[arg-type]


def _of_two_calls(occurrence: Occurrence) -> Any:
    """The sum of two calls, computed with the kernel of the first in the second as well."""
    depthwise, pointwise = (call_of(occurrence.evaluation, part) for part in operands(occurrence))
    if depthwise is None or pointwise is None or depthwise.operation != pointwise.operation:
        raise NotApplicableError
    needs(depthwise.operation in ("conv2d_macs", "conv2d_parameter_count"))
    first, second = depthwise.bound(), pointwise.bound()
    needs(first["groups"] == first["in_channels"] == second["in_channels"] > 1)
    needs(_kernel(second) == (1, 1) and _kernel(first) != (1, 1))
    return pointwise.value_of(pointwise.changed(kernel_size=first["kernel_size"]))


def _kernel(given: Mapping[str, Any]) -> tuple[int, int]:
    return pair(given["kernel_size"], "kernel_size", 1)
