"""What programs send that is no request of the API: one sentence as JSON each, and nothing is changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gradebook.folders import ROOT
from tests.service.courses import Served

PAPER = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"
PREVIEW = {"assignment": "cnn-foundations", "question": "q4", "part": "Z", "written": "40/4"}
MARK: dict[str, Any] = {"submission": 1, "question": "q1", "part": "why", "points": 1, "comment": "", "version": 0}
JSON = {"content-type": "application/json"}
TOML = {"content-type": "application/toml"}


def said(response: Any) -> str:
    """The one sentence of a refusal, which is all that it holds."""
    assert response.headers["content-type"] == "application/json", response.text
    assert set(response.json()) == {"message"}
    message = response.json()["message"]
    assert isinstance(message, str)
    assert message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected JSON, in line 1, column 1"),
        (b'{"a": 1,\n}', "expected JSON, in line 2, column 1"),
        (b"\xff{}", "expected JSON in UTF-8, received byte 0xff at offset 0"),
        (b"\xef\xbb\xbf{}", "expected JSON, in line 1, column 1"),
        (b"[1]", "expected the body as a JSON object, received a list"),
        (b"null", "expected the body as a JSON object, received null"),
        (b"NaN", "expected a JSON number, received NaN"),
        (b'{"a": -Infinity}', "expected a JSON number, received -Infinity"),
        (b"1e" + b"9" * 30, "expected a JSON number, received 1e" + "9" * 30),
        (b"9" * 5_000, "at most 4,300 digits are read in a number, received more"),
        (b"[" * 100_000, "at most 100 levels of lists and tables are read, received more"),
        (b"[" * 101 + b"]" * 101, "at most 100 levels of lists and tables are read, received more"),
        (b'{"part": 1, "part": 2}', "the field 'part' occurs twice"),
        (b'{"written": "\\ud800"}', "expected text, received half a character"),
        (b'{"\\udfff": 1}', "expected text, received half a character"),
        (b"{}", "expected the field assignment"),
        (json.dumps({**PREVIEW, "part": 1}).encode(), "expected part as text, received 1"),
        (json.dumps({**PREVIEW, "part": None}).encode(), "expected part as text, received null"),
        (json.dumps({**PREVIEW, "part": True}).encode(), "expected part as text, received true"),
        (json.dumps({**PREVIEW, "part": 1.5}).encode(), "expected part as text, received 1.5"),
        (json.dumps({**PREVIEW, "key": "x"}).encode(), "unknown field 'key'"),
        (
            json.dumps({**PREVIEW, "written": "a\0b"}).encode(),
            "expected written as text without control characters, received 'a\\x00b'",
        ),
    ],
)
def test_what_is_no_request_is_refused_with_one_sentence(served: Served, body: bytes, message: str) -> None:
    response = served.program("submit").post("/api/v1/preview", content=body, headers=JSON)
    assert (response.status_code, said(response)) == (422, message)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("submission", 2**31, f"expected submission as a number from 0 to {2**31 - 1}, received {2**31}"),
        ("submission", -1, f"expected submission as a number from 0 to {2**31 - 1}, received -1"),
        ("submission", 1.5, "expected submission as a whole number, received 1.5"),
        ("submission", True, "expected submission as a whole number, received true"),
        ("version", 10**20, f"expected version as a number from 0 to {2**31 - 1}, received {10**20}"),
        ("points", "1", "expected points as a number, received '1'"),
        ("points", -0.01, "expected points as a number from 0 to 1000000, received -0.01"),
        ("points", 2.01, "expected points of q1.why from 0 to 2 with at most 2 decimals, received '2.01'"),
        ("points", 0.123, "expected points of q1.why from 0 to 2 with at most 2 decimals, received '0.123'"),
        ("comment", "x" * 10_001, "expected comment of at most 10,000 characters, received 10,001"),
        ("comment", "\0", "expected comment as text without control characters, received '\\x00'"),
    ],
)
def test_a_mark_that_is_none(served: Served, field: str, value: Any, message: str) -> None:
    staff = served.program("staff")
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q1": {"why": "It adds up."}}}
    id = staff.post("/api/v1/submissions", json=body).json()["id"]
    response = staff.post("/api/v1/marks", json={**MARK, "submission": id, field: value})
    assert (response.status_code, said(response)) == (422, message)
    assert staff.get(f"/api/v1/submissions/{id}").json()["marks"] == []


@pytest.mark.parametrize("points", [0.1 + 0.2, 0.57 * 1, 57 * 0.01, 1e-12, -0.0])
def test_sums_of_binary_fractions_are_points(served: Served, points: float) -> None:
    staff = served.program("staff")
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q1": {"why": "It adds up."}}}
    id = staff.post("/api/v1/submissions", json=body).json()["id"]
    response = staff.post("/api/v1/marks", json={**MARK, "submission": id, "points": points})
    assert response.status_code == 200
    assert response.json()["points"] == round(points, 2)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_another_content_type_is_refused(served: Served, kind: str) -> None:
    client = served.program("staff")
    for address, body in [("preview", PREVIEW), ("marks", MARK), ("submissions", {})]:
        response = client.post(f"/api/v1/{address}", content=json.dumps(body), headers={"content-type": kind})
        assert response.status_code == 415
        assert said(response) == "expected another content type: application/toml or application/json"


def test_parameters_of_the_content_type_are_no_other_type(served: Served) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    client = served.program("submit")
    assert client.post("/api/v1/preview", content=json.dumps(PREVIEW), headers=headers).status_code == 200


def test_an_unknown_address_a_wrong_method_and_no_token(served: Served) -> None:
    client, stranger = served.program("staff"), served.stranger()
    for path in ("/api", "/api/", "/api/v1", "/api/v2/assignments", "/api/v1/assignments/", "/api/v1/Marks"):
        response = client.get(path)
        assert (response.status_code, said(response)) == (404, "there is no page at this address")
    for method, path, allowed in [
        ("PUT", "/api/v1/marks", "POST"),
        ("DELETE", "/api/v1/submissions/1", "GET, HEAD"),
        ("OPTIONS", "/api/v1/assignments", "GET, HEAD"),
        ("POST", "/api/v1/assignments", "GET, HEAD"),
        ("TRACE", "/api/v1/remark", "POST"),
    ]:
        response = client.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, allowed)
        assert said(response) == "expected another method at this address"
    for header in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer"}):
        response = stranger.get("/api/v1/assignments", headers=header)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        assert said(response) == "expected a token of this service, as in Authorization: Bearer TOKEN"


def test_a_form_s_address_says_every_method_that_it_takes(served: Served) -> None:
    response = served.stranger().put("/enter")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_body_that_is_too_long_is_refused(served: Served) -> None:
    response = served.program("submit").post("/api/v1/submissions", content=b"#" * 6_000_001, headers=TOML)
    assert response.status_code == 413
    assert said(response) == "expected a body of at most 6,000,000 bytes, within 10 seconds"


def test_a_hand_in_that_breaks_off_is_none(served: Served) -> None:
    whole = PAPER.read_bytes()
    half = whole[: whole.index(b"[answers.q4]")]
    program = served.program("submit")
    told = {"authorization": program.headers["authorization"], "host": "127.0.0.1:8000", **TOML}
    for more in ({"content-length": str(len(whole))}, {"transfer-encoding": "chunked"}):
        messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": half, "more_body": True}]
        sent: list[Any] = []

        async def receive(left: list[Any] = messages) -> Any:
            return left.pop()

        async def send(message: Any, kept: list[Any] = sent) -> None:
            kept.append(message)

        headers = [(name.encode(), value.encode()) for name, value in {**told, **more}.items()]
        address = {"path": "/api/v1/submissions", "query_string": b"", "headers": headers, "state": {}}
        asyncio.run(served.app({"type": "http", "method": "POST", **address}, receive, send))
        assert sent == []
    assert served.program("staff").get("/api/v1/results?assignment=cnn-foundations").json() == []


@pytest.mark.parametrize("query", ["", "assignment=a&assignment=b"])
def test_an_assignment_is_named_once(served: Served, query: str) -> None:
    response = served.program("staff").get(f"/api/v1/results?{query}")
    assert (response.status_code, said(response)) == (422, "expected assignment=… once after the question mark")
    response = served.program("staff").post("/api/v1/remark?assignment=cnn-foundations&apply=yes")
    assert (response.status_code, said(response)) == (422, "expected apply=true or apply=false, received yes")
    response = served.program("staff").get("/api/v1/results?assignment=nothing")
    assert (response.status_code, said(response)) == (404, "there is nothing here by this name, or it is not yours")


@pytest.mark.parametrize("id", ["0", "-1", "1.0", "９", "1e3", "99999999999999999999", str(2**31), "%2e%2e"])
def test_an_id_that_is_none(served: Served, id: str) -> None:
    response = served.program("staff").get(f"/api/v1/submissions/{id}")
    assert (response.status_code, said(response)) == (404, "there is nothing here by this name, or it is not yours")


@pytest.mark.parametrize("address", ["/api/v1/submissions/1%00", "/api/v1/results?assignment=%00", "/api/%00?a=1"])
def test_an_address_with_what_no_database_can_hold(served: Served, address: str) -> None:
    response = served.program("staff").get(address)
    assert (response.status_code, said(response)) == (400, "expected an address without control characters")


def test_a_student_whose_name_no_table_can_hold(served: Served) -> None:
    client = served.program("submit")
    bad = "expected {}, received 'a\\x00b'"
    document = b'assignment = "cnn-foundations"\nstudent = "a\\u0000b"\n'
    response = client.post("/api/v1/submissions", content=document, headers=TOML)
    assert response.status_code == 422
    assert said(response) == "submission.toml: " + bad.format("a student without control characters")
    body = {"assignment": "cnn-foundations", "student": "a\0b", "answers": {}}
    response = client.post("/api/v1/submissions", json=body)
    assert (response.status_code, said(response)) == (422, bad.format("student as text without control characters"))


def test_answers_as_json_keep_their_digits(served: Served) -> None:
    client = served.program("submit")
    body = (
        '{"assignment": "cnn-foundations", "student": "s", "answers": {"q4": {"Z": 10.00, "O": [[1, 2.50], [3, 4]]}}}'
    )
    made = client.post("/api/v1/submissions", content=body, headers=JSON)
    assert made.status_code == 201
    text = client.get(f"/api/v1/submissions/{made.json()['id']}/file").text
    assert "Z = 10.00\n" in text
    assert "2.50" in text


def test_a_program_s_name_that_is_a_student_s_is_not_that_student(served: Served) -> None:
    other = served.program("submit", "student-01")
    mine = served.program("submit", "lms")
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q4": {"Z": 10}}}
    id = mine.post("/api/v1/submissions", json=body).json()["id"]
    assert mine.get(f"/api/v1/submissions/{id}").json()["student"] == "student-01"
    assert other.get(f"/api/v1/submissions/{id}").status_code == 404


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
ANSWERS = TREES | st.fixed_dictionaries({"q1": st.fixed_dictionaries({"g": TREES, "why": TREES})})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=ANSWERS)
def test_any_json_is_handed_in_or_refused_with_a_sentence(served: Served, answers: Any) -> None:
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": answers}
    response = served.program("submit").post("/api/v1/submissions", content=json.dumps(body), headers=JSON)
    assert response.status_code in (201, 422), response.text
    if response.status_code == 422:
        said(response)
