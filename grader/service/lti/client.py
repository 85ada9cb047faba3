"""Requests to platforms: no redirects, bounded time and memory, and one sentence for every failure."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from grader.messages import Sentence, sentence
from grader.service.lti.addresses import split_address
from grader.service.lti.refusal import UnreachableError
from grader.structs import Struct

TIMEOUT = 10.0
"""Seconds to connect, and between two pieces of a response."""
DEADLINE = 20.0
"""Seconds for a whole request, from finding the host to the last byte of the response."""
MARGIN = 5.0
"""Seconds after the deadline when a request that has not noticed it is given up."""
MOST = 2_000_000
"""The most bytes of a response."""
_DIRECT: dict[str, httpx.AsyncBaseTransport | None] = {
    f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")
}
"""Hosts that bypass the environment's proxy."""


class PlatformResponse(Struct):
    """A server's response."""

    status: int
    body: bytes = b""
    retry_after: str = ""
    next_page: str = ""
    """The address of the next page of a paginated list."""

    @property
    def is_success(self) -> bool:
        """Whether the status means success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Client:
    """A client of the platforms' services; safe to use from several threads.

    Requests are made by an event loop in a thread of its own: what blocks cannot be interrupted, and a server that
    sends its headers byte by byte would be waited for as long as it likes.
    """

    def __init__(self, timeout: float = TIMEOUT, deadline: float = DEADLINE, most: int = MOST) -> None:
        """Store the limits; no connection is made yet."""
        self._deadline = deadline
        self._most = most
        self._http = httpx.AsyncClient(follow_redirects=False, timeout=timeout, mounts=_DIRECT)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="platforms", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Close at the end of a with block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give up the requests in progress, and close the open connections."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(MARGIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ended(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._http.aclose()

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> PlatformResponse:
        """The response to a GET request.

        Raises UnreachableError if there is none, or it is too large.
        """
        return self._ask("GET", address, b"", headers or {})

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> PlatformResponse:
        """The response to a POST request; raises the same errors."""
        return self._ask("POST", address, body, headers)

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> PlatformResponse:
        if split_address(address) is None:
            raise UnreachableError(sentence("the platform names an address that does not begin with https://"))
        host = urlsplit(address).netloc
        # A compressed response could become large in one step; platforms need not compress.
        sent = {"Accept-Encoding": "identity", **headers}
        asked = self._answer(method, address, body or None, sent)
        try:
            return asyncio.run_coroutine_threadsafe(asked, self._loop).result(self._deadline + MARGIN)
        except (TimeoutError, httpx.TimeoutException):
            raise UnreachableError(self._too_slow(host)) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, CancelledError) as problem:
            said = sentence("{host} cannot be reached: {reason}", host=host, reason=type(problem).__name__)
            raise UnreachableError(said) from None

    async def _answer(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> PlatformResponse:
        async with (
            asyncio.timeout(self._deadline),
            self._http.stream(method, address, content=body, headers=headers) as response,
        ):
            return await self._read(response, urlsplit(address).netloc)

    async def _read(self, response: httpx.Response, host: str) -> PlatformResponse:
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > self._most:
                said = sentence("{host} answers with more than {most:,} bytes", host=host, most=self._most)
                raise UnreachableError(said)
        return PlatformResponse(
            status=response.status_code,
            body=bytes(body),
            retry_after=response.headers.get("retry-after", "")[:100],
            next_page=response.links.get("next", {}).get("url", ""),
        )

    def _too_slow(self, host: str) -> Sentence:
        return sentence("{host} does not answer within {seconds:g} seconds", host=host, seconds=self._deadline)
