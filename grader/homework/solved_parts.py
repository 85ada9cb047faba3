"""One part solved: its kind, its value, its labels, and how an answer to it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers.kinds import KINDS, Kind
from grader.answers.kinds.base import Worded
from grader.answers.kinds.formula import FORMULA
from grader.answers.options import option_index
from grader.answers.spec import AnswerSpec
from grader.errors import AuthorError
from grader.formula.arithmetic import all_finite, as_array
from grader.formula.noise import settled
from grader.homework.assignment import Part
from grader.homework.solved import SolvedPart, SolvedQuestion, condition
from grader.homework.solved_formulas import given_formula, symbolic_part, unfit
from grader.messages import sentence

if TYPE_CHECKING:
    pass


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
