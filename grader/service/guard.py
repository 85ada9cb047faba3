"""The guard around every application: default headers, limits on bodies, and a refusal if anything fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.messages import Sentence, sentence

PATIENCE = 10.0
"""Seconds within which a body has to arrive."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Default headers of every response; a response's own headers take precedence."""
_ENCODED = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_POLICY = b"content-security-policy"
BODIES = ("POST", "PUT", "PATCH")
FAULT = sentence("a fault of ours, nothing was changed")


class HttpRefusal(NamedTuple):
    """The refusal of a request, with HTTP status and headers."""

    said: Sentence
    status: int
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


Seen = Callable[[int, MutableHeaders], None]
Refused = Callable[[Scope, HttpRefusal], Response]
"""Renders it in the caller's format: a page, or JSON."""


class _GoneError(Exception):
    """The connection ended within a request's body."""


class Guard:
    """An ASGI application in front of another one, which it shields from bad requests."""

    def __init__(
        self,
        app: ASGIApp,
        refused: Refused,
        refusal: Callable[[Scope], HttpRefusal | None],
        most_bytes: Callable[[Scope], int],
        watch: Callable[[Scope], AbstractContextManager[Seen]] | None = None,
    ) -> None:
        """`refusal` examines a request without its body, `most_bytes` gives the longest body of a request.

        `watch` is entered for each request, and gets the HTTP status and the headers, which it may extend.
        """
        self.app = app
        self.refused = refused
        self.refusal = refusal
        self.most_bytes = most_bytes
        self.watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif self.watch is None:
            await self._answer(scope, receive, send, lambda _, __: None)
        else:
            with self.watch(scope) as seen:
                await self._answer(scope, receive, send, seen)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seen: Seen) -> None:
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = scope["begun"] = True
                headers = MutableHeaders(scope=message)
                seen(message["status"], headers)
                own = dict(headers.raw)
                headers.raw.extend(one for one in _ENCODED if one[0] not in own)
                if b"frame-ancestors 'none'" not in own.get(_POLICY, b"frame-ancestors 'none'"):
                    del headers["x-frame-options"]  # this header cannot allow a particular framing page
            await send(message)

        async def refuse(refusal: HttpRefusal) -> None:
            response = self.refused(scope, refusal)
            response.headers.update(refusal.headers)
            await response(scope, receive, answer)

        try:
            if (found := self.refusal(scope) or _two_lengths(scope)) is not None:
                await refuse(found)
            elif (body := await _body(scope, receive, self.most_bytes(scope))) is None:
                said = sentence(
                    "expected a body of at most {most:,} bytes, within {seconds} seconds",
                    most=self.most_bytes(scope),
                    seconds=int(PATIENCE),
                )
                await refuse(HttpRefusal(said, 413))
            else:
                await self.app(scope, _replayed(body, receive), answer)
        except _GoneError:
            return  # half a request must do nothing, and nobody is there to be answered
        except Exception:
            if not started:  # otherwise the response has already begun
                await refuse(HttpRefusal(FAULT, 500))


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The whole body; None if it is too long or too slow.

    Raises _GoneError if the connection ends before it is complete.
    """
    if scope["method"] not in BODIES:
        return b""
    if _announced(scope) > most:
        return None
    pieces: list[bytes] = []
    length = 0
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                pieces.append(bytes(message.get("body", b"")))
                length += len(pieces[-1])
                if length > most:
                    return None
                if not message.get("more_body"):
                    return b"".join(pieces)
    except TimeoutError:
        return None


def _two_lengths(scope: Scope) -> HttpRefusal | None:
    """The refusal of a request that gives two lengths of its body: a proxy might read it as two requests."""
    names = {name for name, _ in scope["headers"]}
    if {b"content-length", b"transfer-encoding"} <= names:
        return HttpRefusal(sentence("expected one length of the body, received two"), 400)
    return None


def _announced(scope: Scope) -> int:
    """The declared length of the body; 0 if there is none."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() and len(said) < 20 else 0


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
