"""Regular expressions that are compiled when they are first needed: a command compiles those that its input needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

_NO_MATCH: dict[str, tuple[int, Callable[[str], Any]]] = {
    "search": (0, lambda _: None),
    "match": (0, lambda _: None),
    "fullmatch": (0, lambda _: None),
    "findall": (0, lambda _: []),
    "finditer": (0, lambda _: iter(())),
    "split": (0, lambda text: [text]),
    "sub": (1, lambda text: text),
}
"""The place of the text among a method's arguments, and what the method returns where nothing matches."""


class _Pattern:
    """Stands for a compiled expression; after the first use its methods are those of the compiled one."""

    def __init__(self, text: str, flags: int, needs: str) -> None:
        self._text = text
        self._flags = flags
        self._needs = needs
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # copying and pickling look for methods that no pattern has
        if self._compiled is None and self._needs and name in _NO_MATCH:
            found = self._tried(name, *_NO_MATCH[name])
        else:
            found = self._method(name)
        setattr(self, name, found)  # from now on it is found without coming here
        return found

    def _method(self, name: str) -> Any:
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        return getattr(self._compiled, name)

    def _tried(self, name: str, place: int, no_match: Callable[[str], Any]) -> Callable[..., Any]:
        """A method that compiles the expression at the first text that holds what a match needs."""

        def call(*given: Any, **options: Any) -> Any:
            for each in self._needs:
                if each in given[place]:
                    found = self._method(name)
                    setattr(self, name, found)
                    return found(*given, **options)
            return no_match(given[place])

        return call


def pattern(text: str, flags: int = 0, needs: str = "") -> re.Pattern[str]:
    """As `re.compile`, but a wrong expression is found when it is first used. Call its methods, not those of `re`.

    Every match holds one of the characters `needs`, if they are given: while no text does, nothing is compiled.

    >>> pattern("a+").fullmatch("aaa").group()
    'aaa'
    >>> pattern("[0-9]+ *%", needs="%").sub("some", "12 of 100")
    '12 of 100'
    """
    return cast("re.Pattern[str]", _Pattern(text, flags, needs))
