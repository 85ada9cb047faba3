"""Cells that change places: mistakes with padding, pixel shuffles, windows as columns, indices, boxes and sorting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.core.support.inputs import Array, entries
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, forward, needs, turned
from grader.misconceptions.support.pool_calls import cells, moves

_SHUFFLES = ("pixel_shuffle", "pixel_unshuffle", "pixel_shuffle_grad_input", "pixel_unshuffle_grad_input")


def _pairs(occurrence: Occurrence) -> list[list[int]]:
    """The `pad` argument as one pair per axis, the last axis first."""
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
    equals="the margins before and after are exchanged",
    repair="The first number of a pair goes before the cells, the second after them.",
)
def _other_sides(occurrence: Occurrence) -> Any:
    return occurrence.changed(pad=[side for pair in _pairs(occurrence) for side in reversed(pair)])


@misconception(
    id="pixel-shuffle-columns-first",
    operations=_SHUFFLES,
    equals="the channels fill each block column by column",
    repair="Fill each block row by row: channel i r + j goes to row i, column j.",
)
def _columns_first(occurrence: Occurrence) -> Any:
    return _with_channels(occurrence, lambda x, r: np.swapaxes(x.reshape(-1, r, r, *x.shape[1:]), 1, 2))


def _factor(occurrence: Occurrence) -> int:
    given = occurrence.bound()
    return int(given["upscale_factor" if "upscale_factor" in given else "downscale_factor"])


def _with_channels(occurrence: Occurrence, order: Callable[[Array, int], Array]) -> Any:
    """The shuffle with another order of the channels of its low-resolution maps (C r^2, H, W), input or output."""
    given, r = occurrence.bound(), _factor(occurrence)
    taken = {"pixel_shuffle": "input", "pixel_unshuffle_grad_input": "grad_output"}.get(occurrence.operation)
    maps = array(given[taken] if taken else occurrence.right())
    samples = maps.reshape(-1, *maps.shape[-3:])
    moved = np.stack([order(each, r).reshape(each.shape) for each in samples]).reshape(maps.shape)
    return occurrence.changed(**{taken: moved}) if taken else moved


@misconception(
    id="pixel-shuffle-channels-last",
    operations="pixel_shuffle",
    equals="the channels of the output are taken in turn, as in depth_to_space",
    repair="Take r x r consecutive channels for each channel of the output.",
)
@misconception(
    id="pixel-unshuffle-channels-last",
    operations=("pixel_unshuffle", "pixel_shuffle_grad_input", "pixel_unshuffle_grad_input"),
    equals="the channels of a block are ordered cell by cell, as in space_to_depth",
    repair="Put the r x r cells of one channel one after the other, then those of the next channel.",
)
def _channels_last(occurrence: Occurrence) -> Any:
    def order(x: Array, r: int) -> Array:
        needs(x.shape[0] > r * r > 1)
        given = (r * r, -1) if occurrence.operation in ("pixel_shuffle", "pixel_unshuffle_grad_input") else (-1, r * r)
        return np.swapaxes(x.reshape(*given, *x.shape[1:]), 0, 1)

    return _with_channels(occurrence, order)


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
    id="channel-shuffle-grad-forward",
    operations="channel_shuffle_grad_input",
    equals="the gradient is shuffled like the input, not back",
    repair="Send the gradient of each channel back to where the channel came from.",
)
def _shuffled_forward(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed("channel_shuffle", input=given["grad_output"], groups=given["groups"])


@misconception(
    id="pad-grad-not-cropped",
    operations="pad_grad_input",
    equals="the gradient of the padding is kept",
    repair="Crop the margins: the gradient has the size of the input.",
)
def _margins_kept(occurrence: Occurrence) -> Any:
    return array(occurrence.bound()["grad_output"])


@misconception(
    id="pad-grad-copies-dropped",
    operations="pad_grad_input",
    equals="the gradient of the copies in the margins is dropped",
    repair="Add the gradient of every copy to that of the cell that it repeats.",
)
def _copies_dropped(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["mode"] != "constant")
    return occurrence.changed(mode="constant", value=None)


@misconception(
    id="unfold-windows-as-rows",
    operations="unfold",
    equals="the cells of each window are written as a row, not as a column",
    repair="Write the cells of each window as a column: a row for each cell of the kernel.",
)
def _rows(occurrence: Occurrence) -> Any:
    return np.swapaxes(array(occurrence.right()), -1, -2)


@misconception(
    id="fold-averaged",
    operations=("fold", "unfold_grad_input"),
    equals="cells in which windows overlap are averaged",
    repair="Add the cells of all windows that overlap; fold does not undo unfold.",
)
def _averaged(occurrence: Occurrence) -> Any:
    columns = "input" if occurrence.operation == "fold" else "grad_output"
    ones = occurrence.changed(**{columns: np.ones(np.shape(occurrence.bound()[columns]))})
    return array(occurrence.right()) / np.maximum(1, array(occurrence.value_of(ones)))


@misconception(
    id="fold-grad-shared",
    operations="fold_grad_input",
    equals="the gradient of a cell is divided among the windows that overlap in it",
    repair="Send the whole gradient of a cell to every window that contains it.",
)
def _shared(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    named = {name: value for name, value in given.items() if name not in ("grad_output", "input")}
    ones = occurrence.changed("fold", input=np.ones(np.shape(given["input"])), **named)
    counts = np.maximum(1, array(occurrence.value_of(ones)))
    return occurrence.changed(grad_output=array(given["grad_output"]) / counts)


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
    equals="the indices are counted within each window",
    repair="Count the index within the whole map: row times width plus column.",
)
def _inside(occurrence: Occurrence) -> Any:
    """Only for windows side by side without padding, where a cell belongs to a single window."""
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
    equals="the indices are counted from one",
    repair="Count the indices from zero.",
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
    id="lp-pool-grad-no-root",
    operations="lp_pool2d_grad_input",
    equals="the sum of the powers is differentiated without its root",
    repair="Differentiate the root, too: chain rule from the outside in.",
)
def _root_not_differentiated(occurrence: Occurrence) -> Any:
    power = float(occurrence.bound()["norm_type"])
    needs(power != 1)
    means = array(forward(occurrence))
    return occurrence.changed(grad_output=array(occurrence.bound()["grad_output"]) * power * means ** (power - 1))


@misconception(
    id="box-corner-for-centre",
    operations="box_convert",
    equals="the corner of the box is given where its centre is asked for, or the centre where its corner is",
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


@misconception(
    id="sorted-other-way",
    operations=("sort", "argsort"),
    equals="the numbers are put in the opposite order, the smallest first for the largest or the other way round",
    repair="Check which end comes first.",
)
def _other_way(occurrence: Occurrence) -> Any:
    return occurrence.changed(descending=not occurrence.bound()["descending"])
