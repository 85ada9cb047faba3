"""Solving an assignment: its graphs are evaluated, and each part gets its kind, its value and how answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers.kinds import KINDS, Kind
from grader.answers.kinds.base import Worded
from grader.answers.kinds.formula import FORMULA
from grader.answers.options import option_index
from grader.answers.spec import AnswerSpec
from grader.errors import AuthorError
from grader.formula.arithmetic import all_finite, as_array
from grader.formula.graph import Graph
from grader.formula.noise import settled
from grader.formula.substitution import Substitution
from grader.homework.assignment import Assignment, Part, Question
from grader.homework.prompts.pieces import texts, to_be_checked
from grader.homework.solved import Solution, SolvedPart, SolvedQuestion, condition, kept
from grader.homework.solved_formulas import given_formula, symbolic_part, unfit
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
    return Solution(assignment, solved, solve_variant, variants)


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
    return Solution(assignment, solved, solve_variant)


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
    for convention, given in solved.conventions.items():
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


def solve_part(solved: SolvedQuestion, name: str, part: Part, order: str) -> SolvedPart:
    """A part of a question whose graph is evaluated; `order` is its axis order of shapes.

    Raises:
        AuthorError: the value cannot be asked for in this way.
    """
    kind = None if part.kind is None else KINDS[part.kind]
    if kind is not None and not kind.computed:
        assert isinstance(kind, Worded)
        said = tuple(part.items.values())
        spec = AnswerSpec(kind.name, choices=tuple(part.choices), items=tuple(part.items), item_texts=said)
        key = _chosen(solved, name, part) if name in solved.graph.nodes else kind.key(part)
        text = None if key is None else kind.key_text(key)
        underlying = _underlying(solved, name, part, order) if name in solved.graph.nodes else None
        return SolvedPart(name, part, kind, spec, value=key, text=text, computed=False, underlying=underlying)
    symbols = tuple(solved.question.symbols)
    earlier = tuple(known for known, other in solved.parts.items() if other.kind is FORMULA and not other.rank)
    if name not in solved.graph.nodes:
        return given_formula(solved, name, part, symbols, earlier)
    if name in solved.graph.symbolic or (kind is not None and kind.symbolic):
        return symbolic_part(solved, name, part, symbols, earlier, order)
    kind, value = _as_kind(settled(solved.evaluation, name), kind, solved.graph.has_gaps(name))
    axes = kind.axes(value)
    spec = AnswerSpec(
        kind.name,
        len(axes),
        kind.counts(value),
        part.unit,
        axes=kind.asked(value),
        order=order if kind.sizes else "",
        labels=_labels(solved, name, part, kind, value, axes),
        unasked=kind.unasked(value),
    )
    text = [part.labels[place] for place in value] if part.labels and not kind.ordered else None
    return SolvedPart(name, part, kind, spec, value, axes=axes, text=text)


def _labels(
    solved: SolvedQuestion, name: str, part: Part, kind: Kind, value: Any, axes: tuple[int, ...]
) -> tuple[str, ...]:
    """The names of a list's entries: those that the author declares, or the names of the steps in the list.

    Raises:
        AuthorError: the number of labels is not that of entries.
    """
    if part.labels and not kind.ordered:
        if not all(isinstance(place, int) and 0 <= place < len(part.labels) for place in value):
            said = sentence(
                "expected a set of places in the list of labels, from 0 to {most}, received {received}",
                most=len(part.labels) - 1,
                received=str(value)[:80],
            )
            raise AuthorError(said)
        return tuple(part.labels)
    if not kind.ordered:
        return ()
    if part.labels:
        if axes != (len(part.labels),):
            said = sentence(
                "expected as many labels as the list has entries, received {received} for {expected}",
                received=len(part.labels),
                expected=" x ".join(map(str, axes)) or 1,
            )
            raise AuthorError(said)
        return tuple(part.labels)
    nodes = list(solved.graph.cells(name, list(value)).values()) if len(axes) == 1 else []
    named = [node for node in nodes if isinstance(node, str) and node != name]
    return tuple(named) if len(named) == len(nodes) == len(set(named)) else ()


def _chosen(solved: SolvedQuestion, name: str, part: Part) -> str:
    """The one choice that equals the value computed for the part."""
    value = solved.evaluation.value(name)
    text = "x".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    same = [choice for choice in part.choices if option_index(text, [choice]) == 0 or _near(value, choice)]
    if len(same) != 1:
        said = sentence(
            "expected exactly one of the choices {choices} to equal the computed {value}, received {count}",
            choices=", ".join(part.choices),
            value=text[:80],
            count=len(same),
        )
        raise AuthorError(said)
    return same[0]


def _underlying(solved: SolvedQuestion, name: str, part: Part, order: str) -> SolvedPart | None:
    """The part as if its value were asked for without options; None where that is impossible."""
    try:
        return solve_part(solved, name, Part(points=part.points, tolerance=part.tolerance), order)
    except AuthorError:
        return None


def _near(value: Any, choice: str) -> bool:
    """Whether a choice is a computed number, rounded as written."""
    try:
        number = float(choice)
    except ValueError:
        return False
    return isinstance(value, float) and abs(number - value) <= 1e-6 * abs(value)


def _as_kind(value: Any, kind: Kind | None, gaps: bool) -> tuple[Kind, Any]:
    """The kind of a computed value, and the value in that kind's form; with `gaps` some entries are not asked for."""
    if gaps and isinstance(value, float):
        raise AuthorError(sentence("expected an array around the entries that are not asked, received any alone"))
    if not all_finite(value) and not (gaps and not np.isinf(as_array(value).astype(float)).any()):
        raise AuthorError(sentence("expected a finite key, received {value!r}", value=str(value)[:80]))
    if kind is None and isinstance(value, bool):
        raise AuthorError(sentence("expected a number, a shape or an array as key, received True or False"))
    found = kind or next(inferred for inferred in KINDS.values() if inferred.infers(value))
    try:
        return found, found.form(value)
    except (ValueError, TypeError) as error:
        raise unfit(found, value, error) from None


def check_condition(solved: SolvedQuestion, part: SolvedPart) -> None:
    """Check that the key is a right answer.

    Raises:
        AuthorError: the condition does not hold for it, or does not depend on it.
    """
    if part.id not in solved.graph.ancestors(condition(part.id)):
        raise AuthorError(
            sentence("expected accepts to be a condition of {name}, which it does not name", name=part.id)
        )
    frame = solved.evaluation if part.samples is None else part.samples.first()
    try:
        holds = frame.value(condition(part.id))
    except AuthorError as error:
        raise AuthorError(error.said) from error
    if not isinstance(holds, bool | np.bool_):
        raise AuthorError(
            sentence(
                "expected accepts to be a condition, such as {example}, received {value}",
                example="k % 2 == 1",
                value=str(holds)[:80],
            )
        )
    if not holds:
        raise AuthorError(
            sentence("expected an example that accepts allows, received {value}", value=str(frame.value(part.id))[:80])
        )
