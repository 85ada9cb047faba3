"""Somebody is forgotten, and gets what is kept about them."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.folders import ROOT, call
from tests.service.courses import Served, course_in, serving
from tests.service.store.test_backup import content, url_of

GONE = "student-07"


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with serving(course_in(tmp_path, "cnn-foundations", "course-pooling"), request.param) as served:
        yield served


def typed(served: Served, student: str) -> None:
    """A student hands in twice, once with comments, and is marked, extended and noticed."""
    client, staff = served.person(student), served.program("staff", f"staff-{student}")
    paper = (
        f'# by {student}\nassignment = "cnn-foundations"\nstudent = "{student}"  # me\n[answers.q1]\nwhy = "It adds."\n'
    )
    pooling = next(ROOT.glob("submissions_example/course-pooling/*.toml")).read_text("utf-8")
    lines = [f'student = "{student}"' if line.startswith("student") else line for line in pooling.splitlines()]
    for text in (paper, "\n".join(lines) + "\n"):
        kind = {"content-type": "application/toml"}
        response = staff.post("/api/v1/submissions", content=text.encode(), headers=kind)
        assert response.status_code == 201, response.text
        if text is paper:
            mark = {"submission": response.json()["id"], "question": "q1", "part": "why", "points": 1.5, "version": 0}
            assert staff.post("/api/v1/marks", json=mark).status_code == 200
    draft = {"part": "q1.why", "written": f"I am {student}", "revision": 0}
    saved = client.post("/drafts/cnn-foundations", json=draft, headers={"x-csrf-token": client.csrf})
    assert saved.status_code == 200


def results(served: Served, name: str) -> list[Any]:
    staff = served.program("staff", "reader")
    found = [
        {key: str(value).replace(name, GONE) for key, value in row.items() if key not in ("student", "file")}
        for id in ("cnn-foundations", "course-pooling")
        for row in staff.get(f"/api/v1/results?assignment={id}").json()
    ]
    return sorted(found, key=repr)


def test_marks_stay_without_the_name(two: Served) -> None:
    from grader.service.course.forget import forget
    from grader.service.store import checks
    from grader.service.store.people import person_named
    from grader.service.store.progress import Progress, put_progress
    from grader.service.store.tables import lti_people

    typed(two, GONE)
    typed(two, "student-070")
    before = results(two, GONE)
    with two.service.store.writing() as base:
        person = person_named(base, GONE)
        assert person is not None
        known = {"issuer": "https://lms", "subject": "s1", "person": person.id, "role": "student", "seen": two.clock()}
        base.execute(lti_people.insert().values(**known))
        for name in (GONE, "student-070"):
            done = Progress("apply", "done", "staff", two.clock(), outcome={"moved": [[1, name, 1, "q1.why"]]})
            put_progress(base, f"the re-mark for {name[-2:]}", done)
    name = two.service.work.submit(forget, two.service, person, "tester").result()
    assert name.startswith("forgotten-")
    assert results(two, name) == before
    assert content(url_of(two))["lti_people"] == []
    rows = [row for table in content(url_of(two)).values() for row in table]
    told = [text for row in rows for text in map(str, row) if GONE in text.replace("student-070", "")]
    assert [text for text in told if "staff-student-07" not in text] == []
    assert len([row for row in content(url_of(two))["settings"] if "progress of" in row[0]]) == 1
    assert any("I am student-070" in map(str, row) for row in rows)
    staff = two.program("staff", "applier")
    for id in ("cnn-foundations", "course-pooling"):
        assert staff.post(f"/api/v1/remark?assignment={id}").json()["moved"] == []
    assert list(checks.problems(two.service.store)) == []
    assert len([row for row in rows if name in map(str, row)]) >= 3


def test_an_extension_is_forgotten_with_its_reason(two: Served) -> None:
    from grader.homework.policy import Extension
    from grader.service.course.extensions import GrantedExtension, extend
    from grader.service.course.forget import forget
    from grader.service.course.kept import everything
    from grader.service.course.who import SCOPES, Who
    from grader.service.store.audit import note
    from grader.service.store.people import person_named

    two.person(GONE)
    two.person("student-070")
    staff, why = Who("staff", SCOPES["staff"]), "was in hospital"
    for student in (GONE, "student-070"):
        wanted = GrantedExtension(Extension(two.clock(), 1), why if student == GONE else "travels")
        two.service.work.submit(extend, two.service, staff, "cnn-foundations", student, wanted).result()
        with two.service.store.writing() as base:  # as it was noted once
            note(base, two.clock(), "staff", "extended", f"course-pooling {student}", attempts=1, why=wanted.why)
    with two.service.store.reading() as base:
        person = person_named(base, GONE)
    assert person is not None
    packed = zipfile.ZipFile(io.BytesIO(everything(two.service.store, person)))
    kept = json.loads(packed.read("data.json"))["audit"]
    assert [row["subject"] for row in kept if row["what"] == "extended"] == [
        "cnn-foundations",
        f"course-pooling {GONE}",
    ]
    name = two.service.work.submit(forget, two.service, person, "tester").result()
    told = repr(content(url_of(two))).replace("student-070", "")
    assert (GONE in told, why in told) == (False, False)
    rows = [row for row in content(url_of(two))["audit"] if "extended" in row]
    assert len([row for row in rows if name in str(row)]) == 2
    assert [row for row in rows if "course-pooling student-070" in row and "travels" in str(row)]


def forgotten(served: Served, student: str) -> str:
    from grader.service.course.forget import forget
    from grader.service.store.people import person_named

    with served.service.store.reading() as base:
        person = person_named(base, student)
    assert person is not None
    return served.service.work.submit(forget, served.service, person, "instructor").result()


def test_files_that_were_refused_are_forgotten(two: Served) -> None:
    from grader.service.store.settings import value
    from grader.service.store.tables import settings as table

    instructor, packed = two.person("instructor-2", "instructor"), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Quokka, Quentin.toml", "Homework = = 4")
    files = {"archive": ("all.zip", packed.getvalue())}
    sent = instructor.post("/staff/upload", data={"csrf": instructor.csrf}, files=files)
    assert sent.status_code == 303
    while "refresh" in (page := instructor.get("/staff/upload")).headers:
        time.sleep(0.05)
    assert "Quokka, Quentin.toml" in page.text
    typed(two, GONE)
    forgotten(two, GONE)
    with two.service.store.reading() as base:
        assert value(base, "progress of the upload of instructor-2") is None
        assert "Quokka" not in str(base.execute(table.select()).all())


def test_sign_ins_that_are_over_are_forgotten(two: Served) -> None:
    from grader.service.lti.stored import PendingLogin
    from grader.service.store.lti import StoredLogins
    from grader.service.store.tables import lti_logins

    now = two.clock().timestamp()
    logins = StoredLogins(two.service.store)
    for key, expires in (("over", now - 60), ("begun", now + 60)):
        logins.add(PendingLogin(key, "https://lms.example", "client", "n", "b", f"login_hint={key}", expires))
    typed(two, GONE)
    forgotten(two, GONE)
    with two.service.store.reading() as base:
        assert [one.key for one in base.execute(lti_logins.select())] == ["begun"]


def test_nothing_is_left_in_the_files_of_the_database(tmp_path: Path) -> None:
    from sqlalchemy import text

    with serving(course_in(tmp_path)) as served:
        client = served.person("zz-quokka")
        fields = {"csrf": client.csrf, "step": "hand-in", "q1.why": "It adds."}  # type: ignore[attr-defined]
        assert client.post("/work/cnn-foundations", data=fields).status_code == 303
        draft = {"part": "q1.why", "written": "I am zz-quokka", "revision": 0}
        headers = {"x-csrf-token": client.csrf}  # type: ignore[attr-defined]
        assert client.post("/drafts/cnn-foundations", json=draft, headers=headers).status_code == 200
        with served.service.store.reading() as base:
            assert base.execute(text("PRAGMA secure_delete")).scalar() == 1
        assert call("people", "forget", "zz-quokka", "--course", tmp_path).returncode == 0
        files = list((tmp_path / ".grader").iterdir())
        assert [path.name for path in files if b"quokka" in path.read_bytes()] == []


def test_what_is_kept_is_exported(two: Served) -> None:
    from grader.service.course.kept import everything
    from grader.service.store.people import person_named
    from grader.service.store.progress import Progress, put_progress

    typed(two, GONE)
    typed(two, "student-08")
    rows = [[f"{name}.toml", name, "cnn-foundations", name[-2:], ""] for name in (GONE, "student-08")]
    moves = {"state": "x", "moved": [[1, "student-08", 1, "q1.why"], [2, GONE, 1, "q1.g"]]}
    with two.service.store.writing() as base:
        for name, outcome in (("the archives of staff", rows), ("a re-mark", moves), ("another", rows[1:])):
            put_progress(base, name, Progress("upload", "done", "staff", two.clock(), outcome=outcome))
        person = person_named(base, GONE)
    assert person is not None
    packed = zipfile.ZipFile(io.BytesIO(everything(two.service.store, person)))
    data = json.loads(packed.read("data.json"))
    assert data["person"]["student"] == GONE
    assert [one["points"] for one in data["marks"]] == ["1.5"]
    assert [one["written"] for one in data["drafts"]] == [f"I am {GONE}"]
    assert data["progress"] == [
        {"name": "progress of a re-mark", "outcome": {"moved": [[2, GONE, 1, "q1.g"]]}},
        {"name": "progress of the archives of staff", "outcome": rows[:1]},
    ]
    assert len(data["submissions"]) == 2
    assert {"hash"} & set(data["credentials"][0]) == set()
    names = packed.namelist()
    assert len([name for name in names if name.startswith("submissions/")]) == 2
    assert len([name for name in names if name.startswith("reports/")]) == 2
    assert "student-08" not in "".join(packed.read(name).decode() for name in names)


def test_in_many_assignments_with_variants_each_keeps_its_own() -> None:
    from types import SimpleNamespace

    from grader.homework.variants import Variants, variant_ids
    from grader.service.course.forget import _names

    ids = [f"hw{number}" for number in range(20)]
    found: dict[str, Any] = {id: Variants(id, "seed", {key: {} for key in variant_ids(24)}) for id in ids}
    found["plain"] = None
    service: Any = SimpleNamespace(solution=lambda id: SimpleNamespace(variants=found[id]))
    name, names = _names(service, GONE, found)
    assert names["plain"] == name
    assert all(each.startswith(name) for each in names.values())
    assert len(set(names.values())) > 1
    assert [found[id].own(names[id]) for id in ids] == [found[id].own(GONE) for id in ids]


def test_people_on_the_command_line(tmp_path: Path) -> None:
    course = course_in(tmp_path / "course")
    roster = tmp_path / "roster.csv"
    roster.write_text("student,name,role,email\nstudent-01,One,,one@example.org\nstudent-02,Two,assistant,\n", "utf-8")
    assert call("people", "import", roster, "--course", course).stdout == "2 people\n"
    listed = call("people", "list", "--course", course).stdout
    assert listed == "student-01\tstudent\tOne\tone@example.org\nstudent-02\tassistant\tTwo\t\n"
    made = call("people", "link", "student-01", "--course", course, "--address", "https://grader.example.org/")
    assert made.stdout.startswith("https://grader.example.org/enter?token=")
    table = call("people", "link", "--all", "student", "--course", course).stdout.splitlines()
    assert table[0] == "student,name,email,link"
    assert table[1].startswith("student-01,One,one@example.org,http://127.0.0.1:8000/enter?token=")
    assert call("people", "link", "--course", course).stderr == "grader: expected ids of people, or --all with a role\n"
    said = call("people", "revoke", "student-01", "--course", course).stdout
    assert said == "2 links and sessions were revoked\n"
    unknown = call("people", "revoke", "student-09", "--course", course)
    assert (unknown.returncode, unknown.stderr) == (2, "grader: nobody in the course has the id 'student-09'\n")
    file = tmp_path / "one.zip"
    assert call("people", "export", "student-01", file, "--course", course).returncode == 0
    assert zipfile.is_zipfile(file)
    assert call("people", "export", "student-01", file, "--course", course).stderr == (
        f"grader: {file} is there already: nothing was written\n"
    )
    assert call("people", "forget", "student-02", "--course", course).stderr == (
        "grader: expected a student, received 'student-02', who is assistant\n"
    )
    name = call("people", "forget", "student-01", "--course", course).stdout.strip()
    assert call("people", "list", "--course", course).stdout.splitlines()[0] == f"{name}\tstudent\t\t"


def test_nobody_is_forgotten_where_a_mark_would_move(two: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.errors import UsageError
    from grader.service.course.forget import forget
    from grader.service.store.people import person_named

    typed(two, GONE)
    with two.service.store.reading() as base:
        person = person_named(base, GONE)
    assert person is not None
    before, marked = content(url_of(two)), two.service.marked
    monkeypatch.setattr(two.service, "marked", lambda *asked: marked(*asked)._replace(score="0.25"))
    said = "cnn-foundations: a newer key or grader would move marks: apply it first"
    with pytest.raises(UsageError, match=f"^{said}$"):
        two.service.work.submit(forget, two.service, person, "tester").result()
    assert content(url_of(two)) == before
