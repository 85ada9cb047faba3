"""Parts whose answers are formulas in declared symbols, solved."""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any

from grader.answers.kinds import KINDS, Kind
from grader.answers.kinds.formula import FORMULA
from grader.answers.spec import AnswerSpec
from grader.errors import AuthorError, Place, UnreadableError
from grader.homework.assignment import Part
from grader.homework.solved import SolvedPart, SolvedQuestion
from grader.messages import sentence

if TYPE_CHECKING:
    from grader.answers.values import Formula
    from grader.formula.evaluation import Evaluation
    from grader.formula.sampling import Samples


def given_formula(
    solved: SolvedQuestion, name: str, part: Part, symbols: tuple[str, ...], earlier: tuple[str, ...]
) -> SolvedPart:
    """A part whose formula the author wrote and nothing computes; `earlier` are the parts that a formula may name.

    Raises:
        AuthorError: not a formula in the symbols, or one that is defined nowhere.
    """
    from grader.answers import parse_formula
    from grader.formula.sampling import SAMPLED_POINTS, Samples

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
    if not any(_defined(formula, samples.at(index, True), symbols) for index in range(SAMPLED_POINTS)):
        raise AuthorError(sentence("expected an answer that is defined somewhere in the ranges of its symbols"))
    return SolvedPart(name, part, FORMULA, spec, samples=samples, formula=formula, text=part.answer, computed=False)


def _defined(formula: Formula, frame: Evaluation | None, symbols: tuple[str, ...]) -> bool:
    try:
        return frame is not None and isfinite(formula.evaluate({symbol: frame.given(symbol) for symbol in symbols}))
    except (ArithmeticError, ValueError):
        return False


def symbolic_part(
    solved: SolvedQuestion, name: str, part: Part, symbols: tuple[str, ...], earlier: tuple[str, ...], order: str
) -> SolvedPart:
    """A part that is computed from symbols: a formula, an array of them, or shapes.

    Raises:
        AuthorError: another kind is declared, or the written answer differs from the computed one.
    """
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
        raise unfit(kind, value, error) from None
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
    """The kind of a key that is computed from symbols: shapes where sizes are in tuples, else a formula."""
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
        AuthorError: it differs from the computed one.
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
    """The text of a formula, fitted to its values; for an array of formulas, nested lists of texts."""
    from grader.homework.formula_text import formula_text

    text = formula_text(solved.graph, name, solved.question.symbols)
    if text is None:
        said = sentence("no formula text was found for the key of this part; give it one: answer = '...'")
        raise AuthorError(said, Place(question=solved.question.id, name=name))
    return text


def unfit(kind: Kind, value: Any, error: Exception) -> AuthorError:
    """The error for a computed value that does not fit a kind."""
    said = sentence(
        "expected a key of kind {kind}, received {value!r}: {reason}",
        kind=kind.name,
        value=str(value)[:80],
        reason=str(error),
    )
    return AuthorError(said)
