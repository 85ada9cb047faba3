"""How often a cause is named: of answers that a known mistake gives, and of random ones.

An injected answer is what one misconception at one place (or everywhere) gives for a part, written in full; it counts
as named when that misconception is. Random answers are drawn in the form of the key: whole numbers of about its size,
numbers on its grid, decimals of few and of many digits, shapes.

    python benchmarks/naming.py [FOLDER ...] [--answers 2000] [--least 0.95] [--most 0.025]
"""

from __future__ import annotations

import argparse
import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.homework.files import load_assignment
from grader.homework.solution import SolvedPart, solve
from grader.marking.marker import QuestionMarker
from grader.marking.report import PartReport
from grader.variants.named import injected as mistakes

KEYS = Path(__file__).resolve().parents[1] / "answer_keys"
LARGEST_DENOMINATOR = 8
Asked = list[tuple[QuestionMarker, SolvedPart]]


def asked_in(folders: Iterable[Path]) -> Asked:
    """The computed parts of numbers and shapes; a random formula would tell nothing of how students err."""
    return [
        (marker, part)
        for folder in sorted(folders)
        for marker in map(QuestionMarker, solve(load_assignment(folder)))
        for part in marker.solved.parts.values()
        if part.computed and part.samples is None
    ]


def marked(marker: QuestionMarker, part: SolvedPart, answer: Any) -> PartReport:
    """The report on one answer, worked out anew, where nothing else is answered."""
    report = marker.marked({part.id: answer})
    return next(found for found in report.parts if found.id == part.id)


class Drawn:
    """Answers in the form of a key, by a seeded stream: one of several plausible distributions at a time."""

    def __init__(self, key: Any, stream: random.Random) -> None:
        self.stream = stream
        self.numbers = [leaf for leaf in leaves(key) if not isinstance(leaf, str)]
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


def leaves(entry: Any) -> Iterator[Any]:
    if isinstance(entry, list):
        for item in entry:
            yield from leaves(item)
    else:
        yield entry


def size_of(numbers: list[float]) -> float:
    """What the numbers of a key are about as large as; a key of small whole numbers counts as 3."""
    largest = max(map(abs, numbers))
    return max(3.0, largest) if all(isinstance(number, int) for number in numbers) else largest or 1.0


def grid_of(numbers: list[float]) -> int | None:
    """The denominator of the grid on which the numbers lie; None where they lie on none."""
    exact = [Fraction(number).limit_denominator(LARGEST_DENOMINATOR) for number in numbers]
    on_grid = all(abs(float(value) - number) < 1e-9 for value, number in zip(exact, numbers, strict=True))
    return math.lcm(*(value.denominator for value in exact)) if on_grid else None


def at_random(parts: Asked, seed: int, answers: int) -> Counter[str]:
    """How many random answers are wrong, and how many of those are named a misconception or a slip."""
    stream = random.Random(seed)
    found: Counter[str] = Counter()
    for marker, part in parts * math.ceil(answers / len(parts)):
        report = marked(marker, part, Drawn(part.key_entry, stream).answer(part.key_entry))
        if report.verdict in ("wrong", "partial"):
            found["wrong"] += 1
            found.update({diagnosis.kind for diagnosis in report.diagnoses})
    return found


def injected(parts: Asked) -> Iterator[tuple[SolvedPart, str, Any, bool]]:
    """For every part each misconception that changes it: the id, what it gives, and whether it is named."""
    return ((part, *found) for marker, part in parts for found in mistakes(marker, part))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*", help="folders of assignments; all shipped ones by default")
    parser.add_argument("--answers", type=int, default=2000, help="random answers")
    parser.add_argument("--least", type=float, default=0.95, help="share of injected misconceptions that are named")
    parser.add_argument("--most", type=float, default=0.025, help="share of random answers that are named")
    parser.add_argument("--list", action="store_true", help="list what is not named")
    options = parser.parse_args()
    parts = asked_in(options.folders or KEYS.iterdir())
    found = list(injected(parts))
    missed = [(part.id, id, answer) for part, id, answer, named in found if not named]
    share = 1 - len(missed) / len(found)
    print(f"injected: {len(found) - len(missed)} of {len(found)} named, {share:.1%} (at least {options.least:.1%})")
    for line in missed if options.list else ():
        print("   not named:", *line)
    drawn = at_random(parts, 1, options.answers)
    by_chance = drawn["misconception"] / drawn["wrong"]
    print(f"random: {drawn['misconception']} of {drawn['wrong']} named, {by_chance:.2%} (at most {options.most:.1%})")
    return 0 if share >= options.least and by_chance <= options.most else 1


if __name__ == "__main__":
    raise SystemExit(main())
