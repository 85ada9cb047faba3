"""Uvicorn's HTTP protocol, with limits on headers, and one packet for a response."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE = 10.0
"""Seconds within which the headers of a request have to arrive."""
MOST_HEADERS = 16_384
"""The most bytes of a request line with its headers."""
_CONTINUE = b"HTTP/1.1 100 "


class Protocol(HttpToolsProtocol):
    """Closes a connection whose headers are too long or do not arrive in time; uvicorn itself limits neither."""

    _late: asyncio.TimerHandle | None = None
    _heading = True
    """Whether the headers of the next request are not complete."""
    _asked = 0
    """The requests that have arrived completely."""
    _heard = 0
    """The bytes that have arrived since the last complete request."""
    _said = 0
    """The bytes of the address and the headers of this request."""

    def connection_made(self, transport: Any) -> None:
        """Start waiting for the first request."""
        self._joined = Joined(transport)
        super().connection_made(self._joined)  # type: ignore[arg-type]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Keep waiting while headers are incomplete; a kept-alive connection is timed again from its next byte."""
        asked = self._asked
        self._heard += len(data)
        super().data_received(data)
        if self._heading and self._asked == asked and not self.transport.is_closing():
            if self._heard > MOST_HEADERS:
                self.send_400_response("Headers too long.")
            elif self._late is None:
                self._wait()

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._said = 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body is none, though uvicorn would add it."""
        if self._heading:
            self._count(name, value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop waiting."""
        self._heading = False
        self._stop()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next request may begin."""
        super().on_message_complete()
        self._heading = True
        self._asked += 1
        self._heard = 0

    def on_response_complete(self) -> None:
        """Send a response without a body."""
        self._joined.end()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _count(self, *pieces: bytes) -> None:
        """Refuse headers that are too long: what is raised here is a bad request to the parser."""
        self._said += sum(map(len, pieces))
        if self._said > MOST_HEADERS:
            raise ValueError

    def _wait(self) -> None:
        self._late = self.loop.call_later(PATIENCE, self._close)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.close()


class Joined:
    """A transport that sends the head of a response together with the first piece of its body.

    Uvicorn writes one after the other: two system calls, and two packets.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        """Write to `transport`."""
        self._transport = transport
        self._head = b""
        self._awaited = True

    def write(self, data: bytes) -> None:
        """Send data, or keep the head of a response until its body comes."""
        if self._awaited and not data.startswith(_CONTINUE):
            self._head, self._awaited = data, False
        else:
            self._send(data)

    def end(self) -> None:
        """Send what is left of a response; the next data are a head."""
        self._send(b"")
        self._awaited = True

    def close(self) -> None:
        """Send what is left, and close."""
        self._send(b"")
        self._transport.close()

    def _send(self, data: bytes) -> None:
        data, self._head = self._head + data, b""
        if data:
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's."""
        return getattr(self._transport, name)
