"""Every address with everybody, and with what is other people's: a table that has to know every route.

Who adds a route adds a line to ROUTES. A sign for each of WHO, in that order: `+` is let in, `-` is not (401, 403 or
404). The path is filled from FILL, where everything belongs to student-01; `other` is another student.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service.api.documented import unlimited
from tests.service.courses import Served, course_in, serving

WHO = ("stranger", "student", "other", "assistant", "instructor", "submit", "read", "staff")
"""People by their role, programs by the scope of their token; the program `submit` did not send the hand-in."""

INSTRUCTORS = "----+---"
ALL, NONE = "++++++++", "--------"
SIGNED_IN, STUDENTS, ASSISTANTS, OWN = "-++++---", "-++-----", "---++---", "-+-++---"
PROGRAMS = "-----+++"

ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/health"): ALL,
    ("GET", "/ready"): ALL,
    ("GET", "/metrics"): NONE,  # but by a switch
    ("GET", "/enter"): NONE,  # but with a link
    ("POST", "/enter"): NONE,
    ("POST", "/leave"): SIGNED_IN,
    ("GET", "/lti/login"): NONE,  # but with lti.toml, as the eight below
    ("POST", "/lti/login"): NONE,
    ("POST", "/lti/launch"): NONE,
    ("GET", "/lti/jwks.json"): NONE,
    ("POST", "/lti/choose"): NONE,
    ("GET", "/lti-back.js"): NONE,
    ("GET", "/staff/platforms"): NONE,
    ("POST", "/staff/platforms/again"): NONE,
    ("POST", "/staff/platforms/members"): NONE,
    ("GET", "/style.css"): ALL,
    ("GET", "/hand-in.js"): ALL,
    ("GET", "/"): SIGNED_IN,
    ("GET", "/work/{assignment}"): STUDENTS,
    ("POST", "/work/{assignment}"): STUDENTS,
    ("POST", "/upload/{assignment}"): STUDENTS,
    ("POST", "/preview/{assignment}"): "-++-+---",
    ("POST", "/drafts/{assignment}"): STUDENTS,
    ("GET", "/receipt/{number}"): OWN,
    ("GET", "/file/{number}"): OWN,
    ("GET", "/feedback/{number}"): OWN,
    ("POST", "/appeal/{number}"): "-+------",
    ("GET", "/staff.css"): ALL,
    ("GET", "/staff.js"): ALL,
    ("GET", "/staff"): ASSISTANTS,
    ("GET", "/staff/queue"): ASSISTANTS,
    ("GET", "/staff/queue/{assignment}/{part}"): ASSISTANTS,
    ("POST", "/staff/queue/{assignment}/{part}"): ASSISTANTS,
    ("POST", "/staff/opened/{assignment}/{part}"): ASSISTANTS,
    ("POST", "/staff/names"): ASSISTANTS,
    ("GET", "/staff/class/{assignment}"): ASSISTANTS,
    ("GET", "/staff/question/{assignment}/{question}"): ASSISTANTS,
    ("GET", "/staff/student"): ASSISTANTS,
    ("POST", "/staff/extension"): INSTRUCTORS,
    ("GET", "/staff/hand-in/{number}"): ASSISTANTS,
    ("POST", "/staff/hand-in/{number}"): ASSISTANTS,
    ("GET", "/staff/key/{assignment}"): INSTRUCTORS,
    ("POST", "/staff/key/{assignment}"): INSTRUCTORS,
    ("POST", "/staff/release/{assignment}"): INSTRUCTORS,
    ("GET", "/staff/export/{assignment}"): INSTRUCTORS,
    ("POST", "/staff/export/{assignment}"): INSTRUCTORS,
    ("GET", "/staff/appeals"): ASSISTANTS,
    ("POST", "/staff/appeals"): ASSISTANTS,
    ("GET", "/staff/people"): INSTRUCTORS,
    ("POST", "/staff/people"): INSTRUCTORS,
    ("POST", "/staff/people/link"): INSTRUCTORS,
    ("POST", "/staff/people/revoke"): INSTRUCTORS,
    ("GET", "/staff/log"): INSTRUCTORS,
    ("GET", "/staff/upload"): INSTRUCTORS,
    ("POST", "/staff/upload"): INSTRUCTORS,
    ("GET", "/api/v1/openapi.json"): ALL,
    ("GET", "/api/v1/assignments"): PROGRAMS,
    ("POST", "/api/v1/preview"): "-----+-+",
    ("POST", "/api/v1/submissions"): "-----+-+",
    ("GET", "/api/v1/submissions/{id}"): "------++",
    ("GET", "/api/v1/submissions/{id}/file"): "------++",
    ("GET", "/api/v1/submissions/{id}/report"): "------++",
    ("GET", "/api/v1/results"): "------++",
    ("GET", "/api/v1/exports"): "------++",
    ("POST", "/api/v1/marks"): "-------+",
    ("POST", "/api/v1/remark"): "-------+",
    ("POST", "/evaluate"): "-----+-+",
    ("GET", "/evaluate/health"): ALL,
    ("GET", "/evaluate/info"): ALL,
    ("GET", "/evaluate/openapi.json"): ALL,
}
FILL = {"assignment": "cnn-foundations", "question": "q1", "part": "q1.why", "student": "student-01"}
QUERY = {
    "/api/v1/results": "?assignment=cnn-foundations",
    "/api/v1/exports": "?assignment=cnn-foundations&format=csv",
    "/api/v1/remark": "?assignment=cnn-foundations",
    "/staff/student": "?id=student-01",
}
"""What some of them need to be asked at all."""

BODY: dict[str, dict[str, Any]] = {
    "/appeal/{number}": {"part": "q1.why", "question": "Why?"},
    "/staff/extension": {"id": "student-01", "assignment": "cnn-foundations", "due": "", "attempts": "1", "why": ""},
    "/staff/key/{assignment}": {"step": "look"},
    "/staff/release/{assignment}": {"released": "yes"},
    "/staff/export/{assignment}": {"format": "csv"},
    "/staff/appeals": {"id": "1", "answer": ""},
    "/staff/people": {"student": "student-03", "role": "student"},
    "/staff/people/link": {"id": "student-03"},
    "/staff/people/revoke": {"id": "student-03"},
    "/staff/hand-in/{number}": {"part": "q1.why", "points": "1", "comment": "", "version": "0"},
}
JSON: dict[str, dict[str, Any]] = {
    "/preview/{assignment}": {"part": "q1.why", "written": "x"},
    "/drafts/{assignment}": {"part": "q1.why", "written": "x", "revision": 0},
}
"""What a form, or the script, sends there, where it has to be right to be answered at all."""

SECRET = "zweiundvierzig"
"""A word of the student's answer, which nobody else but staff reads."""
REFUSED = (401, 403, 404)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def routes() -> list[tuple[str, str]]:
    from grader.service.web.app import endpoints

    return [
        (method, endpoint.path)
        for endpoint in endpoints()
        for method in sorted(endpoint.methods or ())
        if method != "HEAD"
    ]


def test_the_table_knows_every_route() -> None:
    found = set(routes())
    new = sorted(found - set(ROUTES))
    lines = "\n".join(f'    ("{method}", "{path}"): "--------",' for method, path in new)
    assert not new, f"add to ROUTES, with + for each of {', '.join(WHO)} who is let in:\n{lines}"
    assert sorted(set(ROUTES) - found) == [], "these routes are gone: take their lines out of ROUTES"
    assert all(len(row) == len(WHO) for row in ROUTES.values())


class Course:
    """A served course with a hand-in of student-01, and clients for everybody."""

    def __init__(self, served: Served) -> None:
        self.served = served
        body = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q1": {"why": SECRET}}}
        made = served.program("staff", "maker").post("/api/v1/submissions", json=body).json()
        self.fill = {**FILL, "id": str(made["id"]), "number": made["receipt"]["number"]}

    def client(self, who: str) -> Any:
        if who == "stranger":
            return self.served.stranger()
        if who in ("submit", "read", "staff"):
            return self.served.program(who)
        student = {"student": "student-01", "other": "student-02"}.get(who, who)
        return self.served.person(student, who if who in ("assistant", "instructor") else "student")

    def address(self, path: str) -> str:
        try:
            return path.format(**self.fill) + QUERY.get(path, "")
        except KeyError as missing:
            raise AssertionError(f"say in FILL what stands for {{{missing.args[0]}}} in {path}") from None

    def ask(self, client: Any, method: str, path: str, csrf: str | None = None, **headers: str) -> Any:
        address = self.address(path)
        if method == "GET":
            return client.get(address, headers=headers)
        if path.startswith(("/api/", "/evaluate")):
            return client.request(method, address, json={}, headers=headers)
        if path in JSON:
            return client.request(method, address, json=JSON[path], headers={"x-csrf-token": csrf or "", **headers})
        return client.request(method, address, data={**BODY.get(path, {}), "csrf": csrf or ""}, headers=headers)


@pytest.fixture(params=["sqlite", "postgresql"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Course]:
    path = course_in(tmp_path) / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    path.write_text(text + "\n[assignment.policy]\nappeals = true\n", "utf-8")
    with serving(tmp_path, request.param) as served:
        unlimited(served)
        yield Course(served)


@pytest.mark.parametrize("who", WHO)
def test_everybody_is_let_in_where_the_table_says_so(course: Course, who: str) -> None:
    wrong = []
    for (method, path), row in ROUTES.items():
        client = course.client(who)
        response = course.ask(client, method, path, getattr(client, "csrf", None))
        _harmless(response, method, path)
        let_in = response.status_code not in REFUSED
        if let_in != (row[WHO.index(who)] == "+"):
            wrong.append(f"{method} {path}: {who} is {'let in' if let_in else 'refused'}: {response.status_code}")
        if who in ("stranger", "other", "submit"):
            assert SECRET not in response.text, f"{method} {path} shows {who} the answer of student-01"
        if method == "GET":
            head = client.head(course.address(path))
            assert (head.status_code, head.content) == (response.status_code, b""), path
    assert not wrong, "\n".join(wrong)


def _harmless(response: Any, method: str, path: str) -> None:
    """What every response says, and none does."""
    assert response.status_code < 500, f"{method} {path}: {response.text[:300]}"
    assert "Traceback" not in response.text
    for name, value in HEADERS.items():
        assert response.headers[name] == value, f"{method} {path}: {name}"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    asset = path.endswith((".css", ".js"))
    assert asset or response.headers["cache-control"] == "no-store", f"{method} {path} may be cached"
    assert "access-control-allow-origin" not in response.headers
    assert "server" not in response.headers


def test_a_change_needs_the_form_of_its_own_session(course: Course) -> None:
    for (method, path), row in ROUTES.items():
        if method == "GET" or path.startswith(("/api/", "/evaluate")):
            continue
        for who in ("student", "assistant", "instructor"):
            if row[WHO.index(who)] != "+":
                continue
            client, another = course.client(who), course.client(who)
            for csrf, headers in [
                (None, {}),
                ("x", {}),
                (another.csrf, {}),
                (client.csrf, {"sec-fetch-site": "cross-site"}),
                (client.csrf, {"sec-fetch-site": "same-site"}),
                (client.csrf, {"origin": "https://elsewhere.example"}),
            ]:
                response = course.ask(client, method, path, csrf, **headers)
                assert response.status_code == 403, f"{method} {path} by {who} with {csrf} {headers}"
            fine = course.ask(client, method, path, client.csrf, **{"sec-fetch-site": "same-origin", "origin": "null"})
            assert fine.status_code not in REFUSED, f"{method} {path}"


def test_a_token_opens_no_page_and_a_cookie_no_call(course: Course) -> None:
    token = course.client("staff").headers["authorization"].partition(" ")[2]
    session = course.client("instructor")
    secret = session.cookies[course.served.site.cookie]
    as_cookie = course.served.stranger()
    as_cookie.cookies.set(course.served.site.cookie, token)
    for (method, path), row in ROUTES.items():
        if row == ALL:
            continue
        for client, headers in [
            (as_cookie, {}),
            (course.served.stranger(), {"authorization": f"Bearer {secret}"}),
            (course.served.stranger(), {"authorization": f"Bearer {token}, Bearer {token}"}),
        ]:
            response = course.ask(client, method, path, "", **headers)
            assert response.status_code in REFUSED, f"{method} {path} {headers}"
