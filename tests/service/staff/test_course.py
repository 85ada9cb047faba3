"""What instructors do with a course: releases, exports, questions about marks, people, archives, the log."""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
from html import unescape
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import answer, late, text
from tests.service.staff.test_queue import hand_in

ID = "cnn-foundations"


def rules(served: Served, lines: str) -> None:
    """Set the policy."""
    path = served.folder / "answer_keys" / ID / "assignment.toml"
    written = re.sub(r"(?ms)^\[assignment\.policy\].*?(?=^\[)", "", path.read_text("utf-8"))
    path.write_text(f"{written}\n[assignment.policy]\n{lines}\n", "utf-8")
    served.service.work.submit(served.service.look).result()


# -- releases ---------------------------------------------------------------------------------------------------------


def test_feedback_is_released_and_taken_back(served: Served, instructor: Any) -> None:
    rules(served, 'feedback = "when_released"')
    made = answer(served, "student-01", q4={"Z": "10"})
    student = served.person("student-01")
    feedback = f"/feedback/{made['receipt']['number']}"
    assert "q4.Z" not in student.get(feedback).text
    assert "not released" in instructor.get(f"/staff/class/{ID}").text
    for wanted, seen in (("yes", True), ("yes", True), ("no", False)):
        data = {"csrf": instructor.csrf, "released": wanted}
        assert instructor.post(f"/staff/release/{ID}", data=data).status_code == 303
        assert ("p.q4.Z" in student.get(feedback).text) is seen
    log = text(instructor.get("/staff/log").text)
    assert log.index("took the release back") < log.index("instructor-2 released the feedback")
    assert log.count(f"released the feedback {ID}") == 1


# -- exports ----------------------------------------------------------------------------------------------------------


def exported(client: Any, **values: str) -> Any:
    return client.post(f"/staff/export/{ID}", data={"csrf": client.csrf, "format": "csv", **values})


def test_an_export_leaves_blank_what_is_not_final(served: Served, instructor: Any) -> None:
    answer(served, "student-01", q4={"Z": "10"})
    hand_in(served, "student-02", "It adds up.")
    page = instructor.get(f"/staff/export/{ID}").text
    assert all(f'value="{name}"' in page for name in ("csv", "moodle", "canvas", "gradescope", "nbgrader", "otter"))
    table = exported(instructor)
    assert table.headers["content-disposition"] == f'attachment; filename="{ID}-csv.csv"'
    rows = [line.split(",") for line in table.content.decode("utf-8-sig").splitlines()]
    assert [row[1:5] for row in rows[1:]] == [
        ["student-01", "graded", "1.00", "20.00"],
        ["student-02", "needs_review", "", "20.00"],
    ]
    rows = [line.split(",") for line in exported(instructor, provisional="yes").text.splitlines()]
    assert rows[2][3] == "0.00"


def test_an_export_takes_off_what_being_late_costs(served: Served, instructor: Any) -> None:
    late(served)
    answer(served, "student-01", q4={"Z": "10"})
    rows = [line.split(",") for line in exported(instructor).content.decode("utf-8-sig").splitlines()]
    assert rows[1][3] == "0.90"


def test_several_files_come_as_an_archive_and_a_roster_is_taken(served: Served, instructor: Any) -> None:
    answer(served, "student-01", q4={"Z": "10"})
    archive = exported(instructor, format="gradescope")
    assert archive.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.content)) as found:
        assert [name.rpartition("/")[2] for name in found.namelist()] == ["results.json"]
    data = {"csrf": instructor.csrf, "format": "csv"}
    files = {"roster": ("people.csv", b"student\nstudent-01\n")}
    refused = instructor.post(f"/staff/export/{ID}", data=data, files=files)
    assert refused.status_code == 422
    assert "--roster is for canvas and moodle, not for csv" in text(refused.text)
    assert exported(instructor, format="other").status_code == 404
    assert served.person("assistant-1", "assistant").get(f"/staff/export/{ID}").status_code == 403


def test_ids_are_in_json_as_they_are(served: Served) -> None:
    for student in ("+98912", "=1+1", "-5", "@me"):
        answer(served, student, q4={"Z": "10"})
    rows = served.program("read").get(f"/api/v1/results?assignment={ID}").json()
    assert sorted(row["student"] for row in rows) == ["+98912", "-5", "=1+1", "@me"]
    assert all("'" not in row["file"] for row in rows)


def test_what_to_know_before_a_file_is_used_is_shown_first(served: Served, instructor: Any) -> None:
    answer(served, "student-01", q4={"Z": "10"})
    hand_in(served, "student-02", "It adds up.")
    assert 'name="notes" value="first"' in instructor.get(f"/staff/export/{ID}").text
    known = b"Student,ID,SIS User ID,SIS Login ID,Section\nPoints Possible,,,,\nOne,1,student-01,student-01,A\n"
    data = {"csrf": instructor.csrf, "format": "canvas", "notes": "first", "title": '"T" (3)'}
    shown = instructor.post(f"/staff/export/{ID}", data=data, files={"roster": ("people.csv", known)})
    assert shown.status_code == 200
    assert "student-02" in text(shown.text)
    assert "marks that are not final are left blank" in text(shown.text)
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown.text))
    del data["notes"]
    direct = instructor.post(f"/staff/export/{ID}", data=data, files={"roster": ("people.csv", known)})
    file = instructor.post(f"/staff/export/{ID}", data={name: unescape(value) for name, value in again.items()})
    assert file.headers["content-disposition"] == f'attachment; filename="{ID}-canvas.csv"'
    assert file.content == direct.content
    assert b"student-01" in file.content and b"student-02" not in file.content
    assert instructor.post(f"/staff/export/{ID}", data=again | {"table": "%"}).status_code == 404


@pytest.mark.parametrize("format", ["csv", "canvas", "moodle", "nbgrader", "otter"])
def test_the_api_gives_the_file_of_the_page(served: Served, instructor: Any, format: str) -> None:
    answer(served, "student-01", q4={"Z": "10"})
    hand_in(served, "student-02", "It adds up.")
    for name, provisional in (("read", "false"), ("staff", "true")):
        program = served.program(name)
        query = {"assignment": ID, "format": format, "provisional": provisional}
        file = program.get("/api/v1/exports", params=query)
        page = exported(instructor, format=format, provisional="yes" if provisional == "true" else "")
        assert file.status_code == (200 if page.headers["content-type"].startswith("text/csv") else 422)
        if file.status_code == 200:
            assert (file.content, file.headers["content-type"]) == (page.content, page.headers["content-type"])
            assert file.headers["content-disposition"] == page.headers["content-disposition"]
            notes = json.loads(file.headers["x-export-notes"])
            assert any("not final are left blank" in one for one in notes) is (provisional == "false")
    assert program.get("/api/v1/exports", params=query | {"format": "other"}).status_code == 404
    assert program.get("/api/v1/exports", params=query | {"assignment": "other"}).status_code == 404
    assert program.get("/api/v1/exports", params={"assignment": ID}).status_code == 422


# -- questions about marks --------------------------------------------------------------------------------------------


def test_a_question_about_a_mark_is_answered(served: Served) -> None:
    rules(served, "appeals = true")
    made = answer(served, "student-01", q4={"Z": "9"})
    student, assistant = served.person("student-01"), served.person("assistant-1", "assistant")
    number = made["receipt"]["number"]
    asked = {"csrf": student.csrf, "part": "q4.Z", "question": "Is <9> not right?"}
    assert student.post(f"/appeal/{number}", data=asked).status_code == 303
    page = assistant.get("/staff/appeals").text
    assert "Is &lt;9&gt; not right?" in page
    assert f"/staff/hand-in/{number}?part=q4.Z#override" in page
    id = re.search(r'name="id" value="(\d+)"', page)
    assert id is not None
    given = {"csrf": assistant.csrf, "id": id[1]}
    refused = assistant.post("/staff/appeals", data={**given, "answer": "  "})
    assert refused.status_code == 422
    assert "expected an answer of 1 to 5,000 characters" in text(refused.text)
    assert assistant.post("/staff/appeals", data={**given, "answer": "No: the mean is 10."}).status_code == 303
    assert "Nothing waits for an answer." in assistant.get("/staff/appeals").text
    assert "No: the mean is 10." in student.get(f"/feedback/{number}").text
    other = served.person("assistant-2", "assistant")
    late = other.post("/staff/appeals", data={"csrf": other.csrf, "id": id[1], "answer": "Yes <it> is."})
    assert late.status_code == 409
    assert "somebody else has answered this in the meantime: nothing was overwritten" in text(late.text)
    assert "Yes &lt;it&gt; is." in late.text and "No: the mean is 10." in late.text
    assert "Yes" not in student.get(f"/feedback/{number}").text.partition('id="appeals"')[2]
    for wrong in ("999", "x", "", "2147483647", "2147483648", "999999999999999"):
        answered = assistant.post("/staff/appeals", data={**given, "id": wrong, "answer": "?"})
        assert answered.status_code == 404
    assert student.get("/staff/appeals").status_code == 403


# -- people -----------------------------------------------------------------------------------------------------------


def test_somebody_is_added_signs_in_and_is_kept_out(served: Served, instructor: Any) -> None:
    person = {"csrf": instructor.csrf, "student": "student-09", "name": "<b>N</b>", "email": "", "role": "student"}
    assert instructor.post("/staff/people", data=person).status_code == 303
    page = instructor.get("/staff/people").text
    assert "&lt;b&gt;N&lt;/b&gt;" in page
    shown = instructor.post("/staff/people/link", data={"csrf": instructor.csrf, "id": "student-09"}).text
    link = re.search(r"/enter\?token=([\w-]+)", shown)
    assert link is not None
    browser = served.stranger()
    assert browser.get(link[0]).status_code == 200
    assert browser.post("/enter", data={"token": link[1]}).status_code == 303
    assert browser.get("/").status_code == 200
    revoke = {"csrf": instructor.csrf, "id": "student-09"}
    assert instructor.post("/staff/people/revoke", data=revoke).status_code == 303
    assert browser.get("/").status_code == 401
    assert served.stranger().get(link[0]).status_code == 401
    log = text(instructor.get("/staff/log").text)
    for said in ("revoked all links student-09", "made a sign-in link student-09", "added people student-09"):
        assert said in log
    assert link[1] not in log


@pytest.mark.parametrize("path", ["/staff/people", "/staff/log", "/staff/upload"])
def test_these_pages_are_for_instructors(path: str, served: Served) -> None:
    assert served.person("assistant-1", "assistant").get(path).status_code == 403
    assert served.person("student-01").get(path).status_code == 403


# -- archives ---------------------------------------------------------------------------------------------------------


def archive(*files: tuple[str, bytes], **more: Any) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = more.get("compress_type", zipfile.ZIP_DEFLATED)
            info.external_attr = more.get("mode", stat.S_IFREG | 0o644) << 16
            made.writestr(info, data)
    return held.getvalue()
