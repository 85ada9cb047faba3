"""What a sheet for staff says besides: right answers, the steps that are not asked, and rubrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.answers.kinds import KINDS
from grader.formula.noise import settled
from grader.homework.prompts.values import Matrix
from grader.homework.solved import SolvedPart, SolvedQuestion
from grader.messages import Sentence, sentence
from grader.reports import show
from grader.reports.json import plain
from grader.reports.sheets.sheet import PartSolution

if TYPE_CHECKING:
    from grader.homework.assignment import Part


@dataclass(frozen=True)
class Step:
    """One step of a solution that is not asked: its formula, and its value as Markdown."""

    name: str
    formula: str
    value: str | None


def part_solution(question: SolvedQuestion, solved: SolvedPart) -> PartSolution:
    """The right answer to a part, what else is accepted, and the rubric.

    Raises AuthorError where no text is found for a formula.
    """
    part = solved.part
    entry = solved.key_entry
    key = None if entry is None else _markdown(entry, str(solved.kind), part)
    written = question.question.parts[solved.id].rubric
    rubric = tuple((line.points, question.fills.filled(line.text).isolated) for line in written)
    return PartSolution(key, tuple(_remarks(solved)), rubric)


def _remarks(solved: SolvedPart) -> Iterator[Sentence]:
    if solved.part.accepts is not None:
        yield sentence("Right is every answer for which {condition} holds.", condition=solved.part.accepts)


def steps(solved: SolvedQuestion) -> tuple[Step, ...]:
    """The steps of a question that are not asked, in the author's order; those in symbols have no one value."""
    symbolic = solved.graph.symbolic
    return tuple(
        Step(name, formula, None if name in symbolic else _markdown(settled(solved.evaluation, name)))
        for name, formula in solved.question.compute.items()
        if name not in solved.parts
    )


def _markdown(value: Any, kind: str | None = None, part: Part | None = None) -> str:
    """A value as Markdown: a matrix, a shape, code in a line or lines of code; options with their labels."""
    if isinstance(value, tuple):
        kind = "shape"
    value = plain(value)
    if kind is not None and part is not None:
        value = show.labelled(value, kind, part.choices)
    if _is_matrix(value) and (kind is None or KINDS[kind].texts(value, show.scalar) is None):
        return Matrix([list(map(show.scalar, row)) for row in value]).markdown()
    written = show.lines(value, kind)
    if part is not None and part.items:
        written = [f"{item}: {option}" for item, option in zip(part.items, written, strict=False)]
    if len(written) > 1:
        return "\n".join(["```", *written, "```"])
    ticks = "``" if "`" in written[0] else "`"
    return f"{ticks}{written[0].strip()}{ticks}"


def _is_matrix(value: Any) -> bool:
    """Whether a value is rows of numbers."""
    return isinstance(value, list) and bool(value) and all(map(_is_row, value)) and len(set(map(len, value))) == 1


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(entry) in (int, float) for entry in value)
