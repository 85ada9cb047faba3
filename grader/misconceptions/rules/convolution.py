"""The forward convolution: how the kernel lies on the image, what is added up, and at which places."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.options import pair
from grader.formula.substitution import Occurrence, Several
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import (
    CONVOLUTIONS,
    array,
    is_signal,
    lifted,
    needs,
    padding_of,
    slides,
    turned,
)


def _turned(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.again(weight=turned(occurrence.bound()["weight"], occurrence))


def _transposed(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.again(weight=np.swapaxes(array(occurrence.bound()["weight"]), -1, -2))


def _no_bias(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["bias"] is not None)
    return occurrence.again(bias=None)


def _channels(occurrence: Occurrence) -> int:
    """The input channels that a filter sees; one where kernels have no channels."""
    return int(lifted(occurrence).kernel.shape[1])


def _one_channel(occurrence: Occurrence) -> Any:
    needs(_channels(occurrence) > 1)
    weight = array(occurrence.bound()["weight"]).copy()
    weight[:, 1:] = 0.0
    return occurrence.again(weight=weight)


def _channel_mean(occurrence: Occurrence) -> Any:
    channels = _channels(occurrence)
    needs(channels > 1)
    return occurrence.again(weight=array(occurrence.bound()["weight"]) / channels)


def _bias_per_channel(occurrence: Occurrence) -> Any:
    bias, channels = occurrence.bound()["bias"], _channels(occurrence)
    needs(bias is not None and channels > 1)
    return occurrence.again(bias=array(bias) * channels)


def _padded(occurrence: Occurrence) -> None:
    needs(any(map(any, lifted(occurrence).sides)))


def _no_pad(occurrence: Occurrence) -> Any:
    _padded(occurrence)
    return occurrence.again(padding=0)


def _pad_mode(mode: str, instead_of: str | None = None) -> Any:
    def rule(occurrence: Occurrence) -> Any:
        _padded(occurrence)
        given = occurrence.bound()["padding_mode"]
        needs(given != mode and instead_of in (None, given))
        return occurrence.again(padding_mode=mode)

    return rule


def _pad_one_side(occurrence: Occurrence) -> Any:
    _padded(occurrence)
    (top, bottom), (left, right) = lifted(occurrence).sides
    needs(top == bottom and left == right)
    before, after = ((top, 0), (left, 0)), ((0, bottom), (0, right))
    return Several(tuple(occurrence.again(padding=padding_of(sides, occurrence)) for sides in (before, after)))


def _same_extra_first(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["padding"] == "same")
    (top, bottom), (left, right) = lifted(occurrence).sides
    needs(top != bottom or left != right)
    return occurrence.again(padding=padding_of(((bottom, top), (right, left)), occurrence))


def _stride_ignored(occurrence: Occurrence) -> Any:
    needs(lifted(occurrence).stride != (1, 1))
    return occurrence.again(stride=1)


def _dilation_ignored(occurrence: Occurrence) -> Any:
    needs(slides(occurrence) and lifted(occurrence).dilation != (1, 1))
    return occurrence.again(dilation=1)


def _groups_ignored(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["groups"] > 1)
    weight = array(given["weight"])
    return occurrence.again(weight=np.tile(weight, (1, given["groups"]) + (1,) * (weight.ndim - 2)), groups=1)


def _stride_swapped(occurrence: Occurrence) -> Any:
    needs(not is_signal(occurrence))
    vertical, horizontal = pair(occurrence.bound()["stride"], "stride", 1)
    needs(vertical != horizontal)
    return occurrence.again(stride=(horizontal, vertical))


RULES: tuple[Misconception, ...] = (
    misconception(
        "conv-flip",
        ("conv2d", "conv1d", "convolve2d"),
        _turned,
        "the kernel is turned by 180° against what this layer does",
        "A convolution layer slides the kernel as it is (cross-correlation); the true convolution rotates it first.",
        "paper 000 q1",
    ),
    misconception(
        "conv-transpose",
        ("conv2d", "convolve2d"),
        _transposed,
        "the rows and columns of the kernel are exchanged",
        "Keep the rows of the kernel as rows.",
    ),
    misconception(
        "conv-no-bias",
        (*CONVOLUTIONS, "conv_transpose2d"),
        _no_bias,
        "the bias is not added",
        "Add the bias of the filter to every output cell.",
    ),
    misconception(
        "conv-bias-per-channel",
        CONVOLUTIONS,
        _bias_per_channel,
        "the bias is added once for every input channel",
        "Add the bias once, after the channels are summed.",
    ),
    misconception(
        "conv-one-channel",
        CONVOLUTIONS,
        _one_channel,
        "only the first input channel is used",
        "Sum the products over every input channel: a filter covers them all.",
    ),
    misconception(
        "conv-channel-mean",
        CONVOLUTIONS,
        _channel_mean,
        "the results of the input channels are averaged",
        "Add the results of the channels; do not average them.",
    ),
    misconception(
        "conv-no-pad",
        CONVOLUTIONS,
        _no_pad,
        "the padding is left out",
        "Put the padding around the input before you slide the kernel.",
        "paper 000 q1",
    ),
    misconception(
        "conv-pad-replicate",
        CONVOLUTIONS,
        _pad_mode("replicate"),
        "the padding repeats the cells at the edge",
        "Fill the padding as the question says; plain padding is zeros.",
        "paper 000 q1",
    ),
    misconception(
        "conv-pad-reflect",
        CONVOLUTIONS,
        _pad_mode("reflect"),
        "the padding mirrors the input at its edge",
        "Fill the padding as the question says; plain padding is zeros.",
    ),
    misconception(
        "conv-pad-zeros",
        CONVOLUTIONS,
        _pad_mode("zeros"),
        "the padding is filled with zeros",
        "Fill the padding from the input, in the mode that the question names.",
    ),
    misconception(
        "conv-pad-one-side",
        CONVOLUTIONS,
        _pad_one_side,
        "the input is padded on one side of each axis only",
        "Pad both sides of each axis.",
    ),
    misconception(
        "conv-same-extra-first",
        CONVOLUTIONS,
        _same_extra_first,
        "the extra cell of the 'same' padding stands at the top and left",
        "Put the extra row at the bottom and the extra column on the right.",
    ),
    misconception(
        "conv-stride-ignored",
        CONVOLUTIONS,
        _stride_ignored,
        "the window moves by one cell",
        "Move the window by the stride.",
    ),
    misconception(
        "conv-stride-swapped",
        ("conv2d", "convolve2d"),
        _stride_swapped,
        "the vertical and the horizontal stride are exchanged",
        "Take the first number of the stride down the rows, the second along the columns.",
    ),
    misconception(
        "conv-dilation-ignored",
        CONVOLUTIONS,
        _dilation_ignored,
        "the kernel is laid on neighbouring cells, without dilation",
        "Take the cells under the kernel as far apart as the dilation says.",
    ),
    misconception(
        "conv-groups-ignored",
        CONVOLUTIONS,
        _groups_ignored,
        "every filter is slid over all input channels, as if there were one group",
        "Slide each filter over the channels of its own group only.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
