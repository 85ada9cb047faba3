"""Staff hand in for others by the time that the document says; files of one student in the order of their times."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.service.course.policies import ID, MILDER, PASSED, apply, deductions, look, write_policy
from tests.service.courses import Served


def paper(student: str, submitted_at: str = "", z: str = "10") -> bytes:
    said = f"submitted_at = {submitted_at}\n" if submitted_at else ""
    return f'assignment = "{ID}"\nstudent = "{student}"\n{said}[answers.q4]\nZ = "{z}"\n'.encode()


MOMENTS = [
    ("2026-03-01T11:59:00Z", "0", "0"),
    ("2026-03-01T15:31:00+03:30", "0.1", "0.05"),
    ("2026-02-28T12:00:00Z", "0", "0"),
    ("2026-03-02T09:00:00Z", "0.1", "0.05"),
    ("2026-03-02T09:00:01Z", "0", "0"),  # not yet
    ("2026-03-01T13:00:00", "0", "0"),  # no offset
    ("0999-01-01T00:00:00Z", "0", "0"),  # implausible years
    ("0001-01-01T00:00:00+14:00", "0", "0"),
    ("0001-01-01", "0", "0"),
    ("", "0", "0"),
]


def test_staff_hand_in_by_the_time_of_the_document(served: Served) -> None:
    write_policy(served, PASSED)
    look(served)
    staff = served.program("staff")
    for place, (moment, _, _) in enumerate(MOMENTS):
        response = staff.post(
            "/api/v1/submissions",
            content=paper(f"student-0{place}", moment),
            headers={"content-type": "application/toml"},
        )
        assert response.status_code == 201, response.text
        assert response.json()["receipt"]["received_at"] == "2026-03-02T09:00:00.000Z"
    assert list(deductions(served).values()) == [costs for _, costs, _ in MOMENTS]
    write_policy(served, MILDER)
    look(served)
    assert list(deductions(served).values()) == [costs for _, costs, _ in MOMENTS]
    assert len(apply(served)["finals"]) == sum(costs != after for _, costs, after in MOMENTS)
    assert list(deductions(served).values()) == [after for _, _, after in MOMENTS]
    assert staff.get(f"/api/v1/results?assignment={ID}").status_code == 200
    assert staff.post(f"/api/v1/remark?assignment={ID}&apply=false").status_code == 200
    instructor = served.person("instructor", "instructor")
    for page in ("/staff", "/staff/queue", f"/staff/class/{ID}", "/staff/student?id=student-07"):
        assert instructor.get(page).status_code == 200


def test_a_student_or_a_program_is_late_by_our_clock(served: Served) -> None:
    write_policy(served, PASSED)
    look(served)
    program = served.program("submit")
    headers = {"content-type": "application/toml"}
    early = paper("student-01", "2026-02-28T12:00:00Z")
    assert program.post("/api/v1/submissions", content=early, headers=headers).status_code == 201
    client = served.person("student-02")
    files = {"file": ("mine.toml", paper("student-02", "2026-02-28T12:00:00Z"), "application/toml")}
    assert client.post(f"/upload/{ID}", data={"csrf": client.csrf}, files=files).status_code == 303
    assert deductions(served) == {"student-01": "0.1", "student-02": "0.1"}


FILES = {
    "a.toml": paper("student-01", "2026-03-01T10:00:00Z", "10"),
    "b.toml": paper("student-01", "2026-03-01T13:00:00+03:30", "11"),
    "c.toml": paper("student-01", "2026-02-28T10:00:00Z", "12"),
    "d.toml": paper("student-02", "2026-03-01T10:00:00Z", "10"),
    "e.toml": paper("student-02", "", "11"),
    "f.toml": b"assignment = ",
}
NEWEST_LAST = {"student-01": ["12", "11", "10"], "student-02": ["10", "11"]}


def attempts(served: Served) -> dict[str, list[str]]:
    import tomllib

    from grader.service.store.tables import submissions

    found: dict[str, list[str]] = {}
    with served.service.store.reading() as base:
        for one in base.execute(select(submissions).order_by(submissions.c.student, submissions.c.attempt)):
            found.setdefault(one.student, []).append(tomllib.loads(one.data.decode())["answers"]["q4"]["Z"])
    return found


def test_the_newest_of_an_imported_student_is_the_last_attempt(served: Served, tmp_path: Any) -> None:
    from grader.service.course.importing import import_folder

    folder = tmp_path / "papers"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    found = served.service.work.submit(import_folder, served.service, folder).result()
    assert (found.made, len(found.refused)) == (5, 1)
    assert attempts(served) == NEWEST_LAST


def test_the_newest_of_a_student_in_an_archive_is_the_last_attempt(served: Served) -> None:
    from grader.service.course import uploads
    from grader.service.course.who import Right, Who

    thread = uploads.start(served.service, Who("staff", frozenset(Right)), list(FILES.items()))
    thread.join(120)
    assert attempts(served) == NEWEST_LAST


def faulty(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """Handing in d.toml is a fault of ours."""
    found = module.hand_in

    def hand_in(service: Any, who: Any, data: bytes) -> Any:
        if data == FILES["d.toml"]:
            raise RuntimeError
        return found(service, who, data)

    monkeypatch.setattr(module, "hand_in", hand_in)


FAULT = "a fault of ours, nothing was changed"
WITHOUT_D = {"student-01": ["12", "11", "10"], "student-02": ["11"]}


def test_a_fault_in_a_file_of_an_archive_is_said_and_the_others_are_handed_in(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.service.course import uploads
    from grader.service.course.who import Right, Who
    from grader.service.store.progress import progress_of

    faulty(monkeypatch, uploads)
    uploads.start(served.service, Who("staff", frozenset(Right)), list(FILES.items())).join(120)
    assert attempts(served) == WITHOUT_D
    with served.service.store.reading() as base:
        found = progress_of(base, uploads.UPLOAD_NAME.format(who="staff"), served.clock())
    assert found is not None
    assert (found.state, found.done) == ("done", len(FILES))
    assert ["d.toml", "", "", "", FAULT] in found.outcome


def test_a_fault_in_a_file_of_an_import_is_said_and_the_others_are_handed_in(
    served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from grader.service.course import importing

    faulty(monkeypatch, importing)
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    found = served.service.work.submit(importing.import_folder, served.service, folder).result()
    assert attempts(served) == WITHOUT_D
    assert found.made == 4
    assert f"d.toml: {FAULT}" in map(str, found.refused)
