"""An assignment, solved: its graphs evaluated, and each part with its kind and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import AuthorError
from grader.formula.graph import Graph
from grader.formula.substitution import Substitution
from grader.homework.assignment import Assignment, Question
from grader.homework.prompts.texts import texts, to_be_checked
from grader.homework.solved import Solution, SolvedPart, SolvedQuestion, condition, kept
from grader.homework.solved_parts import check_condition, solve_part
from grader.messages import sentence

if TYPE_CHECKING:
    from grader.homework.variants import Variants

__all__ = [
    "Solution",
    "SolvedPart",
    "SolvedQuestion",
    "condition",
    "open_solution",
    "solve",
    "solve_question",
    "solve_variant",
]


def solve(assignment: Assignment, variants: Variants | None = None) -> Solution:
    """Evaluate every question of an assignment; `variants` are solved on demand.

    Raises:
        AuthorError: with question, name and column, where a formula is wrong or a part cannot be marked.
    """
    if to_be_checked(assignment.prompt):
        from grader.homework.prompts.fills import check_header

        check_header(assignment)
    solved = {question.id: solve_question(question, assignment) for question in assignment.questions}
    return Solution(assignment, solved, variants)


def solve_variant(base: Solution, id: str) -> Solution:
    """An assignment as one of its variants asks it; questions that do not vary are taken from the base.

    Raises:
        AuthorError: naming the variant, where it cannot be solved.
    """
    from grader.homework.variants import assignment_with
    from grader.homework.vary import BASE

    if base.variants is None or id == BASE:
        return base
    givens = base.variants.givens[id]
    assignment = assignment_with(base.assignment, givens)
    try:
        solved = {
            one.id: solve_question(one, assignment, solved.graph) if givens.get(one.id) else solved
            for one in assignment.questions
            for solved in [base.questions[one.id]]
        }
    except AuthorError as error:
        raise AuthorError(sentence("{variant}: {said}", variant=id, said=error.said), error.place) from None
    return Solution(assignment, solved)


def open_solution(folder: Path, *, alone: bool = False) -> Solution:
    """Load the assignment of a folder with its variants and solve it; `alone` leaves the variants out.

    Raises:
        AuthorError: with the file, and the line where it is known.
    """
    from grader.homework.files import load_assignment, locate

    assignment = load_assignment(folder)
    variants = None
    if assignment.variants is not None and not alone:
        from grader.homework.variants import load_variants

        variants = load_variants(assignment, folder if folder.is_dir() else folder.parent)
    try:
        return solve(assignment, variants)
    except AuthorError as error:
        raise locate(error, folder) from None


def solve_question(question: Question, assignment: Assignment, graph: Graph | None = None) -> SolvedQuestion:
    """Evaluate one question; `graph` is that of the same question with other givens, if available."""
    graph = _graph(question, assignment.order_of(question)) if graph is None else graph.with_givens(question.given)
    parts: dict[str, SolvedPart] = {}
    solved = SolvedQuestion(question, graph, parts)
    shows_values = any(to_be_checked(text) for text, _ in texts(question))
    if shows_values:
        try:
            solved.fills.check()
        except AuthorError as error:
            raise error.at(question=question.id) from error
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
    if question.vary is not None:
        conditions |= {kept(index): text for index, text in enumerate(question.vary.keep)}
    if not conditions:
        return Graph(question.id, question.given, compute, question.symbols, order)
    try:
        return Graph(question.id, question.given, compute | conditions, question.symbols, order)
    except AuthorError as error:
        raise _of_part(error, conditions) from error


def _of_part(error: AuthorError, conditions: Mapping[str, str]) -> AuthorError:
    """An error in a condition, located at its part."""
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
