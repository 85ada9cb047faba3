"""The holder of a secret: looked up in the database, and cached briefly."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict

from starlette.concurrency import run_in_threadpool

from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store.people import Credential, credential, hashed

REMEMBERED = 5.0
"""Seconds after which a secret revoked by another worker is certainly refused."""
_MOST = 20_000


class Sessions:
    """Looks up the holders of secrets, with a cache."""

    def __init__(self, service: Service) -> None:
        """Nothing is cached yet."""
        self.service = service
        self._known: OrderedDict[tuple[str, str], tuple[Who, float]] = OrderedDict()

    async def who(self, secret: str, kind: str) -> Who | None:
        """The holder of a secret of this kind."""
        if not secret or len(secret) > 200:
            return None
        key = (kind, hashed(secret))
        found = self._known.get(key)
        if found is not None and found[1] > time.monotonic():
            return found[0]
        known = await run_in_threadpool(self._asked, secret, kind)
        if known is None:
            self._known.pop(key, None)
            return None
        who = Who.of(known, secret)
        self._known[key] = (who, time.monotonic() + REMEMBERED)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return who

    def _asked(self, secret: str, kind: str) -> Credential | None:
        with self.service.store.asking() as base:
            return credential(base, secret, kind, self.service.now())

    def forget(self) -> None:
        """Clear the cache: something was revoked, or a role has changed."""
        self._known.clear()


def form_token(secret: str) -> str:
    """The token in every form of a session."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(secret: str, written: str) -> bool:
    """Whether this is the form token of the session."""
    return hmac.compare_digest(written.encode("utf-8", "replace"), form_token(secret).encode())
