"""The smallest part of the API: what SERVICE.md promises of each call."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.gradebook.folders import ROOT, call
from tests.service.courses import Served

PAPER = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"
TOML = {"content-type": "application/toml"}


def handed_in(served: Served, **answers: str) -> int:
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q1": answers}}
    response = served.program("submit").post("/api/v1/submissions", json=body)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


def test_health_needs_no_sign_in(served: Served) -> None:
    assert served.stranger().get("/health").json() == {"status": "ok"}
    assert served.stranger().get("/ready").json() == {"status": "ok"}


def test_a_hand_in_has_the_report_of_check(served: Served) -> None:
    response = served.program("staff").post("/api/v1/submissions", content=PAPER.read_bytes(), headers=TOML)
    assert response.status_code == 201
    made = response.json()
    assert re.fullmatch("[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", made["receipt"]["number"])
    assert made["receipt"]["received_at"] == "2026-03-02T09:00:00.000Z"
    assert made["receipt"]["digest"] == hashlib.sha256(PAPER.read_bytes()).hexdigest()
    checked = call("check", PAPER, "--format", "json")
    assert made["report"] == json.loads(checked.stdout)
    client = served.program("read", "reader")
    assert client.get(f"/api/v1/submissions/{made['id']}/file").content == PAPER.read_bytes()
    assert client.get(f"/api/v1/submissions/{made['id']}/report").json() == made["report"]


def test_a_preview_reads_and_does_not_judge(served: Served) -> None:
    body = {"assignment": "cnn-foundations", "question": "q4", "part": "Z", "written": "40/4"}
    assert served.program("submit").post("/api/v1/preview", json=body).json() == {
        "readings": [{"shown": "10", "value": 10}],
        "message": None,
    }
    found = served.program("submit", "other").post("/api/v1/preview", json={**body, "written": "ten or so"}).json()
    assert found["readings"] == []
    assert "ten or so" in found["message"]


def test_a_document_that_check_refuses_is_refused_with_its_sentence(served: Served) -> None:
    client = served.program("submit")
    response = client.post(
        "/api/v1/submissions",
        content=b"assignment = 'cnn-foundations'\nstudent = 's'\n[answers.q9]\nx = 1\n",
        headers=TOML,
    )
    assert response.status_code == 422
    assert response.json()["message"].startswith("submission.toml: line 3: unknown question 'q9'")
    assert client.get("/api/v1/assignments").json()[0]["id"] == "cnn-foundations"


def test_a_report_is_byte_for_byte_what_check_prints(served: Served, tmp_path: Path) -> None:
    id = handed_in(served, why="It adds up – چون", g="1 2; 3 4")
    client = served.program("read")
    file = tmp_path / "submission.toml"
    file.write_bytes(client.get(f"/api/v1/submissions/{id}/file").content)
    printed = call("check", file, "--keys", served.folder / "answer_keys", "--format", "json").stdout
    report = client.get(f"/api/v1/submissions/{id}/report")
    assert report.headers["content-type"] == "application/json"
    assert report.text.rstrip("\n") == printed.rstrip("\n")


def test_a_mark_is_given_over_the_version_that_was_seen(served: Served) -> None:
    id = handed_in(served, why="It adds up.")
    staff = served.program("staff")
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1.5, "comment": "Good.", "version": 0}
    assert staff.post("/api/v1/marks", json=mark).status_code == 200
    response = served.program("staff", "another").post("/api/v1/marks", json={**mark, "points": 0})
    assert response.status_code == 409
    assert response.json()["mark"]["points"] == 1.5
    assert response.json()["mark"]["who"] == "staff-program"
    assert staff.post("/api/v1/marks", json={**mark, "points": 2, "version": 1}).json()["version"] == 2
    part = next(
        part
        for part in staff.get(f"/api/v1/submissions/{id}/report").json()["questions"][0]["parts"]
        if part["id"] == "why"
    )
    assert part["review"]["points"] == 2.0


def test_the_same_mark_again_is_the_same_mark(served: Served) -> None:
    id = handed_in(served, why="It adds up.")
    staff = served.program("staff")
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1.5, "comment": "Good.", "version": 0}
    first = staff.post("/api/v1/marks", json=mark)
    served.clock.forward(seconds=5)
    again = staff.post("/api/v1/marks", json=mark)
    assert (again.status_code, again.json()) == (200, first.json())
    for other in ({"points": 1}, {"comment": "Well."}, {"version": 2}):
        assert staff.post("/api/v1/marks", json=mark | other).status_code == 409
    assert served.program("staff", "another").post("/api/v1/marks", json=mark).status_code == 409
    assert staff.post("/api/v1/marks", json=mark | {"version": 1}).json()["version"] == 2
    assert staff.post("/api/v1/marks", json=mark).status_code == 409, "of an older version"


def test_a_page_without_sign_in_says_what_is_missing(served: Served) -> None:
    for path, scheme in (("/", "Cookie"), ("/staff", "Cookie"), ("/api/v1/assignments", "Bearer")):
        response = served.stranger().get(path)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, scheme)


def test_a_mark_of_too_many_points_is_refused(served: Served) -> None:
    id = handed_in(served, why="It adds up.")
    mark = {"submission": id, "question": "q1", "part": "why", "points": 3, "version": 0}
    response = served.program("staff").post("/api/v1/marks", json=mark)
    assert response.status_code == 422
    assert "3" in response.json()["message"]


def test_a_fixed_key_shows_what_moves_before_it_moves(served: Served) -> None:
    id = handed_in(served, g="0 20 -70 20 0; 0 30 -60 30 0; 0 30 -60 30 0; 0 30 -60 30 0; 0 20 -70 20 0")
    staff = served.program("staff")
    before = staff.get(f"/api/v1/submissions/{id}").json()["score"]
    assert before == 2
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("points = 20\n", "points = 21\n", 1).replace("points = 2\n", "points = 3\n", 1), "utf-8"
    )
    address = "/api/v1/remark?assignment=cnn-foundations"
    shown = staff.post(f"{address}&apply=false").json()
    assert shown["applied"] is False
    moved = {one["part"]: (one["before"], one["after"]) for one in shown["moved"]}
    assert moved == {"q1.g": ("2/2 (correct)", "3/3 (correct)")}
    assert staff.get(f"/api/v1/submissions/{id}").json()["score"] == before
    assert staff.post(f"{address}&apply=true").json()["moved"] == shown["moved"]
    assert staff.get(f"/api/v1/submissions/{id}").json()["score"] == 3
    assert staff.post(f"{address}&apply=false").json()["moved"] == []


@pytest.mark.parametrize("scope", ["submit", "read"])
def test_scopes_end_where_they_should(served: Served, scope: str) -> None:
    id = handed_in(served, why="It adds up.")
    client = served.program(scope, "somebody")
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1, "version": 0}
    assert client.post("/api/v1/marks", json=mark).status_code == 403
    assert client.post("/api/v1/remark?assignment=cnn-foundations").status_code == 403
    assert client.get(f"/api/v1/submissions/{id}").status_code == (200 if scope == "read" else 404)
    assert client.get("/api/v1/results?assignment=cnn-foundations").status_code == (200 if scope == "read" else 403)
