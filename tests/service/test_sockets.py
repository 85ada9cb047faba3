"""Bytes that no browser sends, to a course that is served by a process of its own."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.courses import course_in
from tests.service.running import running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with running(course_in(tmp_path_factory.mktemp("course"))) as address:
        yield address


HUNG_UP = 120.0
"""Seconds in which what is refused or given up is hung up on, even by a machine that does other things."""
CUT_OFF = 9.0
"""Seconds that are waited at least for what does not arrive: ten, from its first byte."""


def sent(server: tuple[str, int], data: bytes, *, more: bytes = b"", pause: float = 0) -> bytes:
    """Everything that is answered to these bytes; `more` is sent after a pause."""
    with socket.create_connection(server, timeout=HUNG_UP) as connection:
        try:
            connection.sendall(data)
            if more:
                time.sleep(pause)
                connection.sendall(more)
        except OSError:
            pass  # it has hung up already
        pieces = []
        while True:
            try:
                piece = connection.recv(65_536)
            except ConnectionResetError:
                break
            if not piece:
                break
            pieces.append(piece)
    return b"".join(pieces)


def status(answer: bytes) -> int:
    assert b"Traceback" not in answer
    return int(answer.split(b" ", 2)[1])


def request(server: tuple[str, int], line: str, *headers: str, body: bytes = b"") -> bytes:
    host, port = server
    lines = [line, *([] if any(one.lower().startswith("host") for one in headers) else [f"Host: {host}:{port}"])]
    lines += [*headers, "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


JSON = "Content-Type: application/json"


def test_an_announced_body_that_is_too_long_is_refused_before_it_comes(server: tuple[str, int]) -> None:
    began = time.monotonic()
    asked = request(server, "POST /api/v1/submissions HTTP/1.1", JSON, "Content-Length: 1000000000000")
    answer = sent(server, asked)
    assert status(answer) == 413
    assert b"expected a body of at most 6,000,000 bytes" in answer
    assert time.monotonic() - began < CUT_OFF


def test_a_body_in_pieces_that_never_end_is_refused(server: tuple[str, int]) -> None:
    pieces = (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 100
    asked = request(server, "POST /api/v1/submissions HTTP/1.1", JSON, "Transfer-Encoding: chunked", body=pieces)
    assert status(sent(server, asked)) == 413


def test_a_slow_body_is_refused_and_others_are_served_meanwhile(server: tuple[str, int]) -> None:
    slow = request(server, "POST /api/v1/submissions HTTP/1.1", JSON, "Content-Length: 1000", body=b"{")
    with socket.create_connection(server, timeout=HUNG_UP) as connection:
        began = time.monotonic()
        connection.sendall(slow)
        for _ in range(5):
            assert status(sent(server, request(server, "GET /health HTTP/1.1"))) == 200
        assert select.select([connection], [], [], 0)[0] == [], "they waited for it"
        answer = connection.recv(65_536)
        assert CUT_OFF < time.monotonic() - began < HUNG_UP
    assert status(answer) == 413


def test_headers_that_never_end_are_not_waited_for(server: tuple[str, int]) -> None:
    began = time.monotonic()
    assert sent(server, b"GET /health HTTP/1.1\r\nHost: 127") == b""
    assert CUT_OFF < time.monotonic() - began < HUNG_UP


def test_a_kept_connection_is_not_waited_for_either(server: tuple[str, int]) -> None:
    host, port = server
    first = f"GET /health HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    began = time.monotonic()
    answer = sent(server, first, more=b"GET /heal", pause=0.5)
    assert status(answer) == 200
    assert CUT_OFF < time.monotonic() - began < 25, "not as long as a connection is kept that rests"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("Host: evil.example",), 421),
        (("Host: 127.0.0.1",), 421),
        (("Host: 127.0.0.1:1",), 421),
        (("Host: ",), 421),
        (("Host: {host}:{port}", "Host: evil.example"), 400),
        (("Host: {host}:{port}", "Host: {host}:{port}"), 400),
        (("Host: {host}:{port}, evil.example",), 421),
        (("X-Forwarded-Host: evil.example",), 200),
        (("Forwarded: host=evil.example",), 200),
        (("X-Forwarded-Proto: https", "X-Forwarded-For: 10.0.0.1"), 200),
        (("X-HTTP-Method-Override: DELETE",), 200),
        (("X-Original-URL: /staff", "X-Rewrite-URL: /staff"), 200),
        (("Content-Length: 0", "Content-Length: 5"), 400),
        (("Content-Length: 5", "Transfer-Encoding: chunked"), 400),
        (("Transfer-Encoding: gzip",), 400),
        (("Content-Length: -1",), 400),
        (("A" * 200_000 + ": x",), 400),
        (("X: \x00",), 400),
        (("Bad Header : x",), 400),
    ],
)
def test_headers_that_are_a_trick(server: tuple[str, int], headers: tuple[str, ...], expected: int) -> None:
    host, port = server
    filled = [one.format(host=host, port=port) for one in headers]
    answer = sent(server, request(server, "GET /enter?token=x HTTP/1.1", *filled))
    assert status(answer) == (401 if expected == 200 else expected)
    assert b"evil" not in answer
    assert b"https://" not in answer


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//evil.example/",
        "/work/..%2f..%2fkey.toml",
        "/file/%2e%2e%2fkey.toml",
        "/.grader/service.sqlite3",
        "/answer_keys/cnn-foundations/key.toml",
        "/style.css/../../key.toml",
        "/%00",
        "/\\..\\key.toml",
        "/%c0%ae%c0%ae/",
        "/%ed%a0%80",
        "/" + "a" * 8_000,
        "/;/staff",
        "/health%2f..%2fstaff",
        "http://evil.example/staff",
        "*",
    ],
)
def test_paths_that_are_a_trick(server: tuple[str, int], target: str) -> None:
    answer = sent(server, request(server, f"GET {target} HTTP/1.1"))
    assert status(answer) in (400, 401, 404, 421)
    for word in (b"root:", b"SQLite format", b"[answers", b"digest ="):
        assert word not in answer


def test_two_requests_in_one_are_two(server: tuple[str, int]) -> None:
    inner = request(server, "GET /staff HTTP/1.1")
    asked = request(server, "POST /enter HTTP/1.1", f"Content-Length: {len(inner)}", body=inner)
    answer = sent(server, asked)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_refusals_of_the_guard_are_json_for_programs(server: tuple[str, int]) -> None:
    answer = sent(server, request(server, "GET /api/v1/assignments HTTP/1.1", "Host: evil.example"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    assert set(json.loads(body)) == {"message"}


def test_it_is_no_worse_for_it(server: tuple[str, int], tmp_path: Path) -> None:
    del tmp_path
    assert status(sent(server, request(server, "GET /ready HTTP/1.1"))) == 200
