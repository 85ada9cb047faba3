"""How two spellings of one person's name or number differ: case, digits, letters, zeros, or the order of names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from grader.messages import Sentence, sentence

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


def key(text: str) -> str:
    """A key shared by all texts that may name the same person.

    >>> key("Gödel, Kurt") == key("kurt GO\\u0308DEL"), key("۰۰۷") == key("7"), key("a1") == key("a2")
    (True, True, False)
    """
    return _changed(text, [_plain, *(step for _, step in _STEPS), _plain])


def differences(one: str, other: str) -> list[Sentence]:
    """How two texts with the same key differ: every normalisation needed to make them equal.

    >>> [str(each) for each in differences("Lovelace, ADA", "Ada Lovelace")]
    ['letter case', '"Last, First"']
    """
    found = []
    for said, left_out in _STEPS:
        steps = [step for _, step in _STEPS if step is not left_out]
        if _changed(one, steps) != _changed(other, steps):
            found.append(said)
    return found or [sentence("blanks")]
