"""The forward convolution: mistakes with the kernel and its dilated matrix, with the sums, and with the positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import pair, whole
from grader.formula.arithmetic import as_array, plain
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import (
    array,
    axes_of,
    is_padded,
    is_signal,
    lifted,
    like_input,
    needs,
    padding_of,
    sides,
    slides,
    turned,
)
from grader.misconceptions.support.families import CONVOLUTIONS, EVERY_CONVOLUTION


@misconception(
    id="conv-flip",
    operations=EVERY_CONVOLUTION,
    equals="the kernel is turned by 180° against what this layer does",
    repair="A convolution layer slides the kernel as it is (cross-correlation); the true convolution rotates it first.",
    source="paper 000 q1",
)
def _turned(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.changed(weight=turned(occurrence.bound()["weight"], occurrence))


@misconception(
    id="conv-transpose",
    operations=("conv2d", "convolve2d"),
    equals="the rows and columns of the kernel are exchanged",
    repair="Keep the rows of the kernel as rows.",
)
def _transposed(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.changed(weight=np.swapaxes(array(occurrence.bound()["weight"]), -1, -2))


@misconception(
    id="conv-no-bias",
    operations=(*EVERY_CONVOLUTION, "conv_transpose2d", "conv_transpose1d"),
    equals="the bias is not added",
    repair="Add the bias of the filter to every output cell.",
)
def _no_bias(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["bias"] is not None)
    return occurrence.changed(bias=None)


def _channels(occurrence: Occurrence) -> int:
    """The number of input channels that a filter sees; 1 if kernels have no channel axis."""
    weight = np.shape(occurrence.bound()["weight"])
    return int(weight[1]) if len(weight) > axes_of(occurrence) else 1


@misconception(
    id="conv-bias-per-channel",
    operations=EVERY_CONVOLUTION,
    equals="the bias is added once for every input channel",
    repair="Add the bias once, after the channels are summed.",
)
def _bias_per_channel(occurrence: Occurrence) -> Any:
    bias, channels = occurrence.bound()["bias"], _channels(occurrence)
    needs(bias is not None and channels > 1)
    return occurrence.changed(bias=array(bias) * channels)


@misconception(
    id="conv-one-channel",
    operations=EVERY_CONVOLUTION,
    equals="only the first input channel is used",
    repair="Sum the products over every input channel: a filter covers them all.",
)
def _one_channel(occurrence: Occurrence) -> Any:
    needs(_channels(occurrence) > 1)
    weight = array(occurrence.bound()["weight"]).copy()
    weight[:, 1:] = 0.0
    return occurrence.changed(weight=weight)


@misconception(
    id="conv-first-slice",
    operations="conv3d",
    equals="only the first slice of the kernel is used: its depth is ignored",
    repair="Multiply every slice of the kernel with the slice of the volume under it, and add all of them.",
)
def _first_slice(occurrence: Occurrence) -> Any:
    weight = array(occurrence.bound()["weight"]).copy()
    needs(weight.shape[-3] > 1)
    weight[..., 1:, :, :] = 0.0
    return occurrence.changed(weight=weight)


@misconception(
    id="conv-channel-mean",
    operations=EVERY_CONVOLUTION,
    equals="the results of the input channels are averaged",
    repair="Add the results of the channels; do not average them.",
)
def _channel_mean(occurrence: Occurrence) -> Any:
    channels = _channels(occurrence)
    needs(channels > 1)
    return occurrence.changed(weight=array(occurrence.bound()["weight"]) / channels)


@misconception(
    id="conv-pad-added",
    operations=EVERY_CONVOLUTION,
    equals="the input is padded although there is no padding",
    repair="Keep the kernel inside the input: the output is smaller where nothing is padded.",
)
def _pad_added(occurrence: Occurrence) -> Any:
    needs(slides(occurrence) and not is_padded(occurrence))
    return occurrence.changed(padding="same")


@misconception(
    id="conv-only-padded",
    operations=CONVOLUTIONS,
    equals="the input is padded, and the kernel is not slid over it",
    repair="Slide the kernel over the padded input.",
)
def _only_padded(occurrence: Occurrence) -> Any:
    _padded(occurrence)
    needs(occurrence.bound()["padding_mode"] == "zeros")
    p = lifted(occurrence)
    return like_input(np.pad(p.image, ((0, 0), (0, 0), *p.sides)), occurrence, p)


def _padded(occurrence: Occurrence) -> None:
    needs(any(map(any, lifted(occurrence).sides)))


@misconception(
    id="conv-no-pad",
    operations=EVERY_CONVOLUTION,
    equals="the padding is left out",
    repair="Put the padding around the input before you slide the kernel.",
    source="paper 000 q1",
)
def _no_pad(occurrence: Occurrence) -> Any:
    needs(is_padded(occurrence))
    return occurrence.changed(padding=0)


@misconception(
    id="conv-pad-replicate",
    operations=CONVOLUTIONS,
    options={"padding_mode": "replicate"},
    equals="the padding repeats the cells at the edge",
    repair="Fill the padding as the question says; plain padding is zeros.",
    source="paper 000 q1",
)
@misconception(
    id="conv-pad-reflect",
    operations=CONVOLUTIONS,
    options={"padding_mode": "reflect"},
    equals="the padding mirrors the input at its edge",
    repair="Fill the padding as the question says; plain padding is zeros.",
)
@misconception(
    id="conv-pad-zeros",
    operations=CONVOLUTIONS,
    options={"padding_mode": "zeros"},
    equals="the padding is filled with zeros",
    repair="Fill the padding from the input, in the mode that the question names.",
)
def _pad_mode(occurrence: Occurrence, padding_mode: str) -> Any:
    _padded(occurrence)
    needs(occurrence.bound()["padding_mode"] != padding_mode)
    return occurrence.changed(padding_mode=padding_mode)


@misconception(
    id="conv-pad-one-side",
    operations=CONVOLUTIONS,
    equals="the input is padded on one side of each axis only",
    repair="Pad both sides of each axis.",
)
def _pad_one_side(occurrence: Occurrence) -> Any:
    _padded(occurrence)
    (top, bottom), (left, right) = lifted(occurrence).sides
    needs(top == bottom and left == right)
    before, after = ((top, 0), (left, 0)), ((0, bottom), (0, right))
    return Alternatives(tuple(occurrence.changed(padding=padding_of(each, occurrence)) for each in (before, after)))


@misconception(
    id="conv-same-extra-first",
    operations=CONVOLUTIONS,
    equals="the extra cell of the 'same' padding is added at the top and left",
    repair="Put the extra row at the bottom and the extra column on the right.",
)
def _same_extra_first(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["padding"] == "same")
    (top, bottom), (left, right) = lifted(occurrence).sides
    needs(top != bottom or left != right)
    return occurrence.changed(padding=padding_of(((bottom, top), (right, left)), occurrence))


@misconception(
    id="conv-stride-ignored",
    operations=EVERY_CONVOLUTION,
    equals="the window moves by one cell",
    repair="Move the window by the stride.",
)
def _stride_ignored(occurrence: Occurrence) -> Any:
    needs(max(sides(occurrence.bound()["stride"], occurrence)) > 1)
    return occurrence.changed(stride=1)


@misconception(
    id="conv-stride-one-axis",
    operations=("conv2d", "convolve2d"),
    equals="the window moves by the stride along one axis only",
    repair="Move the window by the stride down the rows and along the columns.",
)
def _stride_one_axis(occurrence: Occurrence) -> Any:
    """The whole result, or the part of it that fits the shape of the output."""
    vertical, horizontal = pair(occurrence.bound()["stride"], "stride", 1)
    needs(min(vertical, horizontal) > 1)
    calls = [occurrence.changed(stride=stride) for stride in ((vertical, 1), (1, horizontal))]
    height, width = np.shape(occurrence.right())[-2:]
    return Alternatives((*calls, *(array(occurrence.value_of(call))[..., :height, :width] for call in calls)))


@misconception(
    id="conv-stride-swapped",
    operations=("conv2d", "convolve2d"),
    equals="the vertical and the horizontal stride are exchanged",
    repair="Take the first number of the stride down the rows, the second along the columns.",
)
def _stride_swapped(occurrence: Occurrence) -> Any:
    needs(not is_signal(occurrence))
    vertical, horizontal = pair(occurrence.bound()["stride"], "stride", 1)
    needs(vertical != horizontal)
    return occurrence.changed(stride=(horizontal, vertical))


@misconception(
    id="conv-dilation-ignored",
    operations=EVERY_CONVOLUTION,
    equals="the kernel is laid on neighbouring cells, without dilation",
    repair="Take the cells under the kernel as far apart as the dilation says.",
)
def _dilation_ignored(occurrence: Occurrence) -> Any:
    needs(slides(occurrence) and max(sides(occurrence.bound()["dilation"], occurrence)) > 1)
    return occurrence.changed(dilation=1)


@misconception(
    id="conv-groups-ignored",
    operations=EVERY_CONVOLUTION,
    equals="every filter is slid over all input channels, as if there were one group",
    repair="Slide each filter over the channels of its own group only.",
)
def _groups_ignored(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["groups"] > 1)
    weight = array(given["weight"])
    return occurrence.changed(weight=np.tile(weight, (1, given["groups"]) + (1,) * (weight.ndim - 2)), groups=1)


@misconception(
    id="kron-order",
    operations="kron",
    equals="the two factors of the Kronecker product are exchanged",
    repair="Multiply every entry of the first matrix by the whole second one: the order matters.",
    source="paper 002 q5",
)
def _order(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(left=given["right"], right=given["left"])


def _selector(value: Any) -> int:
    """The side of a square matrix whose only nonzero entry is a 1 in its first cell; 0 for any other matrix."""
    cells = array(value)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or cells.shape[0] < 2:
        return 0
    return len(cells) if cells[0, 0] == 1 and np.count_nonzero(cells) == 1 else 0


@misconception(
    id="kron-identity",
    operations="kron",
    equals="the identity is used in place of the matrix with a single one in its first cell",
    repair="Keep a single one in the first cell: the identity repeats the weight on the diagonal.",
    source="paper 002 q5",
)
def _identity(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    for name in ("right", "left"):
        side = _selector(given[name])
        if side:
            return occurrence.changed(**{name: plain(np.eye(side, dtype=int))})
    raise NotApplicableError


@misconception(
    id="kron-not-trimmed",
    operations="dilate_kernel",
    equals="the zeros after the last row and column of the kernel are kept",
    repair="Drop the zero rows and columns after the last cells of the kernel.",
)
def _not_trimmed(occurrence: Occurrence) -> Any:
    given, right = occurrence.bound(), array(occurrence.right())
    if right.ndim == 1:
        steps: tuple[int, ...] = (whole(given["dilation"], "dilation", 1),)
    else:
        steps = pair(given["dilation"], "dilation", 1)
    needs(max(steps) > 1)
    around = [(0, 0)] * (right.ndim - len(steps)) + [(0, step - 1) for step in steps]
    return np.pad(right, around)


@misconception(
    id="dilation-one-zero-more",
    operations=("dilate_kernel", "conv2d", "convolve2d", "conv1d"),
    equals="as many zeros as the dilation are put between the cells of the kernel",
    repair="Put one zero fewer than the dilation between the cells.",
)
def _one_zero_more(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    steps = as_array(given["dilation"])
    needs(np.any(steps > 1))
    needs(np.size(given["kernel"]) > 1 if occurrence.operation == "dilate_kernel" else slides(occurrence))
    return occurrence.changed(dilation=plain(np.where(steps > 1, steps + 1, steps)))
