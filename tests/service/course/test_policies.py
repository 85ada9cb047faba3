"""The policy of a course that is served: who may hand in when, and how a policy changes that has been applied."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.gradebook.folders import ROOT, call
from tests.service.courses import Served, course_in, serving

PAPER_FILE = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"
PAPER = PAPER_FILE.read_bytes()
TOML = {"content-type": "application/toml"}
REMARK = "/api/v1/remark?assignment=cnn-foundations"
# The clock of the tests stands at 2026-03-02 09:00 UTC.
CLOSED = "due = 2026-03-02T11:59:59+03:30"
CLOSES = "due = 2026-03-02T12:30:00+03:30"


def write_policy(folder: Path, policy: str) -> None:
    path = folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    head, found, rest = path.read_text("utf-8").partition("[[questions]]")
    kept = head.partition("[assignment.policy]")[0]
    path.write_text(f"{kept}[assignment.policy]\n{policy}\n\n{found}{rest}", encoding="utf-8")


def hand_in(served: Served, name: str = "") -> tuple[int, str]:
    client = served.program("submit", name)
    response = client.post("/api/v1/submissions", content=PAPER, headers=TOML)
    found = response.json()
    return response.status_code, found.get("message", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return course_in(tmp_path)


def test_a_hand_in_after_the_last_moment_is_refused_with_its_sentence(folder: Path) -> None:
    write_policy(folder, CLOSES)
    with serving(folder) as served:
        assert hand_in(served, "in time") == (201, "")
        served.clock.forward(seconds=1)
        assert hand_in(served, "late") == (403, "this assignment closed at 2026-03-02 12:30 (UTC+03:30)")


def test_a_request_that_fails_costs_no_attempt(folder: Path) -> None:
    write_policy(folder, "attempts = 1")
    with serving(folder) as served:
        client = served.program("submit")
        assert client.post("/api/v1/submissions", content=b"x = ", headers=TOML).status_code == 422
        assert hand_in(served, "first") == (201, "")
        assert hand_in(served, "second") == (403, "no attempt is left: 1 of 1 are used")


def test_a_deadline_moves_when_the_files_are_applied_and_no_mark_moves(folder: Path) -> None:
    write_policy(folder, CLOSES)
    with serving(folder) as served:
        assert hand_in(served, "first") == (201, "")
        served.clock.forward(hours=1)
        write_policy(folder, "due = 2026-03-09T12:30:00+03:30")
        assert hand_in(served, "second")[0] == 403, "what is applied counts"
        staff = served.program("staff")
        assert staff.post(f"{REMARK}&apply=true").json()["moved"] == []
        assert hand_in(served, "third") == (201, "")


def test_a_deadline_that_moved_is_applied_at_the_next_start(folder: Path) -> None:
    write_policy(folder, CLOSES)
    with serving(folder) as served:
        assert hand_in(served, "first") == (201, "")
    write_policy(folder, CLOSED)
    with serving(folder) as served:
        assert hand_in(served, "second") == (403, "this assignment closed at 2026-03-02 11:59:59 (UTC+03:30)")


def test_a_key_that_changed_with_the_deadline_waits_for_staff(folder: Path) -> None:
    write_policy(folder, CLOSES)
    with serving(folder) as served:
        assert hand_in(served, "first") == (201, "")
    write_policy(folder, CLOSED)
    path = folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("points = 20\n", "points = 21\n", 1).replace("points = 2\n", "points = 3\n", 1), "utf-8"
    )
    with serving(folder) as served:
        assert hand_in(served, "second") == (201, "")


def test_right_answers_are_in_reports_as_the_policy_says_once_it_is_applied(folder: Path) -> None:
    write_policy(folder, "reveal = 'never'")
    with serving(folder) as served:
        staff = served.program("staff")
        made = staff.post("/api/v1/submissions", content=PAPER, headers=TOML).json()
        write_policy(folder, "reveal = 'always'")
        assert staff.post(f"{REMARK}&apply=true").json()["moved"] == []
        after = staff.get(f"/api/v1/submissions/{made['id']}/report").json()
    never, always = (
        json.loads(call("check", PAPER_FILE, "--format", "json", "--reveal", reveal).stdout)
        for reveal in ("never", "always")
    )
    assert never != always
    assert (made["report"], after) == (never, always)


def test_an_extension_opens_again_for_one_student(folder: Path) -> None:
    from grader.service.store.tables import extensions

    write_policy(folder, CLOSED)
    with serving(folder) as served:
        assert hand_in(served, "before")[0] == 403
        with served.service.store.writing() as base:
            until = served.clock() + timedelta(hours=1)
            own = {"assignment": "cnn-foundations", "student": "paper-000", "due": until, "attempts": 0, "why": "ill"}
            base.execute(extensions.insert().values(**own))
        assert hand_in(served, "after") == (201, "")
