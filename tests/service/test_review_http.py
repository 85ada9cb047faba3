"""`grader review` over HTTP: who is let in, what a form does, and what hostile requests get."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from grader.cli.main import run
from grader.gradebook.database import Database
from grader.gradebook.run.files import locked
from grader.messages.languages import LANGUAGES
from tests.service.served import results_in

asking = pytest.importorskip("tests.service.asked", reason="httpx is not installed (extra: test)").asking

BASE = "http://127.0.0.1:8000"
WHY = "/mark/cnn-foundations/q1.why"
ROUTES = {
    ("GET", "/enter"),
    ("GET", "/"),
    ("GET", "/style.css"),
    ("GET", "/script.js"),
    ("GET", "/publish"),
    ("POST", "/publish"),
    ("POST", "/names"),
    ("GET", "/mark/{assignment}/{part}"),
    ("POST", "/mark/{assignment}/{part}"),
    ("POST", "/opened/{assignment}/{part}"),
}
"""Every route: one that is not here is not tested, and fails."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return results_in(tmp_path_factory.mktemp("six"))


@pytest.fixture
def results(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def review(results: Path) -> Any:
    from grader.service.review.app import Review
    from grader.service.review.desk import Desk
    from grader.service.review.trust import Trust

    return Review(Desk(results), Trust(8000), LANGUAGES["en"])


@pytest.fixture
def stranger(review: Any) -> Iterator[Any]:
    """Somebody who knows the port and nothing else."""
    yield asking(review.application(), BASE, raises=True)
    review.desk.publication.wait()


@pytest.fixture
def client(review: Any, stranger: Any) -> Any:
    """Who opened the printed link."""
    assert stranger.get(review.trust.link).status_code == 200
    return stranger


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's form for a decision."""
    form = page[page.index('id="decision"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def marks(results: Path) -> list[tuple[str, str | None, str, str]]:
    with closing(Database(results / ".grader" / "store.sqlite3")) as database:
        return [(one.student, one.points, one.comment, one.who) for one in database.people()]


def assert_refused(response: Any, status: int, said: str) -> None:
    """One sentence, and nothing of how the program is built."""
    assert response.status_code == status, response.text
    assert said in response.text
    for inner in ("Traceback", 'File "', "site-packages", "sqlite3", "starlette"):
        assert inner not in response.text
    assert_headers(response)


def assert_headers(response: Any) -> None:
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "form-action 'self'" in policy and "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"


# -- who is let in --------------------------------------------------------------------------------------------------


def test_the_walk_knows_every_route(review: Any) -> None:
    known = {(method, route.path) for route in review.routes() for method in route.methods - {"HEAD"}}
    assert known == ROUTES


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
@pytest.mark.parametrize("wrong", ["no cookie", "cookie", "host", "port", "two hosts", "site"])
def test_every_route_refuses_who_does_not_know_the_link(
    method: str, path: str, wrong: str, review: Any, stranger: Any, results: Path
) -> None:
    address = path.format(assignment="cnn-foundations", part="q1.why")
    headers = {}
    if wrong == "cookie":
        stranger.cookies.set(review.trust.cookie, "x" * 43)
    elif wrong != "no cookie":
        stranger.cookies.set(review.trust.cookie, review.trust.token)
        hosts = {"host": "evil.example:8000", "port": "127.0.0.1:8001", "two hosts": "127.0.0.1:8000, evil.example"}
        headers = {"host": hosts[wrong]} if wrong in hosts else {"sec-fetch-site": "cross-site"}
        if wrong == "site" and method == "GET":
            pytest.skip("reading is no change")
    token = "?token=" + ("x" if wrong in ("no cookie", "cookie") else review.trust.token)
    sent = {"csrf": review.trust.csrf, "group": "0", "points": "1"}
    request = {"data": sent} if method == "POST" else {}
    response = stranger.request(method, address + (token if path == "/enter" else ""), headers=headers, **request)
    assert_refused(response, 403, "<h1>This did not work</h1>")
    assert "set-cookie" not in response.headers
    assert "student-0" not in response.text and "adds up" not in response.text
    assert marks(results) == []


def test_the_link_gives_a_cookie_that_no_script_and_no_other_site_gets(review: Any, stranger: Any) -> None:
    response = stranger.get(review.trust.link)
    assert response.status_code == 200
    assert response.headers["refresh"] == "0; url=/"
    (cookie,) = response.headers.get_list("set-cookie")
    assert cookie.startswith(f"grader-review-8000={review.trust.token};")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert review.trust.token not in stranger.get("/").text
    assert len(review.trust.token) >= 43


def test_every_token_is_new() -> None:
    from grader.service.review.trust import Trust

    assert Trust(8000).token != Trust(8000).token


@pytest.mark.parametrize("path", ["/publish", "/names", WHY])
@pytest.mark.parametrize("token", ["", "x", "\u202e", None])
def test_a_form_of_another_page_changes_nothing(path: str, token: str | None, client: Any, results: Path) -> None:
    sent = fields(client.get(WHY).text) | {"points": "1", "hide": "yes"}
    del sent["csrf"]
    response = client.post(path, data=sent | ({} if token is None else {"csrf": token}))
    assert_refused(response, 403, "expected a form of this service")
    assert marks(results) == []


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


# -- decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_is_saved_and_the_next_one_is_shown(client: Any, results: Path) -> None:
    page = client.get(WHY)
    assert_headers(page)
    assert "It adds up." in page.text and "student-00" in page.text and "student-01" in page.text
    sent = fields(page.text) | {
        "points": "",
        "tick": ["0", "1", "1", "77", "x"],
        "comment": "",
        "again": "good",
        "who": "assistant-1",
    }
    response = client.post(WHY, data=sent)
    assert response.status_code == 303
    assert marks(results) == [
        ("student-00", "0.8", "good", "assistant-1"),
        ("student-01", "0.8", "good", "assistant-1"),
    ]
    following = client.get(response.headers["location"]).text
    assert "Saved: points given to each of 2 students: 0.8" in following
    assert "alert(1)" in following
    assert "<option>good</option>" in following
    assert 'value="assistant-1"' in following
    assert client.post(WHY, data=sent).status_code == 303  # the same again, by a second click, is no conflict
    assert len(marks(results)) == 2


def test_points_that_cannot_be_given_are_said_and_the_form_comes_back_as_typed(client: Any, results: Path) -> None:
    typed = {"points": "2.125", "comment": "many words", "who": "assistant-1", "tick": "1"}
    response = client.post(WHY, data=fields(client.get(WHY).text) | typed)
    assert response.status_code == 422
    assert "expected points of q1.why from 0 to 2 with at most 2 decimals, received" in response.text
    for known in (
        'value="2.125"',
        "many words</textarea>",
        'value="assistant-1"',
        'value="1" data-points="0.4" checked',
    ):
        assert known in response.text
    assert marks(results) == []


def test_a_stale_form_overwrites_nothing_and_shows_the_other_mark(client: Any, results: Path) -> None:
    seen = fields(client.get(WHY).text)
    assert client.post(WHY, data=seen | {"points": "2", "comment": "theirs", "who": "other"}).status_code == 303
    response = client.post(WHY, data=seen | {"points": "0.5", "comment": "mine"})
    assert response.status_code == 409
    assert "Somebody else marked this answer in the meantime" in response.text
    assert "theirs" in response.text and "mine</textarea>" in response.text and 'value="0.5"' in response.text
    assert {points for _, points, _, _ in marks(results)} == {"2"}
    assert client.post(WHY, data=fields(response.text) | {"points": "0.5", "comment": "mine"}).status_code == 303
    assert {points for _, points, _, _ in marks(results)} == {"0.5"}


def test_an_answer_that_is_gone_is_said(client: Any, results: Path) -> None:
    sent = fields(client.get(WHY).text) | {"group": "f" * 16, "points": "1"}
    response = client.post(WHY, data=sent)
    assert response.status_code == 409
    assert "answer is this one any more" in response.text
    assert marks(results) == []


def test_names_are_hidden_by_switch(client: Any, review: Any) -> None:
    assert "student-00" in client.get(WHY).text
    (back,) = re.findall(r'name="back" value="([^"]+)"', client.get(WHY).text)
    sent = {"csrf": review.trust.csrf, "hide": "yes", "back": back}
    assert client.post("/names", data=sent).headers["location"] == back
    assert back.startswith(f"{WHY}?group=")
    assert "student-00" not in client.get(WHY).text
    client.post("/names", data=sent | {"hide": "no"})
    assert "student-00" in client.get(WHY).text


# -- publishing -------------------------------------------------------------------------------------------------------


def test_publishing_is_seen_and_survives_a_reload(client: Any, review: Any, results: Path) -> None:
    client.post(WHY, data=fields(client.get(WHY).text) | {"points": "1"})
    assert "2 marks are not published yet." in client.get("/publish").text
    assert client.post("/publish", data={"csrf": review.trust.csrf}).headers["location"] == "/publish"
    review.desk.publication.wait()
    for _ in range(2):
        page = client.get("/publish")
        assert "refresh" not in page.headers
        assert "Published. 2 marks moved" in page.text
        assert "Every mark that was given here is published." in page.text
    assert "points = 1\n" in (results / "review.toml").read_text(encoding="utf-8")


def test_publishing_that_runs_is_shown(client: Any, review: Any) -> None:
    from grader.service.review.publication import Progress

    review.desk.publication.progress = Progress("running", total=7, done=3)
    page = client.get("/publish")
    assert page.headers["refresh"] == "1"
    assert '<progress max="7" value="3"' in page.text and "3 / 7" in page.text
    client.post("/publish", data={"csrf": review.trust.csrf})  # one at a time
    assert review.desk.publication.progress.done == 3


def test_a_running_batch_is_said(client: Any, review: Any, results: Path) -> None:
    with locked(results / ".grader" / "lock", results):
        client.post("/publish", data={"csrf": review.trust.csrf})
        review.desk.publication.wait()
    page = client.get("/publish").text
    assert "Not published" in page
    assert "another run is writing into" in page


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["in", "nothing"])
def test_a_folder_that_is_no_results_is_said(folder: str, results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["review", str(results.parent / folder), "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("grader: expected the results folder of a `grader batch`, received ")
    assert len(said.splitlines()) == 1


def test_a_port_that_is_taken_is_said(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["review", str(results), "--no-browser", "--port", str(port)]) == 2
    assert capsys.readouterr().err.startswith(f"grader: cannot listen on port {port}: ")


def test_a_missing_extra_is_one_sentence(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("grader.service")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert run(["review", str(results), "--no-browser"]) == 2
    assert capsys.readouterr().err == (
        "grader: grader review needs the extra service: python -m pip install 'cnn-homework-grader[service]'\n"
    )


def test_no_other_command_imports_the_service() -> None:
    import subprocess
    import sys

    program = (
        "import sys, pkgutil, importlib, grader.cli\n"
        "for one in pkgutil.iter_modules(grader.cli.__path__): importlib.import_module(f'grader.cli.{one.name}')\n"
        "import grader.gradebook.run.batch\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'starlette', 'uvicorn', 'anyio', 'httpx'}))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_who_has_an_answer_open_at_another_desk_is_said(client: Any, results: Path) -> None:
    from grader.service.review.app import Review
    from grader.service.review.desk import Desk
    from grader.service.review.trust import Trust

    other = Review(Desk(results, who="assistant-2"), Trust(8000), LANGUAGES["en"])
    colleague = asking(other.application(), BASE, raises=True)
    assert colleague.get(other.trust.link).status_code == 200
    path = "/mark/cnn-foundations/q1.why"
    said = "assistant-2 has this open"
    assert said not in client.get(path).text
    assert "Somebody else has this open" in colleague.get(path).text
    page = client.get(path).text
    assert said in page
    opened = re.search('data-path="(/opened/[^"]+)" data-csrf="([^"]+)"', page)
    assert opened is not None
    headers = {"x-csrf-token": opened[2]}
    assert client.post(html.unescape(opened[1]), headers=headers).json() == {"said": said}
    assert client.post(html.unescape(opened[1])).status_code == 403
    following = re.search('rel="next" href="([^"]+)"', page)
    assert following is not None
    colleague.get(html.unescape(following[1]))  # went on
    assert said not in client.get(path).text
