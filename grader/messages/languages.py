"""The grader's languages: one row each, with a catalogue of translations.

To add a language, add its row to `LANGUAGES` and its catalogue `catalogues/<code>/LC_MESSAGES/grader.po`, which
`python scripts/catalogue.py` makes, checks and compiles. Everything that offers a choice of languages reads the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

from grader.messages.isolates import isolate, isolated_template, without_isolates
from grader.messages.sentences import Sentence
from grader.patterns import pattern
from grader.structs import Struct

if TYPE_CHECKING:
    from gettext import NullTranslations

Say = Callable[[Sentence], str]
"""A function that renders a sentence: `str` in English, a `Language` in that language."""

DOMAIN = "grader"
SOURCE = "en"
"""The language of the templates in the code: it needs no catalogue."""

_ASCII_NUMBER = "0123456789.,"
_PLAIN = pattern(r"[0-9][0-9.,]*")


class Language(Struct, eq=False):
    """One language: how it is written; its catalogue has its sentences.

    `code` is the BCP 47 tag and the folder of the catalogue; `digits` are the digits of numbers in prose, 0 to 9;
    `quotes` surround a quoted name if they differ from Python's.

    Raises ValueError for an incomplete row.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    digits: str = "0123456789"
    decimal_point: str = "."
    thousands: str = ","
    quotes: tuple[str, str] | None = None
    comma: str = ", "
    semicolon: str = "; "

    def __post_init__(self) -> None:
        """Check the row now, as a typing slip would otherwise show only when a sentence is rendered."""
        if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]+)*", self.code):
            raise ValueError(f"expected a BCP 47 tag such as 'en' as code, received {self.code!r}")
        if len(set(self.digits)) != 10:
            raise ValueError(f"expected ten different digits for {self.code}, received {self.digits!r}")
        if self.direction not in ("ltr", "rtl"):
            raise ValueError(f"expected 'ltr' or 'rtl' as direction of {self.code}, received {self.direction!r}")
        if not all((self.name, self.decimal_point, self.thousands, self.comma, self.semicolon)):
            raise ValueError(f"expected a name, and separators of numbers and of lists, for {self.code}")

    def __str__(self) -> str:
        """The code, as on the command line."""
        return self.code

    def __call__(self, said: Sentence) -> str:
        """Render a sentence in this language.

        >>> LANGUAGES["en"](Sentence("{right} of {total} entries are right", {"right": 7, "total": 9}))
        '7 of 9 entries are right'
        """
        if self.code == SOURCE:
            return str(said)
        template = _template(self, said.template, bool(said.fields))
        if not said.fields:
            return template
        return template.format(**{name: self._field(value) for name, value in said.fields.items()})

    @property
    def right_to_left(self) -> bool:
        """Whether this language is written from right to left."""
        return self.direction == "rtl"

    def number(self, text: str) -> str:
        """A number in prose with the digits and separators of this language.

        >>> LANGUAGES["fa"].number("12.5")
        '۱۲٫۵'
        """
        return text.translate(str.maketrans(_ASCII_NUMBER, f"{self.digits}{self.decimal_point}{self.thousands}"))

    def _field(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self(value)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float) or type(value).__name__ == "Decimal":
            return _Number(value, self)
        text = without_isolates(str(value))
        return _Name(isolate(text) if self.right_to_left and text else text, self.quotes)


class _Name(str):
    """A name or a formula inside a translated sentence, quoted as its language quotes."""

    __slots__ = ("quotes",)
    quotes: tuple[str, str] | None

    def __new__(cls, text: str, quotes: tuple[str, str] | None) -> _Name:
        name = super().__new__(cls, text)
        name.quotes = quotes
        return name

    def __repr__(self) -> str:
        return super().__repr__() if self.quotes is None else f"{self.quotes[0]}{self}{self.quotes[1]}"


class _Number:
    """A number in prose: in the language's digits if it is formatted as digits and separators only."""

    def __init__(self, value: object, language: Language) -> None:
        self.value = value
        self.language = language

    def __format__(self, specification: str) -> str:
        text = format(self.value, specification)
        if _PLAIN.fullmatch(text) and not specification.lower().endswith("x"):
            return self.language.number(text)
        return isolate(text) if self.language.right_to_left else text

    def __repr__(self) -> str:
        return format(self)


def by_code(*languages: Language) -> Mapping[str, Language]:
    """The languages by their codes.

    Raises ValueError for a code that two of them have.
    """
    found: dict[str, Language] = {}
    for language in languages:
        if language.code in found:
            raise ValueError(f"two languages have the code {language.code!r}")
        found[language.code] = language
    return found


LANGUAGES = by_code(
    Language("en", "English"),
    Language(
        "fa",
        "Persian",
        direction="rtl",
        digits="۰۱۲۳۴۵۶۷۸۹",
        decimal_point="٫",
        thousands="٬",
        quotes=("«", "»"),
        comma="، ",
        semicolon="؛ ",
    ),
)
ENGLISH = LANGUAGES[SOURCE]


def spoken(say: Say) -> Language:
    """The language of `say`; English for `str`."""
    return say if isinstance(say, Language) else ENGLISH


def right_to_left(say: Say) -> bool:
    """Whether rendered sentences run from right to left; they then contain our own isolates, U+2066 to U+2069."""
    return spoken(say).right_to_left


@cache
def _template(language: Language, english: str, has_fields: bool) -> str:
    """The translated template; in a right-to-left language with mathematics and identifiers isolated."""
    translated = _translations(language.code).gettext(english)
    if language.right_to_left:
        translated = isolated_template(translated, has_fields)
    return translated


@cache
def _translations(code: str) -> NullTranslations:
    """The compiled catalogue of a language, from the package."""
    from gettext import translation
    from importlib.resources import as_file, files

    with as_file(files("grader") / "messages" / "catalogues") as folder:
        return translation(DOMAIN, folder, [code])
