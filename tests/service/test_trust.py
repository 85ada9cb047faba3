"""Links, sessions, tokens and cookies; how often anybody may ask; and what a preview gives away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import tomli

from tests.gradebook.folders import KEYS
from tests.service.asked import asking
from tests.service.courses import Served

PREVIEW = {"assignment": "cnn-foundations", "question": "q4", "part": "Z", "written": "40/4"}


def link(served: Served, student: str = "student-01", lasts: int = 180) -> str:
    """The secret of a new sign-in link."""
    from grader.service.store.people import add_person, new_secret

    with served.service.store.writing() as base:
        person = add_person(base, student, "", "student", served.clock())
        return new_secret(base, "link", served.clock(), person=person.id, lasts=timedelta(days=lasts))


def revoked(served: Served, **what: Any) -> None:
    """Revoke as another process does: nothing here is told of it."""
    from grader.service.store.people import revoke

    with served.service.store.writing() as base:
        assert revoke(base, served.clock(), **what) == 1


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds pass for what remembers sessions."""
    import time

    from grader.service.web import sessions

    passed = [0.0]
    real = time.monotonic

    class Clock:
        monotonic = staticmethod(lambda: real() + passed[0])

    monkeypatch.setattr(sessions, "time", Clock)

    def forward(seconds: float) -> None:
        passed[0] += seconds

    return forward


# -- signing in -------------------------------------------------------------------------------------------------------


def test_looking_at_a_link_signs_nobody_in_and_uses_nothing_up(served: Served) -> None:
    secret = link(served)
    for _ in range(3):
        client = served.stranger()
        for method in ("GET", "HEAD"):
            response = client.request(method, f"/enter?token={secret}")
            assert response.status_code == 200
            assert "set-cookie" not in response.headers
        assert client.get("/").status_code == 401
    response = client.post("/enter", data={"token": secret})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert client.get("/").status_code == 200


def test_a_cookie_is_for_this_host_alone_and_no_script_reads_it(served: Served) -> None:
    response = served.stranger().post("/enter", data={"token": link(served)})
    (cookie,) = SimpleCookie(response.headers["set-cookie"]).values()
    assert cookie.key == "grader-session-8000"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "lax", "/", "")
    assert cookie["secure"] == ""
    assert len(cookie.value) >= 32
    assert int(cookie["max-age"]) == 14 * 24 * 3600


def test_behind_https_a_cookie_is_secure(served: Served) -> None:
    from grader.service.web.app import application
    from grader.service.web.site import CourseSite

    app = application(CourseSite(served.service, "https://grader.example.org"))
    client = asking(app, "https://grader.example.org", raises=True)
    response = client.post("/enter", data={"token": link(served)})
    (cookie,) = SimpleCookie(response.headers["set-cookie"]).values()
    assert cookie.key == "__Host-grader-session"
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "127.0.0.1"}).status_code == 421


def test_a_session_that_somebody_chose_is_not_taken_over(served: Served) -> None:
    client = served.stranger()
    client.cookies.set(served.site.cookie, "chosen-by-somebody-else-chosen-by-somebody-else")
    response = client.post("/enter", data={"token": link(served)})
    given = SimpleCookie(response.headers["set-cookie"])[served.site.cookie].value
    assert given != "chosen-by-somebody-else-chosen-by-somebody-else"
    again = served.stranger().post("/enter", data={"token": link(served)})
    assert SimpleCookie(again.headers["set-cookie"])[served.site.cookie].value != given
    attacker = served.stranger()
    attacker.cookies.set(served.site.cookie, "chosen-by-somebody-else-chosen-by-somebody-else")
    assert attacker.get("/").status_code == 401


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}])
def test_another_site_signs_nobody_in(served: Served, headers: dict[str, str]) -> None:
    response = served.stranger().post("/enter", data={"token": link(served)}, headers=headers)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("token", ["", "x", "x" * 201, "' OR 1=1 --"])
def test_a_link_that_is_none(served: Served, token: str) -> None:
    client = served.stranger()
    assert client.get("/enter", params={"token": token}).status_code == 401
    assert client.post("/enter", data={"token": token}).status_code == 401


def test_a_session_or_a_token_is_no_link_and_the_other_way_round(served: Served) -> None:
    session = served.person("student-01").cookies[served.site.cookie]
    token = served.program("staff").headers["authorization"].partition(" ")[2]
    for secret in (session, token):
        assert served.stranger().post("/enter", data={"token": secret}).status_code == 401
    client = served.stranger()
    client.cookies.set(served.site.cookie, link(served))
    assert client.get("/").status_code == 401


# -- ending -----------------------------------------------------------------------------------------------------------


def test_leaving_ends_the_session_at_once_and_no_other(served: Served) -> None:
    client, elsewhere = served.person("student-01"), served.person("student-01")
    copied = served.stranger()
    copied.cookies.set(served.site.cookie, client.cookies[served.site.cookie])
    assert copied.get("/").status_code == 200
    response = client.post("/leave", data={"csrf": client.csrf})  # type: ignore[attr-defined]
    assert SimpleCookie(response.headers["set-cookie"])[served.site.cookie]["max-age"] == "0"
    assert copied.get("/").status_code == 401
    assert elsewhere.get("/").status_code == 200


def test_what_another_process_revoked_is_refused_within_five_seconds(
    served: Served, wait: Callable[[float], None]
) -> None:
    client, program = served.person("student-01"), served.program("read", "lms")
    assert client.get("/").status_code == 200
    assert program.get("/api/v1/assignments").status_code == 200
    revoked(served, secret=client.cookies[served.site.cookie])
    revoked(served, label="lms")
    wait(5.1)
    assert client.get("/").status_code == 401
    assert program.get("/api/v1/assignments").status_code == 401


def test_a_link_that_was_revoked_or_has_expired_is_refused_at_once(served: Served) -> None:
    client = served.stranger()
    secret = link(served)
    assert client.get(f"/enter?token={secret}").status_code == 200
    revoked(served, secret=secret)
    assert client.get(f"/enter?token={secret}").status_code == 401
    assert client.post("/enter", data={"token": secret}).status_code == 401
    secret = link(served, lasts=1)
    served.clock.forward(hours=23)
    assert client.get(f"/enter?token={secret}").status_code == 200
    served.clock.forward(hours=1)
    assert client.post("/enter", data={"token": secret}).status_code == 401


def test_a_session_expires(served: Served, wait: Callable[[float], None]) -> None:
    client = served.stranger()
    client.post("/enter", data={"token": link(served)})
    served.clock.forward(days=13)
    wait(6)
    assert client.get("/").status_code == 200
    served.clock.forward(days=1)
    wait(6)
    assert client.get("/").status_code == 401


def test_another_role_counts_within_five_seconds(served: Served, wait: Callable[[float], None]) -> None:
    from grader.service.store.people import add_person

    client = served.person("helper", "assistant")
    assert client.get("/staff").status_code == 200
    with served.service.store.writing() as base:
        add_person(base, "helper", "", "student", served.clock())
    wait(5.1)
    assert client.get("/staff").status_code == 403


# -- how often --------------------------------------------------------------------------------------------------------


def stopped(served: Served) -> list[float]:
    """The second that all limits are told; it moves when the test moves it."""
    now = [1_000.0]
    for limiter in (*served.site._limiters.values(), served.site._strangers, served.site._guesses):
        limiter.clock = lambda: now[0]
    return now


def test_ten_thousand_previews_from_one_program(served: Served) -> None:
    now = stopped(served)
    client, other = served.program("submit", "one"), served.program("submit", "two")
    statuses = [client.post("/api/v1/preview", json=PREVIEW).status_code for _ in range(1_200)]
    assert statuses == [200] * 1_000 + [429] * 200
    refused = client.post("/api/v1/preview", json=PREVIEW)
    assert refused.json() == {"message": "too many requests: wait a little"}
    assert int(refused.headers["retry-after"]) == 1
    assert other.post("/api/v1/preview", json=PREVIEW).status_code == 200
    assert client.get("/api/v1/assignments").status_code == 200
    now[0] += 1
    statuses = [client.post("/api/v1/preview", json=PREVIEW).status_code for _ in range(120)]
    assert statuses == [200] * 100 + [429] * 20


def test_ten_thousand_previews_from_one_student(served: Served) -> None:
    stopped(served)
    client, other = served.person("student-01"), served.person("student-02")
    body = {"part": "q4.Z", "written": "40/4"}

    def asked(who: Any) -> int:
        return int(who.post("/preview/cnn-foundations", json=body, headers={"x-csrf-token": who.csrf}).status_code)

    assert [asked(client) for _ in range(80)] == [200] * 60 + [429] * 20
    assert asked(other) == 200
    again = served.person("student-01")
    assert asked(again) == 429, "another session is no other person"


def test_guessing_tokens_and_sessions_is_slow_whatever_cookie_comes_along(served: Served) -> None:
    stopped(served)
    client = served.stranger()
    for number in range(150):
        assert client.get("/api/v1/assignments", headers={"authorization": f"Bearer {number}"}).status_code == 401
    for number in range(50):
        assert client.get("/staff", headers={"cookie": f"{served.site.cookie}={number}"}).status_code == 401
    refused = client.get("/api/v1/assignments", headers={"authorization": "Bearer x"})
    assert refused.status_code == 429
    assert "message" in refused.json()
    assert served.person("student-01").get("/").status_code == 200, "who has signed in is not kept out by a neighbour"


@pytest.mark.parametrize("header", [{}, {"cookie": "a=b"}, {"authorization": "x"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/ready"),
        ("GET", "/enter"),
        ("GET", "/nosuch"),
        ("GET", "/nosuch.js"),
        ("DELETE", "/"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/evaluate/health"),
        ("POST", "/lti/login"),
    ],
)
def test_an_address_without_sign_in_is_limited_whatever_it_sends(
    served: Served, method: str, path: str, header: dict[str, str]
) -> None:
    from grader.service.web.limits import Limiter, Rate

    served.site._strangers = Limiter(Rate(2, 5))
    stopped(served)
    client = served.stranger()
    statuses = [client.request(method, path, headers=header).status_code for _ in range(8)]
    assert 429 not in statuses[:5]
    refused = client.request(method, path, headers=header)
    assert statuses[5:] == [429] * 3
    assert int(refused.headers["retry-after"]) == 1
    assert served.person("student-01").get("/").status_code == 200


def test_guessing_links_is_slow(served: Served) -> None:
    stopped(served)
    client = served.stranger()
    for _ in range(200):
        assert client.get("/enter?token=x").status_code == 401
    assert client.get("/enter?token=x").status_code == 429
    assert client.post("/enter", data={"token": "x"}).status_code == 429


def test_a_class_behind_one_address_signs_in_within_a_minute(served: Served) -> None:
    from grader.service.store.people import add_person, new_secret

    now = stopped(served)
    for number in range(600):
        with served.service.store.writing() as base:
            added = add_person(base, f"student-{number:03}", "", "student", served.clock())
            token = new_secret(base, "link", served.clock(), person=added.id, lasts=timedelta(days=30))
        client = served.stranger()
        assert client.get("/enter", params={"token": token}).status_code == 200
        assert client.get("/style.css").status_code == 200
        assert client.post("/enter", data={"token": token}).status_code == 303
        now[0] += 0.01


# -- what a preview gives away ----------------------------------------------------------------------------------------


def test_a_preview_of_the_right_answer_is_that_of_a_wrong_one(served: Served) -> None:
    """Answers of the same form, one of them the key's: nothing differs but the value itself."""
    key = tomli.loads((KEYS / "cnn-foundations" / "key.toml").read_text("utf-8"))["answers"]
    client = served.program("submit")
    compared = 0
    for question, parts in key.items():
        for part, value in parts.items():
            right = value if isinstance(value, str) else str(value)
            wrong = right.translate(str.maketrans("123456789", "234567891"))
            if wrong == right:
                continue
            answers = []
            for written in (right, wrong):
                body = {"assignment": "cnn-foundations", "question": question, "part": part, "written": written}
                answers.append(client.post("/api/v1/preview", json=body))
            one, two = (answer.json() for answer in answers)
            assert answers[0].status_code == answers[1].status_code == 200
            assert one["message"] == two["message"]
            assert len(one["readings"]) == len(two["readings"])
            same = str.maketrans("123456789", "111111111")
            shown = [[reading["shown"].translate(same) for reading in each["readings"]] for each in (one, two)]
            assert shown[0] == shown[1], f"{question}.{part}"
            compared += 1
    assert compared >= 8
