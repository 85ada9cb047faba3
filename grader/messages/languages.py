"""Sentences in another language: a message catalogue found by the English template, and fields as that language writes.

In Persian, numbers in prose are written with Persian digits; names, formulas and cells stay as they are and are
isolated, so that they run left to right inside a right-to-left line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Literal

from grader.messages import Sentence

if TYPE_CHECKING:
    from gettext import NullTranslations

Language = Literal["en", "fa"]
LANGUAGES: tuple[Language, ...] = ("en", "fa")
Say = Callable[[Sentence], str]

DOMAIN = "grader"
_DIGITS = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")
_PLAIN = re.compile(r"[0-9][0-9.,]*")
_ISOLATE, _POP = "\u2066", "\u2069"
_TURNING = re.compile("[\u2066-\u2069]")
# In a template: a field, or a run of what mathematics and identifiers are written with, from one blank to another.
_RUN = re.compile(r"(\{[^{}]*\})|((?:[!-z|~°²³·×−≤≥≈√∂∑Α-ω]+ *)+)")
_STRONG = re.compile(r"[0-9A-Za-zΑ-ω]")
_PAIRS = {")": "(", "]": "["}


def sayer(language: Language = "en") -> Say:
    """How a sentence is said in a language.

    >>> sayer("en")(Sentence("{right} of {total} entries are right", {"right": 7, "total": 9}))
    '7 of 9 entries are right'
    """
    return str if language == "en" else _persian


def right_to_left(say: Say) -> bool:
    """Whether what is said runs from right to left; then it holds isolates, U+2066 to U+2069, of our own making."""
    return say is _persian


def persian_digits(text: str) -> str:
    """A number with Persian digits.

    >>> persian_digits("12.5")
    '۱۲٫۵'
    """
    return text.translate(_DIGITS)


class _Isolated(str):
    """A name or a formula inside a right-to-left sentence, quoted or not."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"«{self}»"


class _Count:
    """A number of the prose: with Persian digits wherever it is written with digits alone."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, specification: str) -> str:
        text = format(self.value, specification)
        in_prose = _PLAIN.fullmatch(text) and not specification.lower().endswith("x")
        return persian_digits(text) if in_prose else f"{_ISOLATE}{text}{_POP}"

    def __repr__(self) -> str:
        return format(self)


def _persian(said: Sentence) -> str:
    template = _template(said.template, bool(said.fields))
    return template.format(**{name: _field(value) for name, value in said.fields.items()}) if said.fields else template


def _field(value: object) -> object:
    if isinstance(value, Sentence):
        return _persian(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float) or type(value).__name__ == "Decimal":
        return _Count(value)
    text = _TURNING.sub(lambda found: f"\\u{ord(found.group()):04x}", str(value))
    return _Isolated(f"{_ISOLATE}{text}{_POP}") if text else text


@cache
def _template(english: str, has_fields: bool) -> str:
    """The Persian template, its mathematics and identifiers isolated."""
    persian = _translations("fa").gettext(english)
    return _RUN.sub(lambda found: found[1] if found[1] and has_fields else isolated(found.group()), persian)


def isolated(run: str) -> str:
    """Mathematics or an identifier as it stands in a right-to-left sentence; marks of the sentence stay outside.

    >>> isolated("d(k-1)+1: ") == "\u2066d(k-1)+1\u2069: "
    True
    """
    start, end = 0, len(run)
    while end > start and (run[end - 1] in " .,:;!?" or _closes_alone(run[start:end])):
        end -= 1
    while start < end and (run[start] == " " or (run[start] in "([" and not _closed(run[start:end]))):
        start += 1
    inner = run[start:end]
    return f"{run[:start]}{_ISOLATE}{inner}{_POP}{run[end:]}" if _STRONG.search(inner) else run


def _closes_alone(run: str) -> bool:
    closing = run[-1]
    return closing in _PAIRS and run.count(closing) > run.count(_PAIRS[closing])


def _closed(run: str) -> bool:
    opening = run[0]
    return run.count(opening) <= run.count(")" if opening == "(" else "]")


@cache
def _translations(language: str) -> NullTranslations:
    """The message catalogue that is compiled into the package."""
    from gettext import translation
    from importlib.resources import as_file, files

    with as_file(files("grader") / "messages" / "catalogues") as folder:
        return translation(DOMAIN, folder, [language], fallback=True)
