"""The key pairs of this tool: platforms fetch the public halves, and what the tool sends is signed with the newest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from grader.errors import FaultError
from grader.messages import sentence
from grader.structs import Struct

ALGORITHM = "RS256"
BITS = 2048
KEPT = 3
"""How many key pairs are published; a platform may have cached what it fetched before the last change."""


class ToolKeys(Struct):
    """The key pairs, newest first; at least one."""

    pairs: tuple[RSAKey, ...]

    @classmethod
    def generate(cls) -> Self:
        """A first key pair."""
        return cls((_generated(),))

    @classmethod
    def read(cls, text: str) -> Self:
        """The key pairs from the text made by `written`.

        Raises FaultError for any other text; the text itself is secret and is never shown.
        """
        try:
            pairs = tuple(RSAKey.import_key(pair) for pair in json.loads(text)["keys"])
        except (JoseError, KeyError, TypeError, ValueError):
            pairs = ()
        if not pairs or not all(pair.is_private and pair.kid for pair in pairs):
            raise FaultError(sentence("the stored keys for learning platforms cannot be read"))
        return cls(pairs)

    def written(self) -> str:
        """The key pairs as text, with private halves: to be stored, never shown."""
        return json.dumps({"keys": [pair.as_dict(private=True) for pair in self.pairs]})

    def rotated(self) -> Self:
        """These keys with a new pair for signing; older ones stay published, up to a limit."""
        return type(self)((_generated(), *self.pairs[: KEPT - 1]))

    def published(self) -> dict[str, list[Mapping[str, Any]]]:
        """The public halves as a JSON Web Key Set."""
        return {"keys": [pair.as_dict(private=False) for pair in self.pairs]}

    def signed(self, claims: Mapping[str, Any]) -> str:
        """A token with these claims, signed with the newest key."""
        newest = self.pairs[0]
        return jwt.encode({"alg": ALGORITHM, "kid": newest.kid}, dict(claims), newest, algorithms=[ALGORITHM])


def _generated() -> RSAKey:
    return RSAKey.generate_key(BITS, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
