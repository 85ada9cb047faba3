"""What a sheet says, as plain data: an assignment as it is handed out, and for staff its solution.

A sheet that is no solution holds nothing of the key, so that no format can show any of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.answers.options import letter
from grader.homework.checks import plain
from grader.messages import Sentence

if TYPE_CHECKING:
    from grader.homework.assignment import Part
    from grader.homework.solution import Solution, SolvedPart, SolvedQuestion
    from grader.reports.sheets.solutions import Step


@dataclass(frozen=True)
class Option:
    """What can be chosen or matched, and the letter, number or name by which an answer says so."""

    label: str
    text: str


@dataclass(frozen=True)
class PartSolution:
    """For staff: the right answer to a part, and what a person looks for. Texts are Markdown."""

    key: str | None
    remarks: tuple[Sentence, ...] = ()
    rubric: tuple[tuple[Decimal, str], ...] = ()


@dataclass(frozen=True)
class SheetPart:
    """One thing that is asked. `prompt` and the texts of options are Markdown, with the givens filled in."""

    id: str
    points: Decimal
    prompt: str = ""
    unit: str | None = None
    items: tuple[Option, ...] = ()
    options: tuple[Option, ...] = ()
    solution: PartSolution | None = None


@dataclass(frozen=True)
class SheetQuestion:
    """One question; `steps` are those of its solution that are not asked, for staff."""

    number: int
    id: str
    title: str
    points: Decimal
    prompt: str
    parts: tuple[SheetPart, ...]
    steps: tuple[Step, ...] = ()
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instruction:
    """How the answers to some parts are written."""

    said: Sentence
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole sheet; `student` and `variant` stand on it where it is one student's."""

    id: str
    title: str
    points: Decimal
    questions: tuple[SheetQuestion, ...]
    instructions: tuple[Instruction, ...]
    student: str | None = None
    variant: str | None = None
    staff: bool = False
    """Whether it holds the solution."""


def sheet_of(
    solution: Solution, *, staff: bool = False, student: str | None = None, variant: str | None = None
) -> Sheet:
    """The sheet of a solved assignment, or of one student's variant; with its solution for `staff`.

    Raises AuthorError where no text is found for the key of a formula.
    """
    questions = tuple(_question(number, solved, staff) for number, solved in enumerate(solution, 1))
    return Sheet(
        id=solution.assignment.id,
        title=solution.assignment.title or solution.assignment.id,
        points=sum((question.points for question in questions), Decimal(0)),
        questions=questions,
        instructions=_instructions(solution),
        student=student,
        variant=variant,
        staff=staff,
    )


def _question(number: int, solved: SolvedQuestion, staff: bool) -> SheetQuestion:
    question = solved.question
    parts = tuple(_part(part, staff) for part in solved.parts.values())
    plain_sheet = SheetQuestion(
        number=number,
        id=question.id,
        title=question.title,
        points=sum((part.points for part in parts), Decimal(0)),
        prompt=question.prompt,
        parts=parts,
    )
    if not staff:
        return plain_sheet
    from dataclasses import replace

    from grader.reports.sheets.solutions import steps

    return replace(plain_sheet, steps=steps(solved), conventions=tuple(name for name, _ in solved.conventions))


def _part(solved: SolvedPart, staff: bool) -> SheetPart:
    part = solved.part
    solution = None
    if staff:
        from grader.reports.sheets.solutions import part_solution

        solution = part_solution(solved)
    return SheetPart(
        id=solved.id,
        points=Decimal(plain(part.points)),
        prompt=part.prompt,
        unit=part.unit,
        items=tuple(Option(label, text) for label, text in part.items.items()),
        options=tuple(_options(part)),
        solution=solution,
    )


def _options(part: Part) -> Iterable[Option]:
    """The options in order: with numbers where they are matched with items, with letters else."""
    for place, text in enumerate(part.choices):
        yield Option(str(place + 1) if part.items else letter(place), text)


def _instructions(solution: Solution) -> tuple[Instruction, ...]:
    """How answers are written: each way once, with the parts whose answers are written so."""
    found: dict[str, tuple[Sentence, list[str]]] = {}
    for solved in solution:
        order = solution.assignment.order_of(solved.question)
        for name, part in solved.parts.items():
            said = part.kind.instruction(part.spec, order)
            found.setdefault(str(said), (said, []))[1].append(f"{solved.question.id}.{name}")
    return tuple(Instruction(said, tuple(parts)) for said, parts in found.values())
