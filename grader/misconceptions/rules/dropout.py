"""Dropout: mistakes with the factor of the kept numbers, and with which numbers are kept."""

from __future__ import annotations

from typing import Any

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.pool_calls import scaled

_DROPOUT = ("dropout", "dropout_grad_input")


def _share(occurrence: Occurrence) -> float:
    share = float(occurrence.bound()["p"])
    needs(0 < share < 1)
    return share


@misconception(
    id="dropout-not-scaled",
    operations=_DROPOUT,
    equals="the kept numbers are not divided by 1 - p",
    repair="Divide what is kept by 1 - p, so that the mean stays.",
)
def _not_scaled(occurrence: Occurrence) -> Any:
    return scaled(occurrence, 1 - _share(occurrence))


@misconception(
    id="dropout-scaled-twice",
    operations=_DROPOUT,
    equals="the kept numbers are divided by 1 - p twice",
    repair="Divide by 1 - p once.",
)
def _scaled_twice(occurrence: Occurrence) -> Any:
    return scaled(occurrence, 1 / (1 - _share(occurrence)))


@misconception(
    id="dropout-multiplied",
    operations=_DROPOUT,
    equals="the kept numbers are multiplied by 1 - p, not divided",
    repair="Divide by 1 - p in training: multiplying belongs to the form that scales at test time.",
)
def _multiplied(occurrence: Occurrence) -> Any:
    return scaled(occurrence, (1 - _share(occurrence)) ** 2)


@misconception(
    id="dropout-divided-by-p",
    operations=_DROPOUT,
    equals="the kept numbers are divided by p, the share that is dropped",
    repair="Divide by 1 - p, the share that is kept.",
)
def _divided_by_p(occurrence: Occurrence) -> Any:
    share = _share(occurrence)
    needs(share != 0.5)
    return scaled(occurrence, (1 - share) / share)


@misconception(
    id="dropout-mask-inverted",
    operations=_DROPOUT,
    equals="what the mask keeps is dropped, and the rest is kept",
    repair="Keep the numbers at which the mask is 1.",
)
def _inverted(occurrence: Occurrence) -> Any:
    return occurrence.changed(mask=1 - array(occurrence.bound()["mask"]))


@misconception(
    id="dropout-ignored",
    operations=_DROPOUT,
    equals="nothing is dropped",
    repair="Set the numbers at which the mask is 0 to zero.",
)
def _ignored(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return array(given.get("grad_output", given["input"]))
