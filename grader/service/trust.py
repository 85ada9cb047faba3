"""Who may ask what of a service on loopback, before any page sees the request.

Other users of the machine reach the port as well, and so does any page that the browser shows: a request needs the
cookie that the printed link sets, our name as host (against DNS rebinding), and for a change the token of our forms.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.messages import Sentence, sentence

ADDRESS = "127.0.0.1"
ENTER = "/enter"
MOST_BYTES = 100_000
"""The longest body of a form."""
PATIENCE = 10.0
"""Seconds in which a body has to arrive."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LINK_NEEDED = sentence("expected the link that `grader review` printed: open that one")
Refused = Callable[[Sentence, int], Response]
"""A page that says why a request is refused, with this HTTP status."""


class Trust:
    """What a request must know: a token that is new for each start of the service."""

    def __init__(self, port: int, token: str | None = None) -> None:
        """`port` is where the service listens."""
        self.port = port
        self.token = token or secrets.token_urlsafe(32)
        self.cookie = f"grader-review-{port}"  # a browser sends cookies to every port of a host
        self.hosts = {f"{name}:{port}" for name in (ADDRESS, "localhost")}

    @property
    def origin(self) -> str:
        """Where the pages are."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def link(self) -> str:
        """The link that is printed."""
        return f"{self.origin}{ENTER}?token={self.token}"

    @property
    def csrf(self) -> str:
        """What every form of ours sends along."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def knows(self, token: str) -> bool:
        """Whether this is the token."""
        return secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def is_own_form(self, written: str) -> bool:
        """Whether this came with one of our forms."""
        return secrets.compare_digest(written.encode("utf-8", "replace"), self.csrf.encode())


class Guard:
    """An ASGI application in front of another one: refuses what nobody with the link can have meant."""

    def __init__(self, app: ASGIApp, trust: Trust, refused: Refused) -> None:
        """`refused` makes the page of a request that is refused."""
        self.app = app
        self.trust = trust
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        async def refuse(said: Sentence, status: int) -> None:
            await self.refused(said, status)(scope, receive, answer)

        try:
            if (found := self._refusal(scope)) is not None:
                await refuse(*found)
            elif (body := await _body(scope, receive)) is None:
                said = sentence(
                    "expected a form of at most {most:,} bytes, within {seconds} seconds",
                    most=MOST_BYTES,
                    seconds=int(PATIENCE),
                )
                await refuse(said, 413)
            else:
                await self.app(scope, _replayed(body, receive), answer)
        except Exception:
            if not started:  # what was said already, in a page
                await refuse(sentence("a fault of ours, nothing was changed"), 500)

    def _refusal(self, scope: Scope) -> tuple[Sentence, int] | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") not in [[host] for host in self.trust.hosts]:
            return sentence("expected the address {address}", address=self.trust.origin), 403
        if scope["path"] != ENTER and not any(map(self.trust.knows, self._cookies(headers.getlist("cookie")))):
            return LINK_NEEDED, 403
        if scope["method"] == "POST" and headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return sentence("expected a form of this service, received one of another page"), 403
        return None

    def _cookies(self, lines: Iterable[str]) -> list[str]:
        return [value for line in lines if (value := cookie_parser(line).get(self.trust.cookie)) is not None]


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None if it is too long or too slow."""
    if scope["method"] != "POST":
        return b""
    body = b""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await receive()
                body += bytes(message.get("body", b""))
                if len(body) > MOST_BYTES:
                    return None
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return body
    except TimeoutError:
        return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
