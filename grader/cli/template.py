"""`grader template`: a submission with every part blank."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.cli.options import KeysOption, emit


def template(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="The id of an assignment.")],
    keys: KeysOption = None,
) -> int:
    """Print a submission to fill in.

    Every part is blank, with its prompt above it as a comment.

    \b
    Examples:
      grader template cnn-foundations > my-answers.toml
    """
    from grader.homework.files import find_assignment, find_keys_dir
    from grader.homework.solution import open_solution
    from grader.homework.template import template_text

    solution = open_solution(find_assignment(find_keys_dir(keys, None), assignment))
    emit(template_text(solution.assignment, solution))
    return 0
