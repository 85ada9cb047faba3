"""Depthwise separable convolutions: mistakes with the total cost of a depthwise and a pointwise layer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from grader.core.layers.layer_type import LayerOptions
from grader.core.support.inputs import entries, is_sequence, pair
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import argument, call_of, operands, rows
from grader.misconceptions.support.layer_calls import layer_of

_ARGUMENTS = {"total": "rows", "sum": "values"}


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
