"""What being late costs follows from the policy, the extension and the moment of a hand-in, also when these change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.service.courses import Served
from tests.service.staff.test_class import answer

ID = "cnn-foundations"
# The clock of the tests stands at 2026-03-02 09:00 UTC.
PASSED = "due = 2026-03-01T12:00:00Z\nlate = {per_day = 0.1, at_most = 5}"
MILDER = "due = 2026-03-01T12:00:00Z\nlate = {per_day = 0.05, at_most = 5}"
LATER = "due = 2026-03-02T12:00:00Z\nlate = {per_day = 0.1, at_most = 5}"


def write_policy(served: Served, policy: str, *, points: int = 0) -> None:
    path = served.folder / "answer_keys" / ID / "assignment.toml"
    head, found, rest = path.read_text("utf-8").partition("[[questions]]")
    kept = head.partition("[assignment.policy]")[0]
    if points:
        kept, rest = (
            kept.replace("points = 20\n", f"points = {20 + points}\n"),
            rest.replace("points = 2\n", "points = 3\n", 1),
        )
    path.write_text(f"{kept}[assignment.policy]\n{policy}\n\n{found}{rest}", encoding="utf-8")


def look(served: Served) -> None:
    served.service.work.submit(served.service.look).result()


def deductions(served: Served) -> dict[str, str]:
    from grader.service.store.tables import submissions

    with served.service.store.reading() as base:
        return {one.student: one.deduction for one in base.execute(select(submissions).order_by(submissions.c.id))}


def apply(served: Served, *, told: bool = True) -> Any:
    """What would move, or what moved when told."""
    response = served.program("staff", f"applies at {served.clock()} {told}").post(
        f"/api/v1/remark?assignment={ID}&apply={str(told).lower()}"
    )
    assert response.status_code == 200, response.text
    return response.json()


def audit(served: Served) -> list[tuple[str, str, str]]:
    from grader.service.store.audit import entries

    with served.service.store.reading() as base:
        found = [one for one in entries(base) if one.what == "applied"]
    return [(one.who, one.subject, one.details) for one in reversed(found)]


def final(served: Served, student: str) -> Any:
    rows = served.program("read", f"{student} {served.clock()}").get(f"/api/v1/results?assignment={ID}").json()
    return next(row["final_score"] for row in rows if row["student"] == student)


@pytest.mark.parametrize(("policy", "costs", "after"), [(MILDER, "0.05", 0.95), (LATER, "0", 1)])
def test_what_is_stored_follows_a_policy_that_changed_once_it_is_applied(
    served: Served, policy: str, costs: str, after: float
) -> None:
    write_policy(served, PASSED)
    look(served)
    for student in ("student-01", "student-02"):
        answer(served, student, q4={"Z": "10"})
    assert deductions(served) == {"student-01": "0.1", "student-02": "0.1"}
    assert final(served, "student-01") == 0.9
    write_policy(served, policy)
    look(served)
    would = apply(served, told=False)
    assert [(one["student"], one["before"], one["after"], one["why"]) for one in would["finals"]] == [
        ("student-01", "0.9/20", f"{after:g}/20", "deduction"),
        ("student-02", "0.9/20", f"{after:g}/20", "deduction"),
    ]
    assert {(one["deduction_before"], one["deduction_after"]) for one in would["finals"]} == {("0.1", costs)}
    served.clock.forward(seconds=1)
    look(served)
    assert deductions(served) == {"student-01": "0.1", "student-02": "0.1"}, "it was only shown"
    assert final(served, "student-01") == 0.9
    assert audit(served) == []
    made = apply(served)
    assert made == {**would, "applied": True}
    assert deductions(served) == {"student-01": costs, "student-02": costs}
    served.clock.forward(seconds=1)
    assert final(served, "student-01") == after
    assert [one[1] for one in audit(served)] == [ID]
    assert '"deductions": 2' in audit(served)[0][2]
    look(served)
    assert len(audit(served)) == 1, "nothing has changed since"


def test_the_gradebook_follows_a_policy_that_changed_once_it_is_applied(served: Served) -> None:
    from grader.service.course.gradebook import Gradebook
    from grader.service.store import submissions
    from tests.service.staff.test_gradebook import content

    def versions() -> dict[int, int]:
        with served.service.store.reading() as base:
            return submissions.versions(base, ID)

    write_policy(served, PASSED + '\nbest = "highest"')
    look(served)
    answer(served, "student-01", q4={"Z": "10"})
    kept = Gradebook(served.service)
    content(kept)
    before = versions()
    write_policy(served, MILDER + '\nbest = "highest"')
    look(served)
    assert versions() == before
    apply(served)
    assert versions() == {id: version + 1 for id, version in before.items()}
    assert content(kept) == content(Gradebook(served.service))


def test_a_policy_that_staff_apply_with_a_key_is_charged_too(served: Served) -> None:
    write_policy(served, PASSED)
    look(served)
    answer(served, "student-01", q4={"Z": "10"})
    write_policy(served, MILDER, points=1)
    look(served)
    assert deductions(served) == {"student-01": "0.1"}, "a key waits for staff"
    staff = served.program("staff", "applies")
    assert staff.post(f"/api/v1/remark?assignment={ID}&apply=true").status_code == 200
    assert deductions(served) == {"student-01": "0.05"}
    assert [one[0] for one in audit(served)] == ["applies"]
    assert '"deductions": 1' in audit(served)[0][2]


def test_every_change_of_the_files_is_in_the_log(served: Served) -> None:
    def log() -> list[tuple[str, str]]:
        from grader.service.store.audit import entries

        with served.service.store.reading() as base:
            return [(one.who, one.details) for one in reversed(entries(base)) if one.what == "took over files"]

    assert log() == [("files", "")]
    write_policy(served, LATER + '\nfeedback = "when_released"')
    look(served)
    answer(served, "student-01", q4={"Z": "10"})
    write_policy(served, LATER + '\nfeedback = "when_released"\nattempts = 2')
    look(served)
    assert log()[2:] == [("files", '{"policy": {"attempts": ["", "2"]}}')]
    write_policy(served, LATER + '\nfeedback = "at_once"\nattempts = 2')
    look(served)
    assert len(log()) == 3, "what students see waits for staff"
    apply(served)
    assert '"policy": {"feedback": ["when_released", "at_once"]}' in audit(served)[-1][2]
    assert "due" in log()[1][1] and "2026-03-02 12:00:00+00:00" in log()[1][1]
    page = served.person("instructor-2", "instructor").get("/staff/log").text
    assert "took over the changed files of an assignment" in page
    write_policy(served, PASSED, points=1)
    look(served)
    assert len(log()) == 3, "a key waits for staff"
    assert served.program("staff", "applies").post(f"/api/v1/remark?assignment={ID}&apply=true").status_code == 200
    assert '"attempts": ["2", ""]' in audit(served)[-1][2]


# -- what staff hand in for others ------------------------------------------------------------------------------------


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
    thread.join(30)
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
    uploads.start(served.service, Who("staff", frozenset(Right)), list(FILES.items())).join(30)
    assert attempts(served) == WITHOUT_D
    with served.service.store.reading() as base:
        found = progress_of(base, uploads.NAME.format(who="staff"), served.clock())
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


# -- teams ------------------------------------------------------------------------------------------------------------


def team(served: Served, *students: str) -> None:
    from grader.service.store.teams import put_team

    with served.service.store.writing() as base:
        for student in students:
            put_team(base, student, "blue")


def extend(served: Served, student: str, due: str, attempts: str = "") -> None:
    instructor = served.person("instructor-2", "instructor")
    served.person(student)
    granted_extension = {
        "csrf": instructor.csrf,
        "id": student,
        "assignment": ID,
        "due": due,
        "attempts": attempts,
        "why": "",
    }
    assert instructor.post("/staff/extension", data=granted_extension).status_code == 303


def test_an_extension_of_one_is_the_team_s(served: Served) -> None:
    write_policy(served, PASSED + "\nteams = true\nattempts = 1")
    look(served)
    team(served, "student-01", "student-02", "student-03")
    extend(served, "student-01", "2026-03-02T10:00")
    extend(served, "student-02", "2026-03-02T08:00", "1")
    answer(served, "student-01", q4={"Z": "10"})
    answer(served, "student-04", q4={"Z": "10"})
    on_time = {"student-01": "0", "student-02": "0", "student-03": "0", "student-04": "0.1"}
    assert deductions(served) == on_time
    extend(served, "student-01", "")
    assert deductions(served) == {**dict.fromkeys(on_time, "0.1")}
    extend(served, "student-03", "2026-03-02T09:00")
    assert deductions(served) == on_time
    answer(served, "student-03", q4={"Z": "9"})  # the second attempt is student-02's
    client = served.person("student-03")
    refused = client.post(f"/work/{ID}", data={"csrf": client.csrf, "step": "hand-in", "q4.Z": "8"})
    assert refused.status_code == 422
    assert "no attempt is left: 2 of 2 are used" in refused.text


def import_teams(served: Served, table: str) -> Any:
    instructor = served.person("instructor-2", "instructor")
    files = {"roster": ("teams.csv", table.encode())}
    assert instructor.post("/staff/people", data={"csrf": instructor.csrf}, files=files).status_code == 303  # type: ignore[attr-defined]
    return instructor


def test_who_comes_to_another_team_has_its_extension_for_what_is_handed_in(served: Served) -> None:
    from grader.service.store import submissions

    write_policy(served, PASSED + "\nteams = true")
    look(served)
    import_teams(
        served, "student,team\nstudent-01,blue\nstudent-02,blue\nstudent-03,\nstudent-04,red\nstudent-05,red\n"
    )
    extend(served, "student-01", "2026-03-02T10:00")
    for student in ("student-01", "student-03", "student-04"):
        answer(served, student, q4={"Z": "10"})
    assert deductions(served) == {
        "student-01": "0", "student-02": "0", "student-03": "0.1", "student-04": "0.1", "student-05": "0.1",
    }  # fmt: skip
    with served.service.store.reading() as base:
        before = {one.hand_in.id: one for one in submissions.of_assignment(base, ID)}
    gradebook = served.site.gradebook
    with gradebook.of(ID):
        pass
    assert final(served, "student-05") == 0.9
    page = import_teams(served, "student,team\nstudent-02,\nstudent-03,blue\nstudent-01,red\n")
    assert deductions(served) == {
        "student-01": "0", "student-02": "0.1", "student-03": "0.1", "student-04": "0", "student-05": "0",
    }  # fmt: skip
    assert final(served, "student-05") == 1
    with served.service.store.reading() as base:
        for one in submissions.of_assignment(base, ID):
            assert one.row == before[one.hand_in.id].row, "marks stay"
            assert one.hand_in.digest == before[one.hand_in.id].hand_in.digest
    assert "changed teams" in page.get("/staff/log").text
    assert '"deductions": 3' in page.get("/staff/log").text.replace("&#34;", '"')
    import_teams(served, "student\nstudent-01\n")
    import_teams(served, "student,team\nstudent-01,red\n")
    assert page.get("/staff/log").text.count("changed teams") == 1, "nothing changed"


def test_an_extension_is_read_in_persian_digits(served: Served) -> None:
    from grader.service.course.extensions import granted_extension

    extend(served, "student-01", "۲۰۲۶-۰۳-۰۳T۱۲:۰۰Z", "۲")
    with served.service.store.reading() as base:
        found = granted_extension(base, ID, "student-01")
    assert found is not None
    assert (found.extension.due, found.extension.attempts) == (datetime(2026, 3, 3, 12, tzinfo=UTC), 2)


@pytest.mark.parametrize("due", ["2026-03-02", "20260302", "2026-W10-1", "tomorrow", "2026-02-30T10:00"])
def test_an_extension_needs_a_time_of_day(served: Served, due: str) -> None:
    instructor = served.person("instructor-2", "instructor")
    served.person("student-01")
    granted_extension = {
        "csrf": instructor.csrf,
        "id": "student-01",
        "assignment": ID,
        "due": due,
        "attempts": "1",
        "why": "Ill.",
    }  # type: ignore[attr-defined]
    refused = instructor.post("/staff/extension", data=granted_extension)
    assert refused.status_code == 422
    assert "expected a date and time such as 2026-03-01T23:59" in refused.text
    assert "Ill." in refused.text


def test_nobody_of_a_team_sees_the_report_while_one_may_hand_in(served: Served) -> None:
    write_policy(served, 'due = 2026-03-02T12:00:00Z\nfeedback = "after_due"\nteams = true')
    look(served)
    team(served, "student-01", "student-02")
    extend(served, "student-01", "2026-03-02T15:00")
    made = answer(served, "student-01", q4={"Z": "10"})
    assert made["receipt"]["number"]
    clients = [served.person(student) for student in ("student-01", "student-02")]
    from grader.service.store import submissions

    with served.service.store.reading() as base:
        numbers = [submissions.of_student(base, f"student-0{n}")[0].hand_in.number for n in (1, 2)]
    served.clock.now = served.clock.now.replace(hour=15)
    for client, number in zip(clients, numbers, strict=True):
        assert "not shown yet" in client.get(f"/feedback/{number}").text
    served.clock.forward(seconds=1)
    for client, number in zip(clients, numbers, strict=True):
        assert "p.q4.Z" in client.get(f"/feedback/{number}").text


def test_without_teams_an_extension_is_one_student_s(served: Served) -> None:
    write_policy(served, PASSED)
    look(served)
    team(served, "student-01", "student-02")
    extend(served, "student-01", "2026-03-02T10:00")
    for student in ("student-01", "student-02"):
        answer(served, student, q4={"Z": "10"})
    assert deductions(served) == {"student-01": "0", "student-02": "0.1"}


# -- the attempt that counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("best", "scores"), [("last", ["10", "9"]), ("highest", ["10", "10.0"])])
def test_the_last_attempt_counts_though_the_clock_went_back(served: Served, best: str, scores: list[str]) -> None:
    write_policy(served, f'best = "{best}"')
    look(served)
    for z in scores:
        made = answer(served, "student-01", q4={"Z": z})
        served.clock.forward(minutes=-3)
    row = served.program("read").get(f"/api/v1/results?assignment={ID}").json()[0]
    assert row["file"] == f"{ID}-{made['receipt']['number']}.toml"
