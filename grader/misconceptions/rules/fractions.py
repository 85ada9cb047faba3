"""Fractions and rounding: a part of the wrong whole, half of an odd size, a number rounded in the other direction."""

from __future__ import annotations

import math
from typing import Any

from grader.formula.arithmetic import binary, is_number
from grader.formula.substitution import Occurrence
from grader.formula.tree import Binary, Constant, Expression
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import operands


def _is(expression: Expression, value: int) -> bool:
    return isinstance(expression, Constant) and expression.value == value


@misconception(
    id="share-of-sum",
    operations="/",
    equals="a part is divided by the sum of the whole and the part",
    repair="Divide by the whole alone: it holds the part already.",
    general=True,
)
@misconception(
    id="share-of-rest",
    operations="/",
    options={"sign": "-"},
    equals="a part is divided by the rest, not by the whole",
    repair="Divide by the whole: the part belongs to it.",
    general=True,
)
def _other_whole(occurrence: Occurrence, sign: str = "+") -> Any:
    part, whole = occurrence.arguments
    needs(is_number(part) and is_number(whole) and 0 < part < whole)
    return binary("/", part, binary(sign, whole, part))


@misconception(
    id="half-window",
    operations="//",
    equals="half the size is taken, the middle not subtracted",
    repair="Subtract 1 for the middle before you halve.",
)
@misconception(
    id="whole-window",
    operations="//",
    options={"share": 1},
    equals="the whole size is given where one side of the middle is asked for",
    repair="Subtract 1 for the middle, then halve.",
)
def _beside_the_middle(occurrence: Occurrence, share: int = 2) -> Any:
    """The size k of a formula (k - 1)//2, divided by `share`, if k is an integer."""
    left, right = (part.expression for part in operands(occurrence))
    needs(_is(right, 2) and _less_one(left))
    size = occurrence.arguments[0] + 1
    needs(type(size) is int)
    return binary("/", size, share) if size % share else size // share


@misconception(
    id="stack-first-not-counted",
    operations="//",
    equals="the first of the layers is not counted",
    repair="Begin with a field of one cell: every layer, the first too, adds k - 1 to it.",
)
def _first_not_counted(occurrence: Occurrence) -> Any:
    """One less than (n - 1)//(k - 1), the number of layers with kernel size k and a receptive field of n."""
    needs(all(_less_one(part.expression) for part in operands(occurrence)))
    count = occurrence.right()
    needs(type(count) is int and count > 1)
    return count - 1


def _less_one(expression: Expression) -> bool:
    return isinstance(expression, Binary) and expression.operator == "-" and _is(expression.right, 1)


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
