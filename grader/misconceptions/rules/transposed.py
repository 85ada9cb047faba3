"""The transposed convolution: spreading the kernel, where its copies lie, and what is cropped."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.options import pair
from grader.core.support.padding import effective
from grader.formula.substitution import Occurrence
from grader.misconceptions.rule import Misconception, misconception
from grader.misconceptions.support.arrays import Array, array, needs, slides, turned

_MOST_CELLS = 2_000


def _flip(occurrence: Occurrence) -> Any:
    needs(slides(occurrence))
    return occurrence.again(weight=turned(occurrence.bound()["weight"], occurrence))


def _as_convolution(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["groups"] == 1 and slides(occurrence))
    weight = array(given["weight"])
    return occurrence.again(
        "conv2d",
        input=given["input"],
        weight=weight if weight.ndim == 2 else np.swapaxes(weight, 0, 1),
        bias=given["bias"],
        stride=given["stride"],
        padding=given["padding"],
        dilation=given["dilation"],
    )


def _stride_ignored(occurrence: Occurrence) -> Any:
    needs(pair(occurrence.bound()["stride"], "stride", 1) != (1, 1))
    return occurrence.again(stride=1, output_padding=0)


def _not_cropped(occurrence: Occurrence) -> Any:
    needs(np.any(array(occurrence.bound()["padding"])))
    return occurrence.again(padding=0)


def _overwritten(occurrence: Occurrence) -> Any:
    """Where copies of the kernel overlap, the later one in row-major order stands alone."""
    given = occurrence.bound()
    weight, image = array(given["weight"]), array(given["input"])
    stride, dilation = pair(given["stride"], "stride", 1), pair(given["dilation"], "dilation", 1)
    covered = [effective(k, d) for k, d in zip(weight.shape[-2:], dilation, strict=True)]
    needs(given["groups"] == 1 and any(c > s for c, s in zip(covered, stride, strict=True)))
    needs(not np.any(array(given["padding"])) and not np.any(array(given["output_padding"])))
    height, width = image.shape[-2:]
    needs(height * width <= _MOST_CELLS)
    x = image.reshape((1,) * (4 - image.ndim) + image.shape)
    w = weight.reshape((1,) * (4 - weight.ndim) + weight.shape)
    right = array(occurrence.right())
    total = np.zeros((x.shape[0], w.shape[1], *right.shape[-2:]))
    for row in range(height):
        for column in range(width):
            _lay(total, np.einsum("nc,couv->nouv", x[:, :, row, column], w), (row, column), stride, dilation)
    if given["bias"] is not None:
        total = total + array(given["bias"]).reshape(-1, 1, 1)
    return total.reshape(right.shape)


def _lay(total: Array, copy: Array, at: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]) -> None:
    rows, columns = (
        slice(i * s, i * s + effective(k, d), d)
        for i, s, k, d in zip(at, stride, copy.shape[-2:], dilation, strict=True)
    )
    total[..., rows, columns] = copy


RULES: tuple[Misconception, ...] = (
    misconception(
        "tconv-flip",
        "conv_transpose2d",
        _flip,
        "the kernel is rotated by 180° before it is spread",
        "Spread the kernel as it is: every input cell multiplies it.",
    ),
    misconception(
        "tconv-as-conv",
        "conv_transpose2d",
        _as_convolution,
        "the stride and the padding are those of an ordinary convolution",
        "Let every input cell spread the kernel over the output, the stride apart: the output grows.",
        "paper 002 q1",
    ),
    misconception(
        "tconv-stride-ignored",
        "conv_transpose2d",
        _stride_ignored,
        "the copies of the kernel lie one cell apart",
        "Lay the copies of the kernel the stride apart.",
    ),
    misconception(
        "tconv-not-cropped",
        "conv_transpose2d",
        _not_cropped,
        "the padding is not cropped from the output",
        "Crop the padding from every side of the output.",
    ),
    misconception(
        "tconv-overwritten",
        "conv_transpose2d",
        _overwritten,
        "overlapping copies of the kernel replace each other",
        "Add the copies of the kernel where they overlap.",
    ),
)
"""The rules of this topic, as the catalogue lists them."""
