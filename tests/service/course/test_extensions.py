"""An extension changes what being late costs, for a whole team where teams hand in; how it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.service.course.policies import ID, PASSED, deductions, final, look, write_policy
from tests.service.courses import Served
from tests.service.staff.test_class import answer


def team(served: Served, *students: str) -> None:
    from grader.service.store.teams import put_team

    with served.service.store.writing() as base:
        for student in students:
            put_team(base, student, "blue")


def extend(served: Served, student: str, due: str, attempts: str = "") -> None:
    instructor = served.person("instructor-2", "instructor")
    served.person(student)
    form = {"csrf": instructor.csrf, "id": student, "assignment": ID, "due": due, "attempts": attempts, "why": ""}
    assert instructor.post("/staff/extension", data=form).status_code == 303


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
    form = {"csrf": instructor.csrf, "id": "student-01", "assignment": ID, "due": due, "attempts": "1", "why": "Ill."}  # type: ignore[attr-defined]
    refused = instructor.post("/staff/extension", data=form)
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
