"""Channels of dense blocks."""

from __future__ import annotations

from typing import Any

from grader.formula.substitution import NotApplicableError, Occurrence
from grader.misconceptions.rule import Misconception, misconception

_CHANNELS = "densenet_channels"


def _no_input(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    return occurrence.right() - b["in_channels"]


def _once(occurrence: Occurrence) -> Any:
    if occurrence.bound()["layers"] < 2:
        raise NotApplicableError
    return occurrence.again(layers=1)


def _last_input(occurrence: Occurrence) -> Any:
    layers = occurrence.bound()["layers"]
    if layers < 1:
        raise NotApplicableError
    return occurrence.again(layers=layers - 1)


def _last_only(occurrence: Occurrence) -> Any:
    b = occurrence.bound()
    if b["layers"] < 1:
        raise NotApplicableError
    return b["growth_rate"]


RULES: tuple[Misconception, ...] = (
    misconception(
        "densenet-no-input",
        _CHANNELS,
        _no_input,
        "the input of the block is not concatenated",
        "Add the channels of the block's input: they are concatenated too.",
    ),
    misconception(
        "densenet-once",
        _CHANNELS,
        _once,
        "the growth rate is added once for the whole block",
        "Add the growth rate for each layer of the block.",
    ),
    misconception(
        "densenet-off-by-one",
        _CHANNELS,
        _last_input,
        "the last layer's own maps are left out",
        "Add the maps of the last layer to what it receives.",
    ),
    misconception(
        "densenet-no-concatenation",
        _CHANNELS,
        _last_only,
        "only the last layer's maps leave the block",
        "Concatenate the maps of all layers with the block's input.",
    ),
)
