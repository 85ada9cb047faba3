"""An assignment, solved: its graphs evaluated, and each asked part with its kind and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import AuthorError
from grader.formula.graph import Graph
from grader.formula.substitution import Substitution
from grader.homework.assignment import Assignment, Question
from grader.homework.prompts.texts import OPEN, texts
from grader.homework.solved import Solution, SolvedPart, SolvedQuestion, condition
from grader.homework.solved_parts import check_condition, solve_part
from grader.messages import sentence

if TYPE_CHECKING:
    pass

__all__ = ["Solution", "SolvedPart", "SolvedQuestion", "condition", "open_solution", "solve", "solve_question"]


def solve(assignment: Assignment) -> Solution:
    """Evaluate every question of an assignment.

    Raises:
        AuthorError: with question, name and column, where a formula is wrong or a part cannot be asked.
    """
    if OPEN in assignment.prompt:
        from grader.homework.prompts.fills import check_header

        check_header(assignment)
    return Solution(
        assignment, {question.id: solve_question(question, assignment) for question in assignment.questions}
    )


def open_solution(folder: Path) -> Solution:
    """Load the assignment of a folder and solve it.

    Raises:
        AuthorError: with the file, and the line where it is known.
    """
    from grader.homework.files import load_assignment, locate

    assignment = load_assignment(folder)
    try:
        return solve(assignment)
    except AuthorError as error:
        raise locate(error, folder) from None


def solve_question(question: Question, assignment: Assignment) -> SolvedQuestion:
    """Evaluate one question."""
    graph = _graph(question, assignment.order_of(question))
    parts: dict[str, SolvedPart] = {}
    solved = SolvedQuestion(question, graph, parts)
    shows_values = any(OPEN in text for text, _ in texts(question))
    if shows_values:
        solved.fills.check()
    for name, part in question.parts.items():
        try:
            asked = solved.fills.part(part) if shows_values else part
            parts[name] = solve_part(solved, name, asked, assignment.order_of(question))
            if part.accepts is not None:
                check_condition(solved, parts[name])
        except AuthorError as error:
            raise error.at(question=question.id, name=name) from error
    for convention, given in solved.conventions:
        _check_convention(solved, convention, given)
    return solved


def _graph(question: Question, order: str) -> Graph:
    """The formulas of a question, with the examples and the conditions of its parts as nodes of their own."""
    compute = dict(question.compute)
    for name, part in question.parts.items():
        if part.example is not None:
            compute[name] = part.example
    conditions = {condition(name): part.accepts for name, part in question.parts.items() if part.accepts is not None}
    if not conditions:
        return Graph(question.id, question.given, compute, question.symbols, order)
    try:
        return Graph(question.id, question.given, compute | conditions, question.symbols, order)
    except AuthorError as error:
        raise _of_part(error, conditions) from error


def _of_part(error: AuthorError, conditions: Mapping[str, str]) -> AuthorError:
    """An error in a condition, at the part that has it."""
    place = error.place
    own = {node: node.removeprefix("accepts(").removesuffix(")") for node in conditions}
    return AuthorError(error.said, replace(place, name=own.get(place.name or "", place.name)))


def _check_convention(solved: SolvedQuestion, convention: str, given: Mapping[str, Any]) -> None:
    evaluation = solved.graph.evaluate(Substitution(givens=given), solved.evaluation)
    for name, part in solved.parts.items():
        if part.computed and part.samples is None:
            try:
                evaluation.value(name)
            except AuthorError as error:
                said = sentence(
                    "under the accepted convention {name!r}: {reason}", name=convention, reason=str(error.said)
                )
                raise AuthorError(said, error.place) from error
