"""What all requests share: the course, sessions, rate limits and templates."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, MutableMapping
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.course.gradebook import Gradebook
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.guard import HttpRefusal
from grader.service.web.limits import STATIC, Limiter, Rate
from grader.service.web.metrics import Metrics
from grader.service.web.sessions import Sessions

if TYPE_CHECKING:
    from grader.service.course.lti.connection import Lti

COOKIE = "grader-session"
LIMITS: Mapping[str, Rate] = {
    "/preview/": Rate(5, 60),
    "/api/v1/preview": Rate(100, 1_000),
    "/evaluate": Rate(100, 1_000),
    "/api/": Rate(200, 2_000),
    "": Rate(20, 200),
}
"""The request rate for one person or program, by path prefix."""
LOOK_EVERY = 2.0
"""Seconds between two checks of the assignments' files."""
PROBES = ("/health", "/ready", "/metrics")
"""Addresses requested internally, under another host name than browsers use."""
STRANGERS = Rate(50, 3_000)
"""The rate at which an address may make requests without a sign-in: a class behind one address signs in at once."""
GUESSES = Rate(20, 200)
"""The rate at which an address may send secrets that nobody has."""


DEFAULT_PORTS = {"http": 80, "https": 443}
"""The ports that browsers leave out."""
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
AMBIGUOUS = re.compile("[\u00df\u03c2\u200c\u200d]")
"""What an older standard of host names drops or replaces; such a name is given as `xn--...`."""


def public(address: str) -> str:
    """The address at which browsers find the service, as they send it: a scheme, a host, and a port if it needs one.

    >>> public("https://Grader.Example.org:443/"), public("http://bücher.example:8000")
    ('https://grader.example.org', 'http://xn--bcher-kva.example:8000')

    Raises UsageError for anything else.
    """
    try:
        found = urlsplit(address)
        host, port = _host(found.hostname or ""), found.port
        is_address = port != 0 and address.rstrip("/").lower() == f"{found.scheme}://{found.netloc}".lower()
    except ValueError:
        is_address = False
    if not is_address or found.scheme not in DEFAULT_PORTS or "@" in found.netloc:
        said = sentence(
            "expected --address such as https://grader.example.org, received {address}", address=shown(address)
        )
        raise UsageError(said)
    return f"{found.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[found.scheme]) else f":{port}")


def _host(name: str) -> str:
    """A host as browsers write it.

    Raises ValueError for what is none, or is encoded in one way by some browsers and in another by Python.
    """
    if ":" in name:
        return f"[{IPv6Address(name).compressed}]"
    if AMBIGUOUS.search(name) or not HOST.fullmatch(encoded := name.encode("idna").decode().lower()):
        raise ValueError
    return encoded


def _address(scope: Mapping[str, Any]) -> str:
    return str((scope.get("client") or ("", 0))[0])


class CourseSite:
    """One course on the web."""

    most_bytes = 6_000_000
    """The longest body: a submission as a document has at most five million bytes."""

    def __init__(
        self,
        service: Service,
        address: str,
        *,
        limits: Mapping[str, Rate] = LIMITS,
        metrics: Metrics | None = None,
        lti: Lti | None = None,
    ) -> None:
        """`address` is the public address of the service, such as `https://grader.example.org`, see `public`."""
        self.metrics = metrics
        self.lti = lti
        self.service = service
        self.address = public(address)
        found = urlsplit(self.address)
        self.is_secure = found.scheme == "https"
        self.hosts = {found.netloc}
        if found.hostname in ("127.0.0.1", "localhost"):
            port = f":{found.port}" if found.port else ""
            self.hosts |= {f"127.0.0.1{port}", f"localhost{port}"}
        self.sessions = Sessions(service)
        self._making = threading.Lock()
        self._gradebook: Gradebook | None = None
        self._looked = time.monotonic()
        self._limiters = {start: Limiter(rate) for start, rate in limits.items()}
        self._strangers = Limiter(STRANGERS)
        self._guesses = Limiter(GUESSES)

    @property
    def origins(self) -> set[str]:
        """The origins of this service's pages in browsers."""
        return {f"{urlsplit(self.address).scheme}://{host}" for host in self.hosts}

    @property
    def gradebook(self) -> Gradebook:
        """The gradebook of the course, created on first use."""
        with self._making:
            if self._gradebook is None:
                self._gradebook = Gradebook(self.service)
            return self._gradebook

    @property
    def cookie(self) -> str:
        """The name of the cookie: with a prefix that only this host can set, if the connection is secure.

        Browsers send cookies to every port of a host, so the port is part of the name.
        """
        port = urlsplit(self.address).port
        return f"__Host-{COOKIE}" if self.is_secure else f"{COOKIE}-{port or 80}"

    async def who(self, request: Request, *, api: bool) -> Who | None:
        """The caller, by the token in the header or by the cookie."""
        if api:
            said = request.headers.getlist("authorization")
            kind, _, secret = said[0].partition(" ") if len(said) == 1 else ("", "", "")
            return await self.sessions.who(secret.strip(), "token") if kind.lower() == "bearer" else None
        return await self.sessions.who(request.cookies.get(self.cookie, ""), "session")

    def glance(self) -> None:
        """Let the service check, every few seconds, for changed files and for what other workers have applied."""
        now = time.monotonic()
        if now - self._looked > LOOK_EVERY:
            self._looked = now
            self.service.work.submit(self.service.look)

    def wait(self, who: Who, path: str) -> float:
        """The seconds until this person may make this request; 0 for now."""
        start = next(start for start in self._limiters if path.startswith(start))
        return self._limiters[start].wait(who.sender)

    def wait_of_stranger(self, scope: MutableMapping[str, Any]) -> float:
        """The seconds until this address may make this request without a sign-in; 0 for now. It is counted once."""
        if "counted" in scope:
            return 0.0
        scope["counted"] = True
        return self._strangers.wait(_address(scope))

    def wait_of_guess(self, scope: Mapping[str, Any]) -> float:
        """The seconds until this address may send another secret that nobody has; 0 for now."""
        return self._guesses.wait(_address(scope))

    def refusal(self, scope: Scope) -> HttpRefusal | None:
        """Why a request is refused before its sender is identified."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        known = len(hosts) == 1 and hosts[0].lower() in self.hosts
        if len(hosts) > 1 or not (known or scope["path"] in PROBES):
            said = sentence("expected the address {address}", address=self.address)
            return HttpRefusal(said, 421 if len(hosts) == 1 else 400)
        if "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
            return HttpRefusal(sentence("expected an address without control characters"), 400)
        signed = "cookie" in headers or "authorization" in headers
        if not signed and not scope["path"].endswith(STATIC) and (seconds := self.wait_of_stranger(scope)) > 0:
            said = sentence("too many requests: try again in {seconds} seconds", seconds=int(seconds) + 1)
            return HttpRefusal(said, 429, {"retry-after": str(int(seconds) + 1)})
        return None

    def cookie_settings(self, **more: Any) -> dict[str, Any]:
        """The attributes of the session cookie."""
        return {"httponly": True, "samesite": "lax", "secure": self.is_secure, "path": "/", **more}
