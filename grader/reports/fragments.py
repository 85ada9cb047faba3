"""What the reports of a class share: a part or a question with the same answers and marks is written once."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any, TypeVar

from grader.answers.kinds import KINDS
from grader.marking.report import PartReport, QuestionReport

Entry = dict[str, Any]
Thing = PartReport | QuestionReport | Entry
Written = TypeVar("Written", bound=Sized)
MOST = 16_000
MOST_CHARACTERS = 20_000_000
"""Things that are remembered, and what was written of them; when there is more, all is forgotten and the cache fills
again."""


class Fragments:
    """The written forms of parts and questions, for renderers that are called with one `reveal` and one language.

    A marker returns the same object for what it has marked before, so parts and questions are found by identity. Those
    with free texts or marks by people belong to one student and are not remembered.
    """

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._known: dict[int, tuple[Thing, dict[str, Any]]] = {}
        self._characters = 0

    def entry(self, thing: PartReport | QuestionReport, write: Callable[[], Entry]) -> Entry:
        """The entry of a part or a question in the JSON document, which nobody may change.

        What is written of the entry is remembered as long as that of the part or question itself.
        """

        def written() -> Entry:
            entry = write()
            if _lasts(thing):
                self._remember(entry)
            return entry

        return self.of(thing, "entry", written)

    def of(self, thing: Thing, name: str, write: Callable[[], Written]) -> Written:
        """What `write` makes of a thing, remembered under a name; always made anew for what belongs to one student."""
        known = self._known.get(id(thing))
        if known is None and not _lasts(thing):
            return write()
        forms = self._remember(thing) if known is None else known[1]
        if name not in forms:
            forms[name] = write()
            self._characters += len(forms[name])
        found: Written = forms[name]
        return found

    def _remember(self, thing: Thing) -> dict[str, Any]:
        if len(self._known) >= MOST or self._characters > MOST_CHARACTERS:
            self._known.clear()
            self._characters = 0
        self._known[id(thing)] = (thing, {})  # holding the thing keeps its identity from being used again
        return self._known[id(thing)][1]


def _lasts(thing: Thing) -> bool:
    """Whether other students may have the same; an entry is known to once it is remembered."""
    if isinstance(thing, QuestionReport):
        return all(map(_lasts, thing.parts))
    return isinstance(thing, PartReport) and KINDS[thing.kind].machine and thing.review is None
