"""What must be stored between two requests of a sign-in, and how; whoever serves the routes brings the store."""

from __future__ import annotations

import hashlib
from typing import Protocol

from grader.structs import Struct


class PendingLogin(Struct):
    """A sign-in that a platform has begun and not yet ended."""

    key: str
    """The digest of its state."""
    issuer: str
    client_id: str
    nonce: str
    browser: str
    """The digest of the cookie that the browser got."""
    again: str
    """The query of the request that began it, to begin it again in a new window."""
    expires: float
    """Seconds since 1970; after this the row may be deleted."""


class Logins(Protocol):
    """The sign-ins that are pending."""

    def add(self, login: PendingLogin) -> None:
        """Store it."""

    def take(self, key: str) -> PendingLogin | None:
        """Delete it and return it, in one step: of two who ask at the same time, in any process, one gets None."""


def digest(secret: str) -> str:
    """What is stored of a secret that a browser or a platform brings back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
