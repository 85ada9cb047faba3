"""Cells that change places: margins, shuffled pixels and channels, windows as columns, places of maxima, boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.options import entries
from grader.formula.occurrence import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs, turned
from grader.misconceptions.support.pool_calls import cells, moves


def _pairs(occurrence: Occurrence) -> list[list[int]]:
    """The margins of `pad`, a pair for each axis, the last axis first."""
    margins = [int(side) for side in entries(occurrence.bound()["pad"])]  # type: ignore[call-overload]
    return [margins[place : place + 2] for place in range(0, len(margins), 2)]


@misconception(
    id="pad-axes-exchanged",
    operations="pad",
    equals="the margins of the rows and of the columns are exchanged",
    repair="Put the first pair of margins left and right, the second above and below.",
)
def _other_axes(occurrence: Occurrence) -> Any:
    pairs = _pairs(occurrence)
    needs(len(pairs) > 1)
    return occurrence.changed(pad=[side for pair in reversed(pairs) for side in pair])


@misconception(
    id="pad-sides-exchanged",
    operations="pad",
    equals="the margins before and behind are exchanged",
    repair="The first number of a pair stands before the cells, the second behind them.",
)
def _other_sides(occurrence: Occurrence) -> Any:
    return occurrence.changed(pad=[side for pair in _pairs(occurrence) for side in reversed(pair)])


@misconception(
    id="pixel-shuffle-columns-first",
    operations="pixel_shuffle",
    equals="the channels fill each block column by column",
    repair="Fill each block row by row: channel i r + j goes to row i, column j.",
)
def _columns_first(occurrence: Occurrence) -> Any:
    x, r = array(occurrence.bound()["input"]), int(occurrence.bound()["upscale_factor"])
    split = x.reshape(*x.shape[:-3], -1, r, r, *x.shape[-2:])
    return occurrence.changed(input=np.swapaxes(split, -4, -3).reshape(x.shape))


@misconception(
    id="pixel-shuffle-channels-last",
    operations="pixel_shuffle",
    equals="the channels of the output are taken in turn, as in depth_to_space",
    repair="Take r x r channels that stand one behind the other for each channel of the output.",
)
def _channels_last(occurrence: Occurrence) -> Any:
    x, r = array(occurrence.bound()["input"]), int(occurrence.bound()["upscale_factor"])
    outputs = x.shape[-3] // (r * r)
    needs(outputs > 1)
    split = x.reshape(*x.shape[:-3], r * r, outputs, *x.shape[-2:])
    return occurrence.changed(input=np.swapaxes(split, -4, -3).reshape(x.shape))


@misconception(
    id="channel-shuffle-inverse",
    operations="channel_shuffle",
    equals="the channels are shuffled back, with as many groups as each group has channels",
    repair="Take the first channel of every group, then the second of every group, and so on.",
)
def _shuffled_back(occurrence: Occurrence) -> Any:
    channels, groups = np.shape(occurrence.bound()["input"])[-3], int(occurrence.bound()["groups"])
    return occurrence.changed(groups=channels // groups)


@misconception(
    id="unfold-windows-as-rows",
    operations="unfold",
    equals="the cells of each window stand in a row, not in a column",
    repair="Write the cells of each window as a column: a row for each cell of the kernel.",
)
def _rows(occurrence: Occurrence) -> Any:
    return np.swapaxes(array(occurrence.right()), -1, -2)


@misconception(
    id="fold-averaged",
    operations="fold",
    equals="cells in which windows overlap are averaged",
    repair="Add the cells of all windows that overlap; fold does not undo unfold.",
)
def _averaged(occurrence: Occurrence) -> Any:
    ones = occurrence.changed(input=np.ones(np.shape(occurrence.bound()["input"])))
    return array(occurrence.right()) / np.maximum(1, array(occurrence.value_of(ones)))


@misconception(
    id="conv-matrix-flipped",
    operations="conv_matrix",
    equals="the kernel is turned by 180° in the matrix",
    repair="Write the kernel row by row as it is: the layer does not rotate it.",
)
def _flipped(occurrence: Occurrence) -> Any:
    return occurrence.changed(weight=turned(occurrence.bound()["weight"], occurrence))


@misconception(
    id="conv-matrix-transposed",
    operations="conv_matrix",
    equals="the matrix of the transposed convolution is given",
    repair="A row of the matrix gives one cell of the output: as many rows as the output has cells.",
)
def _matrix_of_transposed(occurrence: Occurrence) -> Any:
    return np.swapaxes(array(occurrence.right()), -1, -2)


@misconception(
    id="indices-in-window",
    operations="max_pool2d_indices",
    equals="the places are counted inside each window",
    repair="Count the place in the whole map: row times width plus column.",
)
def _inside(occurrence: Occurrence) -> Any:
    """Windows lie side by side, without margins."""
    given = occurrence.bound()
    needs(moves(occurrence) and cells(occurrence) > 1)
    needs(given["stride"] is None and not np.any(array(given["padding"])) and given["dilation"] == 1)
    width = np.shape(given["input"])[-1]
    kernel = [int(side) for side in np.broadcast_to(array(given["kernel_size"]), (2,))]
    rows, columns = np.divmod(array(occurrence.right()), width)
    return (rows % kernel[0]) * kernel[1] + columns % kernel[1]


@misconception(
    id="indices-from-one",
    operations="max_pool2d_indices",
    equals="the places are counted from one",
    repair="Count the places from zero.",
)
def _from_one(occurrence: Occurrence) -> Any:
    return array(occurrence.right()) + 1


@misconception(
    id="lp-pool-no-root",
    operations="lp_pool2d",
    equals="the root of the power mean is left out",
    repair="Take the p-th root of the sum of the p-th powers.",
)
def _no_root(occurrence: Occurrence) -> Any:
    power = float(occurrence.bound()["norm_type"])
    needs(power != 1)
    return array(occurrence.right()) ** power


@misconception(
    id="box-corner-for-centre",
    operations="box_convert",
    equals="the corner of the box stands where its centre is asked, or the centre where its corner is",
    repair="The centre is the corner plus half the size.",
)
def _corner(occurrence: Occurrence) -> Any:
    other = {"cxcywh": "xywh", "xywh": "cxcywh"}
    given = occurrence.bound()
    name = "out_fmt" if given["out_fmt"] in other else "in_fmt"
    needs(given[name] in other)
    return occurrence.changed(**{name: other[given[name]]})


@misconception(
    id="anchor-ratio-inverted",
    operations="anchor_boxes",
    equals="the aspect ratio is taken as width over height",
    repair="Take the aspect ratio as the question does: height over width.",
)
def _inverted(occurrence: Occurrence) -> Any:
    return occurrence.changed(aspect_ratios=1 / array(occurrence.bound()["aspect_ratios"]))


@misconception(
    id="anchor-no-root",
    operations="anchor_boxes",
    equals="width and height are divided and multiplied by the aspect ratio, not by its root",
    repair="Use the root of the aspect ratio, so that all anchors of a size have the same area.",
)
def _no_root_of_ratio(occurrence: Occurrence) -> Any:
    return occurrence.changed(aspect_ratios=array(occurrence.bound()["aspect_ratios"]) ** 2)
