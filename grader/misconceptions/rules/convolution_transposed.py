"""The transposed convolution: mistakes with spreading the kernel, with placing its copies and with cropping."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import Array, pair
from grader.core.support.windows import effective
from grader.formula.substitution import Alternatives, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, axes_of, needs, sides, slides, turned

_MOST_CELLS = 2_000
_BOTH = ("conv_transpose2d", "conv_transpose1d")


@misconception(
    id="tconv-flip",
    operations=_BOTH,
    equals="the kernel is rotated by 180° before it is spread",
    repair="Spread the kernel as it is: every input cell multiplies it.",
)
def _flip(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.changed(weight=turned(occurrence.bound()["weight"], occurrence))


@misconception(
    id="tconv-as-conv",
    operations=_BOTH,
    equals="the stride and the padding are those of an ordinary convolution",
    repair="Let every input cell spread the kernel over the output, the stride apart: the output grows.",
    source="paper 002 q1",
)
def _as_convolution(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["groups"] == 1 and slides(occurrence))
    weight, axes = array(given["weight"]), axes_of(occurrence)
    return occurrence.changed(
        "conv1d" if axes == 1 else "conv2d",
        input=given["input"],
        weight=weight if weight.ndim == axes else np.swapaxes(weight, 0, 1),
        bias=given["bias"],
        stride=given["stride"],
        padding=given["padding"],
        dilation=given["dilation"],
    )


@misconception(
    id="tconv-stride-ignored",
    operations=_BOTH,
    equals="the copies of the kernel lie one cell apart",
    repair="Lay the copies of the kernel the stride apart.",
)
def _stride_ignored(occurrence: Occurrence) -> Any:
    needs(max(sides(occurrence.bound()["stride"], occurrence)) > 1)
    return occurrence.changed(stride=1, output_padding=0)


@misconception(
    id="tconv-not-cropped",
    operations=_BOTH,
    equals="the padding is not cropped from the output",
    repair="Crop the padding from every side of the output.",
)
def _not_cropped(occurrence: Occurrence) -> Any:
    needs(np.any(array(occurrence.bound()["padding"])))
    return occurrence.changed(padding=0)


@misconception(
    id="tconv-input-kept",
    operations=_BOTH,
    equals="the input is handed on as it is",
    repair="Let every input cell spread the kernel: without stride and padding the output grows by k - 1.",
)
def _input_kept(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(max(sides(given["stride"], occurrence)) == 1 and slides(occurrence))
    image, axes = array(given["input"]), axes_of(occurrence)
    needs(image.shape[:-axes] == np.shape(occurrence.right())[:-axes])
    return image


@misconception(
    id="tconv-overwritten",
    operations="conv_transpose2d",
    equals="overlapping copies of the kernel replace each other",
    repair="Add the copies of the kernel where they overlap.",
)
def _overwritten(occurrence: Occurrence) -> Any:
    """Of overlapping copies of the kernel, only the last in row-major order counts, or only the first."""
    given = occurrence.bound()
    weight, image = array(given["weight"]), array(given["input"])
    stride, dilation = pair(given["stride"], "stride", 1), pair(given["dilation"], "dilation", 1)
    covered = [effective(k, d) for k, d in zip(weight.shape[-2:], dilation, strict=True)]
    needs(given["groups"] == 1 and any(c > s for c, s in zip(covered, stride, strict=True)))
    height, width = image.shape[-2:]
    needs(height * width <= _MOST_CELLS)
    x = image.reshape((1,) * (4 - image.ndim) + image.shape)
    w = weight.reshape((1,) * (4 - weight.ndim) + weight.shape)
    right = array(occurrence.right())
    margins, extra = pair(given["padding"], "padding"), pair(given["output_padding"], "output_padding")
    size = [side + 2 * margin for side, margin in zip(right.shape[-2:], margins, strict=True)]
    needs(all(side > more for side, more in zip(size, extra, strict=True)))
    cells = [(row, column) for row in range(height) for column in range(width)]
    found = []
    for order in (cells, cells[::-1]):
        total = np.zeros((x.shape[0], w.shape[1], *size))
        for row, column in order:
            _lay(total, np.einsum("nc,couv->nouv", x[:, :, row, column], w), (row, column), stride, dilation)
        inside = [slice(margin, side - margin) for side, margin in zip(size, margins, strict=True)]
        total = total[..., inside[0], inside[1]]
        if given["bias"] is not None:
            total = total + array(given["bias"]).reshape(-1, 1, 1)
        found.append(total.reshape(right.shape))
    return Alternatives(tuple(found))


def _lay(total: Array, copy: Array, at: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]) -> None:
    rows, columns = (
        slice(i * s, i * s + effective(k, d), d)
        for i, s, k, d in zip(at, stride, copy.shape[-2:], dilation, strict=True)
    )
    total[..., rows, columns] = copy
