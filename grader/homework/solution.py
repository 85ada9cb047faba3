"""An assignment, solved: its graphs evaluated, and of each asked part the kind, the value and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers.kinds import KINDS, Kind
from grader.answers.kinds.base import Worded
from grader.answers.kinds.formula import FORMULA
from grader.answers.options import option_index
from grader.answers.spec import AnswerSpec
from grader.errors import AuthorError, Place, UnreadableError
from grader.formula.arithmetic import all_finite, as_array
from grader.formula.graph import Graph
from grader.formula.noise import settled
from grader.formula.substitution import Substitution
from grader.homework.assignment import Assignment, Part, Question
from grader.messages import sentence

if TYPE_CHECKING:
    from grader.answers.values import Formula
    from grader.formula.evaluation import Evaluation
    from grader.formula.sampling import Samples


@dataclass(frozen=True, eq=False)
class SolvedPart:
    """One asked part: what is asked, and the key's value.

    `value` is an int, a float, a tuple (a shape), a list of tuples (shapes), an array (nested lists of exact integers
    or a float64 array), a text (choice), or None (text; formulas, whose values are in `samples` or `formula`).
    """

    id: str
    part: Part
    kind: Kind
    spec: AnswerSpec
    value: Any = None
    samples: Samples | None = None
    formula: Formula | None = None
    axes: tuple[int, ...] = ()
    text: Any = None
    fit: Callable[[], Any] | None = None
    """Finds the text of a formula whose author gave none: slow, so that only who shows or writes the key calls it."""
    computed: bool = True
    """Whether the part is a node of the question's graph."""
    underlying: SolvedPart | None = None
    """Of a choice that is computed: the value behind it, as a part without options."""

    @property
    def rank(self) -> int:
        """How many axes an array of numbers or formulas has; 0 for one value."""
        return len(self.axes)

    @cached_property
    def key_entry(self) -> Any:
        """What stands in the committed key; None for a part that no machine marks.

        Raises AuthorError where no text is found for a formula.
        """
        if self.text is not None:
            return self.text
        return self.fit() if self.fit is not None else _entry(self.value)


@dataclass(frozen=True, eq=False)
class SolvedQuestion:
    """One question: its graph, the plain evaluation, its parts, and the accepted conventions."""

    question: Question
    graph: Graph
    parts: Mapping[str, SolvedPart]

    @cached_property
    def evaluation(self) -> Evaluation:
        """The graph with nothing substituted."""
        return self.graph.evaluate()

    @cached_property
    def conventions(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Name and givens of each accepted convention."""
        return tuple((convention.name, convention.given) for convention in self.question.accept)


@dataclass(frozen=True, eq=False)
class Solution:
    """Every question solved."""

    assignment: Assignment
    questions: Mapping[str, SolvedQuestion] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The digest of the assignment's content."""
        from grader.homework.keys import digest

        return digest(self.assignment)

    def __iter__(self) -> Iterator[SolvedQuestion]:
        """The questions in order."""
        return iter(self.questions.values())


def solve(assignment: Assignment) -> Solution:
    """Evaluate every question of an assignment.

    Raises:
        AuthorError: with question, name and column, where a formula is wrong or a part cannot be asked.
    """
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
    for name, part in question.parts.items():
        try:
            parts[name] = _solve_part(solved, name, part, assignment.order_of(question))
            if part.accepts is not None:
                _check_condition(solved, parts[name])
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


def condition(name: str) -> str:
    """The node of the condition for right answers to a part; no formula can name it."""
    return f"accepts({name})"


def _check_condition(solved: SolvedQuestion, part: SolvedPart) -> None:
    """The key is a right answer.

    Raises:
        AuthorError: the condition does not hold for it, or is no condition of it.
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


def _solve_part(solved: SolvedQuestion, name: str, part: Part, order: str) -> SolvedPart:
    kind = None if part.kind is None else KINDS[part.kind]
    if kind is not None and not kind.computed:
        assert isinstance(kind, Worded)
        spec = AnswerSpec(kind.name, choices=tuple(part.choices), items=tuple(part.items))
        key = _chosen(solved, name, part) if name in solved.graph.nodes else kind.key(part)
        text = None if key is None else kind.key_text(key)
        underlying = _underlying(solved, name, part, order) if name in solved.graph.nodes else None
        return SolvedPart(name, part, kind, spec, value=key, text=text, computed=False, underlying=underlying)
    symbols = tuple(solved.question.symbols)
    earlier = tuple(known for known, other in solved.parts.items() if other.kind is FORMULA and not other.rank)
    if name not in solved.graph.nodes:
        return _given_formula(solved, name, part, symbols, earlier)
    if name in solved.graph.symbolic or (kind is not None and kind.symbolic):
        return _symbolic_part(solved, name, part, symbols, earlier, order)
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
    """The names of a list's entries: those that the author declares, or the steps that the list consists of.

    Raises:
        AuthorError: not as many labels as entries.
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
    """The part as if its value were asked without options; None where such a value cannot be asked."""
    try:
        return _solve_part(solved, name, Part(points=part.points, tolerance=part.tolerance), order)
    except AuthorError:
        return None


def _near(value: Any, choice: str) -> bool:
    """Whether a choice is a computed number as far as it was written."""
    try:
        number = float(choice)
    except ValueError:
        return False
    return isinstance(value, float) and abs(number - value) <= 1e-6 * abs(value)


def _given_formula(
    solved: SolvedQuestion, name: str, part: Part, symbols: tuple[str, ...], earlier: tuple[str, ...]
) -> SolvedPart:
    from grader.answers import parse_formula
    from grader.formula.sampling import POINTS, Samples

    if not isinstance(part.answer, str):
        raise AuthorError(sentence("expected a formula in [questions.compute] for this part, received none"))
    try:
        formula = parse_formula(part.answer, symbols, ())
    except UnreadableError as error:
        said = sentence(
            "expected a formula in the declared symbols as answer, received {answer!r}: {reason}",
            answer=part.answer[:80],
            reason=error.said,
        )
        raise AuthorError(said) from None
    spec = AnswerSpec(FORMULA.name, symbols=symbols, names=earlier)
    samples = Samples(solved.evaluation, None, solved.question.symbols)
    if not any(_defined(formula, samples.at(index, True), symbols) for index in range(POINTS)):
        raise AuthorError(sentence("expected an answer that is defined somewhere in the ranges of its symbols"))
    return SolvedPart(name, part, FORMULA, spec, samples=samples, formula=formula, text=part.answer, computed=False)


def _defined(formula: Formula, frame: Evaluation | None, symbols: tuple[str, ...]) -> bool:
    try:
        return frame is not None and isfinite(formula.evaluate({symbol: frame.given(symbol) for symbol in symbols}))
    except (ArithmeticError, ValueError):
        return False


def _symbolic_part(
    solved: SolvedQuestion, name: str, part: Part, symbols: tuple[str, ...], earlier: tuple[str, ...], order: str
) -> SolvedPart:
    from grader.formula.sampling import Samples

    ranges = solved.question.symbols
    samples = Samples(solved.evaluation, name, ranges)
    kind = _symbolic_kind(part, samples, name)
    if kind is None:
        raise AuthorError(
            sentence("expected kind = 'formula' for a part computed from symbols, received {kind!r}", kind=part.kind)
        )
    value = samples.first().value(name)
    try:
        axes = kind.axes(kind.form(value))
    except (ValueError, TypeError) as error:
        raise _unfit(kind, value, error) from None
    spec = AnswerSpec(
        kind.name,
        len(axes),
        symbols=symbols,
        names=earlier,
        axes=kind.asked(kind.form(value)),
        order=order if kind.sizes else "",
    )
    text = None if part.answer is None else _written(solved, name)
    fit = partial(_fitted, solved, name) if text is None else None
    return SolvedPart(name, part, kind, spec, samples=samples, axes=axes, text=text, fit=fit)


def _symbolic_kind(part: Part, samples: Samples, name: str) -> Kind | None:
    """The kind of a key that is computed from symbols: shapes where sizes stand in tuples, else a formula."""
    if part.kind is not None:
        return KINDS[part.kind].in_symbols()
    value = samples.first().value(name)
    if isinstance(value, tuple):
        return KINDS["shape"].in_symbols()
    several = isinstance(value, list) and any(isinstance(row, tuple) for row in value)
    return KINDS["shapes"].in_symbols() if several else FORMULA


def _written(solved: SolvedQuestion, name: str) -> Any:
    """The text that the author gave for a formula.

    Raises:
        AuthorError: it is not what is computed.
    """
    from grader.homework.formula_text import says_the_same

    answer, symbols = solved.question.parts[name].answer, solved.question.symbols
    place = Place(question=solved.question.id, name=name)
    try:
        same = says_the_same(answer, solved.graph, name, symbols)
    except UnreadableError as error:
        said = sentence(
            "expected a formula in the declared symbols as answer, received {answer!r}: {reason}",
            answer=str(answer)[:80],
            reason=error.said,
        )
        raise AuthorError(said, place) from None
    if not same:
        said = sentence("expected an answer that equals what is computed, received {answer!r}", answer=str(answer)[:80])
        raise AuthorError(said, place)
    return answer


def _fitted(solved: SolvedQuestion, name: str) -> Any:
    """The text of a formula, found from its values; of an array of formulas, nested lists of texts."""
    from grader.homework.formula_text import formula_text

    text = formula_text(solved.graph, name, solved.question.symbols)
    if text is None:
        said = sentence("no formula text was found for the key of this part; give it one: answer = '...'")
        raise AuthorError(said, Place(question=solved.question.id, name=name))
    return text


def _as_kind(value: Any, kind: Kind | None, gaps: bool) -> tuple[Kind, Any]:
    """The kind of a computed value, and the value in the form of that kind; with `gaps` some entries are not asked."""
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
        raise _unfit(found, value, error) from None


def _unfit(kind: Kind, value: Any, error: Exception) -> AuthorError:
    said = sentence(
        "expected a key of kind {kind}, received {value!r}: {reason}",
        kind=kind.name,
        value=str(value)[:80],
        reason=str(error),
    )
    return AuthorError(said)


def _entry(value: Any) -> Any:
    """Plain lists and numbers, for writing."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_entry(item) for item in value] if isinstance(value, list | tuple) else value
