"""Regular expressions compiled on first use: a command compiles only those that its input needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
"""The position of the text among a method's arguments, and the method's result if nothing matches."""


def caseless(text: str) -> str:
    """The text as needs are looked for in it if case is ignored: to `re` an i with a dot and one without are the same.

    >>> caseless("Since"), caseless("SİNCE"), caseless("Maß")
    ('since', 'since', 'mass')
    """
    return text.lower() if text.isascii() else text.casefold().replace("ı", "i").replace("i\u0307", "i")


class _Pattern:
    """A stand-in for a compiled expression; after the first use its methods are those of the compiled one."""

    def __init__(self, text: str, flags: int, needs: Sequence[str]) -> None:
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
        setattr(self, name, found)  # from now on attribute lookup finds it directly
        return found

    def _method(self, name: str) -> Any:
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        return getattr(self._compiled, name)

    def _tried(self, name: str, place: int, no_match: Callable[[str], Any]) -> Callable[..., Any]:
        """A method that compiles the expression at the first text that may match."""
        any_case = self._flags & re.IGNORECASE

        def call(*given: Any, **options: Any) -> Any:
            text = caseless(given[place]) if any_case else given[place]
            for each in self._needs:
                if each in text:
                    found = self._method(name)
                    setattr(self, name, found)
                    return found(*given, **options)
            return no_match(given[place])

        return call


def pattern(text: str, flags: int = 0, needs: Sequence[str] = "") -> re.Pattern[str]:
    """Like `re.compile`, but an invalid expression is detected on first use. Call its methods, not those of `re`.

    If given, `needs` are characters or words of which every match contains one: nothing is compiled until a text does.
    With IGNORECASE they are looked for in the caseless text. The tests prove them from the expression.

    >>> pattern("a+").fullmatch("aaa").group()
    'aaa'
    >>> pattern("[0-9]+ *%", needs="%").sub("some", "12 of 100")
    '12 of 100'
    >>> pattern("(?:about|around) [0-9]+", re.IGNORECASE, needs=("about", "around")).search("About 12").group()
    'About 12'
    """
    return cast("re.Pattern[str]", _Pattern(text, flags, needs))
