"""What being late costs follows from the policy, also when that changes; and which attempt counts."""

from __future__ import annotations

import pytest

from tests.service.course.policies import ID, LATER, MILDER, PASSED, apply, audit, deductions, final, look, write_policy
from tests.service.courses import Served
from tests.service.staff.test_class import answer


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


@pytest.mark.parametrize(("best", "scores"), [("last", ["10", "9"]), ("highest", ["10", "10.0"])])
def test_the_last_attempt_counts_though_the_clock_went_back(served: Served, best: str, scores: list[str]) -> None:
    write_policy(served, f'best = "{best}"')
    look(served)
    for z in scores:
        made = answer(served, "student-01", q4={"Z": z})
        served.clock.forward(minutes=-3)
    row = served.program("read").get(f"/api/v1/results?assignment={ID}").json()[0]
    assert row["file"] == f"{ID}-{made['receipt']['number']}.toml"
