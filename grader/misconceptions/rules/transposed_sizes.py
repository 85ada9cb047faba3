"""Sizes of transposed convolutions."""

from __future__ import annotations

from typing import Any

from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.layer_calls import TRANSPOSED_SIZES, LayerWindow, again_with, resized, window


def _backward(occurrence: Occurrence) -> LayerWindow:
    seen = window(occurrence)
    if not seen.transposed:
        raise NotApplicableError
    return seen


def _transposed_forward(occurrence: Occurrence) -> Any:
    _backward(occurrence)
    return resized(occurrence, lambda axis: axis.room // axis.stride + 1)


def _transposed_padding_added(occurrence: Occurrence) -> Any:
    if not any(axis.before or axis.after for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return resized(occurrence, lambda axis: axis.grown + 2 * (axis.before + axis.after))


def _transposed_no_extra(occurrence: Occurrence) -> Any:
    if not any(axis.extra for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return again_with(occurrence, output_padding=0)


def _transposed_times_stride(occurrence: Occurrence) -> Any:
    if all(axis.stride == 1 for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return resized(occurrence, lambda axis: axis.size * axis.stride)


def _transposed_whole(occurrence: Occurrence) -> Any:
    _backward(occurrence)
    return resized(occurrence, lambda axis: axis.grown + axis.stride)


RULES: tuple[Misconception, ...] = (
    misconception(
        "tconv-size-forward",
        TRANSPOSED_SIZES,
        _transposed_forward,
        "the size formula of the ordinary convolution is used for the transposed one",
        "Turn the formula round: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
    ),
    misconception(
        "tconv-size-padding-added",
        TRANSPOSED_SIZES,
        _transposed_padding_added,
        "the padding of the transposed convolution is added",
        "Subtract the padding: in a transposed convolution it is cut off the output.",
    ),
    misconception(
        "tconv-size-no-output-padding",
        TRANSPOSED_SIZES,
        _transposed_no_extra,
        "output_padding is left out",
        "Add output_padding to the size of the transposed convolution.",
    ),
    misconception(
        "tconv-size-times-stride",
        TRANSPOSED_SIZES,
        _transposed_times_stride,
        "the size of the transposed convolution is the input size times the stride",
        "Use kernel and padding too: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
    ),
    misconception(
        "tconv-size-n-strides",
        TRANSPOSED_SIZES,
        _transposed_whole,
        "the transposed convolution starts from n strides, not from n-1",
        "Multiply the stride by n-1: there are only n-1 steps between n cells.",
    ),
)
