"""What a hostile browser, or a platform that was taken over, may write to the places of learning platforms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from grader.service.store.people import everybody
from tests.service.courses import course_in
from tests.service.lti.linked import ADDRESS, Linked, hidden
from tests.service.lti.test_launch import forged
from tests.service.running import running
from tests.service.test_hostile import MARKUP, ODD, SQL, clean

LOGIN = ("iss", "login_hint", "target_link_uri", "client_id", "lti_message_hint", "lti_deployment_id")
TYPED = "application/x-www-form-urlencoded"
CONTEXT = "https://purl.imsglobal.org/spec/lti/claim/context"
LIS = "https://purl.imsglobal.org/spec/lti/claim/lis"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


def encoded(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name, value in fields.items())


def test_no_field_of_a_browser_is_a_fault(course: Linked) -> None:
    for value in (*SQL, *ODD, MARKUP):
        _browser(course, value)
    with course.service.store.reading() as base:
        assert {one.role for one in everybody(base)} == {"instructor"}


def _browser(course: Linked, value: str) -> None:
    browser = course.browser()
    headers = {"content-type": TYPED, "sec-fetch-dest": "iframe"}
    opened = course.platform.opened()
    for name in LOGIN:
        body = encoded({**opened, name: value})
        clean(browser.get(f"/lti/login?{body}"), f"GET login {name}")
        clean(browser.post("/lti/login", content=body, headers=headers), f"POST login {name}")
    form = course.form(course.begun(browser))
    for fields in ({**form, "state": value}, {**form, "id_token": value}, {"state": form["state"], "error": value}):
        clean(browser.post("/lti/launch", content=encoded(fields), headers=headers), f"launch {list(fields)}")
    token = hidden(course.asked_for_links(course.browser()).text, "token")
    for fields in ({"token": value}, {"token": token, "assignment": value}):
        clean(browser.post("/lti/choose", content=encoded(fields), headers=headers), f"choose {list(fields)}")
    for path in ("login", "launch", "choose"):
        clean(browser.post(f"/lti/{path}", files={"state": ("a", b"x"), "token": ("a", b"x")}), f"files {path}")


def test_no_claim_of_a_platform_is_a_fault(course: Linked) -> None:
    course.register(student_id="sourcedid")
    for value in (SQL[0], *ODD[:5], MARKUP, 7, {"id": []}, None):
        _platform(course, value)
    staff = course.person("teacher", "instructor")
    staff.base_url = ADDRESS
    clean(staff.get("/staff/platforms"), "the page of the platforms")


def _platform(course: Linked, value: Any) -> None:
    changes = [
        {"name": value},
        {"sub": value},
        {"email": value},
        {"roles": value},
        {"custom": {"assignment": value}},
        {"custom": value},
        {CONTEXT: {"id": "course-4", "title": value}},
        {CONTEXT: {"id": value}},
        {LIS: {"person_sourcedid": value}},
        {LIS: value},
        {ENDPOINT: {"lineitem": value, "scope": [f"{ENDPOINT.replace('claim/endpoint', 'scope/score')}"]}},
        {ENDPOINT: value},
    ]
    for change in changes:
        browser = course.browser()
        form = course.form(course.begun(browser), sourcedid="student-01")
        told: dict[str, Any] = json.loads(json.dumps(change))
        response = course.posted(browser, forged(form, **told), "iframe")
        clean(response, str(change)[:80])
        assert response.status_code in (200, 403), change


def test_a_course_elsewhere_is_served_with_its_file_and_ends(tmp_path: Path, course: Linked) -> None:
    import http.client

    known = course.known
    names = ("issuer", "client_id", "deployment_ids", "authorization_endpoint", "token_endpoint", "jwks_url")
    lines = [f"{name} = {json.dumps(getattr(known, name))}" for name in names]
    file = tmp_path / "platforms.toml"
    file.write_text("[[platform]]\n" + "\n".join(lines) + "\n", "utf-8")
    folder = course_in(tmp_path / "elsewhere")
    for options, status in [(("--lti", str(file)), 200), ((), 404)]:
        with running(folder, *options) as (host, port):
            connection = http.client.HTTPConnection(host, port, timeout=120)
            connection.request("GET", "/lti/jwks.json")
            response = connection.getresponse()
            assert response.status == status
            response.read()
            connection.close()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--lti", "nowhere.toml"), "nowhere.toml: no such file"),
        (
            ("--address", "http://grader.example.org"),
            "learning platforms need an address that begins with https://, received 'http://grader.example.org': "
            "see --address",
        ),
    ],
)
def test_what_cannot_be_served_is_said_at_the_start(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    from tests.gradebook.folders import call
    from tests.service.lti.test_platforms import GOOD

    folder = course_in(tmp_path)
    (folder / "lti.toml").write_text(GOOD, "utf-8")
    result = call("serve", folder, "--port", "0", *options)
    assert result.returncode != 0
    assert said in result.stderr
    assert result.stdout == ""
