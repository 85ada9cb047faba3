"""Numbers rounded in the other direction than the formula rounds them, or not at all."""

from __future__ import annotations

import math
from typing import Any

from grader.formula.arithmetic import is_number
from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs


@misconception(
    id="rounded-down",
    operations="ceil",
    equals="a number is rounded down",
    repair="Round up: what is left over, such as a last batch that is not full, counts as one more.",
)
def _down(occurrence: Occurrence) -> Any:
    (value,) = occurrence.bound().values()
    needs(is_number(value))
    return math.floor(value)


@misconception(
    id="rounded-up",
    operations="floor",
    equals="a number is rounded up",
    repair="Round down: only what is whole counts.",
)
def _up(occurrence: Occurrence) -> Any:
    (value,) = occurrence.bound().values()
    needs(is_number(value))
    return math.ceil(value)


@misconception(
    id="not-rounded",
    operations=("ceil", "floor"),
    equals="a number is not rounded",
    repair="Round to a whole number, in the direction that the question needs.",
)
def _as_it_is(occurrence: Occurrence) -> Any:
    (value,) = occurrence.bound().values()
    needs(is_number(value) and value != int(value))
    return value
