"""A student's road: the list, the sheet, drafts, the page that confirms, the receipt, the feedback."""

from __future__ import annotations

import html
import json
import re
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.folders import call
from tests.service.courses import START, Served, course_in, serving

POLICY = """
[assignment.policy]
due = 2026-03-04T23:59:00+03:30
late = {{per_day = 0.25, at_most = 2}}
{more}
"""


def with_policy(folder: Path, more: str = "") -> Path:
    path = course_in(folder) / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    place = text.index("[[questions]]")
    path.write_text(text[:place] + POLICY.format(more=more) + text[place:], "utf-8")
    return folder


def post(client: Any, address: str, **fields: str) -> Any:
    return client.post(address, data={"csrf": client.csrf, **fields})


def handed_in(client: Any, **answers: str) -> str:
    """The number of the receipt."""
    fields = {name.replace("_", "."): text for name, text in answers.items()}
    response = post(client, "/work/cnn-foundations", step="hand-in", **fields)
    assert response.status_code == 303, response.text
    found = re.fullmatch(r"/receipt/([2-9A-Z-]{14})", response.headers["location"])
    assert found
    return found[1]


def test_what_is_typed_is_graded_as_check_grades_the_file(served: Served, tmp_path: Path) -> None:
    client = served.person("student-01")
    number = handed_in(client, q4_Z="40/4", q4_O="1 2\r\n3 4", q1_why="It adds up.")
    data = client.get(f"/file/{number}").content
    assert tomllib.loads(data.decode()) == {
        "assignment": "cnn-foundations",
        "student": "student-01",
        "submitted_at": START,
        "answers": {"q1": {"why": "It adds up."}, "q4": {"O": "1 2\n3 4", "Z": "40/4"}},
    }
    (tmp_path / "mine.toml").write_bytes(data)
    checked = json.loads(
        call("check", tmp_path / "mine.toml", "--keys", served.folder / "answer_keys", "--format", "json").stdout
    )
    staff = served.program("staff")
    row = staff.get("/api/v1/results?assignment=cnn-foundations").json()[0]
    assert row["student"] == "student-01"
    assert staff.get("/api/v1/submissions/1/report").json() == checked
    page = client.get(f"/feedback/{number}").text
    assert "1 / 20" in re.sub("<[^>]+>", "", page)


def test_the_page_that_confirms_hands_nothing_in(served: Served) -> None:
    client = served.person("student-01")
    page = post(client, "/work/cnn-foundations", step="check", **{"q4.Z": "40/4"})
    assert page.status_code == 200
    assert "Hand in now" in page.text
    assert served.program("read").get("/api/v1/results?assignment=cnn-foundations").json() == []


def test_a_preview_says_how_an_answer_is_read(served: Served) -> None:
    client = served.person("student-01")
    body = {"part": "q4.Z", "written": "40/4"}
    assert client.post("/preview/cnn-foundations", json=body).status_code == 403
    found = client.post("/preview/cnn-foundations", json=body, headers={"x-csrf-token": client.csrf}).json()
    assert [one["shown"] for one in found["readings"]] == ["10"]


def test_nobody_sees_what_is_another_students(served: Served) -> None:
    number = handed_in(served.person("student-01"), q4_Z="10")
    other = served.person("student-02")
    for address in ("receipt", "file", "feedback"):
        assert other.get(f"/{address}/{number}").status_code == 404
        assert served.stranger().get(f"/{address}/{number}").status_code == 401
        assert served.person("student-01").get(f"/{address}/{number}").status_code == 200


def test_a_file_of_another_student_is_refused(served: Served) -> None:
    client = served.person("student-01")
    data = b"assignment = 'cnn-foundations'\nstudent = 'student-02'\n[answers.q4]\nZ = 10\n"
    response = client.post("/upload/cnn-foundations", data={"csrf": client.csrf}, files={"file": ("x.toml", data)})
    assert response.status_code == 422
    text = re.sub("<[^>]+>|[⁦-⁩]", "", response.text)
    assert "expected a submission of 'student-01', received one of 'student-02'" in text.replace("&#39;", "'")


def test_being_late_costs_what_the_policy_says(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "attempts = 2")) as served:
        client = served.person("student-01")
        handed_in(client, q4_Z="10")
        served.clock.forward(days=3)
        late = handed_in(client, q4_Z="10")
        page = re.sub("<[^>]+>", "", client.get(f"/feedback/{late}").text)
        assert "After the late deduction: 0.75 / 20" in page
        served.clock.forward(minutes=1)
        again = post(client, "/work/cnn-foundations", step="hand-in", **{"q4.Z": "10"})
        assert again.status_code == 422
        assert "no attempt is left" in again.text
        row = served.program("read").get("/api/v1/results?assignment=cnn-foundations").json()[0]
        assert (row["score"], row["deduction"], row["final_score"]) == (1, 0.25, 0.75)


def test_pressing_twice_hands_in_once(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "attempts = 1")) as served:
        client = served.person("student-01")
        number = handed_in(client, q4_Z="10", q4_O="1 2\r\n3 4")
        served.clock.forward(seconds=59)
        assert handed_in(client, q4_Z="10", q4_O="1 2\r\n3 4") == number
        other = post(client, "/work/cnn-foundations", step="hand-in", **{"q4.Z": "11"})
        assert (other.status_code, "no attempt is left" in other.text) == (422, True)
        served.clock.forward(seconds=1)
        late = post(client, "/work/cnn-foundations", step="hand-in", **{"q4.Z": "10", "q4.O": "1 2\r\n3 4"})
        assert (late.status_code, "no attempt is left" in late.text) == (422, True)
        assert served.program("read").get("/api/v1/submissions/2").status_code == 404


def test_the_same_file_twice_is_one_attempt(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "attempts = 2")) as served:
        client, program = served.person("student-01"), served.program("submit")
        paper = b"assignment = 'cnn-foundations'\nstudent = 'student-01'\n[answers.q4]\nZ = 10\n"
        upload = lambda data: client.post(  # noqa: E731
            "/upload/cnn-foundations", data={"csrf": client.csrf}, files={"file": ("x.toml", data)}
        )
        first = upload(paper).headers["location"]
        assert upload(paper).headers["location"] == first
        second = upload(paper + b"# the same, and yet another file\n").headers["location"]
        assert second != first
        assert upload(paper).status_code == 422
        send = lambda data: program.post(  # noqa: E731
            "/api/v1/submissions", content=data, headers={"content-type": "application/toml"}
        )
        theirs = paper.replace(b"student-01", b"student-02")
        made, again = send(theirs), send(theirs)
        assert (made.status_code, again.status_code) == (201, 201)
        assert again.json() == made.json()
        assert made.json()["receipt"]["number"] != send(theirs + b"#\n").json()["receipt"]["number"]
        rows = served.program("read").get("/api/v1/submissions/5")
        assert rows.status_code == 404


def test_who_waits_for_the_marking_thread_is_not_late(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path)) as served:
        client = served.person("student-01")
        served.clock.now = datetime(2026, 3, 4, 20, 28, tzinfo=UTC)  # two minutes before it is due
        begun, busy = threading.Event(), threading.Event()
        served.service.work.submit(lambda: (begun.set(), busy.wait()))
        begun.wait()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(handed_in, client, q4_Z="10")
            while served.service.work._work_queue.qsize() == 0:
                time.sleep(0.01)
            served.clock.forward(hours=1)
            busy.set()
            number = waiting.result()
        text = re.sub("<[^>]+>", "", client.get(f"/receipt/{number}").text)
        assert "2026-03-04 23:58" in text
        row = served.program("read").get("/api/v1/results?assignment=cnn-foundations").json()[0]
        assert row["deduction"] == 0


def test_marks_wait_for_their_release(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, 'feedback = "after_due"')) as served:
        client = served.person("student-01")
        number = handed_in(client, q4_Z="10")
        assert "not shown yet" in client.get(f"/feedback/{number}").text
        assert "correct" not in client.get(f"/feedback/{number}").text
        served.clock.forward(days=6)
        assert "p.q4.Z" in client.get(f"/feedback/{number}").text


def test_a_team_hands_in_one_paper_and_each_has_a_mark(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "teams = true")) as served:
        from grader.service.store.teams import put_team

        with served.service.store.writing() as base:
            for student in ("student-01", "student-02"):
                put_team(base, student, "blue")
        handed_in(served.person("student-01"), q4_Z="10")
        handed_in(served.person("student-03"), q4_Z="11")
        rows = served.program("read").get("/api/v1/results?assignment=cnn-foundations").json()
        assert [(row["student"], row["score"]) for row in rows] == [
            ("student-01", 1),
            ("student-02", 1),
            ("student-03", 0),
        ]


def test_a_team_hands_in_only_while_every_member_has_an_attempt(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "teams = true\nattempts = 1")) as served:
        from grader.service.store.teams import put_team

        other, client = served.person("student-02"), served.person("student-01")
        handed_in(other, q4_Z="10")
        with served.service.store.writing() as base:
            for student in ("student-01", "student-02"):
                put_team(base, student, "blue")
        said = "no attempt is left for student-02: a team hands in only if every member has one left"
        plain = lambda page: html.unescape(re.sub("<[^>]+>|[\u2066-\u2069]", "", page.text))  # noqa: E731
        assert said in plain(client.get("/work/cnn-foundations"))
        refused = post(client, "/work/cnn-foundations", step="hand-in", **{"q4.Z": "11"})
        assert (refused.status_code, said in plain(refused)) == (422, True)
        address = "/api/v1/results?assignment=cnn-foundations"
        rows = served.program("read").get(address).json()
        assert [(row["student"], row["score"]) for row in rows] == [("student-02", 1)]
        paper = b"assignment = 'cnn-foundations'\nstudent = 'student-01'\n[answers.q4]\nZ = 10\n"
        toml = {"content-type": "application/toml"}
        assert served.program("staff").post("/api/v1/submissions", content=paper, headers=toml).status_code == 201


def test_a_question_about_a_mark_is_asked_once(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "appeals = true")) as served:
        client = served.person("student-01")
        number = handed_in(client, q4_Z="11")
        asked = post(client, f"/appeal/{number}", part="q4.Z", question="Why <b>not</b> 11?")
        assert asked.headers["location"] == f"/feedback/{number}#appeals"
        assert "Why &lt;b&gt;not&lt;/b&gt; 11?" in client.get(f"/feedback/{number}").text
        again = post(client, f"/appeal/{number}", part="q4.Z", question="Again?")
        assert again.status_code == 403
        assert "you have asked about this part already" in again.text
        assert "Again?</textarea>" in again.text, "what was written is not lost"
        assert "<option selected>q4.Z</option>" in again.text
        for text, kept in (("", "\n</textarea>"), ("x" * 5_001, "x" * 5_001)):
            refused = post(client, f"/appeal/{number}", part="q1.why", question=text)
            assert refused.status_code == 422
            assert "expected a question of 1 to 5,000 characters" in refused.text
            assert kept in refused.text
        assert post(client, f"/appeal/{number}", part="q9.Z", question="?").status_code == 404


def test_a_question_that_is_sent_twice_at_once_is_asked_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.service.course import appeals
    from grader.service.course.refusals import DeniedError
    from grader.service.course.who import SCOPES, Who
    from grader.service.store.submissions import past

    monkeypatch.setattr(appeals, "appeals_of", lambda *_: [])  # as both see it who look before the other has written

    handed_in(served.person("student-01"), q4_Z="11")
    with served.service.store.reading() as base:
        found = past(base, "cnn-foundations", "student-01").last
    assert found is not None
    who, begun = Who("student-01", SCOPES["submit"]), threading.Barrier(2)

    def ask() -> str:
        begun.wait()
        try:
            appeals.ask(served.service, who, found, "q4.Z", "Why?")
        except DeniedError as problem:
            return str(problem.said)
        return "asked"

    with ThreadPoolExecutor(2) as pool:
        said = [one.result() for one in [pool.submit(ask) for _ in range(2)]]
    assert sorted(said) == ["asked", "you have asked about this part already"]


def test_revisions_are_what_a_database_holds(served: Served) -> None:
    client = served.person("student-01")
    save = lambda revision: client.post(  # noqa: E731
        "/drafts/cnn-foundations",
        json={"part": "q4.Z", "written": "1", "revision": revision},
        headers={"x-csrf-token": client.csrf},
    )
    assert save(2**31 - 1).status_code == 422
    assert save(2**31 - 2).json() == {"revision": 2**31 - 1}


def test_no_question_about_marks_where_the_policy_has_none(served: Served) -> None:
    client = served.person("student-01")
    number = handed_in(client, q4_Z="11")
    assert post(client, f"/appeal/{number}", part="q4.Z", question="Why?").status_code == 403


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_list_says_what_is_due_and_what_was_earned(tmp_path: Path, lang: str) -> None:
    with serving(with_policy(tmp_path), lang=lang) as served:
        client = served.person("student-01")
        assert "2026-03-04 23:59 (UTC+03:30)" in client.get("/").text
        handed_in(client, q4_Z="10")
        text = re.sub("<[^>]+>", "", client.get("/").text)
        assert ("1 / 20" if lang == "en" else "۱ / ۲۰") in text
        assert served.person("assistant-1", "assistant").get("/").headers["location"] == "/staff"


def test_a_student_does_not_see_the_sheet_before_it_opens(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path, "opens = 2026-03-02T12:30:01+03:30")) as served:
        client = served.person("student-01")
        headers = {"x-csrf-token": client.csrf}
        paper = b'assignment = "cnn-foundations"\nstudent = "student-01"\n[answers.q4]\nZ = "10"\n'
        files = {"file": ("mine.toml", paper, "application/toml")}

        def asked() -> list[Any]:
            return [
                client.get("/work/cnn-foundations"),
                *(
                    post(client, "/work/cnn-foundations", step=step, **{"q4.Z": "10"})
                    for step in ("check", "read", "hand-in")
                ),
                client.post("/upload/cnn-foundations", data={"csrf": client.csrf}, files=files),
                client.post("/preview/cnn-foundations", json={"part": "q4.Z", "written": "10"}, headers=headers),
                client.post(
                    "/drafts/cnn-foundations", json={"part": "q4.Z", "written": "1", "revision": 0}, headers=headers
                ),
            ]

        for response in asked():
            assert response.status_code == 403
            assert "this assignment opens at 2026-03-02 12:30:01 (UTC+03:30)" in re.sub("[⁦-⁩]", "", response.text)
            assert "q4" not in response.text
        home = client.get("/").text
        assert "this assignment opens at" in home
        assert "/work/" not in home
        unknown = client.post("/preview/q", json={"part": "q4.Z", "written": "10"}, headers=headers)
        assert unknown.status_code == 404
        staff = served.program("staff")
        assert [one["id"] for one in staff.get("/api/v1/assignments").json()] == ["cnn-foundations"]
        served.clock.forward(seconds=1)
        assert [response.status_code for response in asked()] == [200, 200, 200, 303, 303, 200, 200]
