"""Other givens of the same shape under which a question tells more misconceptions apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from grader.answers.values import all_zero
from grader.errors import AuthorError
from grader.formula.arithmetic import is_number
from grader.homework.assignment import Assignment, Question
from grader.homework.givens import leaves
from grader.homework.solution import solve_question
from grader.marking.diagnosis.lint import lint_question
from grader.structs import Struct

TRIES = 60
_SEED = 7
_SHARES = [0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.8, 0.9]


class Suggestion(Struct):
    """Better givens for a question, and how many findings remain with them."""

    question: str
    given: dict[str, Any]
    before: int
    after: int


def suggest(question: Question, assignment: Assignment) -> Suggestion | None:
    """The best of some random small givens of the same shape; None when none is better than the present ones."""
    before = _count(question, assignment)
    if not before:
        return None
    stream = random.Random(_SEED)
    best: Suggestion | None = None
    for given in _candidates(question.given, stream):
        changed = question.replaced(given={**question.given, **given})
        try:
            after = _count(changed, assignment)
        except AuthorError:
            continue
        if after < (before if best is None else best.after):
            best = Suggestion(question.id, given, before, after)
        if after == 0:
            break
    return best


def _count(question: Question, assignment: Assignment) -> int:
    return sum(found.count for found in lint_question(solve_question(question, assignment)))


def _candidates(given: dict[str, Any], stream: random.Random) -> Iterator[dict[str, Any]]:
    """Givens with some or all numbers drawn again; zeros (a velocity at rest) mostly stay."""
    every = [name for name, value in given.items() if _numeric(value)]
    moving = [name for name in every if not all_zero(given[name])]
    for index in range(TRIES if every else 0):
        names = every if index % 3 == 2 or not moving else moving
        chosen = names if index % 2 else stream.sample(names, stream.randint(1, len(names)))
        yield {name: _drawn(given[name], stream) for name in chosen}


def _numeric(value: Any) -> bool:
    entries = list(leaves(value))
    return bool(entries) and all(map(is_number, entries))


def _drawn(value: Any, stream: random.Random, signed: bool | None = None) -> Any:
    """A value of the same shape: small integers for integers, signed where the old ones are, decimals for decimals."""
    if isinstance(value, list):
        signed = any(entry <= 0 for entry in leaves(value)) if signed is None else signed
        return [_drawn(item, stream, signed) for item in value]
    if isinstance(value, float):
        if 0 < value < 1:
            return stream.choice(_SHARES)
        return float(stream.randint(-9, 9))
    if signed:
        return stream.choice([number for number in range(-5, 10) if number])
    return stream.randint(1, max(9, 2 * value))
