"""What hostile requests to `grader review` get: a refusal in one sentence, and nothing is changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.service.review.test_access import WHY, assert_refused, fields, marks

pytest.importorskip("tests.service.asked", reason="httpx is not installed (extra: test)")

# -- hostile requests -----------------------------------------------------------------------------------------------


def test_a_body_without_end_is_not_read(client: Any, results: Path) -> None:
    read = 0

    def body() -> Iterator[bytes]:
        nonlocal read
        for _ in range(10_000):
            read += 1
            yield b"comment=" + b"x" * 10_000

    response = client.post(WHY, content=body(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert_refused(response, 413, "expected a body of at most 600,000 bytes, within 10 seconds")
    assert marks(results) == []


def test_a_body_that_never_ends_is_not_waited_for(review: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.service import guard

    monkeypatch.setattr(guard, "PATIENCE", 0.05)
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if said:
            return {"type": "http.disconnect"}
        await asyncio.sleep(60)
        raise AssertionError("it waited")

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    cookie = f"{review.trust.cookie}={review.trust.token}".encode()
    headers = [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie), (b"content-length", b"5")]
    scope = {"type": "http", "method": "POST", "path": WHY, "query_string": b"", "headers": headers}
    asyncio.run(review.application()(scope, receive, send))
    assert said[0]["status"] == 413


def test_a_body_that_breaks_off_changes_nothing(client: Any, review: Any, results: Path) -> None:
    body = urlencode({**fields(client.get(WHY).text), "points": "1"}).encode()
    messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": body, "more_body": True}]

    async def receive() -> dict[str, Any]:
        return messages.pop()

    async def send(message: dict[str, Any]) -> None:
        raise AssertionError(f"nobody is there: {message}")

    cookie = f"{review.trust.cookie}={review.trust.token}".encode()
    headers = [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie), (b"content-length", str(len(body) + 1).encode())]
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    scope = {"type": "http", "method": "POST", "path": WHY, "query_string": b"", "headers": headers}
    asyncio.run(review.application()(scope, receive, send))
    assert marks(results) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"&".join(b"tick=%d" % number for number in range(1_000)), "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (
            b'--x\r\ncontent-disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"", "multipart/form-data"),
        (b'{"points": 1}', "application/json"),
        (b"", "\x7f"),
    ],
)
@pytest.mark.parametrize("path", ["/publish", "/names", WHY])
def test_a_body_that_is_no_form_of_ours_is_refused(
    content: bytes, kind: str, path: str, client: Any, results: Path
) -> None:
    response = client.post(path, content=content, headers={"content-type": kind})
    assert response.status_code in (400, 403)
    assert_refused(response, response.status_code, "expected a form of this service")
    assert marks(results) == []


@pytest.mark.parametrize(
    "path",
    [
        "/mark/cnn-foundations/q1.nothing",
        "/mark/nothing/q1.why",
        "/mark/..%2f..%2fetc/passwd",
        "/mark/cnn-foundations/q1.why%00",
        "/mark/cnn-foundations/' OR 1=1 --",
        "/.grader/store.sqlite3",
        "/../pyproject.toml",
        "/review.toml",
        "/static/",
    ],
)
def test_there_is_nothing_at_other_addresses(path: str, client: Any) -> None:
    assert_refused(client.get(path), 404, "there is no page at this address")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "XYZ"])
def test_other_methods_are_refused(method: str, client: Any) -> None:
    assert_refused(client.request(method, WHY), 405, "expected another method than")


def test_a_fault_of_ours_is_one_sentence(client: Any, review: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(review.desk, "overview", fail)
    response = client.get("/")
    assert_refused(response, 500, "a fault of ours, nothing was changed: ZeroDivisionError")
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/mark/a/b?group=0\r\nx: y", "x"]
)
def test_a_form_sends_nobody_elsewhere(back: str, client: Any, review: Any) -> None:
    response = client.post("/names", data={"csrf": review.trust.csrf, "hide": "yes", "back": back})
    assert (response.status_code, response.headers["location"]) == (303, "/")


def test_what_students_and_people_write_is_text(client: Any) -> None:
    page = client.get(WHY).text
    while "alert(1)" not in page:
        page = client.get(re.search(r'rel="next" href="([^"]+)"', page)[1]).text  # type: ignore[index]
    assert "<script>alert" not in page and "<img src=x" not in page and "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page and "{{ 7 * 7 }}" in page
    live = "</textarea><script>alert(3)</script>"
    said = client.post(WHY, data=fields(page) | {"points": live, "comment": live, "again": live, "who": live})
    assert said.status_code == 422
    assert "<script>alert" not in said.text
    saved = client.post(WHY, data=fields(said.text) | {"points": "1", "comment": live, "who": live})
    assert saved.status_code == 303
    assert "<script>alert" not in client.get(saved.headers["location"]).text
