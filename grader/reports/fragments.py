"""What the reports of a class share: a part that earned the same marks for the same answer is written once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from grader.answers.kinds import KINDS
from grader.marking.report import PartReport

Text = TypeVar("Text", bound=str)
Entry = dict[str, Any]
MOST = 8_000
MOST_CHARACTERS = 20_000_000
"""Parts that are remembered, and what was written of them; when there is more, all is forgotten and the cache fills
again."""


class Fragments:
    """The written forms of parts, for renderers that are called with one `reveal` and one language.

    A marker returns the same object for a part that it has marked before, so parts are found by identity. Free texts
    and marks by people belong to one student and are not remembered.
    """

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._entries: dict[int, tuple[PartReport, Entry]] = {}
        self._written: dict[int, dict[str, str]] = {}
        self._characters = 0

    def entry(self, part: PartReport, write: Callable[[PartReport], Entry]) -> Entry:
        """The part's entry in the JSON document, which nobody may change."""
        found = self._entries.get(id(part))
        if found is not None:
            return found[1]
        entry = write(part)
        if KINDS[part.kind].machine and part.review is None:
            if len(self._entries) >= MOST or self._characters > MOST_CHARACTERS:
                self._entries.clear()
                self._written.clear()
                self._characters = 0
            self._entries[id(part)] = (part, entry)  # holding the part keeps its identity from being used again
            self._written[id(entry)] = {}
        return entry

    def of(self, entry: Entry, name: str, write: Callable[[], Text]) -> Text:
        """What `write` makes of an entry, from the cache where the entry came from it."""
        known = self._written.get(id(entry))
        if known is None:
            return write()
        if name not in known:
            known[name] = write()
            self._characters += len(known[name])
        found: Text = known[name]  # type: ignore[assignment]  # a name stands for one kind of text
        return found
