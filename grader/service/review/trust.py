"""Access control for a service on loopback, before any page sees the request.

Other users of the machine reach the port as well, and so does any page that the browser shows: a request needs the
cookie that the printed link sets, our host name (against DNS rebinding), and for changes the token of our forms.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from grader.messages import sentence
from grader.service.guard import HttpRefusal

LOCAL_ADDRESS = "127.0.0.1"
ENTER_PATH = "/enter"
MOST_REQUEST_BYTES = 600_000
"""The longest body of a form: four texts of 10,000 characters, each of up to 12 bytes as browsers encode it."""
LINK_NEEDED = sentence("expected the link that `grader review` printed: open that one")


class Trust:
    """The secret that requests must know: a token that is new for each start of the service."""

    def __init__(self, port: int, token: str | None = None) -> None:
        """`port` is where the service listens."""
        self.port = port
        self.token = token or secrets.token_urlsafe(32)
        self.cookie = f"grader-review-{port}"  # browsers send cookies to every port of a host
        self.hosts = {f"{name}:{port}" for name in (LOCAL_ADDRESS, "localhost")}

    @property
    def origin(self) -> str:
        """The origin of the pages."""
        return f"http://{LOCAL_ADDRESS}:{self.port}"

    @property
    def link(self) -> str:
        """The link that is printed."""
        return f"{self.origin}{ENTER_PATH}?token={self.token}"

    @property
    def csrf(self) -> str:
        """The token in each of our forms."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def knows(self, token: str) -> bool:
        """Whether this is the token."""
        return secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def is_own_form(self, written: str) -> bool:
        """Whether this is the token of our forms."""
        return secrets.compare_digest(written.encode("utf-8", "replace"), self.csrf.encode())

    def refusal(self, scope: Scope) -> HttpRefusal | None:
        """Why a request cannot come from a person with the link; None if it can."""
        headers = Headers(scope=scope)
        if [host.lower() for host in headers.getlist("host")] not in [[host] for host in self.hosts]:
            return HttpRefusal(sentence("expected the address {address}", address=self.origin), 403)
        if scope["path"] != ENTER_PATH and not any(map(self.knows, self._cookies(headers.getlist("cookie")))):
            return HttpRefusal(LINK_NEEDED, 403)
        if scope["method"] == "POST" and headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return HttpRefusal(sentence("expected a form of this service, received one of another page"), 403)
        return None

    def _cookies(self, lines: Iterable[str]) -> list[str]:
        return [value for line in lines if (value := cookie_parser(line).get(self.cookie)) is not None]
