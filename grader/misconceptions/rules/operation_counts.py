"""Multiply-accumulates: what one convolution costs."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import Options
from grader.formula.arithmetic import is_number
from grader.formula.nodes import RowsNode
from grader.formula.substitution import NotApplicableError, Occurrence, Several, Site
from grader.formula.tree import Call, Sequence
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.formulas import Part, argument, call_of, factors, meaning, operands, resolved
from grader.misconceptions.support.layer_calls import Products, input_shape, layer_of, macs_again, products

_MACS = ("conv2d_macs", "layer_macs")


def _counted(occurrence: Occurrence) -> Any:
    """The right count, of a layer that multiplies."""
    right = occurrence.right()
    if right == 0:
        raise NotApplicableError
    return right


def _flops(occurrence: Occurrence) -> Any:
    return 2 * _counted(occurrence)


def _macs_for_flops(occurrence: Occurrence) -> Any:
    """2 times a count of multiply-accumulates, without the 2."""
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


def _no_positions(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if math.prod(seen.output[1:]) == 1:
        raise NotApplicableError
    return macs_again(occurrence, seen, output=(seen.output[0], *(1 for _ in seen.output[1:])))


def _no_inputs(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if seen.inputs == seen.groups:
        raise NotApplicableError
    return macs_again(occurrence, seen, in_channels=1, groups=1)


def _no_outputs(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if seen.output[0] == 1:
        raise NotApplicableError
    changed = macs_again(occurrence, seen, in_channels=seen.inputs // seen.groups, groups=1)
    output = (1, *changed.arguments["output_shape"][1:])
    return occurrence.again("conv2d_macs", **{**changed.arguments, "output_shape": output})


def _side_only(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if len(seen.kernel) != 2 or 1 in seen.kernel:
        raise NotApplicableError
    height, width = seen.kernel
    tall = macs_again(occurrence, seen, kernel=(height, 1))
    return tall if height == width else Several((tall, macs_again(occurrence, seen, kernel=(1, width))))


def _groups_ignored(occurrence: Occurrence) -> Any:
    seen = products(occurrence)
    if seen.groups == 1:
        raise NotApplicableError
    return macs_again(occurrence, seen, groups=1)


def _with_bias(occurrence: Occurrence) -> Any:
    right = _counted(occurrence)
    if "layer" in occurrence.bound():
        o = Options(layer_of(occurrence))
        if not o["bias"]:
            raise NotApplicableError
        if o.kind.family == "dense":
            units = o["out_features"]
            return right + units if isinstance(units, int) else right
    return right + math.prod(products(occurrence).output)


def _input_size(occurrence: Occurrence) -> Any:
    """Where nothing tells the input's size, that of a stride of 2: the usual givens of such a question."""
    seen = products(occurrence)
    size = input_shape(occurrence)[1:] if "layer" in occurrence.bound() else _size_before(occurrence, seen)
    if size == seen.output[1:]:
        raise NotApplicableError
    return macs_again(occurrence, seen, output=(seen.output[0], *size))


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


def _before_reduction(occurrence: Occurrence) -> Any:
    """A convolution behind a 1x1 reduction, with the channels that the reduction received."""
    seen = products(occurrence)
    if math.prod(seen.kernel) == 1:
        raise NotApplicableError
    for other in _others(occurrence):
        try:
            reduction = products(other)
        except NotApplicableError:
            continue
        if is_reduction(reduction, seen):
            return macs_again(occurrence, seen, in_channels=reduction.inputs)
    raise NotApplicableError


def is_reduction(first: Products, second: Products) -> bool:
    """Whether the first is a 1x1 convolution to fewer channels, whose output the second takes."""
    narrows = math.prod(first.kernel) == 1 and first.inputs > first.output[0]
    same_size = first.output[1:] == second.output[1:] or math.prod(first.output[1:]) >= math.prod(second.output[1:])
    return narrows and same_size and math.prod(second.kernel) > 1 and first.output[0] == second.inputs


def _others(occurrence: Occurrence) -> list[Occurrence]:
    """The row before; or the other calls of conv2d_macs that do not depend on this one."""
    evaluation, site = occurrence.evaluation, occurrence.site
    graph = evaluation.graph
    own = graph.nodes[site.node]
    if isinstance(own, RowsNode):
        before = evaluation.record(site._replace(entry=(site.entry or 0) - 1)) if site.entry else None
        return [] if before is None else [before]
    records = [evaluation.record(Site(part.node, part.expression.position)) for part in macs_calls(occurrence)]
    return [record for record in records if record is not None and record.site != site]


def macs_calls(occurrence: Occurrence) -> list[Part]:
    """The calls of conv2d_macs in the question whose values do not wait for this occurrence."""
    evaluation, own = occurrence.evaluation, occurrence.site.node
    graph = evaluation.graph
    found: list[Part] = []
    for name, node in graph.nodes.items():
        if name in graph.descendants[own] or name in graph.symbolic:
            continue
        calls = [e for e in node.expression.walk() if isinstance(e, Call) and e.function == "conv2d_macs"]
        if calls and name != own:
            evaluation.value(name)
        found.extend(Part(name, call) for call in calls)
    return found


RULES: tuple[Misconception, ...] = (
    misconception(
        "mac-flops-x2",
        _MACS,
        _flops,
        "multiplications and additions are counted apart",
        "Count a multiplication together with its addition as one operation.",
    ),
    misconception(
        "mac-for-flops",
        "*",
        _macs_for_flops,
        "a multiplication and its addition are counted as one operation",
        "Count multiplications and additions apart: two operations each time.",
    ),
    misconception(
        "mac-no-spatial",
        _MACS,
        _no_positions,
        "the weights are counted once, not at every output position",
        "Multiply by height and width of the output: every weight is used at all positions.",
    ),
    misconception(
        "mac-no-cin",
        _MACS,
        _no_inputs,
        "the input channels are left out",
        "Multiply by the input channels: every output entry sums over all of them.",
    ),
    misconception(
        "mac-no-cout",
        _MACS,
        _no_outputs,
        "one filter is counted in place of all",
        "Multiply by the number of filters.",
    ),
    misconception(
        "mac-k-not-squared",
        _MACS,
        _side_only,
        "the kernel has as many cells as one of its sides",
        "Count all cells of the kernel: its rows times its columns.",
    ),
    misconception(
        "mac-input-size",
        _MACS,
        _input_size,
        "the size before the stride is used in place of the output's",
        "Count output positions, not input positions.",
    ),
    misconception(
        "mac-groups-ignored",
        _MACS,
        _groups_ignored,
        "every filter covers all input channels although there are groups",
        "Divide the input channels by the number of groups: a filter sees its own group only.",
    ),
    misconception(
        "mac-bias-counted",
        _MACS,
        _with_bias,
        "the addition of the bias is counted too",
        "Count multiply-accumulates only: adding the bias multiplies nothing.",
    ),
    misconception(
        "mac-bottleneck-cin",
        _MACS,
        _before_reduction,
        "the convolution behind the 1x1 reduction still takes the channels before it",
        "Use the channels that the reduction gives as input channels of the next convolution.",
    ),
)
