"""A submission with every part blank: what students start from, with prompts as comments and nothing from the key.

Other comments tell `grader read` about the parts, so that it can read a paper without the assignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.errors import UsageError
from grader.homework.checks import plain
from grader.homework.entries import toml
from grader.homework.readers import RefusedError
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


HEADING = sentence("So that `grader read` knows what is asked (leave these lines as they are):")
_LINE = re.compile(r"# ([\w-]{1,100})\.([\w-]{1,100}): (\{.{1,2000}\})\s*")
_WRITTEN = tuple(field.name for field in fields(AnswerSpec) if field.name not in ("axes", "decimal", "unasked"))
"""The fields that are told: never how many entries are asked for."""


def note(question: str, part: str, spec: AnswerSpec) -> str:
    """One part's line, without the comment sign.

    >>> note("q4", "Z", AnswerSpec("number", unit="%"))
    'q4.Z: {kind = "number", unit = "%"}'
    """
    plain = AnswerSpec(spec.kind)
    told = {name: value for name in _WRITTEN if (value := getattr(spec, name)) != getattr(plain, name)}
    written = ", ".join(f"{name} = {_toml(value)}" for name, value in {"kind": spec.kind, **told}.items())
    return f"{question}.{part}: {{{written}}}"


def _toml(value: Any) -> str:
    import tomli_w

    plain = list(value) if isinstance(value, tuple) else value
    if isinstance(plain, list):
        return f"[{', '.join(map(_toml, plain))}]"
    return tomli_w.dumps({"x": plain}).removeprefix("x = ").rstrip("\n")


def told(spec: AnswerSpec) -> AnswerSpec:
    """The fields of a spec that a template may tell: how to read an answer, but not how many entries are asked for.

    >>> told(AnswerSpec("array", rank=2, axes=(3, 4), unasked=((0, 0),))) == AnswerSpec("array", rank=2)
    True
    """
    return AnswerSpec(**{name: getattr(spec, name) for name in _WRITTEN})


def noted(text: str) -> dict[tuple[str, str], AnswerSpec]:
    """What the comments of a submission say about its parts; other lines are skipped.

    >>> noted('# q4.Z: {kind = "number", unit = "%"}')[('q4', 'Z')].unit
    '%'
    """
    return dict(_read(text))


def _read(text: str) -> Iterator[tuple[tuple[str, str], AnswerSpec]]:
    import tomli

    for line in text.splitlines():
        found = _LINE.fullmatch(line) if line.startswith("# ") else None
        if not found:
            continue
        try:
            told = tomli.loads(f"spec = {found[3]}")["spec"]
            yield (found[1], found[2]), _spec(told)
        except (tomli.TOMLDecodeError, TypeError, ValueError):
            continue


def _spec(told: dict[str, Any]) -> AnswerSpec:
    """The spec of a line.

    Raises:
        ValueError: an unknown kind, or a value of another type; TypeError for an unknown field.
    """
    if told.get("kind") not in KINDS or not set(told) <= set(_WRITTEN):
        raise ValueError("not a line of a template")
    plain = AnswerSpec(told["kind"])
    for name, value in told.items():
        usual = getattr(plain, name)
        wanted = list if isinstance(usual, tuple) else str if usual is None else type(usual)
        if type(value) is not wanted or (wanted is list and not all(isinstance(item, str) for item in value)):
            raise ValueError(f"{name} is not what a template writes")
    if not 0 <= told.get("rank", 0) <= 8:
        raise ValueError("rank is not what a template writes")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return AnswerSpec(**values)
