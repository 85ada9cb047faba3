"""Values of a part as rows of numbers, so that one answer is compared with thousands of predictions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.answers.encoding import RANKS, Floats, Vector
from grader.answers.encoding import AnswerVector as Given
from grader.errors import AuthorError
from grader.formula.evaluation import Evaluation
from grader.homework.solution import SolvedPart
from grader.marking.carrying import World
from grader.marking.sheet import Sheet

__all__ = ["RANKS", "Floats", "Given", "Vector", "encode", "encode_answer"]


def encode(values: Sequence[Any], part: SolvedPart) -> Vector | None:
    """A part's values at its frames as a vector; None for what has no such form (too large, ragged, no numbers)."""
    return part.kind.encode(values, part.rank)


def encode_answer(world: World, sheet: Sheet, part: SolvedPart, at: Sequence[Evaluation]) -> Given | None:
    """A student's answer as a vector at some frames; None where there is nothing to compare."""
    value = sheet.answers[part.id].value
    if value is None:
        return None
    key = world.key(part) if part.samples is None else None
    return part.kind.encode_reading(value, key, part.spec, [_point(sheet, part, frame) for frame in at])


def _point(sheet: Sheet, part: SolvedPart, frame: Evaluation) -> Mapping[str, Any] | None:
    """The values of the names that the answer uses; None where one of them has none."""
    try:
        return sheet.environment(part, frame)
    except (ArithmeticError, ValueError, AuthorError):
        return None
