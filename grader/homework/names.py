"""Comparing names: an unknown one with the known ones of a document, and different spellings of a person's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from grader.messages import Sentence, sentence
from grader.messages.names import listed, nearest, shown


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


_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "\u200c": " ", "ـ": ""})
"""Letters of Arabic keyboards that look like Persian ones, and the joiner that some people omit."""


def _in_order(text: str) -> str:
    last, comma, first = text.partition(",")
    return f"{first} {last}" if comma else text


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


_STEPS: tuple[tuple[Sentence, Callable[[str], str]], ...] = (
    (sentence("letter case"), str.casefold),
    (sentence("Persian or Arabic digits"), lambda text: text.translate(_DIGITS)),
    (sentence("Persian or Arabic letters"), lambda text: text.translate(_LETTERS)),
    (sentence("composed characters"), _plain),
    (sentence("leading zeros"), lambda text: re.sub(r"(?<![^\W_])0+(?=\d)", "", text)),
    (sentence('"Last, First"'), _in_order),
)


def _changed(text: str, steps: Iterable[Callable[[str], str]]) -> str:
    for step in steps:
        text = step(text)
    return " ".join(text.split())


def person_key(text: str) -> str:
    """A key shared by all texts that may name the same person.

    >>> person_key("Gödel, Kurt") == person_key("kurt GO\\u0308DEL"), person_key("a1") == person_key("a2")
    (True, False)
    >>> person_key("۰۰۷")
    '7'
    """
    return _changed(text, [_plain, *(step for _, step in _STEPS), _plain])


def spelling_differences(one: str, other: str) -> list[Sentence]:
    """How two spellings of one person's name differ: every normalisation needed to make them equal.

    >>> [str(each) for each in spelling_differences("Lovelace, ADA", "Ada Lovelace")]
    ['letter case', '"Last, First"']
    """
    found = []
    for said, left_out in _STEPS:
        steps = [step for _, step in _STEPS if step is not left_out]
        if _changed(one, steps) != _changed(other, steps):
            found.append(said)
    return found or [sentence("blanks")]
