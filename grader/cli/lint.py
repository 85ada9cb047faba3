"""`grader lint`: can the questions of an assignment tell the misconceptions apart?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import emit, format_option, keys_option

if TYPE_CHECKING:
    from grader.homework.solution import Solution
    from grader.marking.diagnosis.lint import PartLint
    from grader.reports.linting import AssignmentLint


@click.command()
@click.argument("assignment", required=False, metavar="[ASSIGNMENT]")
@keys_option
@format_option
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything is found.")
@click.option(
    "--suggest", is_flag=True, help="Search for small givens of the same shape that tell more mistakes apart."
)
def lint(assignment: str | None, keys: Path | None, format: str, strict: bool, suggest: bool) -> int:
    """Find out which mistakes a question cannot tell apart.

    ASSIGNMENT is the id of an assignment; all are examined if it is not given.

    Every misconception is tried on every part. The command reports, each on one line:

    \b
    - mistakes that give the right answer (a symmetric kernel hides a flip)
    - mistakes that give an answer within the tolerance
    - mistakes that give the same wrong answer as others
    - values that happen to equal an answer, so that it can be right by accident
    - parts on which no known mistake can be tried
    - parts that repeat an earlier computation, so that an error is not carried
    - prompts that repeat a given by hand
    - settings of the policy that may not be what you meant

    If the assignment has variants, a finding that they all share is reported once. A variant is listed only where it
    tells fewer mistakes apart than the base.

    \b
    Examples:
      grader lint
      grader lint cnn-foundations --strict
      grader lint cnn-backprop-momentum --suggest
    """
    from grader.reports import linting

    found = [_linted(folder, suggest) for folder in _folders(assignment, keys)]
    render = {"terminal": linting.terminal, "markdown": linting.markdown, "json": linting.json}
    emit(render[format](found))
    return 1 if strict and any(one.count for one in found) else 0


def _folders(assignment: str | None, keys: Path | None) -> list[Path]:
    from grader.homework.files import assignment_ids, find_assignment, find_keys_dir

    place = find_keys_dir(keys, None)
    names = [assignment] if assignment is not None else assignment_ids(place)
    return [find_assignment(place, name) for name in names]


def _linted(folder: Path, better: bool) -> AssignmentLint:
    from grader.homework.oversights import doubts
    from grader.homework.repeats import repeats
    from grader.homework.solution import open_solution
    from grader.marking.diagnosis.lint import lint as lint_solution
    from grader.marking.diagnosis.lint import suggest
    from grader.reports.linting import AssignmentLint

    solution = open_solution(folder)
    document = solution.assignment
    suggestions = [suggest(question, document) for question in document.questions] if better else []
    found = tuple(each for each in suggestions if each is not None)
    parts = tuple(lint_solution(solution))
    variants = _variants(solution, parts)
    return AssignmentLint(document.id, parts, found, tuple(repeats(document)), variants, tuple(doubts(document.policy)))


def _variants(solution: Solution, base: tuple[PartLint, ...]) -> dict[str, tuple[PartLint, ...]] | None:
    """The parts of each variant that show less than those of the base; None where there are no variants."""
    if solution.variants is None:
        return None
    from grader.variants.proof import shows_less

    return {id: tuple(shows_less(solution.variant(id), base)) for id in solution.variants.ids}
