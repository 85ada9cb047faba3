"""What the HTTP protocol does with bytes that no well-behaved browser sends, before an application that echoes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from typing import Any

import pytest
import uvicorn

from grader.service import protocol
from grader.service.listening import listening
from grader.service.protocol import MOST_HEADERS, Protocol

PATIENCE, ENDLESS = 0.6, 3_600.0
"""Seconds for the headers: those of a test that waits for their end, and those of all others, which a machine that does
other things may keep waiting."""
HUNG_UP = 120.0


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """The headers and the body, as JSON; `/long` answers a megabyte in pieces, `/slow` late, `/early` unread."""
    body, more = b"", scope["path"] != "/early"
    if scope["path"] == "/slow":
        await asyncio.sleep(2 * PATIENCE)
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    found = {"headers": sorted([a.decode(), b.decode()] for a, b in scope["headers"]), "body": body.decode()}
    data = json.dumps(found).encode()
    if scope["path"] == "/long":
        data = b"x" * 1_000_000
    head = [(b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    for start in range(0, len(data), 100_000):
        last = start + 100_000 >= len(data)
        await send({"type": "http.response.body", "body": data[start : start + 100_000], "more_body": not last})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening("127.0.0.1", 0) as listener, pytest.MonkeyPatch.context() as patched:
        patched.setattr(protocol, "PATIENCE", ENDLESS)
        settings = uvicorn.Config(echo, http=Protocol, log_config=None, lifespan="off", ws="none")
        settings.timeout_keep_alive = 600
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(60)


class Connection:
    """A connection; what is not answered and not hung up on either fails the test after `HUNG_UP` seconds."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=HUNG_UP)
        self.file = self.socket.makefile("rb")

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> tuple[int, bytes]:
        """The status and the body of the next response."""
        status = int(self.file.readline().split()[1])
        length = 0
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self.file.read(length)

    def rest(self) -> bytes:
        """Everything until the other side hangs up."""
        try:
            return self.file.read()
        except ConnectionResetError:
            return b""


@pytest.fixture
def connection(port: int) -> Iterator[Connection]:
    with closing(Connection(port)) as made:
        yield made


GET = b"GET /x HTTP/1.1\r\nHost: here\r\n\r\n"


def test_requests_that_come_at_once_are_answered_in_turn(connection: Connection) -> None:
    connection.send(GET * 3)
    assert [connection.answer()[0] for _ in range(3)] == [200, 200, 200]


def test_a_response_is_one_packet_and_a_long_one_arrives_whole(connection: Connection) -> None:
    connection.send(GET)
    found = connection.socket.recv(65_536)
    assert b"200 OK" in found and found.endswith(b"}")
    connection.send(GET.replace(b"/x", b"/long"))
    status, body = connection.answer()
    assert (status, len(body)) == (200, 1_000_000)


def test_a_response_without_a_body_arrives(connection: Connection) -> None:
    connection.send(GET.replace(b"GET", b"HEAD") + GET)
    head = b"".join(connection.file.readline() for _ in range(5))
    assert head.startswith(b"HTTP/1.1 200 OK") and head.endswith(b"\r\n\r\n")
    assert connection.answer()[0] == 200


def test_who_waits_with_the_body_is_told_to_go_on(connection: Connection) -> None:
    connection.send(b"POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert connection.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert connection.file.readline() == b"\r\n"
    connection.send(b"abc")
    status, body = connection.answer()
    assert (status, json.loads(body)["body"]) == (200, "abc")


def test_a_response_arrives_whole_before_the_connection_is_closed(connection: Connection) -> None:
    connection.send(b"GET /long HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    status, body = connection.answer()
    assert (status, len(body), connection.rest()) == (200, 1_000_000, b"")


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /x HTTP/1.1\r\nX: " + b"a" * (MOST_HEADERS + 1_000),
        b"GET /" + b"a" * (MOST_HEADERS + 1_000),
        b"GET /x HTTP/1.1\r\n" + b"X: abcdefghij\r\n" * 2_000,
        b"GET /x HTTP/1.1\r\nHost: here\r\n" + b"X: abcdefghij\r\n" * 2_000 + b"\r\n",
    ],
    ids=["a value", "an address", "many", "many, complete"],
)
def test_headers_that_are_too_long_are_refused_at_once(connection: Connection, begun: bytes) -> None:
    try:
        connection.send(begun)
    except OSError:
        return  # it has hung up already
    assert connection.rest()[:12] in (b"HTTP/1.1 400", b"")  # nothing, if it hung up while this wrote


def test_the_longest_headers_are_read_on_every_request(connection: Connection) -> None:
    request = b"GET /x HTTP/1.1\r\nHost: here\r\nX: " + b"a" * (MOST_HEADERS - 100) + b"\r\n\r\n"
    for _ in range(3):
        connection.send(request)
        assert connection.answer()[0] == 200
    connection.send(GET[:10])
    time.sleep(0.1)
    connection.send(GET[10:])
    assert connection.answer()[0] == 200


@pytest.mark.parametrize("begun", [b"", b"GET", b"\r\n", b"GET /x HTTP/1.1\r\nHost: he"])
@pytest.mark.parametrize("first", [b"", GET])
def test_what_does_not_arrive_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch, first: bytes, begun: bytes
) -> None:
    with closing(Connection(port)) if first else nullcontext() as kept:
        if kept:
            kept.send(first)
            assert kept.answer()[0] == 200
        monkeypatch.setattr(protocol, "PATIENCE", PATIENCE)
        if kept and not begun:
            time.sleep(2 * PATIENCE)  # a kept connection rests
            kept.send(GET)
            assert kept.answer()[0] == 200
            return
        began = time.monotonic()
        with closing(kept or Connection(port)) as connection:
            with suppress(OSError):  # it hangs up before all is sent, if this machine does something else meanwhile
                for place in range(len(begun)):
                    connection.send(begun[place : place + 1])
            assert connection.rest() == b""
        assert PATIENCE / 2 < time.monotonic() - began < HUNG_UP


def test_headers_after_the_body_are_none(connection: Connection) -> None:
    head = b"POST /x HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nTrailer: Cookie\r\n\r\n"
    connection.send(head + b"3\r\nabc\r\n0\r\nCookie: a=b\r\nX: y\r\n\r\n")
    status, body = connection.answer()
    found = json.loads(body)
    assert (status, found["body"]) == (200, "abc")
    assert [name for name, _ in found["headers"]] == ["host", "trailer", "transfer-encoding"]


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n"
UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"


@pytest.mark.parametrize("pause", [0, 0.1])
@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 33\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding: chunked\r\n\r\n21\r\n" + SMUGGLED + b"\r\n0\r\n\r\n",
    ],
    ids=["length", "chunked"],
)
def test_an_upgrade_is_an_ordinary_request(connection: Connection, body: bytes, pause: float) -> None:
    head, _, rest = (b"POST /x HTTP/1.1\r\nHost: here\r\n" + UPGRADE + body).partition(b"\r\n\r\n")
    connection.send(head + b"\r\n\r\n")
    time.sleep(pause)
    connection.send(rest + GET)
    status, content = connection.answer()
    found = json.loads(content)
    assert (status, found["body"]) == (200, SMUGGLED.decode())
    assert "upgrade" not in dict(found["headers"])
    status, content = connection.answer()
    assert (status, json.loads(content)) == (200, {"headers": [["host", "here"]], "body": ""})


def test_an_upgrade_that_wants_the_connection_closed(connection: Connection) -> None:
    connection.send(GET.replace(b"\r\n\r\n", b"\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n"))
    assert connection.answer()[0] == 200
    assert connection.rest() == b""


@pytest.mark.parametrize("first", [b"CONNECT here:80 HTTP/1.1\r\nHost: here:80\r\n\r\n", b"G\x00T / HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_is_refused(connection: Connection, first: bytes) -> None:
    connection.send(first)
    assert connection.rest().startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("end", [b"0\r\nX: ", b"1;"], ids=["trailer", "extension"])
def test_what_never_ends_after_the_headers_is_refused_at_once(connection: Connection, end: bytes) -> None:
    connection.send(b"POST /x HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + end)
    with suppress(OSError):
        for _ in range(200):
            connection.send(b"a" * 10_000)
    assert not connection.rest().startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("stray", [b"\r\n", b"GET /x HT"])
def test_a_slow_response_is_not_cut_off_by_what_comes_meanwhile(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, stray: bytes
) -> None:
    began = time.monotonic()
    monkeypatch.setattr(protocol, "PATIENCE", PATIENCE)
    connection.send(GET.replace(b"/x", b"/slow"))
    time.sleep(0.1)
    connection.send(stray)
    assert connection.answer()[0] == 200
    assert connection.rest() == b""
    assert 2.5 * PATIENCE < time.monotonic() - began < HUNG_UP  # the response alone takes 2


def test_nobody_waits_for_a_body_that_was_not_read(connection: Connection) -> None:
    connection.send(b"POST /early HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\nabc")
    assert connection.answer()[0] == 200
    assert connection.rest() == b""


def test_a_response_does_not_cut_off_the_body_of_the_next_request(connection: Connection) -> None:
    connection.send(GET + b"POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\na")
    assert connection.answer()[0] == 200
    connection.send(b"bc")
    status, content = connection.answer()
    assert (status, json.loads(content)["body"]) == (200, "abc")
