"""The claims of a platform's token: a value of another type than the standard's is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from unicodedata import category

from grader.messages import sentence
from grader.messages.names import described
from grader.service.lti.addresses import split_address
from grader.service.lti.refusal import refused

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SCORES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
LTI_VERSION = "1.3.0"
MOST_LETTERS = 4_000
MOST_ENTRIES = 200
_UNUSABLE = ("Cc", "Cs")
"""Control characters and lone surrogates."""


class Claims:
    """A table of claims; a missing required claim or one of the wrong type raises RefusedLaunchError with its name."""

    def __init__(self, values: Mapping[str, Any], above: str = "") -> None:
        """Store the values, and the name of the claim that contains them."""
        self._values = values
        self._above = above

    def __contains__(self, name: str) -> bool:
        """Whether there is such a claim; null counts as missing."""
        return self._values.get(name) is not None

    def _name(self, claim: str) -> str:
        short = claim.rpartition("/")[2]
        return f"{self._above}.{short}" if self._above else short

    def _wrong(self, name: str, value: Any) -> Exception:
        if value is None or value == "":
            return refused(sentence("the platform's token lacks {claim}", claim=self._name(name)))
        said = sentence(
            "the platform's token has a wrong {claim}: {received}", claim=self._name(name), received=described(value)
        )
        return refused(said)

    def text(self, name: str, most: int = MOST_LETTERS, *, plain: bool = True) -> str:
        """A required, non-empty text of at most `most` characters; a plain one has no control characters."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value or len(value) > most or (plain and not value.isprintable()):
            raise self._wrong(name, value)
        return value

    def optional(self, name: str, most: int = MOST_LETTERS) -> str:
        """An unimportant text, empty if missing or of the wrong type."""
        return one_line(self._values.get(name), most)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty if missing."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_ENTRIES or not all(isinstance(each, str) for each in value):
            raise self._wrong(name, value)
        return tuple(value)

    def table(self, name: str) -> Claims:
        """A table, empty if missing."""
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, value)
        return Claims(value, self._name(name))

    def address(self, name: str) -> str:
        """A usable address, empty if missing."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or split_address(value) is None:
            raise self._wrong(name, value)
        return value

    def switch(self, name: str, otherwise: bool) -> bool:
        """True or false; some platforms write them as texts."""
        value = self._values.get(name)
        if value is None:
            return otherwise
        written = {True: True, False: False, "true": True, "false": False}
        if not isinstance(value, bool | str) or value not in written:
            raise self._wrong(name, value)
        return written[value]

    def moment(self, name: str) -> float:
        """A required time in seconds since 1970."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, value)
        if isinstance(value, float) and not math.isfinite(value):
            raise self._wrong(name, value)
        return float(max(-1e15, min(value, 1e15)))


def one_line(value: Any, most: int) -> str:
    """A text of at most `most` characters as one line that every database accepts; empty for any other value.

    >>> one_line(" Student\\n\\x00One\\ud800", 255), one_line(7, 255)
    ('Student One', '')
    >>> one_line("می\u200cرود", 255) == "می\u200cرود"
    True
    """
    if not isinstance(value, str):
        return ""
    return " ".join("".join(" " if category(letter) in _UNUSABLE else letter for letter in value[:most]).split())
