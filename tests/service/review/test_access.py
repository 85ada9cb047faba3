"""`grader review` over HTTP: who is let in, and how the command begins."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.gradebook.database import Database

pytest.importorskip("tests.service.asked", reason="httpx is not installed (extra: test)")

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
