"""Sentences about names that nobody knows: the nearest known name first, then all that are allowed."""

from __future__ import annotations

from collections.abc import Iterable

from grader.messages import Sentence, sentence
from grader.messages.nearest import nearest as near

MAX_SHOWN = 60
MAX_LISTED = 40


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that is most like `name`, capitals or not, or None when none is like it.

    >>> nearest("pionts", ["prompt", "points", "unit"])
    'points'
    """
    folded = {known.casefold(): known for known in reversed(list(allowed))}
    found = near(name.casefold(), folded, most=1)
    return folded[found[0]] if found else None


def shown(value: object) -> str:
    """A value on one short line, control characters escaped, for a message.

    >>> shown("red\\x1b[31m")
    "'red\\\\x1b[31m'"
    """
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value) if len(value) <= MAX_SHOWN else repr(value[: MAX_SHOWN - 1] + "…")
    if isinstance(value, int) and value.bit_length() > 200:
        return "an integer of more than 60 digits"
    return str(value)[:MAX_SHOWN]


def described(value: object) -> str | Sentence:
    """What was received, for a field of a message: like `shown`, in words that can be translated."""
    if isinstance(value, dict):
        return sentence("a table")
    if isinstance(value, list):
        return sentence("a list")
    if isinstance(value, int) and value.bit_length() > 200:
        return sentence("an integer of more than {most} digits", most=60)
    return shown(value)


def listed(names: Iterable[str]) -> str:
    """Names with commas between them, the first forty of them, escaped as a message needs.

    >>> listed(["a", "b, c"])
    "a, 'b, c'"
    """
    words = list(names)
    plain = [
        word if word.isprintable() and "," not in word and len(word) <= MAX_SHOWN else shown(word)
        for word in words[:MAX_LISTED]
    ]
    return ", ".join(plain) + (", …" if len(words) > MAX_LISTED else "") if plain else "none"


def unknown_field(name: str, table: Sentence, allowed: Iterable[str]) -> Sentence:
    """A field that the documents do not have."""
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
    """An assignment that has no folder among the keys."""
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
    """A question that the assignment does not ask."""
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
    """A part that the question does not ask; `elsewhere` is a question that does ask it."""
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
