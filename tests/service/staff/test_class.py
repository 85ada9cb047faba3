"""The class, a student and a hand-in, as staff see them; extensions and marks that override the machine's."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.service.courses import Served
from tests.service.staff.test_queue import hand_in

WRONG_Z = {"student-01": "9", "student-02": "9", "student-03": " 9", "student-04": "40/4"}
POLICY = """
[assignment.policy]
due = 2026-03-01T12:00:00Z
late = {per_day = 0.1, at_most = 60}
best = "highest"
"""


def answer(served: Served, student: str, **answers: dict[str, str]) -> dict[str, Any]:
    body = {"assignment": "cnn-foundations", "student": student, "answers": answers}
    response = served.program("submit", f"of {student} {served.clock()}").post("/api/v1/submissions", json=body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def number_of(served: Served, id: int) -> str:
    found = served.program("read", f"looks at {id} {served.clock()}").get(f"/api/v1/submissions/{id}")
    return str(found.json()["receipt"]["number"])


def text(page: str) -> str:
    """What a page says, without its elements."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def staff(served: Served) -> Any:
    return served.person("assistant-1", "assistant")


def test_the_class_is_shown_live(served: Served, staff: Any) -> None:
    empty = staff.get("/staff/class/cnn-foundations")
    assert empty.status_code == 200
    assert "No submission was graded." in empty.text
    for student, z in WRONG_Z.items():
        answer(served, student, q4={"Z": z})
    page = staff.get("/staff/class/cnn-foundations").text
    assert "The key may be wrong" in page
    assert '<a href="/staff/question/cnn-foundations/q4"><bdi class="m" dir="ltr">q4.Z</bdi></a>' in page
    assert '<a href="/staff/student?id=student-03#cnn-foundations"><bdi>student-03</bdi></a>' in page
    assert "style=" not in page
    assert "<script" not in page.replace('<script src="/staff.js" defer></script>', "")
    served.clock.forward(minutes=1)
    answer(served, "student-03", q4={"Z": "10"})
    assert "The key may be wrong" not in staff.get("/staff/class/cnn-foundations").text
    assert staff.get("/staff/class/other").status_code == 404


def test_the_answers_to_a_question_stand_once_beside_its_key(served: Served, staff: Any) -> None:
    for student, z in WRONG_Z.items():
        answer(served, student, q4={"Z": z})
    page = staff.get("/staff/question/cnn-foundations/q4").text
    part = page[page.index('id="p.Z"') :]
    part = part[: part.index("</section>")]
    assert "The key" in part
    assert re.search(r'<pre class="a" dir="auto">9</pre></td><td>wrong</td>.*?3 students', part)
    assert re.search(r"40/4</pre></td><td>correct</td>", part)
    assert part.count("<tr>") == 3
    for path in ("/staff/question/cnn-foundations/q99", "/staff/question/other/q4"):
        assert staff.get(path).status_code == 404


def test_a_student_has_a_page_with_every_attempt(served: Served, staff: Any) -> None:
    first = hand_in(served, "student-01", "It adds up.")
    served.clock.forward(minutes=1)
    second = hand_in(served, "student-01", "Another one.")
    page = staff.get("/staff/student?id=student-01").text
    numbers = [number_of(served, id) for id in (first, second)]
    assert [page.index(f'/staff/hand-in/{number}"') for number in numbers] == sorted(
        page.index(f'/staff/hand-in/{number}"') for number in numbers
    )
    assert re.search(rf"counts</strong></td><th scope=\"row\"><a href=\"/staff/hand-in/{numbers[1]}\"", page)
    assert page.count("counts</strong>") == 1
    assert staff.get(f"/file/{numbers[0]}").headers["content-type"].startswith("application/toml")
    assert "Save the extension" not in page  # only instructors give them
    assert staff.get("/staff/student?id=nobody").status_code == 404
    assert served.person("student-01").get("/staff/student?id=student-01").status_code == 403


def test_a_hostile_id_is_only_text(served: Served, staff: Any) -> None:
    name = '"><script>alert(1)</script>/../x'
    made = hand_in(served, name, "It adds up.")
    page = staff.get("/staff/class/cnn-foundations").text
    link = re.search(r'href="(/staff/student\?id=[^"]+)"', page)
    assert link is not None
    for shown in (page, staff.get(link[1]).text, staff.get(f"/staff/hand-in/{number_of(served, made)}").text):
        assert "<script>alert" not in shown


def test_any_part_can_be_overridden_and_its_history_stays(served: Served, staff: Any) -> None:
    made = answer(served, "student-01", q4={"Z": "9"})
    path = f"/staff/hand-in/{made['receipt']['number']}"
    page = staff.get(path).text
    assert "Another mark" not in page
    form = staff.get(f"{path}?part=q4.Z").text
    assert "Another mark" in form
    given = {"csrf": staff.csrf, "part": "q4.Z", "points": "0.5", "comment": "Read the board.", "version": "0"}
    refused = staff.post(path, data={**given, "points": "7"})
    assert refused.status_code == 422
    assert "expected points of q4.Z from 0 to 1 with at most 2 decimals, received '7'" in text(refused.text)
    assert staff.post(path, data=given).status_code == 303
    other = served.person("assistant-2", "assistant")
    stale = other.post(path, data={**given, "csrf": other.csrf, "points": "0"})
    assert stale.status_code == 409
    assert "Somebody else marked this answer in the meantime" in stale.text
    assert re.search(r'name="version" value="1"', stale.text)
    assert other.post(path, data={**given, "csrf": other.csrf, "points": "0", "version": "1"}).status_code == 303
    page = staff.get(path).text
    history = text(page[page.index('id="history"') :])
    assert history.index("assistant-1") < history.index("assistant-2")
    assert "Read the board." in history
    report = served.program("read").get(f"/api/v1/submissions/{made['id']}/report").json()
    part = next(p for q in report["questions"] for p in q["parts"] if (q["id"], p["id"]) == ("q4", "Z"))
    assert (part["review"]["points"], part["review"]["who"]) == (0, "assistant-2")
    for data in ({**given, "part": "q9.x"}, {**given, "version": "x"}):
        assert staff.post(path, data=data).status_code == 404
    assert staff.post(path, data={**given, "csrf": "x", "version": "2"}).status_code == 403


def late(served: Served, *, best: str = "highest") -> None:
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    lines = path.read_text("utf-8")
    lines = re.sub(r"(?ms)^\[assignment\.policy\].*?(?=^\[|\Z)", "", lines)
    path.write_text(lines + POLICY.replace("highest", best), "utf-8")
    served.service.work.submit(served.service.look).result()
    told = served.program("staff").post("/api/v1/remark?assignment=cnn-foundations&apply=true")
    assert told.status_code == 200, told.text
    assert served.service.assignments()["cnn-foundations"].policy.late is not None


def deductions(served: Served) -> list[str]:
    from grader.service.store.tables import submissions

    with served.service.store.reading() as base:
        return [one for (one,) in base.execute(select(submissions.c.deduction).order_by(submissions.c.id))]


def test_the_class_page_says_that_its_totals_are_before_what_being_late_costs(served: Served, staff: Any) -> None:
    said = "The totals here are before late deductions"
    answer(served, "student-01", q4={"Z": "10"})
    assert said not in staff.get("/staff/class/cnn-foundations").text
    late(served)
    answer(served, "student-02", q4={"Z": "10"})
    assert said in staff.get("/staff/class/cnn-foundations").text


def test_an_extension_gives_time_back_and_is_taken_back(served: Served, instructor: Any, staff: Any) -> None:
    late(served)
    answer(served, "student-01", q4={"Z": "10"})
    answer(served, "student-02", q4={"Z": "10"})
    assert deductions(served) == ["0.1", "0.1"]
    given = {
        "csrf": instructor.csrf, "id": "student-01", "assignment": "cnn-foundations",
        "due": "2026-03-03T12:00", "attempts": "2", "why": "ill <b>",
    }  # fmt: skip
    assert staff.post("/staff/extension", data={**given, "csrf": staff.csrf}).status_code == 403
    assert instructor.post("/staff/extension", data=given).status_code == 303
    assert deductions(served) == ["0", "0.1"]
    page = instructor.get("/staff/student?id=student-01").text
    assert "2026-03-03 12:00 (UTC)" in page
    assert "ill &lt;b&gt;" in page
    with served.service.store.reading() as base:
        from grader.service.course import extensions

        found = extensions.granted_extension(base, "cnn-foundations", "student-01")
    assert found is not None
    assert found.extension == (datetime(2026, 3, 3, 12, tzinfo=UTC), 2)
    empty = {**given, "due": "", "attempts": ""}
    assert instructor.post("/staff/extension", data=empty).status_code == 303
    assert deductions(served) == ["0.1", "0.1"]
    assert "No extension." in instructor.get("/staff/student?id=student-01").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"due": "tomorrow"}, "expected a date and time such as 2026-03-01T23:59, received 'tomorrow'"),
        ({"attempts": "-1"}, "expected attempts from 0 to 100, received '-1'"),
        ({"attempts": "101"}, "expected attempts from 0 to 100, received '101'"),
        ({"due": "0001-01-01T00:00"}, "expected a year from 2000 to 2999, received 0001-01-01T00:00:00+00:00"),
        ({"due": "2026-03-03T12:00", "why": "x" * 1001}, "expected a reason of at most 1,000 characters"),
    ],
)
def test_what_is_no_extension_is_refused_with_what_was_typed(
    typed: dict[str, str], said: str, served: Served, instructor: Any
) -> None:
    hand_in(served, "student-01", "It adds up.")
    given = {"csrf": instructor.csrf, "id": "student-01", "assignment": "cnn-foundations", **typed}
    refused = instructor.post("/staff/extension", data=given)
    assert refused.status_code == 422
    assert said in text(refused.text)
    assert all(f'value="{value}"' in refused.text for value in typed.values())
