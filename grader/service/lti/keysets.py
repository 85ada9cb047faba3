"""The public keys of the platforms: fetched, cached for a while, and fetched again when a key is not among them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.lti.client import Client
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import UnreachableError, refused

FRESH = 3600.0
"""Seconds for which fetched keys are used, so a withdrawn key stays trusted as long."""
PAUSE = 10.0
"""Seconds from the end of a fetch to the next, so that tokens with invented key ids do not cause many requests."""
MOST_KEYS = 50
LEAST_BITS, MOST_BITS = 2048, 8192


class _CachedKeys:
    """The keys of one platform, when they were fetched, and when that was last tried, successfully or not."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.keys: Mapping[str, RSAKey] = {}
        self.fetched = self.tried = float("-inf")
        self.problem: Sentence | None = None


class KeySets:
    """The keys of all platforms; safe to use from several threads."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        """Store the client and the clock, in seconds; nothing is fetched yet."""
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._cached: dict[str, _CachedKeys] = {}

    def key(self, platform: Platform, kid: str) -> RSAKey:
        """The platform's key with this id.

        Raises RefusedLaunchError if the platform does not publish it, or does not respond.
        """
        with self._lock:
            cached = self._cached.setdefault(platform.jwks_url, _CachedKeys())
        with cached.lock:  # one fetch for all who wait
            fresh = self._clock() - cached.fetched < FRESH
            if not (fresh and kid in cached.keys) and self._clock() - cached.tried >= PAUSE:
                self._fetch(platform, cached)
                cached.tried = self._clock()  # at its end: those who waited for it do not wait for another one
            if self._clock() - cached.fetched >= FRESH:
                raise refused(cached.problem or sentence("the platform's keys cannot be read"))
            if kid not in cached.keys:
                raise refused(
                    sentence(
                        "the sign-in is signed with a key that the platform does not publish: {key}", key=shown(kid)
                    )
                )
            return cached.keys[kid]

    def _fetch(self, platform: Platform, cached: _CachedKeys) -> None:
        cached.problem = None
        try:
            response = self._client.get(platform.jwks_url, {"Accept": "application/json"})
        except UnreachableError as problem:
            cached.problem = problem.said
            return
        found = response.json() if response.status == 200 else None
        if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
            cached.problem = sentence(
                "the platform's keys cannot be read: {address} answers with status {status}",
                address=platform.jwks_url,
                status=response.status,
            )
            return
        cached.keys = _usable(found["keys"])
        cached.fetched = self._clock()


def _usable(published: list[Any]) -> dict[str, RSAKey]:
    """The RSA signature keys, by id; others, and broken ones, are skipped."""
    found: dict[str, RSAKey] = {}
    for each in published[:MOST_KEYS]:
        if not isinstance(each, dict) or each.get("kty") != "RSA" or each.get("use", "sig") != "sig":
            continue
        kid, modulus, exponent = each.get("kid"), each.get("n"), each.get("e")
        if not (isinstance(kid, str) and isinstance(modulus, str) and isinstance(exponent, str)):
            continue
        if not LEAST_BITS // 8 <= len(modulus) * 3 // 4 <= MOST_BITS // 8 + 3 or each.get("alg", "RS256") != "RS256":
            continue
        try:
            key = RSAKey.import_key({"kty": "RSA", "n": modulus, "e": exponent})
            bits = key.public_key.key_size
        except (JoseError, TypeError, ValueError):
            continue
        if LEAST_BITS <= bits <= MOST_BITS:
            found[kid] = key
    return found
