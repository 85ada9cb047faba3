"""The log and the metrics of every request: route, a digest of the caller, status, and duration."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Scope

from grader.service.log import LOG
from grader.service.web.metrics import Metrics

REQUEST_ID = "x-request-id"
"""The request id header: a proxy's id is kept, so that its log and ours can be matched."""
OFTEN = ("/health", "/ready", "/metrics", "/preview/", "/api/v1/preview")
"""Polled every few seconds, so logged only at the level `debug`, unless it fails."""
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
GONE = 499
"""The status of a request whose sender left before it was answered."""


class LoggedRequest(NamedTuple):
    """The route and the caller of a request, which its endpoint records in the ASGI scope."""

    pattern: str
    who: str = ""


class Watch:
    """Logs and counts requests."""

    def __init__(self, key: str, metrics: Metrics | None = None) -> None:
        """`key` is secret, so that digests of people cannot be guessed."""
        self.key = key.encode()
        self.metrics = metrics

    @contextmanager
    def __call__(self, scope: Scope) -> Iterator[Callable[[int, MutableHeaders], None]]:
        """Watch one request."""
        began, status = time.perf_counter(), GONE
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        id = scope["request_id"] = sent if _ID.fullmatch(sent) else secrets.token_hex(8)

        def seen(found: int, headers: MutableHeaders) -> None:
            nonlocal status
            status = found
            headers[REQUEST_ID] = id

        try:
            yield seen
        finally:
            took = time.perf_counter() - began
            logged: LoggedRequest = scope.get("logged", LoggedRequest("none"))
            if self.metrics is not None:
                self.metrics.count(scope["method"], logged.pattern, status, took)
            self._write(scope["method"], id, logged, status, took)

    def _write(self, method: str, id: str, logged: LoggedRequest, status: int, took: float) -> None:
        level = logging.DEBUG if logged.pattern.startswith(OFTEN) and status < 400 else logging.INFO
        if LOG.isEnabledFor(level):
            who = hmac.new(self.key, logged.who.encode(), hashlib.sha256).hexdigest()[:10] if logged.who else ""
            fields = {
                "request": id,
                "method": method,
                "route": logged.pattern,
                "status": status,
                "ms": round(took * 1000, 1),
                "who": who,
            }
            LOG.log(level, "request", extra={"fields": fields})
