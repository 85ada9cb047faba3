"""Channels of dense blocks."""

from __future__ import annotations

from typing import Any

from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.registry import misconception

_CHANNELS = "densenet_channels"


@misconception(
    id="densenet-no-input",
    operations=_CHANNELS,
    equals="the input of the block is not concatenated",
    repair="Add the channels of the block's input: they are concatenated too.",
)
def _no_input(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    return occurrence.right() - b["in_channels"]


@misconception(
    id="densenet-once",
    operations=_CHANNELS,
    equals="the growth rate is added once for the whole block",
    repair="Add the growth rate for each layer of the block.",
)
def _once(occurrence: Occurrence) -> Any:
    if occurrence.bound()["layers"] < 2:
        raise NotApplicableError
    return occurrence.changed(layers=1)


@misconception(
    id="densenet-off-by-one",
    operations=_CHANNELS,
    equals="the last layer's own maps are left out",
    repair="Add the maps of the last layer to what it receives.",
)
def _last_input(occurrence: Occurrence) -> Any:
    layers = occurrence.bound()["layers"]
    if layers < 1:
        raise NotApplicableError
    return occurrence.changed(layers=layers - 1)


@misconception(
    id="densenet-no-concatenation",
    operations=_CHANNELS,
    equals="only the last layer's maps leave the block",
    repair="Concatenate the maps of all layers with the block's input.",
)
def _last_only(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    if b["layers"] < 1:
        raise NotApplicableError
    return b["growth_rate"]
