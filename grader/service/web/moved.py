"""Moved marks in words: the mark before and after, and why it moved; for staff and for students."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.reports.verdicts import VERDICTS
from grader.service.course.finals import ATTEMPT, DEDUCTION
from grader.service.words import FixedWords

CAUSES: Mapping[str, Sentence] = {
    "submission": sentence("another submission"),
    "assignment": sentence("the assignment changed"),
    "key": sentence("the key changed"),
    "grader version": sentence("another version of the grader"),
    "person": sentence("a mark by a person"),
    ATTEMPT: sentence("another attempt counts"),
    DEDUCTION: sentence("being late costs something else"),
}
_MARK = re.compile(r"(-?[0-9.]+)/([0-9.]+)(?: \((\w+)\))?")
_PERSON = sentence("Person")


def cause_in(language: Language, name: str) -> str:
    """The cause of a moved mark, in words; as recorded if it has none."""
    said = CAUSES.get(name)
    return name if said is None else language(said)


def causes_in(language: Language, why: str) -> str:
    """All causes of a moved mark."""
    return language.comma.join(cause_in(language, name) for name in why.split(", "))


def mark_in(words: FixedWords, text: str, between: str = " / ") -> str:
    """`2/2 (correct)` in the words and digits of the language; `2/2` is a final score."""
    found = _MARK.fullmatch(text)
    if found is None:
        return text
    score, most, verdict = found.groups()
    points = f"{words.number(score)}{between}{words.number(most)}"
    return points if verdict is None else f"{points} ({_verdict(words.language, verdict)})"


def _verdict(language: Language, name: str) -> str:
    known = {str(one): shown.phrase for one, shown in VERDICTS.items()}
    return language(known.get(name, _PERSON))
