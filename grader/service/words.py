"""The fixed words of a set of pages in one language, with sentences, numbers and times rendered in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

from markupsafe import Markup

from grader.homework.checks import plain
from grader.homework.policy import Policy
from grader.messages import Sentence
from grader.messages.languages import Language
from grader.reports.html_part import prose


def merged(*tables: Mapping[str, Sentence]) -> dict[str, Sentence]:
    """The words of several sets of pages.

    Raises ValueError for a name that means two things: a page would say the other one.
    """
    found: dict[str, Sentence] = {}
    for name, said in (each for table in tables for each in table.items()):
        if found.setdefault(name, said) != said:
            raise ValueError(f"{name}: {found[name]} and {said}")
    return found


class FixedWords:
    """The words of pages, in one language."""

    def __init__(self, language: Language, words: Mapping[str, Sentence]) -> None:
        """Translate the fixed words once."""
        self.language = language
        self.word = SimpleNamespace(**{name: language(said) for name, said in words.items()})

    def say(self, said: Sentence) -> Markup:
        """A sentence as HTML, with its quoted parts isolated and escaped."""
        return prose(self.language(said))

    def number(self, value: Decimal | int | str) -> str:
        """A number in the digits of the language."""
        return self.language.number(plain(Decimal(value)))

    def count(self, number: int) -> str:
        """A number in the digits of the language."""
        return self.language.number(str(number))

    def moment(self, policy: Policy, moment: datetime) -> Markup:
        """A time in an assignment's zone, as a `time` element."""
        iso = moment.astimezone(UTC).isoformat(timespec="seconds")
        return Markup('<time datetime="{}" dir="ltr">{}</time>').format(iso, policy.time_text(moment))
