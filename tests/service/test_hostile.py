"""What a hostile program or person may write into an address, a form or a call: markup, SQL, and what is no text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.service.api.documented import unlimited
from tests.service.courses import Served
from tests.service.test_routes import BODY, FILL, JSON, QUERY, ROUTES, SECRET, WHO

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}"
SQL = ["' OR '1'='1", "'; DROP TABLE submissions; --", "%", "\\"]
ODD = ["\0", "a\0b", "../key.toml", "\ud800", "a" * 4_000, "\r\nset-cookie: in=here", "-1", "９", str(2**31), "1" * 400]
FORM = (
    "csrf",
    "token",
    "part",
    "question",
    "points",
    "comment",
    "version",
    "id",
    "assignment",
    "due",
    "attempts",
    "why",
)
"""Fields that forms of the service have."""


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def clean(response: Any, where: str) -> None:
    """No traceback, and no element or attribute that somebody wrote."""
    assert response.status_code < 500, f"{where}: {response.text[:300]}"
    assert "Traceback" not in response.text, where
    assert "sqlalchemy" not in response.text.lower(), where
    assert "set-cookie" not in response.headers or "in=here" not in response.headers["set-cookie"]
    if not response.headers.get("content-type", "").startswith("text/html"):
        assert response.headers["x-content-type-options"] == "nosniff"
        return
    for tag, attributes in Elements(response.text).found:
        assert not any(name.startswith("on") for name in attributes), f"{where}: {tag} {attributes}"
        if tag == "script":
            assert re.fullmatch(r"/[a-z-]+\.js", attributes.get("src") or ""), f"{where}: {attributes}"
        assert tag != "img", where
        for name in ("href", "src", "action"):
            assert not (attributes.get(name) or "").lower().startswith(("javascript:", "data:text")), f"{where}: {tag}"


def everybody(served: Served) -> Iterator[tuple[str, Any]]:
    yield "stranger", served.stranger()
    yield "student", served.person("student-01")
    yield "instructor", served.person("teacher", "instructor")
    yield "staff", served.program("staff")


def filled(path: str, value: str) -> str:
    """An address with this in each of its blanks."""
    return re.sub(r"\{[a-z]+\}", quote(value, safe="", errors="surrogatepass"), path)


def hand_in(served: Served, student: str, why: str) -> tuple[int, str]:
    body = {"assignment": "cnn-foundations", "student": student, "answers": {"q1": {"why": why}, "q4": {"Z": why}}}
    response = served.program("submit").post("/api/v1/submissions", json=body)
    assert response.status_code == 201, response.text
    return response.json()["id"], response.json()["receipt"]["number"]


def test_markup_that_is_stored_is_shown_as_text(served: Served) -> None:
    unlimited(served)
    student = MARKUP[:150]
    id, number = hand_in(served, student, MARKUP)
    staff = served.program("staff", MARKUP)
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1, "comment": MARKUP, "version": 0}
    assert staff.post("/api/v1/marks", json=mark).status_code == 200
    fill = {**FILL, "id": str(id), "number": number, "student": quote(student, safe="")}
    shown = 0
    for client in (
        served.person("teacher", "instructor"),
        served.person("helper", "assistant"),
        served.person(student),
    ):
        for method, path in ROUTES:
            if method == "GET":
                query = {**QUERY, "/staff/student": f"?id={quote(student, safe='')}"}.get(path, "")
                response = client.get(path.format(**fill) + query)
                clean(response, path)
                shown += "&lt;script&gt;" in response.text
    assert shown >= 6, "the markup was shown nowhere: the test looks at nothing"


def test_markup_that_comes_with_a_request_is_shown_as_text(served: Served) -> None:
    unlimited(served)
    for who, client in everybody(served):
        for method, path in ROUTES:
            where = f"{method} {path} by {who}"
            address = filled(path, MARKUP)
            clean(
                client.request(
                    method, f"{address}?token={quote(MARKUP)}&id={quote(MARKUP)}&assignment={quote(MARKUP)}"
                ),
                where,
            )
            form = dict.fromkeys(FORM, MARKUP) | {"csrf": getattr(client, "csrf", MARKUP)}
            if method == "POST" and path != "/leave":
                clean(client.post(path.format(**FILL, id="1", number="x"), data=form), where)
        clean(client.get(f"/{quote(MARKUP)}"), who)
        clean(client.request("PUT", f"/enter?{quote(MARKUP)}", headers={"accept": MARKUP, "origin": MARKUP[:50]}), who)


@pytest.mark.parametrize("value", [*SQL, *ODD])
def test_nothing_that_is_written_anywhere_is_a_fault(served: Served, value: str) -> None:
    unlimited(served)
    id, number = hand_in(served, "student-01", SECRET)
    before = _counted(served)
    fill = {**FILL, "id": str(id), "number": number}
    query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name in FORM)
    for who, client in everybody(served):
        for (method, path), row in ROUTES.items():
            where, address = f"{method} {path} by {who}", path.format(**fill)
            if "{" in path:
                clean(client.request(method, f"{filled(path, value)}?{query}"), where)
            if method != "POST":
                clean(client.request(method, f"{address}?{query}"), where)
            elif path != "/leave":
                for fields in _bodies(path, value, one_by_one=row[WHO.index(who)] == "+"):
                    _post(client, f"{address}?{query}", path, fields, where)
        still = {"stranger": "/health", "staff": "/api/v1/assignments"}.get(who, "/")
        assert client.get(still).status_code < 400, f"{who} is signed in no more: the test looks at nothing"
    after = _counted(served)
    assert all(after[name] == before[name] for name in ("submissions", "results"))
    assert served.program("read").get(f"/api/v1/submissions/{id}/file").text.count(SECRET) == 2


def _bodies(path: str, value: str, *, one_by_one: bool) -> Iterator[dict[str, Any]]:
    """What is sent there with the value in all fields, and in each of them where somebody is let in to be read."""
    known: dict[str, Any] = JSON.get(path) or BODY.get(path) or dict.fromkeys(FORM[1:], "1")
    if path == "/api/v1/preview":
        known = {"assignment": "cnn-foundations", "question": "q4", "part": "Z", "written": "1"}
    elif path == "/api/v1/marks":
        known = {"submission": 1, "question": "q1", "part": "why", "points": 1, "comment": "", "version": 0}
    elif path == "/api/v1/submissions":
        known = {"assignment": "cnn-foundations", "variant": "v"}  # without a student it stores nothing
    elif path == "/evaluate":
        known = {"submission": {"type": "TEXT", "content": {"text": value}, "taskId": value}}
    yield dict.fromkeys(known, value)
    for name in known if one_by_one else ():
        yield {**known, name: value}


def _post(client: Any, address: str, path: str, fields: dict[str, Any], where: str) -> None:
    import json

    csrf = getattr(client, "csrf", "x")
    if path.startswith(("/api/", "/evaluate")) or path in JSON:
        headers = {"content-type": "application/json", "x-csrf-token": csrf}
        clean(client.post(address, content=json.dumps(fields), headers=headers), where)
        return
    pieces = {**{"csrf": csrf}, **fields}
    body = "&".join(f"{name}={quote(str(value), safe='', errors='surrogatepass')}" for name, value in pieces.items())
    clean(client.post(address, content=body, headers={"content-type": "application/x-www-form-urlencoded"}), where)


def _counted(served: Served) -> dict[str, int]:
    from sqlalchemy import func, select

    from grader.service.store.tables import metadata

    with served.service.store.reading() as base:
        return {
            name: base.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_forms_that_are_too_much(served: Served, tmp_path: Path) -> None:
    del tmp_path
    unlimited(served)
    client = served.person("student-01")
    address = "/work/cnn-foundations"
    many = client.post(address, data={f"field{number}": "x" for number in range(1_001)} | {"csrf": client.csrf})  # type: ignore[attr-defined]
    assert many.status_code in (400, 413, 422)
    clean(many, "many fields")
    files = {f"file{number}": ("a.toml", b"x") for number in range(50)}
    clean(client.post("/upload/cnn-foundations", data={"csrf": client.csrf}, files=files), "many files")  # type: ignore[attr-defined]
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "a" * 5_000,
    ):
        for body in (
            b"",
            b"--x\r\n",
            b"--x\r\ncontent-disposition: form-data\r\n\r\n" + b"y" * 100_000,
            b"\xff" * 1_000,
        ):
            clean(client.post(address, content=body, headers={"content-type": kind}), f"{kind[:40]} {body[:20]!r}")


@pytest.mark.parametrize(
    "charset", ["undefined", "punycode", "unicode_escape", "utf-16", "utf-7", "latin-1", "none such"]
)
def test_a_form_in_another_character_set_is_refused(served: Served, charset: str) -> None:
    unlimited(served)
    staff = served.person("instructor-2", "instructor")
    kind = f'multipart/form-data; boundary=B; charset="{charset}"'
    for path, client in (("/enter", served.stranger()), ("/staff/people", staff), ("/work/cnn-foundations", staff)):
        sent = {"csrf": getattr(client, "csrf", ""), "token": "x" * 80, "student": "\\ud800", "role": "student"}
        response = client.post(path, content=posted(sent), headers={"content-type": kind})
        assert response.status_code == 415, path
        assert "expected a form in UTF-8, received one in" in response.text
        clean(response, path)
    assert staff.post("/staff/people", content=posted({"csrf": ""}), headers={"content-type": kind}).status_code == 415
    good = 'multipart/form-data; boundary=B; charset="UTF-8"'
    assert (
        served.stranger().post("/enter", content=posted({"token": "x"}), headers={"content-type": good}).status_code
        == 401
    )


def posted(fields: dict[str, str]) -> bytes:
    """A form in parts, in which charsets other than UTF-8 may mean what no text is."""
    part = '--B\r\ncontent-disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return ("".join(part.format(name, text) for name, text in fields.items()) + "--B--\r\n").encode()


def test_a_name_of_a_file_that_is_no_text_is_refused(served: Served) -> None:
    unlimited(served)
    staff = served.person("instructor-2", "instructor")
    for path in ("/staff/people", "/staff/export/cnn-foundations", "/staff/upload"):
        fields = posted({"csrf": staff.csrf, "format": "canvas"}).removesuffix(b"--B--\r\n")  # type: ignore[attr-defined]
        file = (
            b'--B\r\ncontent-disposition: form-data; name="roster"; filename="a\0.csv"\r\n\r\nstudent\r\nx\r\n--B--\r\n'
        )
        kind = {"content-type": "multipart/form-data; boundary=B"}
        response = staff.post(path, content=fields + file, headers=kind)
        assert response.status_code in (400, 422), path
        clean(response, path)
