"""Losses of differences other than the squared error: absolute, smooth L1, Huber."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs

_BENDS = {"smooth_l1_loss": "beta", "huber_loss": "delta"}


@misconception(
    id="l1-squared",
    operations="l1_loss",
    equals="the errors are squared",
    repair="Take the absolute errors.",
)
def _squared(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["weight"] is None)
    return occurrence.changed("mse_loss", **{name: given[name] for name in ("input", "target", "reduction")})


@misconception(
    id="l1-with-sign",
    operations="l1_loss",
    equals="the errors are added with their signs",
    repair="Take the absolute value of each error first.",
)
def _with_sign(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["weight"] is None and given["reduction"] in ("mean", "sum"))
    errors = array(given["input"]) - array(given["target"])
    return float(abs(errors.mean() if given["reduction"] == "mean" else errors.sum()))


@misconception(
    id="smooth-loss-as-absolute",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "absolute"},
    equals="all errors are counted by their absolute value, small ones too",
    repair="Square the errors that are smaller than the bend, and halve them.",
)
@misconception(
    id="smooth-loss-as-squared",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "squared"},
    equals="large errors are squared, too",
    repair="Count the errors beyond the bend by their absolute value.",
)
@misconception(
    id="smooth-loss-no-half",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "whole"},
    equals="the squares of small errors are not halved",
    repair="Halve the squares: only then do both pieces meet with one slope.",
)
@misconception(
    id="smooth-loss-not-shifted",
    operations=("smooth_l1_loss", "huber_loss"),
    options={"share": "unshifted"},
    equals="nothing is subtracted from the absolute value of large errors",
    repair="Subtract half of the bend from large errors: only then do both pieces meet.",
)
def _other_piece(occurrence: Occurrence, share: str) -> Any:
    given = occurrence.bound()
    bend, huber = float(given[_BENDS[occurrence.operation]]), occurrence.operation == "huber_loss"
    needs(given.get("weight") is None and bend > 0)
    distance = np.abs(array(given["input"]) - array(given["target"]))
    square, line = distance**2 / (2 * bend), distance - bend / 2
    small = {"absolute": distance, "whole": 2 * square}.get(share, square)
    large = {"absolute": distance, "squared": square, "unshifted": distance}.get(share, line)
    losses = np.where(distance < bend, small, large) * (bend if huber else 1.0)
    if given["reduction"] == "none":
        return losses
    return float(losses.mean() if given["reduction"] == "mean" else losses.sum())
