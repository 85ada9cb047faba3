"""Ask an application in this process: what Starlette's test client does, but on one event loop for all requests.

That client starts a loop, its thread and a thread of workers for each request, and steps between them eight times: most
of the time of a request that it makes. An application that is served has one loop, as here.
"""

from __future__ import annotations

import asyncio
import threading
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx


def asking(app: Any, address: str, *, raises: bool = False) -> httpx.Client:
    """A client of an application at an address; whether what the application raises is raised here."""
    transport = InProcess(app, raises)
    return httpx.Client(transport=transport, base_url=address, headers={"user-agent": "testclient"})


class InProcess(httpx.BaseTransport):
    """Requests of an application that is called, with no socket."""

    def __init__(self, app: Any, raises: bool) -> None:
        self.app = app
        self.raises = raises

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        return asyncio.run_coroutine_threadsafe(self._answer(request, body), _loop()).result()

    async def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        waiting = [{"type": "http.request", "body": body}]
        answered = asyncio.Event()
        status, headers, pieces = 0, [], []
        wrong: list[str] = []

        async def receive() -> dict[str, Any]:
            if waiting:
                return waiting.pop()
            await answered.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal status, headers
            if answered.is_set():
                wrong.append("an answer after its end")
            if (message["type"] == "http.response.start") == bool(status):
                wrong.append("a body before its head, or a second head")
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                pieces.append(bytes(message.get("body", b"")))
                if not message.get("more_body", False):
                    answered.set()

        try:
            await self.app(_scope(request), receive, send)
        except Exception:
            if self.raises:
                raise
        if not answered.is_set():
            wrong.append("no answer, or one without an end")
        assert not wrong, f"{request.method} {request.url}: {', '.join(wrong)}"
        content = b"" if request.method == "HEAD" else b"".join(pieces)
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content), request=request)


def _scope(request: httpx.Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.partition(b"?")[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("testclient", 50000),
        "server": (url.host, url.port or {"http": 80, "https": 443}[url.scheme]),
        "state": {},
    }


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop of all requests, in a thread that ends with the process."""
    made: list[asyncio.AbstractEventLoop] = []
    runs = threading.Event()

    async def forever() -> None:
        made.append(asyncio.get_running_loop())
        runs.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(forever()), daemon=True).start()
    runs.wait()
    return made[0]
