"""Consistency checks within a question and across an assignment."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.answers.kinds import KINDS
from grader.answers.kinds.base import UnfitPartError
from grader.answers.tokens import Vocabulary
from grader.homework.givens import given_named
from grader.homework.readers import RefusedError, check_id
from grader.homework.vary import check_variants, check_vary
from grader.messages import Sentence, sentence
from grader.messages.names import listed, nearest, shown

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment, Part, Question


def check_fields(part: Part) -> None:
    """Check that a part has only fields that its kind takes, and that they fit the kind.

    Raises `RefusedError` at the first that does not.
    """
    kind = None if part.kind is None else KINDS[part.kind]
    if kind is not None:
        try:
            kind.check(part)
        except UnfitPartError as error:
            raise RefusedError(error.said, error.field) from None
    if part.choices and (kind is None or "choices" not in kind.fields):
        raise RefusedError(sentence("choices need kind = 'choice'"), "choices")
    for field in ("items", "penalty"):
        if getattr(part, field) and (kind is None or field not in kind.fields):
            said = sentence("{field} does not go with this kind of part", field=field)
            raise RefusedError(said, field)
    if part.answer is not None and kind is not None and "answer" not in kind.fields:
        raise RefusedError(
            sentence("an answer is written only for kind 'choice' or 'formula'; other keys are computed"), "answer"
        )
    if part.accepts is not None and kind is not None and not kind.computed:
        raise RefusedError(sentence("accepts does not go with kind {kind!r}", kind=kind.name), "accepts")
    if part.example is not None and part.accepts is None:
        raise RefusedError(
            sentence("an example needs accepts, the condition for a right answer; other keys are computed"), "example"
        )
    if part.labels and len(set(part.labels)) < len(part.labels):
        raise RefusedError(
            sentence("expected labels that differ, received {labels}", labels=listed(part.labels)), "labels"
        )
    if part.rubric and (kind is None or "rubric" not in kind.fields):
        raise RefusedError(sentence("a rubric needs kind = 'text'"), "rubric")
    total = sum((line.points for line in part.rubric), Decimal(0))
    if total > part.points:
        said = sentence(
            "expected a rubric of at most {expected} points, as the part has, received {received}",
            expected=plain(part.points),
            received=plain(total),
        )
        raise RefusedError(said, "rubric")


def check_question(question: Question) -> None:
    """Check that names are usable and unambiguous, every part has a key, and conventions replace existing givens.

    Raises `RefusedError` at the first that does not.
    """
    for table, names in (("given", question.given), ("compute", question.compute), ("symbols", question.symbols)):
        for name in names:
            _check_name(name, table)
    for name in question.compute:
        if name in question.given:
            raise RefusedError(sentence("{name!r} is both given and computed", name=name), "compute", name)
    for name in question.symbols:
        if name in question.given or name in question.compute:
            raise RefusedError(sentence("the symbol {name!r} is also given or computed", name=name), "symbols", name)
    if not question.parts:
        raise RefusedError(sentence("expected at least one part, received none"), "parts")
    for name, part in question.parts.items():
        check_id(name, "parts", name)
        _check_spelling(name, question.symbols)
        _check_key(question, name, part)
    for index, convention in enumerate(question.accept):
        for name in convention.given:
            try:
                given_named(name, question.given)
            except RefusedError as error:
                raise RefusedError(error.said, "accept", index, "given", name) from None
    check_vary(question)


def _check_name(name: str, table: str) -> None:
    """Check that a formula can use the name."""
    if keyword.iskeyword(name):
        raise RefusedError(
            sentence(
                "{name!r} is a reserved word of formulas: choose another name, such as {other!r}",
                name=name,
                other=name + "_",
            ),
            table,
            name,
        )
    if not name.isidentifier() or len(name) > 100:
        raise RefusedError(
            sentence("expected a name of letters, digits and _, received {name}", name=shown(name)), table, name
        )


def _check_spelling(name: str, symbols: Iterable[str]) -> None:
    """Check that a part's name is not also a product of symbols, as a student may then mean either."""
    letters = [symbol for symbol in symbols if symbol != name]
    words = Vocabulary(letters, ())
    pieces = [words.spelled.get(piece, piece) for piece in words.split(name, called=False) or ()]
    if len(set(pieces)) > 1 and set(pieces) <= set(letters):
        said = sentence(
            "the part {name!r} reads as the product {product} of symbols: choose another name",
            name=name,
            product="*".join(pieces),
        )
        raise RefusedError(said, "parts", name)


def _check_key(question: Question, name: str, part: Part) -> None:
    """Check that a part is computed, marked by a person, or has a written answer or example."""
    computed = name in question.compute
    if part.accepts is not None:
        _check_example(question, name, part, computed)
        return
    kind = None if part.kind is None else KINDS[part.kind]
    if kind is not None and not kind.computed:
        if computed and kind.may_be_computed and part.answer is None:
            return
        if not computed and part.answer is None and "answer" in kind.fields:
            raise RefusedError(
                sentence(
                    "expected an answer among the choices {choices}, received {received}",
                    choices=listed(part.choices),
                    received="none",
                ),
                "parts",
                name,
                "answer",
            )
        if computed:
            raise RefusedError(
                sentence(
                    "a part of kind {kind!r} is not computed, but compute has {name!r}", kind=part.kind, name=name
                ),
                "parts",
                name,
            )
        return
    if part.answer is not None and not question.symbols:
        raise RefusedError(
            sentence("an answer needs kind = 'choice', or a formula with [questions.symbols]; other keys are computed"),
            "parts",
            name,
            "answer",
        )
    if not computed and (part.answer is None or kind is None or "answer" not in kind.fields):
        raise RefusedError(_unknown_step(name, question.compute), "parts", name)


def _check_example(question: Question, name: str, part: Part, computed: bool) -> None:
    """Check that a part marked by a condition has a right answer for the key: computed, or written as its example."""
    if computed == (part.example is not None):
        said = sentence(
            "a part with accepts has one right answer for the key: in [questions.compute], or as its example"
        )
        raise RefusedError(said, "parts", name, *(["example"] if computed else []))
    if not computed:
        _check_name(name, "parts")
        if name in question.given or name in question.symbols:
            raise RefusedError(sentence("{name!r} is both given and asked", name=name), "parts", name)


def _unknown_step(name: str, computed: Iterable[str]) -> Sentence:
    names = list(computed)
    guess = nearest(name, names)
    if guess is None:
        return sentence(
            "the part {name!r} is not computed and has no kind 'text' or 'choice'; computed: {allowed}",
            name=name,
            allowed=listed(names),
        )
    return sentence(
        "the part {name!r} is not computed: did you mean {nearest!r}? computed: {allowed}",
        name=name,
        nearest=guess,
        allowed=listed(names),
    )


def check_assignment(assignment: Assignment) -> None:
    """Check that question ids are unique and that the points of the parts add up.

    Raises `RefusedError` at the first that does not hold.
    """
    seen: set[str] = set()
    for index, question in enumerate(assignment.questions):
        if question.id in seen:
            raise RefusedError(
                sentence("the question id {id!r} occurs twice", id=question.id), "questions", index, "id"
            )
        seen.add(question.id)
    check_variants(assignment)
    if assignment.points is None:
        return
    total = sum((part.points for question in assignment.questions for part in question.parts.values()), Decimal(0))
    if total != assignment.points:
        raise RefusedError(
            sentence(
                "expected parts of {expected} points in all, as the assignment says, received {received}",
                expected=plain(assignment.points),
                received=plain(total),
            ),
            "points",
        )


def plain(number: Decimal) -> str:
    """A number of points without trailing zeros.

    >>> plain(Decimal("20.50")), plain(Decimal("1E+1"))
    ('20.5', '10')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
