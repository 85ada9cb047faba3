"""The µEd API: one part or a whole paper is evaluated for a learning platform, and nothing is stored."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.folders import ROOT, call
from tests.service.api.documented import unlimited, violations
from tests.service.courses import Served, course_in, serving

PAPER = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"
Z = "cnn-foundations/q4.Z"


def evaluated(client: Any, task: str | None, content: Any, status: int = 200, **more: Any) -> Any:
    submission = {"taskId": task, "type": "TEXT", "format": "plain", "content": content}
    response = client.post("/evaluate", json={"submission": submission, **more})
    assert response.status_code == status, response.text
    assert response.headers["x-api-version"] == "0.1.0"
    return response.json()


def test_one_part_has_the_points_of_a_paper(served: Served) -> None:
    client = served.program("submit")
    assert evaluated(client, Z, {"text": "40/4"}) == [
        {
            "feedbackId": "q4.Z",
            "title": "correct",
            "message": "correct",
            "target": {
                "artefactType": "TEXT",
                "format": "text:plain",
                "locator": {"question": "q4", "part": "Z"},
            },
            "awardedPoints": 1.0,
            "criterion": {
                "criterionId": "q4.Z",
                "name": "q4.Z",
                "gradeConfig": {"min": 0, "max": 1.0, "value": 1.0},
            },
        }
    ]
    (wrong,) = evaluated(client, Z, {"expression": "9"})
    assert (wrong["title"], wrong["awardedPoints"]) == ("wrong", 0)
    (text,) = evaluated(client, "cnn-foundations/q1/why", {"markdown": "It adds up."})
    assert text["title"] == "waits for a person"
    assert "awardedPoints" not in text
    (blank,) = evaluated(client, Z, {})
    assert (blank["title"], blank["awardedPoints"]) == ("missing", 0)


@pytest.mark.parametrize(
    "content", [{"text": "40/4"}, {"value": 10}, {"value": [10]}, {"answer": "10"}, {"code": "10"}]
)
def test_an_answer_stands_where_its_type_has_it(served: Served, content: Any) -> None:
    (item,) = evaluated(served.program("submit"), Z, content)
    assert item["awardedPoints"] == 1


def test_the_newer_shape_of_submissions_and_the_configuration_name_a_part_as_well(served: Served) -> None:
    client = served.program("submit")
    submission = {"format": "math:latex", "content": {"value": r"\frac{40}{4}"}}
    body = {"submission": submission, "task": {"taskId": Z, "title": "Z"}}
    assert client.post("/evaluate", json=body).json()[0]["awardedPoints"] == 1
    named = {"assignment": "cnn-foundations", "question": "q4", "part": "Z"}
    body = {"submission": submission, "configuration": named}
    assert client.post("/evaluate", json=body).json()[0]["awardedPoints"] == 1


def test_a_whole_paper_has_the_marks_of_check(served: Served) -> None:
    client = served.program("submit")
    report = json.loads(call("check", PAPER, "--format", "json").stdout)
    marks = {
        f"{question['id']}.{part['id']}": (part["score"], part["message"] or part["verdict"])
        for question in report["questions"]
        for part in question["parts"]
    }
    as_file = evaluated(client, "cnn-foundations", {"text": PAPER.read_text("utf-8")})
    assert {one["feedbackId"]: (one.get("awardedPoints", 0), one["message"]) for one in as_file} == marks
    import tomli

    answers = tomli.loads(PAPER.read_text("utf-8"))["answers"]
    user = {"type": "LEARNER", "userId": report["student"]}
    assert evaluated(client, "cnn-foundations", {"answers": answers}, user=user) == as_file


def test_before_it_counts_it_says_how_an_answer_is_read_and_knows_no_key(served: Served) -> None:
    client = served.program("submit")
    pre = {"preSubmissionFeedback": {"enabled": True}}
    (item,) = evaluated(client, Z, {"text": "40/4"}, **pre)
    assert (item["title"], item["message"], item["response"]) == ("read as", "10", {"reading-1": "10"})
    (wrong,) = evaluated(client, Z, {"text": "36/4"}, **pre)
    assert {**item, "message": "9", "response": {"reading-1": "9"}} == wrong
    (unread,) = evaluated(client, Z, {"text": "ten or so"}, **pre)
    assert unread["title"] == "not read"
    assert "ten or so" in unread["message"]
    (blank,) = evaluated(client, Z, {"text": " "}, **pre)
    assert blank["message"] == "nothing was written"
    (matrix,) = evaluated(client, "cnn-foundations/q4.O", {"value": [[1, 2], [3, 4]]}, **pre)
    assert matrix["response"] == {"reading-1": "1  2\n3  4"}


@pytest.mark.parametrize(
    "policy", ['feedback = "after_due"\ndue = 2026-04-01T00:00:00Z', 'feedback = "when_released"', "attempts = 3"]
)
def test_what_a_policy_keeps_is_not_told_here(tmp_path: Path, policy: str) -> None:
    path = course_in(tmp_path) / "answer_keys" / "cnn-foundations" / "assignment.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[assignment.policy]\n{policy}\n", "utf-8")
    with serving(tmp_path) as served:
        right, wrong = (evaluated(served.program("submit"), Z, {"text": text}) for text in ("40/4", "36/4"))
        assert right[0]["title"] == wrong[0]["title"] == "read as"
        assert "awardedPoints" not in right[0]
        assert evaluated(served.program("staff"), Z, {"text": "40/4"})[0]["awardedPoints"] == 1


@pytest.mark.parametrize(
    "task", [None, "", "nothing", "cnn-foundations/q4", "cnn-foundations/q9.Z", "cnn-foundations/q4.z"]
)
def test_a_task_that_the_course_has_not(served: Served, task: str | None) -> None:
    said = evaluated(served.program("submit"), task, {"text": "1"}, 403)
    message = "there is nothing here by this name, or it is not yours"
    assert said == {"title": "Forbidden", "message": message, "code": "FORBIDDEN"}


FINE: dict[str, Any] = {"type": "TEXT", "content": {}}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "expected the field submission"),
        ({"submission": {"content": {}}}, "expected the field submission.type"),
        (
            {"submission": {**FINE, "type": "SONG"}},
            "expected submission.type as one of TEXT, CODE, MODEL, MATH, OTHER, received 'SONG'",
        ),
        ({"submission": FINE, "task": {}}, "expected the field task.title"),
        (
            {"submission": FINE, "callbackUrl": "x"},
            "expected callbackUrl as an address such as https://…, received 'x'",
        ),
        (
            {"submission": {**FINE, "submittedAt": "now"}},
            "expected submission.submittedAt as a date and time with its zone, such as 2026-03-01T23:59:00Z, "
            "received 'now'",
        ),
        (
            {"submission": FINE, "criteria": [{"name": "a", "gradeConfig": {"value": "A"}}]},
            "criteria[0].gradeConfig can be read in two ways",
        ),
    ],
)
def test_a_request_that_does_not_fit(served: Served, body: Any, message: str) -> None:
    response = served.program("submit").post("/evaluate", json=body)
    assert response.status_code == 400
    assert response.json() == {"title": "Bad Request", "message": message, "code": "BAD_REQUEST"}


def test_a_paper_that_check_refuses(served: Served) -> None:
    client = served.program("submit")
    said = evaluated(client, "cnn-foundations", {"answers": {"q9": {"x": 1}}}, 400)
    assert "unknown question 'q9'" in said["message"]
    said = evaluated(client, "cnn-foundations", {"text": "assignment = "}, 400)
    assert said["message"].startswith("submission.toml: line 1")


def test_another_version_is_not_spoken(served: Served) -> None:
    client = served.program("submit")
    for method, path in (("GET", "/evaluate/health"), ("GET", "/evaluate/info"), ("POST", "/evaluate")):
        response = client.request(method, path, headers={"x-api-version": "9.9"})
        assert response.status_code == 406
        assert response.json()["message"] == "expected version 0.1.0 of the µEd API, received 9.9"
        assert response.headers["x-api-version"] == "0.1.0"
    health, info = (client.get(f"/evaluate/{name}", headers={"x-api-version": "0.1.0"}) for name in ("health", "info"))
    assert health.json() == {"status": "OK", **info.json()}
    assert info.json()["capabilities"]["supportsPreSubmissionFeedback"] is True
    assert info.json()["capabilities"]["supportedAPIVersions"] == ["0.1.0"]


def test_who_may_not_evaluate(served: Served) -> None:
    body = {"submission": {"type": "TEXT", "content": {}, "taskId": Z}}
    for client, status in [(served.stranger(), 401), (served.program("read"), 403), (served.person("student-01"), 401)]:
        response = client.post("/evaluate", json=body)
        assert response.status_code == status
        assert set(response.json()) == {"title", "message", "code"}


def test_a_callback_is_never_called(served: Served) -> None:
    called = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)

        def wait() -> None:
            try:
                listener.accept()[0].close()
                called.set()
            except TimeoutError:
                pass

        waiting = threading.Thread(target=wait)
        waiting.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert evaluated(served.program("submit"), Z, {"text": "10"}, callbackUrl=address)[0]["awardedPoints"] == 1
        waiting.join()
    assert not called.is_set()


def test_nothing_is_stored(served: Served) -> None:
    from sqlalchemy import text

    client = served.program("submit")
    evaluated(client, Z, {"text": "10"}, user={"type": "LEARNER", "userId": "student-07"})
    evaluated(client, "cnn-foundations", {"text": PAPER.read_text("utf-8")})
    with served.service.store.reading() as base:
        assert base.execute(text("SELECT COUNT(*) FROM submissions")).scalar() == 0


def test_schemathesis_finds_nothing_that_differs(served: Served) -> None:
    unlimited(served)
    document = served.stranger().get("/evaluate/openapi.json").json()
    found, answered = violations(served, document, served.program("submit").headers["authorization"], 15)
    assert found == []
    assert {200, 400, 403, 405, 406} <= {status for _, _, status in answered}
    assert answered["POST", "/evaluate", 200] > 20
