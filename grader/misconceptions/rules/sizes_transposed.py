"""Sizes of transposed convolutions."""

from __future__ import annotations

from typing import Any

from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.families import TRANSPOSED_SIZES
from grader.misconceptions.support.layer_calls import LayerWindow, changed_with, resized, window


def _backward(occurrence: Occurrence) -> LayerWindow:
    seen = window(occurrence)
    if not seen.transposed:
        raise NotApplicableError
    return seen


@misconception(
    id="tconv-size-forward",
    operations=TRANSPOSED_SIZES,
    equals="the size formula of the ordinary convolution is used for the transposed one",
    repair="Turn the formula round: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
)
def _transposed_forward(occurrence: Occurrence) -> Any:
    _backward(occurrence)
    return resized(occurrence, lambda axis: axis.room // axis.stride + 1)


@misconception(
    id="tconv-size-padding-added",
    operations=TRANSPOSED_SIZES,
    equals="the padding of the transposed convolution is added",
    repair="Subtract the padding: in a transposed convolution it is cut off the output.",
)
def _transposed_padding_added(occurrence: Occurrence) -> Any:
    if not any(axis.before or axis.after for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return resized(occurrence, lambda axis: axis.grown + 2 * (axis.before + axis.after))


@misconception(
    id="tconv-size-no-output-padding",
    operations=TRANSPOSED_SIZES,
    equals="output_padding is left out",
    repair="Add output_padding to the size of the transposed convolution.",
)
def _transposed_no_extra(occurrence: Occurrence) -> Any:
    if not any(axis.extra for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return changed_with(occurrence, output_padding=0)


@misconception(
    id="tconv-size-times-stride",
    operations=TRANSPOSED_SIZES,
    equals="the size of the transposed convolution is the input size times the stride",
    repair="Use kernel and padding too: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
)
def _transposed_times_stride(occurrence: Occurrence) -> Any:
    if all(axis.stride == 1 for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return resized(occurrence, lambda axis: axis.size * axis.stride)


@misconception(
    id="tconv-size-n-strides",
    operations=TRANSPOSED_SIZES,
    equals="the transposed convolution starts from n strides, not from n-1",
    repair="Multiply the stride by n-1: there are only n-1 steps between n cells.",
)
def _transposed_whole(occurrence: Occurrence) -> Any:
    _backward(occurrence)
    return resized(occurrence, lambda axis: axis.grown + axis.stride)
