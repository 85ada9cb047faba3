"""Messages about unknown names in documents: the nearest known name first, then all allowed ones."""

from __future__ import annotations

from collections.abc import Iterable

from grader.messages import Sentence, sentence
from grader.messages.names import described as described
from grader.messages.names import listed as listed
from grader.messages.names import nearest as nearest
from grader.messages.names import shown as shown


def unknown_field(name: str, table: Sentence, allowed: Iterable[str]) -> Sentence:
    """The message for an unknown field."""
    known = list(allowed)
    guess = nearest(name, known)
    if guess is None:
        return sentence(
            "unknown field {name} in {table}; allowed: {allowed}", name=shown(name), table=table, allowed=listed(known)
        )
    return sentence(
        "unknown field {name} in {table}: did you mean {nearest!r}? allowed: {allowed}",
        name=shown(name),
        table=table,
        nearest=guess,
        allowed=listed(known),
    )


def unknown_assignment(name: str, known: Iterable[str]) -> Sentence:
    """The message for an assignment without a folder among the keys."""
    names = sorted(known)
    guess = nearest(name, names)
    if guess is None:
        return sentence("unknown assignment {name}; known: {allowed}", name=shown(name), allowed=listed(names))
    return sentence(
        "unknown assignment {name}: did you mean {nearest!r}? known: {allowed}",
        name=shown(name),
        nearest=guess,
        allowed=listed(names),
    )


def unknown_question(name: str, asked: Iterable[str]) -> Sentence:
    """The message for a question that the assignment does not ask."""
    names = list(asked)
    guess = nearest(name, names)
    if guess is None:
        return sentence("unknown question {name}; asked: {allowed}", name=shown(name), allowed=listed(names))
    return sentence(
        "unknown question {name}: did you mean {nearest!r}? asked: {allowed}",
        name=shown(name),
        nearest=guess,
        allowed=listed(names),
    )


def unknown_part(name: str, question: str, asked: Iterable[str], elsewhere: str | None = None) -> Sentence:
    """The message for a part that the question does not ask; `elsewhere` is a question that does."""
    names = list(asked)
    if elsewhere is not None:
        return sentence(
            "unknown part {name}: it belongs to question {elsewhere!r}; parts of {question!r}: {allowed}",
            name=shown(name),
            elsewhere=elsewhere,
            question=question,
            allowed=listed(names),
        )
    guess = nearest(name, names)
    if guess is None:
        return sentence(
            "unknown part {name}; parts of {question!r}: {allowed}",
            name=shown(name),
            question=question,
            allowed=listed(names),
        )
    return sentence(
        "unknown part {name}: did you mean {nearest!r}? parts of {question!r}: {allowed}",
        name=shown(name),
        nearest=guess,
        question=question,
        allowed=listed(names),
    )


def unknown_variant(name: str, assignment: str, known: Iterable[str]) -> Sentence:
    """The message for an unknown variant."""
    names = list(known)
    if not names:
        return sentence(
            "{assignment} has no variants, received variant = {name}", assignment=assignment, name=shown(name)
        )
    return sentence(
        "unknown variant {name}: those of {assignment} are {first} to {last}",
        name=shown(name),
        assignment=assignment,
        first=names[0],
        last=names[-1],
    )
