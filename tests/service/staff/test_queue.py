"""The queue of a course that is served: equal answers marked once, by two people at once, anonymous if wanted."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.service.courses import Served

PART = "/staff/queue/cnn-foundations/q1.why"
ANSWERS = {"student-01": "It adds up.", "student-02": "it  adds UP.", "student-03": "Energy"}


def hand_in(served: Served, student: str, why: str, **more: Any) -> int:
    body = {"assignment": "cnn-foundations", "student": student, "answers": {"q1": {"why": why, **more}}}
    response = served.program("submit", f"of {student}").post("/api/v1/submissions", json=body)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


@pytest.fixture
def three(served: Served) -> dict[str, int]:
    return {student: hand_in(served, student, why) for student, why in ANSWERS.items()}


def groups(client: Any) -> list[str]:
    """The keys of the groups, from the first on."""
    found: list[str] = []
    path = PART
    page = client.get(path).text
    while True:
        found.append(field(page, "group"))
        following = re.search(r'<a rel="next" href="([^"]+)"', page)
        if following is None:
            return found
        page = client.get(following[1]).text


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return found[1]


def form(client: Any, page: str, **values: Any) -> dict[str, Any]:
    known = {name: field(page, name) for name in ("group", "version")}
    return {"csrf": client.csrf, **known, "points": "", "comment": "", **values}


def report(served: Served, id: int) -> dict[str, Any]:
    found = served.program("read", f"reader {id} {served.clock().timestamp()}").get(f"/api/v1/submissions/{id}/report")
    parts = next(one for one in found.json()["questions"] if one["id"] == "q1")["parts"]
    return next(one for one in parts if one["id"] == "why")


def test_a_group_is_marked_by_one_decision(served: Served, three: dict[str, int]) -> None:
    client = served.person("assistant-1", "assistant")
    overview = client.get("/staff/queue").text
    assert re.search(
        r'href="/staff/queue/cnn-foundations/q1.why">.*?<td class="e n">2</td><td class="e n">3</td>', overview
    )
    page = client.get(PART).text
    assert "It adds up." in page
    assert "student-02" in page
    answer = client.post(PART, data=form(client, page, points="1.5", comment="Good."))
    assert answer.status_code == 303
    following = client.get(answer.headers["location"]).text
    assert "Saved: points given to each of 2 students: 1.5" in following
    assert "Energy" in following
    for student, points in (("student-01", 1.5), ("student-02", 1.5), ("student-03", None)):
        review = report(served, three[student]).get("review")
        assert (review and (review["points"], review["comment"], review["who"])) == (
            points and (points, "Good.", "assistant-1")
        )
    assert re.search(r'<td class="e n">1</td><td class="e n">1</td>', client.get("/staff/queue").text)
    assert client.get(PART.replace("q1.why", "q9.x")).status_code == 404
    assert client.get(PART.replace("cnn-foundations", "other")).status_code == 404


def test_the_sum_of_ticks_counts_and_too_many_points_are_refused(served: Served, three: dict[str, int]) -> None:
    client = served.person("assistant-1", "assistant")
    page = client.get(PART).text
    refused = client.post(PART, data=form(client, page, points="3", comment="Kept."))
    assert refused.status_code == 422
    assert "expected points of q1.why from 0 to 2 with at most 2 decimals, received" in refused.text
    assert "Kept." in refused.text
    assert client.post(PART, data=form(client, page, tick=["0", "2"])).status_code == 303
    assert Decimal(str(report(served, three["student-01"])["review"]["points"])) > 0


def test_a_mark_made_in_between_is_not_overwritten_unseen(served: Served, three: dict[str, int]) -> None:
    one, other = (served.person(f"assistant-{number}", "assistant") for number in (1, 2))
    first, second = one.get(PART).text, other.get(PART).text
    assert one.post(PART, data=form(one, first, points="2")).status_code == 303
    refused = other.post(PART, data=form(other, second, points="0", comment="No."))
    assert refused.status_code == 409
    assert "Somebody else marked this answer in the meantime" in refused.text
    assert "assistant-1" in refused.text
    assert 'maxlength="40" value="0"' in refused.text
    assert report(served, three["student-02"])["review"]["points"] == 2
    assert other.post(PART, data=form(other, refused.text, points="0", comment="No.")).status_code == 303
    assert report(served, three["student-02"])["review"]["points"] == 0
    assert report(served, three["student-02"])["review"]["who"] == "assistant-2"


def test_a_mark_of_one_member_refuses_the_whole_decision(served: Served, three: dict[str, int]) -> None:
    client = served.person("assistant-1", "assistant")
    page = client.get(PART).text
    mark = {"submission": three["student-02"], "question": "q1", "part": "why", "points": 1, "version": 0}
    assert served.program("staff").post("/api/v1/marks", json=mark).is_success
    assert client.post(PART, data=form(client, page, points="2")).status_code == 409
    assert "review" not in report(served, three["student-01"])
    assert report(served, three["student-02"])["review"]["points"] == 1


@pytest.mark.usefixtures("three")
def test_who_has_an_answer_open_is_said_to_the_other(served: Served) -> None:
    one, two, three_ = (served.person(f"assistant-{number}", "assistant") for number in (1, 2, 3))
    said = "assistant-2 has this open"
    two.get(PART)
    assert said in one.get(PART).text
    served.clock.forward(seconds=121)
    assert said not in one.get(PART).text
    key = groups(three_)[0]
    headers = {"x-csrf-token": two.csrf, "accept": "application/json"}
    assert two.post(f"/staff/opened/cnn-foundations/q1.why?group={key}", headers=headers).json() == {
        "said": "assistant-1 has this open"
    }
    assert said in one.get(PART).text
    two.get(f"{PART}?group={groups(three_)[1]}")  # went on
    assert said not in one.get(f"{PART}?group={key}").text
    assert two.post(f"/staff/opened/cnn-foundations/q1.why?group={key}").status_code == 403


@pytest.mark.usefixtures("three")
def test_names_are_hidden_from_who_wants_it(served: Served) -> None:
    client = served.person("assistant-1", "assistant")
    assert "student-02" in client.get(PART).text
    answer = client.post("/staff/names", data={"csrf": client.csrf, "hide": "yes", "back": PART})
    assert (answer.status_code, answer.headers["location"]) == (303, PART)
    page = client.get(PART).text
    assert "student-0" not in page
    assert "Names are hidden." in page
    for back in ("//evil.example", "https://evil.example", "/staff/queue/../../x y", "/other"):
        answer = client.post("/staff/names", data={"csrf": client.csrf, "hide": "no", "back": back})
        assert answer.headers["location"] == "/staff/queue"
    assert "student-02" in client.get(PART).text


@pytest.mark.usefixtures("three")
def test_a_new_attempt_keeps_the_mark_of_the_same_answer_and_asks_for_another_one(served: Served) -> None:
    client = served.person("assistant-1", "assistant")
    client.post(PART, data=form(client, client.get(PART).text, points="1.5", comment="Good."))
    served.clock.forward(minutes=1)
    again = hand_in(served, "student-01", "It adds up. ")
    assert report(served, again)["review"]["points"] == 1.5
    assert groups(client)[0] == field(client.get(f"{PART}?group={groups(client)[0]}").text, "group")
    assert "Energy" in client.get(PART).text  # the first that waits
    served.clock.forward(minutes=1)
    other = hand_in(served, "student-01", "Now something else.")
    assert "review" not in report(served, other)
    waiting = client.get("/staff/queue").text
    assert re.search(r'<td class="e n">2</td><td class="e n">2</td>', waiting)
    assert client.get(f"/api/v1/submissions/{other}").status_code == 401


@pytest.mark.parametrize("path", ["/staff", "/staff/queue", PART])
@pytest.mark.usefixtures("three")
def test_only_staff_see_it(path: str, served: Served) -> None:
    assert served.stranger().get(path).status_code == 401
    assert served.person("student-01").get(path).status_code == 403
    assert served.person("assistant-1", "assistant").get(path).status_code == 200
    assert served.person("instructor-2", "instructor").get(path).status_code == 200


@pytest.mark.usefixtures("three")
def test_every_mark_is_in_the_audit_log(served: Served) -> None:
    from grader.service.store.audit import entries

    client = served.person("assistant-1", "assistant")
    client.post(PART, data=form(client, client.get(PART).text, points="1.5"))
    with served.service.store.reading() as base:
        found = [(one.who, one.what, one.details) for one in entries(base) if one.what == "marked"]
    assert found == [("assistant-1", "marked", '{"points": "1.5", "version": 1}')] * 2


@pytest.mark.usefixtures("three")
def test_the_overview_says_what_waits_and_that_a_key_changed(served: Served) -> None:
    client = served.person("assistant-1", "assistant")
    page = client.get("/staff").text
    assert re.search(r'<td class="e n">3</td><td class="e n"><a href="/staff/queue">2</a></td>', page)
    assert "The files changed" not in page
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    path.write_text(
        path.read_text("utf-8").replace("points = 20\n", "points = 21\n", 1).replace("points = 2\n", "points = 3\n", 1)
    )
    assert "The files changed: look at what would move" in client.get("/staff").text
