"""`grader variants`: what the variants of an assignment are, and which student gets which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.boundary import speak
from grader.cli.options import PATH_TYPE, emit, keys_option, lang_option
from grader.errors import UsageError
from grader.messages import sentence

if TYPE_CHECKING:
    from grader.homework.solution import Solution
    from grader.homework.variants import Variants

FORMATS = ("terminal", "csv", "json")


@click.command()
@click.argument("assignment", metavar="ASSIGNMENT")
@click.option(
    "--roster", metavar="FILE", type=PATH_TYPE, help="A table of students: list which variant each of them has."
)
@click.option("--format", type=click.Choice(FORMATS), default=FORMATS[0], help="The format of the table.")
@keys_option
@lang_option
def variants(assignment: str, roster: Path | None, format: str, keys: Path | None, lang: str) -> int:
    """List the variants of an assignment, or who gets which.

    ASSIGNMENT is the id of an assignment. Without --roster, the numbers of each variant are listed.

    A student's variant depends only on the seed of the assignment and the student's id.

    \b
    Examples:
      grader variants variants-convolution
      grader variants variants-convolution --roster students.csv
      grader variants variants-convolution --roster students.csv --format csv > variants.csv
    """
    from grader.homework.files import find_assignment, find_keys_dir
    from grader.homework.solution import open_solution

    speak(lang)
    solution = open_solution(find_assignment(find_keys_dir(keys), assignment))
    if solution.variants is None:
        raise UsageError(sentence("{assignment} has no variants", assignment=solution.assignment.id))
    if roster is None:
        emit(_written(solution, ("variant", "given", "value"), list(_givens(solution.variants)), format))
    else:
        emit(_written(solution, ("student", "variant"), list(_students(solution.variants, roster)), format))
    return 0


def _students(variants: Variants, roster: Path) -> Iterator[tuple[str, ...]]:
    """Each student of the roster with their variant."""
    from grader.lms.students import students_of

    return ((student, variants.own(student)) for student in students_of(roster))


def _givens(variants: Variants) -> Iterator[tuple[str, ...]]:
    """Each number of each variant, on one line."""
    from json import dumps

    for id, givens in variants.givens.items():
        for question, drawn in givens.items():
            for target, value in drawn.items():
                yield id, f"{question}.{target}", dumps(value, ensure_ascii=False)


def _written(solution: Solution, head: Sequence[str], rows: Sequence[Sequence[str]], format: str) -> str:
    """The table in a format; text by students is never a spreadsheet formula or a terminal control sequence."""
    if format == "json":
        from grader.reports.json import dumps

        rows_written = [dict(zip(head, row, strict=True)) for row in rows]
        return dumps({"schema": "grader/variants/1", "assignment": solution.assignment.id, "rows": rows_written})
    if format == "csv":
        from grader.reports.spreadsheet import harmless, liner

        line = liner()
        return "".join(line([harmless(cell) for cell in row]) for row in (head, *rows))
    from grader.reports.layout import TableCell, columns, written
    from grader.reports.sanitise import visible

    shown = [[visible(cell) for cell in row] for row in (head, *rows)]
    widths = [min(max(map(len, column)), 70) for column in zip(*shown, strict=True)]
    lines = [line for row in shown for line in columns([TableCell([cell]) for cell in row], widths)]
    return written(lines, colour=False)
