"""Access to a platform's services: a signed request yields a token, which is used until shortly before it expires."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

from grader.messages import sentence
from grader.service.lti.client import Client, PlatformResponse
from grader.service.lti.keys import ToolKeys
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import UnreachableError

LIFETIME = 300
"""Seconds for which the signed request is valid."""
SLOWER = 10
"""Seconds that the platform's clock may be slow."""
EARLY = 60.0
"""Seconds before expiry when a token is replaced."""
USUAL, LONGEST = 3600.0, 86_400.0
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TOKEN = re.compile(r"[!-~]{1,20000}")
_TokenName = tuple[str, str, str]


class AccessTokens:
    """The tokens in use; safe to use from several threads."""

    def __init__(self, client: Client, keys: Callable[[], ToolKeys], clock: Callable[[], float] = time.time) -> None:
        """Store the client, the source of the tool's keys, and the clock; nothing is requested yet."""
        self._client = client
        self._keys = keys
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[_TokenName, tuple[str, float]] = {}

    def token(self, platform: Platform, scope: str) -> str:
        """A token for this scope.

        Raises UnreachableError if the platform does not grant one.
        """
        name = (*platform.name, scope)
        with self._lock:
            kept, expires = self._kept.get(name, ("", 0.0))
        if self._clock() < expires:
            return kept
        token, seconds = _read(self._ask(platform, scope), platform)
        with self._lock:
            self._kept[name] = token, self._clock() + seconds - EARLY
        return token

    def forget(self, platform: Platform, scope: str) -> None:
        """Ask for a new token next time: this one was refused."""
        with self._lock:
            self._kept.pop((*platform.name, scope), None)

    def _ask(self, platform: Platform, scope: str) -> PlatformResponse:
        now = int(self._clock())
        signed = self._keys().signed(
            {
                "iss": platform.client_id,
                "sub": platform.client_id,
                "aud": platform.token_audience or platform.token_endpoint,
                "iat": now - SLOWER,
                "exp": now + LIFETIME,
                "jti": secrets.token_urlsafe(32),
            }
        )
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": signed,
            "scope": scope,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return self._client.post(platform.token_endpoint, urlencode(form).encode(), headers)


def _read(response: PlatformResponse, platform: Platform) -> tuple[str, float]:
    """The token in a response, and the seconds for which it is valid."""
    found = response.json() if response.is_success else None
    values = found if isinstance(found, dict) else {}
    token = values.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise UnreachableError(
            sentence(
                "the platform gives no access token: {address} answers with status {status}",
                address=platform.token_endpoint,
                status=response.status,
            )
        )
    try:
        seconds = float(values["expires_in"])
    except (KeyError, OverflowError, TypeError, ValueError):
        seconds = USUAL
    return token, seconds if 0 <= seconds <= LONGEST else USUAL
