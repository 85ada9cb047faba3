"""Random wrong answers, to every part of every shipped assignment: hardly any has a cause."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.homework.files import load_assignment
from grader.homework.solution import SolvedPart, SolvedQuestion, solve
from grader.marking.diagnosis import coincidence, wrong_answer
from grader.marking.mark import mark_question

KEYS = Path(__file__).parents[2] / "answer_keys"
ANSWERS = 1_500
"""How many answers are drawn in all."""
MOST = 0.025
LARGEST_DENOMINATOR = 8


def size_of(numbers: list[float]) -> float:
    """What the numbers of a key are about as large as; a key of small whole numbers counts as 3."""
    largest = max(map(abs, numbers))
    return max(3.0, largest) if all(isinstance(number, int) for number in numbers) else largest or 1.0


def leaves(entry: Any) -> Iterator[float]:
    if isinstance(entry, list):
        for item in entry:
            yield from leaves(item)
    else:
        yield entry


def grid_of(numbers: list[float]) -> int | None:
    """The denominator of the grid on which the numbers lie; None where they lie on none."""
    exact = [Fraction(number).limit_denominator(LARGEST_DENOMINATOR) for number in numbers]
    on_grid = all(abs(float(value) - number) < 1e-9 for value, number in zip(exact, numbers, strict=True))
    return math.lcm(*(value.denominator for value in exact)) if on_grid else None


class Drawn:
    """Answers in the form of a key, by a seeded stream: one of several plausible distributions at a time."""

    def __init__(self, key: Any, stream: random.Random) -> None:
        self.stream = stream
        self.numbers = [] if isinstance(key, str) else [leaf for leaf in leaves(key) if not isinstance(leaf, str)]
        self.digits = stream.choice([2, 3, 6])
        self.on_grid = stream.random() < 0.5
        self.own_size = stream.random() < 0.5
        self.signed = any(number < 0 for number in self.numbers) or stream.random() < 0.2

    def answer(self, key: Any) -> Any:
        if isinstance(key, list):
            return [self.answer(item) for item in key]
        if isinstance(key, str):
            return re.sub(r"\d+", lambda size: str(self.stream.randint(1, 2 * max(3, int(size[0])))), key)
        return self.number(key)

    def number(self, key: float) -> float:
        """A whole number for a count; else a number on the key's grid, or one of few or many digits."""
        size = size_of([key]) if self.own_size and key else size_of(self.numbers)
        sign = -1 if self.signed and self.stream.random() < 0.5 else 1
        if isinstance(key, int):
            return sign * self.stream.randint(0, int(2 * size))
        step = grid_of(self.numbers)
        if self.on_grid and step is not None:
            return sign * self.stream.randint(0, int(2 * size * step)) / step
        return float(f"{sign * self.stream.uniform(0, 2 * size):.{self.digits}g}")


@cache
def computed_parts() -> list[tuple[SolvedQuestion, SolvedPart]]:
    """The parts of numbers and shapes; a random formula would tell nothing of how students err."""
    return [
        (solved, part)
        for folder in sorted(KEYS.iterdir())
        for solved in solve(load_assignment(folder))
        for part in solved.parts.values()
        if part.computed and part.samples is None
    ]


def counted(seed: int, answers: int) -> Counter[str]:
    """How many random answers are wrong, and how many of those are named a misconception or a slip."""
    stream = random.Random(seed)
    parts = computed_parts()
    found: Counter[str] = Counter()
    for solved, part in parts * math.ceil(answers / len(parts)):
        answer = Drawn(part.key_entry, stream).answer(part.key_entry)
        marked = mark_question(solved, {part.id: answer}, Decimal(1))
        (report,) = (report for report in marked.parts if report.id == part.id)
        if report.verdict in ("wrong", "partial"):
            found["wrong"] += 1
            found.update({diagnosis.kind for diagnosis in report.diagnoses})
    return found


def test_random_wrong_answers_have_no_cause() -> None:
    found = counted(1, ANSWERS)
    assert found["wrong"] > 0.9 * ANSWERS
    assert found["misconception"] < MOST * found["wrong"], found
    assert found["slip"] < MOST * found["wrong"], found


def test_without_its_limits_the_search_names_what_chance_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((wrong_answer, "ALPHA"), (coincidence, "CROWDED")):
        monkeypatch.setattr(module, name, 1e6)
    found = counted(1, ANSWERS // 2)
    assert found["misconception"] > MOST * found["wrong"], found
