"""The holder of a secret: looked up in the database, and cached briefly."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store.people import Credential, credential, credentials_of, hashed

REMEMBERED = 5.0
"""Seconds after which a secret revoked by another worker is certainly refused."""
_MOST = 20_000
_T = TypeVar("_T")
_Key = tuple[str, str]
"""The kind of a secret, and the digest that is stored for it."""


@dataclass(slots=True)
class _CachedHolder:
    """The holder of a secret, when they were `looked` up, and whether they were `seen` since."""

    who: Who
    looked: float
    seen: bool = False


class Sessions:
    """Looks up the holders of secrets, with a cache.

    Those who keep making requests are looked up together, before the cache forgets them: otherwise a class that types
    would cost one query per student every few seconds.
    """

    def __init__(self, service: Service) -> None:
        """Nothing is cached yet."""
        self.service = service
        self._cached: OrderedDict[_Key, _CachedHolder] = OrderedDict()
        self._renewal: asyncio.Task[None] | None = None
        self._forgotten = 0

    async def who(self, secret: str, kind: str) -> Who | None:
        """The holder of a secret of this kind."""
        if not secret or len(secret) > 200:
            return None
        key = (kind, hashed(secret))
        found, now = self._cached.get(key), time.monotonic()
        if found is not None and now - found.looked < REMEMBERED:
            found.seen = True
            if now - found.looked > REMEMBERED / 2 and (self._renewal is None or self._renewal.done()):
                self._renewal = asyncio.create_task(self._renew())
            return found.who
        before = self._forgotten
        known = await self._looked_up(self._asked, secret, kind)
        if known is None:
            self._cached.pop(key, None)
            return None
        who = Who.of(known, secret)
        if self._forgotten == before:  # else it may have been revoked since it was looked up
            self._cached[key] = _CachedHolder(who, now)
        if len(self._cached) > _MOST:
            self._cached.popitem(last=False)
        return who

    async def _renew(self) -> None:
        """Look up again everybody who was seen, and drop those who have gone."""
        now = time.monotonic()
        wanted = {key: one for key, one in self._cached.items() if one.seen}
        for key in [key for key, one in self._cached.items() if not one.seen and now - one.looked >= REMEMBERED]:
            del self._cached[key]
        try:
            found = await self._looked_up(self._all_asked, [hash for _, hash in wanted])
        except SQLAlchemyError:
            return  # the next request after the cache has forgotten them gets the error
        for key, one in wanted.items():
            if self._cached.get(key) is not one:
                continue  # forgotten meanwhile, as something was revoked
            known = found.get(key[1])
            if known is None:
                del self._cached[key]
            else:
                self._cached[key] = _CachedHolder(Who.of(known, one.who.secret), now)

    async def _looked_up(self, call: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self.service.porters, call, *arguments)

    def _asked(self, secret: str, kind: str) -> Credential | None:
        with self.service.store.asking() as base:
            return credential(base, secret, kind, self.service.now())

    def _all_asked(self, hashes: list[str]) -> dict[str, Credential]:
        with self.service.store.reading() as base:
            return credentials_of(base, hashes, self.service.now())

    def forget(self) -> None:
        """Clear the cache: something was revoked, or a role has changed."""
        self._cached.clear()
        self._forgotten += 1


@lru_cache(maxsize=_MOST)
def form_token(secret: str) -> str:
    """The token in every form of a session."""
    return hmac.digest(secret.encode(), b"form", "sha256").hex()


def is_form_token(secret: str, written: str) -> bool:
    """Whether this is the form token of the session."""
    return hmac.compare_digest(written.encode("utf-8", "replace"), form_token(secret).encode())
