"""The sending of scores by several workers, after a fault, and of students who are forgotten."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest

from grader.service.store.lti import troubled
from tests.service.lti.linked import Linked
from tests.service.lti.test_sent_back import RIGHT, again, hand_in, sender, sent


def test_two_workers_send_a_score_once(course: Linked) -> None:
    browser = hand_in(course, RIGHT)
    workers = [sender(course, 0.01) for _ in range(3)]
    for worker in workers:
        worker.__enter__()
    try:
        _until(lambda: len(sent(course)) == 1)
        again(course, browser, {"q4.Z": "11"})
        _until(lambda: course.platform.scores["student-01"]["scoreGiven"] == 0)
        time.sleep(0.2)
    finally:
        for worker in workers:
            worker.__exit__(None, None, None)
            worker._thread.join(60)  # as long as a busy machine takes for a round
    assert len(sent(course)) == 2
    assert not any(worker._thread.is_alive() for worker in workers)


def _until(done: Any) -> None:
    last = time.monotonic() + 120
    while not done():
        assert time.monotonic() < last
        time.sleep(0.01)


def test_the_thread_goes_on_after_a_fault(course: Linked, caplog: pytest.LogCaptureFixture) -> None:
    worker = sender(course, 0.01)
    faults = iter([RuntimeError("away"), RuntimeError("away")])
    look = worker._scores.look

    def failing(now: float) -> int:
        for fault in faults:
            raise fault
        return look(now)

    worker._scores.look = failing  # type: ignore[method-assign]
    hand_in(course, RIGHT)
    with worker:
        _until(lambda: len(sent(course)) == 1)
    assert [record.message for record in caplog.records if record.name == "grader.service"] == [
        "scores were not sent"
    ] * 2


def test_the_score_of_an_assignment_that_another_worker_has_applied_waits_until_it_is_known(course: Linked) -> None:
    from sqlalchemy import update

    from grader.service.store.tables import assignments

    hand_in(course, RIGHT)
    one = sender(course)
    with course.service.store.writing() as base:
        base.execute(update(assignments).values(key_digest="another"))
    assert one._scores.look(time.time()) == 1
    with course.service.store.reading() as base:
        assert troubled(base) == []
    assert course.site.lti is not None
    assert course.site.lti.outbox.due(2e9) == []


def test_nothing_ties_a_student_who_is_forgotten_to_the_platform(course: Linked) -> None:
    from grader.service.course.forget import forget
    from grader.service.course.kept import everything
    from grader.service.store.people import everybody
    from grader.service.store.tables import metadata

    hand_in(course, RIGHT, "sub-of-somebody")
    one = sender(course)
    one.round()
    with course.service.store.reading() as base:
        [person] = everybody(base, "student")
    data = json.loads(zipfile.ZipFile(io.BytesIO(everything(course.service.store, person))).read("data.json"))
    assert [row["subject"] for row in data["lti_people"]] == ["sub-of-somebody"]
    assert [row["user_id"] for row in data["lti_scores"]] == ["sub-of-somebody"]
    forget(course.service, person, "instructor")
    with course.service.store.reading() as base:
        rows = [str(tuple(row)) for table in metadata.sorted_tables for row in base.execute(table.select())]
    assert [row for row in rows if "sub-of-somebody" in row or person.student in row] == []
    assert one.round() == 0
    assert again(course, _back(course), RIGHT).number
    assert one.round() == 1


def _back(course: Linked) -> Any:
    browser = course.browser()
    assert course.launched(browser, student="sub-of-somebody").status_code == 303
    return browser
