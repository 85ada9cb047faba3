"""What must be stored between the requests of a sign-in; the routes' side provides the store."""

from __future__ import annotations

import hashlib
from typing import Protocol

from grader.structs import Struct


class PendingLogin(Struct):
    """A sign-in begun by a platform and not yet completed."""

    key: str
    """The digest of its state."""
    issuer: str
    client_id: str
    nonce: str
    browser: str
    """The digest of the browser's cookie."""
    again: str
    """The query of the request that began it, to begin it again in a new window."""
    expires: float
    """Seconds since 1970; after this the row may be deleted."""


class Logins(Protocol):
    """The sign-ins that are pending."""

    def add(self, login: PendingLogin) -> None:
        """Store it."""

    def take(self, key: str) -> PendingLogin | None:
        """Delete and return it atomically: of two concurrent callers, in any process, one gets None."""


def digest(secret: str) -> str:
    """The digest stored for a secret that a browser or a platform will send back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
