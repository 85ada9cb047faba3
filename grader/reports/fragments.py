"""A cache for the reports of a class: a part or a question with the same answers and marks is rendered once."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any, TypeVar

from grader.answers.kinds import KINDS
from grader.marking.report import PartReport, QuestionReport

ReportEntry = dict[str, Any]
Thing = PartReport | QuestionReport | ReportEntry
FragmentT = TypeVar("FragmentT", bound=Sized)
MOST = 16_000
MOST_CHARACTERS = 20_000_000
"""The most cached things with their rendered forms; when exceeded, the cache is emptied and fills again."""


class Fragments:
    """The rendered forms of parts and questions, for renderers called with one `reveal` and one language.

    A marker returns the same object for what it has marked before, so parts and questions are looked up by identity.
    Those with free-text answers or marks by people belong to one student and are not cached.
    """

    def __init__(self) -> None:
        """Nothing is rendered yet."""
        self._known: dict[int, tuple[Thing, dict[str, Any]]] = {}
        self._characters = 0

    def entry(self, thing: PartReport | QuestionReport, write: Callable[[], ReportEntry]) -> ReportEntry:
        """The entry of a part or a question in the JSON document, which must not be changed.

        What is rendered from the entry is cached as long as that of the part or question itself.
        """

        def written() -> ReportEntry:
            entry = write()
            if _lasts(thing):
                self._remember(entry)
            return entry

        return self.of(thing, "entry", written)

    def of(self, thing: Thing, name: str, write: Callable[[], FragmentT]) -> FragmentT:
        """`write(thing)`, cached under a name; never cached for things that belong to one student."""
        known = self._known.get(id(thing))
        if known is None and not _lasts(thing):
            return write()
        forms = self._remember(thing) if known is None else known[1]
        if name not in forms:
            forms[name] = write()
            self._characters += len(forms[name])
        found: FragmentT = forms[name]
        return found

    def _remember(self, thing: Thing) -> dict[str, Any]:
        if len(self._known) >= MOST or self._characters > MOST_CHARACTERS:
            self._known.clear()
            self._characters = 0
        self._known[id(thing)] = (thing, {})  # holding the thing keeps its id from being reused
        return self._known[id(thing)][1]


def _lasts(thing: Thing) -> bool:
    """Whether other students may have the same; true of any cached entry."""
    if isinstance(thing, QuestionReport):
        return all(map(_lasts, thing.parts))
    return isinstance(thing, PartReport) and KINDS[thing.kind].machine and thing.review is None
