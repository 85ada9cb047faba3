"""A submission with every part blank: what students start from, with prompts as comments and nothing from the key."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.homework.checks import plain
from grader.homework.keys import toml
from grader.homework.readers import RefusedError
from grader.homework.reading_notes import HEADING, note
from grader.homework.submission import NOBODY, STUDENT
from grader.messages import sentence
from grader.messages.isolates import unisolated
from grader.messages.languages import Say, spoken

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment
    from grader.homework.solution import Solution, SolvedPart

INTRODUCTION = (
    sentence(
        "Put each answer in the place of its '', and your name or number as student. What stays blank is missing, not "
        "wrong."
    ),
    sentence(
        "Plain numbers and lists of them need no quotes: 3, 0.75, [[1, 2], [3, 4]]. All else goes in single quotes: "
        "'9/4', '90%'."
    ),
    sentence("Text that is read by a person goes between the lines ''' and '''."),
)


def template_text(
    assignment: Assignment, solution: Solution | None = None, say: Say = str, student: str | None = None
) -> str:
    """The text of a submission in which every part is blank; it reveals no array sizes and no values of the key.

    With a `student` it is that student's: in an assignment with variants, it asks and names the student's own. Without,
    it asks the base. Titles and prompts are the assignment's; everything else is in the language of `say`.

    Raises UsageError for a student that no submission can name, AuthorError where the assignment cannot be solved.
    """
    if solution is None:
        from grader.homework.solution import solve

        solution = solve(assignment)
    name = NOBODY if student is None else student_name(student)
    variant, solution = solution.of_student(None if student is None else name)
    assignment = solution.assignment
    lines = [
        *_comment(assignment.title),
        *_comment(assignment.prompt),
        *(line for said in INTRODUCTION for line in _comment(say(said))),
        f"assignment = '{assignment.id}'",
        f"student = {_quoted(name)}",
        *([f"variant = '{variant}'"] if variant is not None else []),
        "",
        *_comment("\n".join([say(HEADING), *_notes(solution)])),
    ]
    for question in assignment.questions:
        solved = solution.questions[question.id]
        asked = solved.fills.filled(question.prompt).plain
        lines += ["", "", f"[answers.{question.id}]", *_comment(question.title), *_comment(asked)]
        for name, part in solved.parts.items():
            lines += ["", *_part(name, part, assignment.order_of(question), say)]
    return "\n".join(lines) + "\n"


def student_name(student: str) -> str:
    """A student as a submission names them.

    Raises UsageError for one that no submission can name.
    """
    try:
        return STUDENT.check(student)  # type: ignore[no-any-return]
    except RefusedError as error:
        raise UsageError(error.said) from None


def _quoted(name: str) -> str:
    """A name as TOML: between single quotes where they can hold it."""
    return f"'{name}'" if "'" not in name and name.isprintable() else toml(name)


def _notes(solution: Solution) -> Iterator[str]:
    """A line for each automatically marked part."""
    for id, question in solution.questions.items():
        for name, part in question.parts.items():
            yield note(id, name, part.spec)


def _part(name: str, solved: SolvedPart, shape_order: str, say: Say) -> Iterator[str]:
    """Prompt, points and hint as comments, and the blank answer."""
    part = solved.part
    yield from _comment(part.prompt)
    yield from _comment("\n".join(f"{item}: {text}" for item, text in part.items.items()))
    points = Decimal(plain(part.points))
    worth = sentence("1 point") if points == 1 else sentence("{points} points", points=points)
    words = [worth, solved.kind.hint(solved.spec, shape_order)]
    if part.unit:
        words.append(sentence("in {unit}", unit=part.unit))
    yield from _comment(spoken(say).semicolon.join(map(say, words)))
    yield f"{name} = {solved.kind.blank}"


def _comment(text: str) -> Iterator[str]:
    """Each line after `# `; characters that would end a comment, or are not allowed in one, become blanks."""
    lines = unisolated(text).splitlines()
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    for line in lines:
        clean = "".join(char if char.isprintable() or char in "\u200c\u200d" else " " for char in line)
        yield f"# {clean}".rstrip()
