"""Staff look after the platforms of a course: members, and scores that have not arrived."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from grader.service.store.people import everybody
from tests.service.lti.linked import ADDRESS, Linked
from tests.service.lti.platform import INSTRUCTOR, LEARNER
from tests.service.lti.test_sent_back import RIGHT, hand_in, sender, sent

PAGE = "/staff/platforms"


def staff(course: Linked, role: str = "instructor") -> Any:
    client = course.person(f"the-{role}", role)
    client.base_url = ADDRESS
    return client


def post(client: Any, path: str, **fields: str) -> Any:
    return client.post(f"{PAGE}/{path}", data={"csrf": client.csrf, **fields})


def people(course: Linked) -> dict[str, str]:
    with course.service.store.reading() as base:
        return {one.name: one.role for one in everybody(base) if one.student.startswith("lti-")}


def members(course: Linked, *listed: tuple[str, str, str]) -> None:
    course.platform.members = [
        {"user_id": user, "roles": [role], "status": status, "name": f"Name of {user}"} for user, role, status in listed
    ]


CLASS = {"issuer": "https://lms.example", "client_id": "client-7", "context": "course-4"}


@pytest.mark.parametrize(
    ("role", "status"), [("student", 403), ("assistant", 403), ("instructor", 200), ("stranger", 401)]
)
def test_the_page_is_for_instructors(course: Linked, role: str, status: int) -> None:
    client = course.browser() if role == "stranger" else staff(course, role)
    if role == "stranger":
        client.csrf = ""
    assert client.get(PAGE).status_code == status
    for path in ("again", "members"):
        response = post(client, path, **CLASS)
        assert response.status_code == {200: 404 if path == "members" else 303}.get(status, status)
        assert client.post(f"{PAGE}/{path}", data=CLASS).status_code == (status if status != 200 else 403)
    assert ("/staff/platforms" in client.get("/staff").text) == (role == "instructor")


def test_the_page_says_what_a_platform_is_told(course: Linked) -> None:
    text = staff(course).get(PAGE).text
    for address in ("/lti/login", "/lti/launch", "/lti/jwks.json"):
        assert f'<code dir="ltr">{ADDRESS}{address}</code>' in text
    assert "Nobody has come from a platform yet." in text
    assert "Every score has arrived." in text


def test_members_are_brought_in_and_are_those_who_come_later(course: Linked) -> None:
    course.launched(course.browser(), student="student-01", name="Name of student-01")
    members(
        course,
        ("student-01", LEARNER, "Active"),
        ("student-02", LEARNER, "Active"),
        ("student-03", LEARNER, "Inactive"),
        ("teacher-1", INSTRUCTOR, "Active"),
        ("student-04", LEARNER, "Active"),
    )
    response = post(staff(course), "members", **CLASS)
    assert response.status_code == 200
    assert "Added: 4. Skipped: 1." in response.text
    wanted = {f"Name of student-{number}": "student" for number in ("01", "02", "04")}
    assert people(course) == {**wanted, "Name of teacher-1": "instructor"}
    course.launched(course.browser(), student="student-02", name="Name of student-02")
    assert len(people(course)) == 4


def test_staff_of_a_course_that_the_file_does_not_name_are_passed_over(course: Linked) -> None:
    course.register(context_ids=[])
    course.launched(course.browser(), context="course-4")
    members(course, ("student-02", LEARNER, "Active"), ("teacher-1", INSTRUCTOR, "Active"))
    assert "Added: 1. Skipped: 1." in post(staff(course), "members", **CLASS).text
    assert "instructor" not in people(course).values()


def test_a_platform_that_lists_nobody_is_named(course: Linked) -> None:
    course.launched(course.browser())
    course.platform.answers("GET /members", (500, {}, b""))
    response = post(staff(course), "members", **CLASS)
    assert response.status_code == 409
    assert "the platform answers for its members with status 500" in response.text
    assert len(people(course)) == 1


def test_members_are_brought_in_by_one_at_a_time(course: Linked) -> None:
    members(course, ("student-02", LEARNER, "Active"))
    course.launched(course.browser())
    asked, begun, go_on = course.platform.replies["GET /members"], threading.Event(), threading.Event()

    def slow(request: Any) -> Any:
        begun.set()
        assert go_on.wait(120)
        return asked(request)

    course.platform.replies["GET /members"] = slow
    client, others = staff(course), staff(course)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, client, "members", **CLASS)
        assert begun.wait(120)
        try:
            refused = post(others, "members", **CLASS)
            assert refused.status_code == 409
            assert "are being brought in already" in refused.text
            assert course.site.service.readers._work_queue.empty()
        finally:
            go_on.set()
        assert "Added: 1." in first.result().text
    assert "Added: 1." in post(others, "members", **CLASS).text


def test_members_of_a_course_from_which_nobody_came_are_not_asked_for(course: Linked) -> None:
    course.launched(course.browser())
    assert post(staff(course), "members", **{**CLASS, "context": "course-5"}).status_code == 404
    assert course.platform.sent_to("GET /members") == []


def test_a_score_that_was_given_up_is_listed_and_tried_again(course: Linked) -> None:
    real = course.platform.replies["POST /items/1/scores"]
    course.platform.answers("POST /items/1/scores", (403, {}, b""))
    hand_in(course, RIGHT)
    one = sender(course)
    assert [one.round(), one.round()] == [1, 0]
    course.clock.forward(hours=7)
    one.lti.tokens._clock = time.time  # the platform's clock stands still
    assert one.round() == 0
    client = staff(course)
    text = client.get(PAGE).text
    assert "the platform answers to the score with status" in text
    assert "cnn-foundations" in text
    assert "Every score has arrived." not in text
    course.platform.replies["POST /items/1/scores"] = real
    assert post(client, "again").headers["location"] == PAGE
    assert [one.round(), one.round()] == [1, 0]
    assert "Every score has arrived." in client.get(PAGE).text
    assert len(sent(course)) == 2
    post(client, "again")
    assert one.round() == 0
