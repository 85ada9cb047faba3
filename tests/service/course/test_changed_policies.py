"""A policy that changed in the files: what would move is shown before anything moves, and moves when told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.service.course.policies import (
    ID,
    LATER,
    MILDER,
    PASSED,
    apply,
    audit,
    deductions,
    final,
    look,
    write_policy,
)
from tests.service.courses import Served
from tests.service.staff.test_class import answer, text
from tests.service.staff.test_key import PATH, post, settled

WAITS = "the change waits to be applied"


@pytest.fixture
def instructor(served: Served) -> Any:
    return served.person("instructor-2", "instructor")


@pytest.fixture
def again(served: Served) -> Iterator[Served]:
    """The service of the same course in another process, or after a restart."""
    from grader.service.course.service import Service
    from grader.service.store import Store

    url = served.service.store.url.render_as_string(hide_password=False)
    service = Service(served.folder, Store(url), now=served.clock)
    try:
        yield Served(service, served.clock, served.folder)
    finally:
        service.stop()


def begin(served: Served, policy: str) -> None:
    """Serve under a policy."""
    write_policy(served, policy)
    look(served)


def looked(instructor: Any) -> str:
    """The page of the key, after somebody looked what would move."""
    assert post(instructor, instructor.get(PATH).text, "look").status_code == 303
    return settled(instructor)


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of a table of the page, row by row."""
    found = re.search(rf'<h2 id="{heading}">.*?<tbody>(.*?)</tbody>', page, re.S)
    return [] if found is None else [
        [text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", found[1], re.S)
    ]  # fmt: skip


def feedback(served: Served, made: Any, student: str = "student-01") -> str:
    return text(served.person(student).get(f"/feedback/{made['receipt']['number']}").text)


def test_another_deduction_is_shown_with_both_shares_and_told_to_the_student(served: Served, instructor: Any) -> None:
    begin(served, PASSED)
    made = answer(served, "student-01", q4={"Z": "10"})
    answer(served, "student-02", q4={"Z": "11"})
    begin(served, MILDER)
    assert WAITS in text(instructor.get(PATH).text)
    page = looked(instructor)
    assert rows(page, "rules") == [["late", "{per_day = 0.1, at_most = 5}", "{per_day = 0.05, at_most = 5}"]]
    why = "being late costs 5 % instead of 10 %"
    assert rows(page, "finals") == [
        ["student-01", "1", "0.9 / 20", "0.95 / 20", why],
        ["student-02", "1", "0 / 20", "0 / 20", why],
    ]
    assert rows(page, "totals") == [
        ["Final scores that rise", "1 student"],
        ["Being late costs something else", "2 students"],
    ]
    assert "Marks that were moved" not in feedback(served, made)
    assert deductions(served) == {"student-01": "0.1", "student-02": "0.1"}
    post(instructor, page, "apply")
    page = settled(instructor)
    assert WAITS not in text(page)
    assert len(rows(page, "finals")) == 2, "what moved stays on the page"
    assert deductions(served) == {"student-01": "0.05", "student-02": "0.05"}
    told = feedback(served, made)
    assert "Marks that were moved after they were given" in told
    assert "Final score 0.9/20 0.95/20 being late costs something else" in told


def test_another_attempt_that_counts_is_shown(served: Served, instructor: Any) -> None:
    begin(served, 'best = "last"')
    made = [answer(served, "student-01", q4={"Z": z}) for z in ("10", "9")]
    answer(served, "student-02", q4={"Z": "10"})
    begin(served, 'best = "highest"')
    assert final(served, "student-01") == 0
    page = looked(instructor)
    assert rows(page, "finals") == [["student-01", "1", "0 / 20", "1 / 20", "attempt 1 counts instead of attempt 2"]]
    assert ["Another attempt counts", "1 student"] in rows(page, "totals")
    assert final(served, "student-01") == 0
    post(instructor, page, "apply")
    settled(instructor)
    served.clock.forward(seconds=1)
    assert final(served, "student-01") == 1
    assert "Final score 0/20 1/20 another attempt counts" in feedback(served, made[0])


def test_the_deduction_of_an_attempt_that_does_not_count_is_shown_too(served: Served) -> None:
    begin(served, PASSED + '\nbest = "highest"')
    for z in ("10", "9"):
        answer(served, "student-01", q4={"Z": z})
    begin(served, MILDER + '\nbest = "highest"')
    found = [
        (one["attempt"], one["counts"], one["before"], one["after"]) for one in apply(served, told=False)["finals"]
    ]
    assert found == [(1, True, "0.9/20", "0.95/20"), (2, False, "0/20", "0/20")]


@pytest.mark.parametrize(
    ("before", "after", "row", "visible"),
    [
        ("when_released", "at_once", ["Feedback becomes visible", "2 students"], [2, 0, 0]),
        ("at_once", "when_released", ["Feedback is hidden", "2 students"], [0, 2, 0]),
        ("at_once", 'at_once"\nreveal = "always', ["Visible feedback shows other right answers than before, or none",
                                                  "2 students"], [0, 0, 2]),
    ],
)  # fmt: skip
def test_what_students_would_see_is_shown_before_they_see_it(
    served: Served, instructor: Any, before: str, after: str, row: list[str], visible: list[int]
) -> None:
    begin(served, f'feedback = "{before}"')
    made = [answer(served, student, q4={"Z": "10"}) for student in ("student-01", "student-01", "student-02")]
    seen = feedback(served, made[-1], "student-02")
    begin(served, f'feedback = "{after}"')
    page = looked(instructor)
    assert rows(page, "totals") == [row]
    assert list(apply(served, told=False)["visible"].values()) == visible
    assert feedback(served, made[-1], "student-02") == seen
    post(instructor, page, "apply")
    settled(instructor)
    assert feedback(served, made[-1], "student-02") != seen


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LATER, LATER.replace("03-02", "03-09")),
        (PASSED, PASSED + "\nattempts = 3\nappeals = true"),
        (LATER + '\nfeedback = "when_released"', LATER + '\nfeedback = "after_due"'),
        ('best = "last"', 'best = "highest"'),
    ],
)
def test_a_change_that_moves_nothing_is_applied_at_once_and_logged(
    served: Served, instructor: Any, before: str, after: str
) -> None:
    begin(served, before)
    answer(served, "student-01", q4={"Z": "10"})
    begin(served, after)
    assert "Marks come from the files of the assignment as they are." in instructor.get(PATH).text
    assert WAITS not in text(instructor.get(f"/staff/class/{ID}").text)
    assert instructor.get("/staff/log").text.count("took over the changed files of an assignment") == 3
    assert audit(served) == []


def test_deadlines_stay_as_applied_while_the_change_waits_and_staff_are_told(served: Served, instructor: Any) -> None:
    begin(served, PASSED + "\nattempts = 2")
    answer(served, "student-01", q4={"Z": "10"})
    begin(served, LATER + "\nattempts = 1")
    assert answer(served, "student-01", q4={"Z": "9"})["receipt"], "there were two attempts"
    assert deductions(served) == {"student-01": "0.1"}
    client = served.person("student-03")
    assert "is late and loses 10 % of its points" in text(client.get(f"/work/{ID}").text)
    for page in ("/staff", PATH, f"/staff/class/{ID}", "/staff/student?id=student-01"):
        shown = instructor.get(page).text
        assert ("look at what would move" if page == "/staff" else WAITS) in text(shown), page
        assert f"/staff/key/{ID}" in shown, page
    apply(served)
    assert "is late and loses" not in text(client.get(f"/work/{ID}").text)
    refused = client.post(f"/work/{ID}", data={"csrf": client.csrf, "step": "hand-in", "q4.Z": "8"})  # type: ignore[attr-defined]
    assert refused.status_code == 303


def test_an_extension_is_worked_out_by_the_policy_as_applied_while_another_waits(
    served: Served, instructor: Any
) -> None:
    begin(served, PASSED)
    for student in ("student-01", "student-02"):
        answer(served, student, q4={"Z": "10"})
    begin(served, MILDER)
    given = {"csrf": instructor.csrf, "id": "student-01", "assignment": ID, "due": "2026-03-02T10:00", "attempts": ""}
    assert instructor.post("/staff/extension", data={**given, "why": ""}).status_code == 303
    assert deductions(served) == {"student-01": "0", "student-02": "0.1"}
    assert [one["student"] for one in apply(served, told=False)["finals"]] == ["student-02"]
    apply(served)
    assert deductions(served) == {"student-01": "0", "student-02": "0.05"}


def test_a_key_and_a_policy_that_changed_together_are_one_change(served: Served, instructor: Any) -> None:
    begin(served, PASSED)
    answer(served, "student-01", q1={"g": "0"}, q4={"Z": "10"})
    write_policy(served, MILDER, points=1)
    page = looked(instructor)
    assert ["q1.g", "0 / 2 (wrong)", "0 / 3 (wrong)", "1 student"] in rows(page, "parts")
    (found,) = rows(page, "finals")
    assert found[2:4] == ["0.9 / 20", "0.95 / 21"]
    assert found[4] == "the assignment changed, being late costs 5 % instead of 10 %"


# -- in between -------------------------------------------------------------------------------------------------------


def test_a_change_waits_over_a_restart(served: Served, again: Served) -> None:
    begin(served, PASSED)
    answer(served, "student-01", q4={"Z": "10"})
    begin(served, MILDER)
    would = apply(served, told=False)
    again.service.start()
    assert deductions(again) == {"student-01": "0.1"}
    again.clock.forward(seconds=1)
    assert WAITS in text(again.person("instructor-3", "instructor").get(PATH).text)
    assert apply(again, told=False) == would
    again.clock.forward(seconds=1)
    apply(again)
    look(served)
    assert served.service.applied.digest == again.service.applied.digest
    assert deductions(served) == {"student-01": "0.05"}


def test_a_file_that_is_broken_meanwhile_moves_nothing(served: Served, instructor: Any) -> None:
    begin(served, PASSED)
    answer(served, "student-01", q4={"Z": "10"})
    begin(served, MILDER)
    page = looked(instructor)
    path = served.folder / "answer_keys" / ID / "assignment.toml"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace("per_day = 0.05", "per_day = 5"), "utf-8")
    look(served)
    post(instructor, page, "apply")
    shown = text(settled(instructor))
    assert "per_day" in shown
    assert "Nothing was changed" in shown
    assert deductions(served) == {"student-01": "0.1"}
    path.write_text(whole, "utf-8")
    look(served)
    assert deductions(served) == {"student-01": "0.1"}, "it still waits"
    assert len(apply(served)["finals"]) == 1
    assert deductions(served) == {"student-01": "0.05"}


def test_files_that_come_back_leave_nothing_to_apply(served: Served, instructor: Any) -> None:
    begin(served, PASSED)
    answer(served, "student-01", q4={"Z": "10"})
    begin(served, MILDER)
    page = looked(instructor)
    begin(served, PASSED)
    assert "Marks come from the files of the assignment as they are." in instructor.get(PATH).text
    post(instructor, page, "apply")
    assert "the files changed since these moves were shown: look again" in settled(instructor)
    assert deductions(served) == {"student-01": "0.1"}


def test_two_workers_that_apply_at_once_move_everything_once(served: Served, again: Served) -> None:
    begin(served, PASSED)
    made = answer(served, "student-01", q4={"Z": "10"})
    again.service.start()
    begin(served, MILDER)
    look(again)
    assert deductions(again) == {"student-01": "0.1"}
    workers = [(served, served.program("staff", "one")), (again, again.program("staff", "two"))]
    with ThreadPoolExecutor(2) as pool:
        url = f"/api/v1/remark?assignment={ID}&apply=true"
        found = list(pool.map(lambda worker: worker[1].post(url).json()["finals"], workers))
    assert sorted(map(len, found)) == [0, 1]
    assert deductions(served) == {"student-01": "0.05"}
    assert feedback(served, made).count("0.95/20") == 1


def test_a_hand_in_that_is_stored_while_the_files_are_read_makes_the_change_wait(
    served: Served, again: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.service.course import hand_in

    begin(served, PASSED)
    again.service.start()
    stored, reading = hand_in._stored, threading.Event()

    def slowly(*arguments: Any) -> Any:
        made = stored(*arguments)
        write_policy(served, MILDER)
        thread = threading.Thread(target=look, args=(again,))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it waits for the hand-in"
        reading.set()
        return made

    monkeypatch.setattr(hand_in, "_stored", slowly)
    answer(served, "student-01", q4={"Z": "10"})
    assert reading.is_set()
    look(again)
    assert deductions(again) == {"student-01": "0.1"}
    assert [one["deduction_after"] for one in apply(again, told=False)["finals"]] == ["0.05"]
