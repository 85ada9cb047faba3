"""A sheet as plain data: an assignment as handed out, and for staff its solution.

Only a sheet with the solution contains anything from the key, so that no format can show it by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.homework.checks import plain
from grader.messages import Sentence
from grader.reports.asked import option_names
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.solution import Solution, SolvedPart, SolvedQuestion
    from grader.reports.sheets.solutions import PartSolution, SolutionStep


class Option(Struct):
    """An option or item, and the letter, number or name that an answer uses for it."""

    label: str
    text: str


class SheetPart(Struct):
    """One part. `prompt` and the texts of options are Markdown, with the values of
    the question filled in and isolated (see `grader.homework.prompts`)."""

    id: str
    points: Decimal
    prompt: str = ""
    unit: str | None = None
    items: tuple[Option, ...] = ()
    options: tuple[Option, ...] = ()
    solution: PartSolution | None = None


class SheetQuestion(Struct):
    """One question; `steps` are the intermediate steps of its solution, for staff."""

    number: str
    id: str
    title: str
    points: Decimal
    prompt: str
    parts: tuple[SheetPart, ...]
    steps: tuple[SolutionStep, ...] = ()
    conventions: tuple[str, ...] = ()


class Instruction(Struct):
    """How to write the answers to some parts."""

    said: Sentence
    parts: tuple[str, ...]


class Sheet(Struct):
    """A whole sheet; `student` and `variant` are set if it is for one student."""

    id: str
    title: str
    prompt: str
    points: Decimal
    questions: tuple[SheetQuestion, ...]
    instructions: tuple[Instruction, ...]
    student: str | None = None
    variant: str | None = None
    staff: bool = False
    """Whether it contains the solution."""


def sheet_for(solution: Solution, student: str | None = None, *, staff: bool = False) -> Sheet:
    """The sheet of one student, with their variant; without a student, of the assignment as written.

    Raises UsageError for a student that no submission can name, AuthorError as `sheet_of` does.
    """
    if student is None:
        return sheet_of(solution, staff=staff)
    from grader.homework.template import student_name

    name = student_name(student)
    variant, own = solution.of_student(name)
    return sheet_of(own, staff=staff, student=name, variant=variant)


def sheet_of(
    solution: Solution, *, staff: bool = False, student: str | None = None, variant: str | None = None
) -> Sheet:
    """The sheet of a solved assignment or variant; with its solution for `staff`.

    Raises AuthorError if no text is found for the key of a formula.
    """
    numbers = _numbers([solved.question.id for solved in solution])
    questions = tuple(_question(number, solved, staff) for number, solved in zip(numbers, solution, strict=True))
    return Sheet(
        id=solution.assignment.id,
        title=solution.assignment.title or solution.assignment.id,
        prompt=solution.assignment.prompt,
        points=sum((question.points for question in questions), Decimal(0)),
        questions=questions,
        instructions=_instructions(solution),
        student=student,
        variant=variant,
        staff=staff,
    )


def _numbers(ids: Sequence[str]) -> list[str]:
    """The numbers of questions: from their ids if all are like `q2` or `q2a`, else their positions.

    >>> _numbers(["q1", "q2a", "q4"]), _numbers(["q1", "pooling"])
    (['1', '2a', '4'], ['1', '2'])
    """
    found = [re.fullmatch("[qQ]([0-9]{1,4}[a-z]?)", id) for id in ids]
    return [one[1] if one and all(found) else str(place) for place, one in enumerate(found, 1)]


def _question(number: str, solved: SolvedQuestion, staff: bool) -> SheetQuestion:
    question = solved.question
    parts = tuple(_part(solved, part, staff) for part in solved.parts.values())
    plain_sheet = SheetQuestion(
        number=number,
        id=question.id,
        title=question.title,
        points=sum((part.points for part in parts), Decimal(0)),
        prompt=_filled(solved, question.prompt),
        parts=parts,
    )
    if not staff:
        return plain_sheet
    from dataclasses import replace

    from grader.reports.sheets.solutions import steps

    return replace(plain_sheet, steps=steps(solved), conventions=tuple(solved.conventions))


def _part(solved: SolvedQuestion, part: SolvedPart, staff: bool) -> SheetPart:
    written = solved.question.parts[part.id]
    solution = None
    if staff:
        from grader.reports.sheets.solutions import part_solution

        solution = part_solution(solved, part)
    return SheetPart(
        id=part.id,
        points=Decimal(plain(written.points)),
        prompt=_filled(solved, written.prompt),
        unit=written.unit,
        items=tuple(Option(label, _filled(solved, text)) for label, text in written.items.items()),
        options=tuple(
            Option(label, _filled(solved, text))
            for label, text in zip(option_names(written), written.choices, strict=True)
        ),
        solution=solution,
    )


def _filled(solved: SolvedQuestion, source: str) -> str:
    return solved.fills.filled(source).isolated


def _instructions(solution: Solution) -> tuple[Instruction, ...]:
    """How to write answers: each way once, with the parts that it applies to."""
    found: dict[str, tuple[Sentence, list[str]]] = {}
    for solved in solution:
        order = solution.assignment.order_of(solved.question)
        for name, part in solved.parts.items():
            said = part.kind.instruction(part.spec, order)
            found.setdefault(str(said), (said, []))[1].append(f"{solved.question.id}.{name}")
    return tuple(Instruction(said, tuple(parts)) for said, parts in found.values())
