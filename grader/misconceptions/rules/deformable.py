"""The deformable convolution: mistakes with the layout and the meaning of offsets, and with the mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.support.inputs import Array
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs


def _in_pairs(occurrence: Occurrence) -> Array:
    """The offsets with axes for the offset groups, the taps, and the two coordinates of each tap."""
    offset, weight = array(occurrence.bound()["offset"]), occurrence.bound()["weight"]
    taps = int(np.prod(np.shape(weight)[-2:]))
    return offset.reshape(*offset.shape[:-3], -1, taps, 2, *offset.shape[-2:])


@misconception(
    id="deform-steps-exchanged",
    operations="deform_conv2d",
    equals="the first offset of each pair moves along the row, the second down",
    repair="Take the first offset of each pair down, the second to the right.",
)
def _exchanged(occurrence: Occurrence) -> Any:
    return occurrence.changed(offset=_in_pairs(occurrence)[..., ::-1, :, :].reshape(_shape(occurrence)))


def _shape(occurrence: Occurrence) -> tuple[int, ...]:
    return np.shape(occurrence.bound()["offset"])


@misconception(
    id="deform-offsets-apart",
    operations="deform_conv2d",
    equals="the offsets are read as all steps down and then all steps to the right",
    repair="Read the offsets in pairs: the step down and the step right of the first tap, then those of the second.",
)
def _apart(occurrence: Occurrence) -> Any:
    pairs = _in_pairs(occurrence)
    taps = pairs.shape[-4]
    needs(taps > 1)
    halves = pairs.reshape(*pairs.shape[:-4], 2, taps, *pairs.shape[-2:])
    return occurrence.changed(offset=np.swapaxes(halves, -4, -3).reshape(_shape(occurrence)))


@misconception(
    id="deform-offsets-ignored",
    operations="deform_conv2d",
    equals="the taps stay where an ordinary convolution has them",
    repair="Move each tap by its offset before you read the image.",
)
def _ignored(occurrence: Occurrence) -> Any:
    return occurrence.changed(offset=np.zeros(_shape(occurrence)))


@misconception(
    id="deform-nearest",
    operations="deform_conv2d",
    equals="the nearest cell is read at places between cells",
    repair="Weigh the four neighbouring cells by their distances.",
)
def _nearest(occurrence: Occurrence) -> Any:
    return occurrence.changed(offset=np.round(array(occurrence.bound()["offset"])))


@misconception(
    id="deform-mask-ignored",
    operations="deform_conv2d",
    equals="the taps are not weighted by the mask",
    repair="Multiply what each tap reads by its entry of the mask.",
)
def _unmasked(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["mask"] is not None)
    return occurrence.changed(mask=None)
