"""`grader template`: a submission with every part blank."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.boundary import speak
from grader.cli.options import emit, keys_option, lang_option, warn_of_variants


@click.command()
@click.argument("assignment", metavar="ASSIGNMENT")
@click.option("--student", metavar="ID", help="Make the template for this student, with their variant.")
@keys_option
@lang_option
def template(assignment: str, student: str | None, keys: Path | None, lang: str) -> int:
    """Print a submission to fill in.

    ASSIGNMENT is the id of an assignment. Every part is left blank, with its prompt above it as a comment.

    \b
    Examples:
      grader template cnn-foundations > my-answers.toml
      grader template cnn-foundations --lang fa > my-answers.toml
      grader template course-pooling --student student-01 > student-01.toml
    """
    from grader.homework.files import find_assignment, find_keys_dir
    from grader.homework.solution import open_solution
    from grader.homework.template import template_text

    say = speak(lang)
    solution = open_solution(find_assignment(find_keys_dir(keys, None), assignment))
    emit(template_text(solution.assignment, solution, say, student))
    if student is None:
        warn_of_variants(solution)
    return 0
