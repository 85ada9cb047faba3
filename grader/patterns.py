"""Regular expressions that are compiled when they are first used: a command compiles those that its input needs."""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    """Stands for a compiled expression; after the first use its methods are those of the compiled one."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # copying and pickling look for methods that no pattern has
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        found = getattr(self._compiled, name)
        setattr(self, name, found)  # from now on it is found without coming here
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, but a wrong expression is found when it is first used. Call its methods, not those of `re`.

    >>> pattern("a+").fullmatch("aaa").group()
    'aaa'
    """
    return cast("re.Pattern[str]", _Pattern(text, flags))
