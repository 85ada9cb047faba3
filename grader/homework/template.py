"""A submission with every part blank: what students start from, with prompts as comments and nothing of the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.homework.checks import plain
from grader.homework.submission import NOBODY

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment, Part
    from grader.homework.solution import Solution, SolvedPart

INTRODUCTION = """\
Put each answer in the place of its '', and your name or number as student. What stays blank is missing, not wrong.
Plain numbers and lists of them stand alone: 3, 0.75, [[1, 2], [3, 4]]. All else stands in single quotes: '9/4', '90%'.
Text that is read by a person goes between the lines ''' and '''.
"""


def template_text(assignment: Assignment, solution: Solution | None = None) -> str:
    """The text of a submission in which every part is blank; sizes of arrays and values of the key stay out.

    Raises AuthorError where the assignment cannot be solved.
    """
    if solution is None:
        from grader.homework.solution import solve

        solution = solve(assignment)
    lines = [
        *_comment(assignment.title),
        *_comment(INTRODUCTION),
        f"assignment = '{assignment.id}'",
        f"student = '{NOBODY}'",
    ]
    for question in assignment.questions:
        lines += ["", "", f"[answers.{question.id}]", *_comment(question.title), *_comment(question.prompt)]
        for name, part in question.parts.items():
            lines += ["", *_part(name, part, solution.questions[question.id].parts[name], assignment.shape_order)]
    return "\n".join(lines) + "\n"


def _part(name: str, part: Part, solved: SolvedPart, shape_order: str) -> Iterator[str]:
    """Prompt, points and hint as comments, and the blank answer."""
    yield from _comment(part.prompt)
    words = [
        f"{plain(part.points)} {'point' if part.points == 1 else 'points'}",
        solved.kind.hint(solved.spec, shape_order),
    ]
    if part.unit:
        words.append(f"in {part.unit}")
    yield from _comment("; ".join(words))
    yield f"{name} = {solved.kind.blank}"


def _comment(text: str) -> Iterator[str]:
    """Each line behind `# `; what could end the comment, or is not allowed in one, as a blank."""
    for line in text.strip().splitlines():
        clean = "".join(char if char.isprintable() or char in "\u200c\u200d" else " " for char in line)
        yield f"# {clean}".rstrip()
