"""Sentences in another language: a message catalogue found by the English template, and fields as that language writes.

In Persian, numbers in prose are written with Persian digits; names, formulas and cells stay as they are and are
isolated, so that they run left to right inside a right-to-left line.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, translation
from typing import Literal

from grader.messages import Sentence

Language = Literal["en", "fa"]
LANGUAGES: tuple[Language, ...] = ("en", "fa")
Say = Callable[[Sentence], str]

DOMAIN = "grader"
_DIGITS = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")
_ISOLATE, _POP = "\u2066", "\u2069"


def sayer(language: Language = "en") -> Say:
    """How a sentence is said in a language.

    >>> sayer("en")(Sentence("{right} of {total} entries are right", {"right": 7, "total": 9}))
    '7 of 9 entries are right'
    """
    return str if language == "en" else _persian


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


def _persian(said: Sentence) -> str:
    template = _translations("fa").gettext(said.template)
    return template.format(**{name: _field(value) for name, value in said.fields.items()}) if said.fields else template


def _field(value: object) -> object:
    if isinstance(value, Sentence):
        return _persian(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float) or type(value).__name__ == "Decimal":
        return _Isolated(persian_digits(str(value)))
    text = str(value)
    return _Isolated(f"{_ISOLATE}{text}{_POP}") if text else text


@cache
def _translations(language: str) -> NullTranslations:
    """The message catalogue that is compiled into the package."""
    from importlib.resources import as_file, files

    with as_file(files("grader") / "locale") as folder:
        return translation(DOMAIN, folder, [language], fallback=True)
