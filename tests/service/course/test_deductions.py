"""What being late costs follows from the policy, the extension and the moment of a hand-in, also when these change."""

from __future__ import annotations

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


def audit(served: Served) -> list[tuple[str, str, str]]:
    from grader.service.store.audit import entries

    with served.service.store.reading() as base:
        found = [one for one in entries(base) if one.what == "applied"]
    return [(one.who, one.subject, one.details) for one in reversed(found)]


def final(served: Served, student: str) -> Any:
    rows = served.program("read", f"{student} {served.clock()}").get(f"/api/v1/results?assignment={ID}").json()
    return next(row["final_score"] for row in rows if row["student"] == student)


@pytest.mark.parametrize(("policy", "costs", "after"), [(MILDER, "0.05", 0.95), (LATER, "0", 1)])
def test_what_is_stored_follows_a_policy_that_changed(served: Served, policy: str, costs: str, after: float) -> None:
    write_policy(served, PASSED)
    look(served)
    for student in ("student-01", "student-02"):
        answer(served, student, q4={"Z": "10"})
    assert deductions(served) == {"student-01": "0.1", "student-02": "0.1"}
    assert final(served, "student-01") == 0.9
    write_policy(served, policy)
    look(served)
    assert deductions(served) == {"student-01": costs, "student-02": costs}
    served.clock.forward(seconds=1)
    assert final(served, "student-01") == after
    assert audit(served) == [("files", ID, '{"deductions": 2}')]
    look(served)
    assert len(audit(served)) == 1, "nothing has changed since"


def test_the_gradebook_follows_a_policy_that_changed(served: Served) -> None:
    from grader.service.course.gradebook import Gradebook
    from tests.service.staff.test_gradebook import content

    write_policy(served, PASSED + '\nbest = "highest"')
    look(served)
    answer(served, "student-01", q4={"Z": "10"})
    kept = Gradebook(served.service)
    content(kept)
    with served.service.store.reading() as base:
        from grader.service.store import submissions

        before = submissions.versions(base, ID)
        write_policy(served, MILDER + '\nbest = "highest"')
    look(served)
    with served.service.store.reading() as base:
        assert submissions.versions(base, ID) == {id: version + 1 for id, version in before.items()}
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
