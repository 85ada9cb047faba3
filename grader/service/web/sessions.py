"""Who a secret belongs to: asked of the database, and remembered for a moment."""

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
"""Seconds after which a secret that was revoked by another worker is refused at the latest."""
_MOST = 20_000


class Sessions:
    """What lets people and programs in."""

    def __init__(self, service: Service) -> None:
        """Nothing is remembered."""
        self.service = service
        self._known: OrderedDict[tuple[str, str], tuple[Who, float]] = OrderedDict()

    async def who(self, secret: str, kind: str) -> Who | None:
        """Who a secret of this kind lets in."""
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
        """Ask the database again: something was revoked, or somebody has another role."""
        self._known.clear()


def form_token(secret: str) -> str:
    """What every form of a session sends along."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(secret: str, written: str) -> bool:
    """Whether this came with a form of the session."""
    return hmac.compare_digest(written.encode("utf-8", "replace"), form_token(secret).encode())
