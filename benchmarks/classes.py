"""A class of students, generated: half of them right, half with mistakes of the catalogue carried through a question.

Every student writes texts of their own, matrices as nested lists or as rows of text, and is the same for the same
seed and number, so that folders of any size begin alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import AuthorError
from grader.formula.substitution import Substitution
from grader.homework.solution import Solution, SolvedQuestion
from grader.marking.carrying import World
from grader.marking.diagnosis.hypotheses import hypotheses

WORDS = ("kernel", "filter", "channel", "depth", "size", "edge", "line", "weights", "zero", "padding", "border", "sum")


class Class:
    """Students of one assignment."""

    def __init__(self, solution: Solution, seed: int = 4) -> None:
        """Work out once what each question's answers are under each mistake."""
        self.solution = solution
        self.seed = seed
        self.right = {id: answers(solved, {}) for id, solved in solution.questions.items()}
        self.wrong = {id: list(mistakes(solved)) for id, solved in solution.questions.items()}

    def student(self, number: int) -> str:
        """The submission of one student; those of even number make no mistake."""
        draw = random.Random(f"{self.seed} {number}")
        mistaken = set()
        if number % 2:
            can = [id for id, found in self.wrong.items() if found]
            mistaken = set(draw.sample(can, draw.choice((1, 1, 2)) if len(can) > 1 else 1))
        lines = [f'assignment = "{self.solution.assignment.id}"', f'student = "student-{number:05}"']
        for id, solved in self.solution.questions.items():
            given = draw.choice(self.wrong[id]) if id in mistaken else self.right[id]
            lines += ["", f"[answers.{id}]"]
            for name, part in solved.parts.items():
                if part.kind == "text":
                    lines.append(f'{name} = "{" ".join(draw.choices(WORDS, k=40)).capitalize()}."')
                elif given.get(name) is not None:
                    lines.append(f"{name} = {written(given[name], draw.random() < 0.5)}")
        return "\n".join(lines) + "\n"

    def write(self, folder: Path, count: int) -> None:
        """Write that many submissions into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (folder / f"student-{number:05}.toml").write_text(self.student(number), encoding="utf-8")


def answers(solved: SolvedQuestion, operations: Any) -> dict[str, Any]:
    """The answers of a student who computes with these rules in place of the right ones."""
    evaluation = World.of(solved).base.extended(Substitution(operations=operations))
    found = {}
    for name, part in solved.parts.items():
        if part.kind == "choice":
            found[name] = part.key_entry
        elif part.computed and part.kind != "formula":
            found[name] = plain(evaluation.value(name))
        elif part.kind == "formula":
            found[name] = part.key_entry
    return found


def mistakes(solved: SolvedQuestion) -> Iterator[dict[str, Any]]:
    """The answers under each mistake of the catalogue that changes one, and under single slips."""
    right = answers(solved, {})
    seen = {repr(right)}
    evaluation = World.of(solved).base
    for name, part in solved.parts.items():
        if not part.computed or part.kind == "formula":
            continue
        for hypothesis in hypotheses(evaluation, name):
            try:
                found = answers(solved, hypothesis.rules)
            except AuthorError:
                continue
            if repr(found) not in seen:
                seen.add(repr(found))
                yield found
        if part.kind in ("array", "number", "integer"):
            yield {**right, name: negated(right[name])}


def negated(value: Any) -> Any:
    """The value with the sign of its first entry that is not zero changed."""
    if not isinstance(value, list):
        return -value
    changed = list(value)
    for index, entry in enumerate(value):
        if negated(entry) != entry:
            changed[index] = negated(entry)
            return changed
    return changed


def plain(value: Any) -> Any:
    """Lists and numbers as TOML can hold them."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return float(f"{value:.6g}") if isinstance(value, float | np.floating) else value


def written(value: Any, as_rows: bool) -> str:
    """A value as a student writes it."""
    if isinstance(value, str):
        return f"'{value}'"
    if as_rows and isinstance(value, list) and value and isinstance(value[0], list):
        return "'''\n" + "\n".join(" ".join(map(str, row)) for row in value) + "\n'''"
    return str(value)
