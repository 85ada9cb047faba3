"""Uvicorn's HTTP protocol, with limits on headers, and with short responses sent as one packet."""

from __future__ import annotations

import asyncio
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
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
    _heard = 0
    """The bytes that have arrived since the last request, or the last piece of a body, was complete."""
    _said = 0
    """The bytes of the address and the headers of this request."""
    _upgraded = False
    """Whether an upgrade was asked for."""

    def connection_made(self, transport: Any) -> None:
        """Start waiting for the first request."""
        self._joined = Joined(transport)
        super().connection_made(self._joined)  # type: ignore[arg-type]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Parse data, and time incomplete headers; on a kept-alive connection, from their first byte."""
        self._unset_keepalive_if_required()
        self._heard += len(data)
        try:
            self._read(data)
        except HttpParserError:
            self._refuse()
            return
        if self._heard > MOST_HEADERS:
            self._refuse()  # headers, or data after a body, that do not end
        else:
            self._wait()

    def _read(self, data: bytes) -> None:
        """Parse data; a request to change the protocol is an ordinary request.

        For the parser such a request ends with its headers, and its body would be another request. So it is parsed
        again without the header `Upgrade`, at most once per connection.
        """
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as problem:
            if self._upgraded:
                raise HttpParserError from None
            self._upgraded = True
            rest = data[problem.args[0] :]
            self.parser = HttpRequestParser(self)
            self._heading = True
            self._read(self._plain_head() + rest)

    def _plain_head(self) -> bytes:
        """The headers of this request, without `Upgrade`."""
        wishes = (b"upgrade", b"connection", b"http2-settings")
        lines = [b"%s %s HTTP/1.1" % (self.scope["method"].encode(), self.url)]
        lines += [b"%s: %s" % one for one in self.headers if one[0] not in wishes]
        if any(name == b"connection" and b"close" in value.lower() for name, value in self.headers):
            lines.append(b"connection: close")
        return b"\r\n".join([*lines, b"", b""])

    def on_message_begin(self) -> None:
        """Begin to count the bytes of a request."""
        super().on_message_begin()
        self._said = 0

    def on_url(self, url: bytes) -> None:
        """Count a piece of the address."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header; a trailer after the body is ignored, though uvicorn would add it to the headers."""
        if self._heading:
            self._count(name, value)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop waiting."""
        if self.parser.should_upgrade():
            self.scope["method"] = self.parser.get_method().decode("ascii")
            return
        self._heading = False
        self._heard = 0
        self._stop()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Reset the count: only headers, and what is between pieces of a body, are limited."""
        self._heard = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next request may begin."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._heading = True
        self._heard = 0

    def on_response_complete(self) -> None:
        """Send a response that has no body, and time the next request if it has begun meanwhile."""
        self._joined.end()
        if not self._heading and self.cycle.response_complete:  # the rest of the request's body is of no use
            self.transport.close()
        super().on_response_complete()
        if self._heard:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _count(self, *pieces: bytes) -> None:
        """Refuse headers that are too long: the parser takes what is raised here for a bad request."""
        self._said += sum(map(len, pieces))
        if self._said > MOST_HEADERS:
            raise ValueError

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")

    def _wait(self) -> None:
        """Time the arrival of the headers, unless a response is still being made."""
        answered = self.cycle is None or self.cycle.response_complete
        begun = self._heard > 0 or self.cycle is None
        if self._late is None and self._heading and begun and answered and not self.transport.is_closing():
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

    Uvicorn writes one after the other, which takes two system calls and two packets.
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
        """Send what is left of a response; the next data are the head of another one."""
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
