"""Additions to a sheet for staff: right answers, intermediate steps, and rubrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from grader.answers.kinds import KINDS
from grader.formula.noise import settled
from grader.homework.prompts.values import Matrix
from grader.homework.solved import SolvedPart, SolvedQuestion
from grader.messages import Sentence, sentence
from grader.reports import show
from grader.reports.asked import option_names
from grader.reports.json import plain
from grader.structs import Struct


class PartSolution(Struct):
    """For staff: the right answer to a part, and what a person looks for. Texts are Markdown."""

    key: str | None
    remarks: tuple[Sentence, ...] = ()
    rubric: tuple[tuple[Decimal, str], ...] = ()


class SolutionStep(Struct):
    """One intermediate step of a solution: its formula, and its value as Markdown."""

    name: str
    formula: str
    value: str | None


def part_solution(question: SolvedQuestion, solved: SolvedPart) -> PartSolution:
    """The right answer to a part, what else is accepted, and the rubric.

    Raises AuthorError if no text is found for a formula.
    """
    part = solved.part
    entry = solved.key_entry
    written = question.question.parts[solved.id]
    if entry is None:
        key = None
    elif part.choices:
        texts = [question.fills.filled(choice).isolated for choice in written.choices]
        named = dict(zip(part.choices, zip(option_names(written), texts, strict=True), strict=True))
        key = "\n".join(_chosen(entry, named, list(written.items)))
    else:
        key = _markdown(entry, str(solved.kind))
    rubric = tuple((line.points, question.fills.filled(line.text).isolated) for line in written.rubric)
    return PartSolution(key, tuple(_remarks(solved)), rubric)


def _chosen(entry: Any, named: Mapping[str, tuple[str, str]], items: Sequence[str]) -> Iterator[str]:
    """The right options as a list of Markdown, with their letters, or with the items that they belong to."""
    chosen = [entry] if isinstance(entry, str) else list(entry.values() if isinstance(entry, Mapping) else entry)
    if not chosen:
        yield "`none`"
    for place, choice in enumerate(chosen):
        label, text = named[choice]
        yield f"- {items[place]}: {label}\\. {text}" if items else f"- {label}\\. {text}"


def _remarks(solved: SolvedPart) -> Iterator[Sentence]:
    if solved.part.accepts is not None:
        yield sentence("Every answer for which {condition} holds is right.", condition=solved.part.accepts)


def steps(solved: SolvedQuestion) -> tuple[SolutionStep, ...]:
    """The intermediate steps of a question, in the author's order; those in symbols have no single value."""
    symbolic = solved.graph.symbolic
    return tuple(
        SolutionStep(name, formula, None if name in symbolic else _markdown(settled(solved.evaluation, name)))
        for name, formula in solved.question.compute.items()
        if name not in solved.parts
    )


def _markdown(value: Any, kind: str | None = None) -> str:
    """A value as Markdown: a matrix, a shape, code in a line or lines of code."""
    if isinstance(value, tuple):
        kind = "shape"
    value = plain(value.tolist() if isinstance(value, np.ndarray) else value)
    if _is_matrix(value) and (kind is None or KINDS[kind].texts(value, show.scalar) is None):
        return Matrix([list(map(show.scalar, row)) for row in value]).markdown()
    flat = not isinstance(value, list) or not any(isinstance(entry, list) for entry in value)
    written = [show.one_line(value, kind)] if flat else show.lines(value, kind)
    if len(written) > 1:
        return "\n".join(["```", *written, "```"])
    ticks = "``" if "`" in written[0] else "`"
    return f"{ticks}{written[0].strip()}{ticks}"


def _is_matrix(value: Any) -> bool:
    """Whether a value is rows of numbers."""
    return isinstance(value, list) and bool(value) and all(map(_is_row, value)) and len(set(map(len, value))) == 1


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(entry) in (int, float) for entry in value)
