"""Multiplications of convolutions: one view of calls and rows, and the calls of a question that count them."""

from __future__ import annotations

import math
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.layers.shapes import channels_first
from grader.core.support.inputs import pair
from grader.formula.substitution import ChangedCall, NotApplicableError, Occurrence
from grader.formula.tree import Call
from grader.misconceptions.support.formulas import Subexpression
from grader.misconceptions.support.layer_calls import input_shape, layer_of, two_sides
from grader.structs import Struct


class Products(Struct):
    """A convolution's output (channels first), and the channels and kernel that each output entry multiplies."""

    output: tuple[int, ...]
    inputs: int
    kernel: tuple[int, ...]
    groups: int


def products(occurrence: Occurrence) -> Products:
    """The multiplications of a call or row; NotApplicableError if its layer is not a convolution."""
    b = occurrence.bound()
    if occurrence.operation == "conv2d_macs":
        kernel = pair(b["kernel_size"], "kernel_size", 1)
        return Products(channels_first(b["output_shape"], b["order"]), b["in_channels"], kernel, b["groups"])
    o = LayerOptions(layer_of(occurrence))
    found = o.window()
    if o.kind.family != "convolution" or found is None:
        raise NotApplicableError
    from grader.core.layers.shapes import output_shape

    shape = input_shape(occurrence)
    output = output_shape(shape, layer_of(occurrence))
    return Products(output, shape[0], found.kernel, o.count("groups"))


def macs_with(occurrence: Occurrence, seen: Products, **changed: Any) -> ChangedCall:
    """A call that counts the multiplications with another output, other channels or another kernel."""
    output = tuple(changed.pop("output", seen.output))
    kernel = tuple(changed.pop("kernel", seen.kernel))
    arguments = {
        "output_shape": (output[0], *two_sides(output[1:])),
        "in_channels": seen.inputs,
        "kernel_size": two_sides(kernel),
        "groups": seen.groups,
        "order": "CHW",
    }
    return occurrence.changed("conv2d_macs", **{**arguments, **changed})


def is_reduction(first: Products, second: Products) -> bool:
    """Whether the first may be a 1x1 convolution to fewer channels that is followed by the second."""
    narrows = math.prod(first.kernel) == 1 and first.inputs > first.output[0]
    same_size = first.output[1:] == second.output[1:] or math.prod(first.output[1:]) >= math.prod(second.output[1:])
    return narrows and same_size and math.prod(second.kernel) > 1 and first.output[0] == second.inputs


def macs_calls(occurrence: Occurrence) -> list[Subexpression]:
    """The calls of conv2d_macs in the other formulas of the question that do not depend on this occurrence."""
    evaluation, own = occurrence.evaluation, occurrence.site.node
    graph = evaluation.graph
    found: list[Subexpression] = []
    for name, node in graph.nodes.items():
        if name in graph.descendants[own] or name in graph.symbolic:
            continue
        calls = [e for e in node.expression.walk() if isinstance(e, Call) and e.function == "conv2d_macs"]
        if calls and name != own:
            evaluation.value(name)
        found.extend(Subexpression(name, call) for call in calls)
    return found
