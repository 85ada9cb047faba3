"""What instructors do with a course: releases, exports, questions about marks, people, archives, the log."""

from __future__ import annotations

import io
import json
import re
import stat
import time
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import answer, late, text
from tests.service.staff.test_queue import hand_in

ID = "cnn-foundations"


@pytest.fixture
def instructor(served: Served) -> Any:
    return served.person("instructor-2", "instructor")


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
    assert "somebody answered this in between: nothing was overwritten" in text(late.text)
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


def test_people_come_from_a_table_and_nobody_locks_themselves_out(instructor: Any) -> None:
    data = {"csrf": instructor.csrf}
    table = {"roster": ("people.csv", b"student,name,role\nstudent-31,A,\nassistant-7,B,assistant\n")}
    assert instructor.post("/staff/people", data=data, files=table).status_code == 303
    page = text(instructor.get("/staff/people").text)
    assert "assistant-7 B assistant" in page
    table = {"roster": ("people.csv", b"who\nstudent-31\n")}
    refused = instructor.post("/staff/people", data=data, files=table)
    assert refused.status_code == 422
    assert "expected a column student in its first row" in text(refused.text)
    own = {**data, "id": "instructor-2"}
    assert instructor.post("/staff/people/revoke", data=own).status_code == 403
    mine = {**data, "student": "instructor-2", "role": "student"}
    assert instructor.post("/staff/people", data=mine).status_code in (403, 422)
    assert instructor.get("/staff/people").status_code == 200
    for wrong in ({"student": "", "role": "student"}, {"student": "x" * 201, "role": "student"}):
        assert instructor.post("/staff/people", data={**data, **wrong}).status_code == 422
    assert instructor.post("/staff/people/link", data={**data, "id": "nobody"}).status_code == 404


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


def paper(student: str) -> bytes:
    return f'assignment = "{ID}"\nstudent = "{student}"\n[answers.q4]\nZ = "10"\n'.encode()


def post(client: Any, data: bytes) -> Any:
    files = {"archive": ("papers.zip", data, "application/zip")}
    return client.post("/staff/upload", data={"csrf": client.csrf}, files=files)


def test_an_archive_is_handed_in_file_by_file(instructor: Any) -> None:
    files = [(f"class/student-0{n}.toml", paper(f"student-0{n}")) for n in (1, 2, 3)]
    files += [("class/bad.toml", b"assignment = "), ("readme.txt", b"hello"), ("__MACOSX/._x.toml", b"x")]
    assert post(instructor, archive(*files)).status_code == 303
    for _ in range(200):
        page = instructor.get("/staff/upload")
        if "refresh" not in page.headers:
            break
        time.sleep(0.05)
    assert len(re.findall(r"/staff/hand-in/", page.text)) == 3
    assert "Not handed in: 1" in text(page.text)
    assert "class/bad.toml" in page.text
    assert "readme.txt" not in page.text
    assert "student-02" in instructor.get(f"/staff/class/{ID}").text


TOO_DENSE = archive(("a.toml", b" " * 4_900_000))
REFUSED = {
    "no archive": (b"hello", "expected a ZIP archive: "),
    "absolute": (archive(("/etc/a.toml", b"")), "'/etc/a.toml': expected a name inside of the archive"),
    "above": (archive(("a/../../b.toml", b"")), "expected a name inside of the archive"),
    "drive": (archive(("C:/a.toml", b"")), "expected a name inside of the archive"),
    "backslash": (archive(("..\\a.toml", b"")), "expected a name inside of the archive"),
    "link": (archive(("a.toml", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "received a link or a device"),
    "dense": (TOO_DENSE, "a.toml: it is packed denser than any text"),
    "method": (archive(("a.toml", b"x"), compress_type=zipfile.ZIP_LZMA), "stored or deflated"),
    "too many": (archive(*((f"{n}.toml", b"") for n in range(2_001))), "expected at most 2,000 files, received 2,001"),
    "nothing": (archive(("a.txt", b"x")), "received one without any .toml file"),
    "cut": (archive(("a.toml", paper("student-01") * 50))[:-40], "expected a ZIP archive: "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_may_do_harm_is_refused(name: str, served: Served, instructor: Any) -> None:
    data, said = REFUSED[name]
    refused = post(instructor, data)
    assert refused.status_code == 422
    assert said.replace("'", "") in text(refused.text).replace("'", "")
    assert "Traceback" not in refused.text
    with served.service.store.reading() as base:
        from grader.service.store.submissions import versions

        assert versions(base, ID) == {}


def test_files_that_are_no_submissions_do_not_count() -> None:
    from grader.errors import StudentError
    from grader.service.course.uploads import read_archive

    known = [(f"{number}.toml", b"") for number in range(2_000)]
    added = [("README", b""), *((f"__MACOSX/._{name}", b"") for name, _ in known)]
    assert len(read_archive(archive(*known, *added))) == 2_000
    with pytest.raises(StudentError, match="expected at most 6,000 files, received 6,001"):
        read_archive(archive(*((str(number), b"") for number in range(6_001))))


def test_sizes_that_an_archive_lies_about_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.errors import StudentError
    from grader.service.course import uploads

    data = bytearray(archive(("a.toml", b"x" * 3_000), compress_type=zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(mark) + place
        data[at : at + 4] = (10).to_bytes(4, "little")
    monkeypatch.setattr(uploads, "MAX_BYTES", 1_000)
    try:
        found = uploads.read_archive(bytes(data))
    except StudentError:
        return
    assert all(len(content) <= 1_000 for _, content in found)


def test_a_table_without_roles_leaves_those_of_people_who_are_known(instructor: Any) -> None:
    data = {"csrf": instructor.csrf, "student": "assistant-7", "name": "B", "role": "assistant"}
    assert instructor.post("/staff/people", data=data).status_code == 303
    tables = [
        b"student,name\nassistant-7,C\nstudent-31,A\ninstructor-2,D\n",
        b"student,name,role\nassistant-7,C,\nstudent-31,A, \ninstructor-2,D,\n",
        b"student,name,role\nassistant-7,C,assistant\nstudent-31,A,student\ninstructor-2,D,instructor\n",
    ]
    for table in tables:
        files = {"roster": ("people.csv", table)}
        assert instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files).status_code == 303
        page = text(instructor.get("/staff/people").text)
        for row in ("assistant-7 C assistant", "student-31 A student", "instructor-2 D instructor"):
            assert row in page
    files = {"roster": ("people.csv", b"student,name,role\nassistant-7,E,student\ninstructor-2,D,student\n")}
    refused = instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files)
    assert refused.status_code == 422
    assert "you cannot take your own rights away: another instructor can" in text(refused.text)
    assert "assistant-7 C assistant" in text(instructor.get("/staff/people").text), "nobody is changed"
    files = {"roster": ("people.csv", b"student,name,role\nassistant-7,E,student\n")}
    assert instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files).status_code == 303
    assert "assistant-7 E student" in text(instructor.get("/staff/people").text)


def imported(instructor: Any, table: bytes) -> Any:
    files = {"roster": ("people.csv", table)}
    return instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files)


def test_a_table_without_a_column_leaves_what_is_known(served: Served, instructor: Any, tmp_path: Path) -> None:
    from grader.service.web.roster import add_roster

    assert imported(instructor, b"student,name,email\nstudent-31,A,a@example.org\n").status_code == 303
    for table in (
        b"student,role\nstudent-31,student\n",
        b"student,name\nstudent-31,A\n",
        b"student,email\nstudent-31,a@example.org\n",
    ):
        path = tmp_path / "roster.csv"
        path.write_bytes(table)
        add_roster(served.service.store, path, served.clock())
        assert "student-31 A a@example.org student" in text(instructor.get("/staff/people").text)
        assert imported(instructor, table).status_code == 303
        assert "student-31 A a@example.org student" in text(instructor.get("/staff/people").text)
    data = {"csrf": instructor.csrf, "student": "student-31", "name": "", "email": "", "role": "assistant"}
    assert instructor.post("/staff/people", data=data).status_code == 303
    assert "student-31 A a@example.org assistant" in text(instructor.get("/staff/people").text)
    assert imported(instructor, b"student,name,email\nstudent-31,,\n").status_code == 303
    assert "a@example.org" not in instructor.get("/staff/people").text, "a column that is empty says so"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"student-31,B,,", "is in row 2 with something else"),
        (b"student-32,B\x00,,", "row 3: expected text without control characters in name"),
        (b"student-\x0732,B,,", "row 3: expected text without control characters in id"),
        (b"student-32,B,," + b"x" * 3000, "row 3: expected at most 300 characters in team, received 3,000"),
        (b"student-32," + b"x" * 3000, "row 3: expected at most 300 characters in name, received 3,000"),
        (b",B,,", "row 3: expected an id and one of the roles student, assistant, instructor"),
    ],
)
def test_a_row_that_cannot_be_kept_is_said_and_nobody_is_added(instructor: Any, row: bytes, said: str) -> None:
    refused = imported(instructor, b"student,name,email,team\r\nstudent-31,A,,\r\n" + row + b"\r\n")
    assert refused.status_code == 422
    assert said in text(refused.text)
    assert "student-31 A" not in text(instructor.get("/staff/people").text)


@pytest.mark.parametrize(
    "table",
    [
        b"\xef\xbb\xbfstudent;name\r\nstudent-31;A\r\nstudent-31;A\r\n",
        "student\tname\nstudent-31\tA\n".encode("utf-16"),
        b"sep=;\nStudent ID;Full Name\nstudent-31;A\n\n;\n",
    ],
)
def test_a_table_as_spreadsheets_write_it_is_read(instructor: Any, table: bytes) -> None:
    assert imported(instructor, table).status_code == 303
    assert "student-31 A student" in text(instructor.get("/staff/people").text)


def test_a_table_as_learning_platforms_write_it_is_read(instructor: Any) -> None:
    canvas = (
        b"Student,ID,SIS User ID,SIS Login ID,Section,Homework 1\n"
        b"    Points Possible,,,,,20\n"
        b'"Doe, Jo",11,student-32,jd,A,\n'
    )
    moodle = "First name,Last name,ID number,Email address\nÄnne,Müller,student-33,am@example.org\n".encode()
    for table in (canvas, moodle):
        assert imported(instructor, table).status_code == 303
    page = text(instructor.get("/staff/people").text)
    assert "student-32 Doe, Jo student" in page
    assert "student-33 Änne Müller am@example.org student" in page
    assert "Points Possible" not in page
    assert imported(instructor, b"Student,Section\nstudent-34,A\n").status_code == 303
    assert "student-34" in text(instructor.get("/staff/people").text)


def test_a_person_beside_a_table_is_not_lost_unsaid(instructor: Any) -> None:
    data = {"csrf": instructor.csrf, "student": "student-35", "name": "Z", "email": "", "role": "student"}
    files = {"roster": ("people.csv", b"student\nstudent-36\n")}
    refused = instructor.post("/staff/people", data=data, files=files)
    assert refused.status_code == 422
    assert "received both: nobody was added" in text(refused.text)
    assert 'value="student-35"' in refused.text
    assert "student-36" not in refused.text


def test_a_large_table_asks_the_database_as_often_as_a_small_one(served: Served, instructor: Any) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(served.service.store.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))

    def table(rows: int) -> int:
        before = len(asked)
        lines = "".join(f"m{row:03},N,t{row // 3}\n" for row in range(rows))
        assert imported(instructor, f"student,name,team\n{lines}".encode()).status_code == 303
        return len(asked) - before

    few = table(3)
    assert table(400) <= few + 5
    assert "m399 N student" in text(instructor.get("/staff/people").text)
