"""Resizing and unpooling: mistakes with the alignment of corners, and with the cells that unpooling fills."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs

_RESIZED = ("interpolate", "interpolate_grad_input")


@misconception(
    id="bilinear-corners",
    operations=_RESIZED,
    equals="the corners are aligned where the question does not align them, or the other way round",
    repair="Place the cells as align_corners says: by their centres, or with the outer ones at the edges.",
)
def _corners(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    needs(b["mode"] != "nearest")
    return occurrence.changed(align_corners=not b["align_corners"])


@misconception(
    id="bilinear-as-nearest",
    operations=_RESIZED,
    equals="the nearest cell is repeated in place of an interpolation",
    repair="Weigh the neighbouring cells by their distances.",
)
def _nearest(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["mode"] == "bilinear")
    return occurrence.changed(mode="nearest", align_corners=None)


@misconception(
    id="unpool-first-cell",
    operations=("max_unpool2d", "max_unpool2d_grad_input"),
    equals="unpooling puts each cell at the first place of its window",
    repair="Put each cell back to where its maximum was found.",
)
def _first_cell(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    needs(not b["padding"])
    kernel = b["kernel_size"] if b["stride"] is None else b["stride"]
    down, along = kernel if isinstance(kernel, list | tuple) else (kernel, kernel)
    width = np.shape(b.get("grad_output", occurrence.right()))[-1]
    rows, columns = np.indices(np.shape(b["input"]))[-2:]
    places = rows * down * width + columns * along
    needs(not np.array_equal(places, array(b["indices"])))
    return occurrence.changed(indices=places.astype(np.float64))


@misconception(
    id="unpool-everywhere",
    operations="max_unpool2d",
    equals="unpooling fills the whole window",
    repair="Put each cell back to one place and fill the others with 0.",
)
def _everywhere(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    needs(not b["padding"] and b["stride"] in (None, b["kernel_size"]))
    shape = np.shape(occurrence.right())
    return occurrence.changed("interpolate", input=array(b["input"]), size=shape[-2:])


@misconception(
    id="nearest-filled-with-zeros",
    operations="interpolate",
    equals="each cell is put into its block once, and zeros fill the rest",
    repair="Repeat the nearest cell in the whole block.",
)
def _zeros_between(occurrence: Occurrence) -> Any:
    image, larger = array(occurrence.bound()["input"]), array(occurrence.right())
    needs(occurrence.bound()["mode"] == "nearest")
    down, along = (after // before for before, after in zip(image.shape[-2:], larger.shape[-2:], strict=True))
    needs(max(down, along) > 1 and larger.shape[-2:] == (image.shape[-2] * down, image.shape[-1] * along))
    filled = np.zeros(larger.shape)
    filled[..., ::down, ::along] = image
    return filled
