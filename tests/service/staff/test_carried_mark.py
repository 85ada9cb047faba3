"""A mark that a later attempt keeps, because its answer is the same, is seen before somebody gives another."""

from __future__ import annotations

import re
from typing import Any

from tests.service.courses import Served
from tests.service.staff.test_class import answer, number_of


def kept(served: Served) -> dict[str, Any]:
    """A second attempt with the answer of the first, which got 1.5 as its second mark."""
    first = answer(served, "student-01", q1={"why": "It adds up."})
    staff = served.program("staff", "first")
    for version, points in enumerate((0.5, 1.5)):
        mark = {"submission": first["id"], "question": "q1", "part": "why", "points": points, "version": version}
        assert staff.post("/api/v1/marks", json={**mark, "comment": "Nearly."}).is_success
    served.clock.forward(minutes=1)
    return answer(served, "student-01", q1={"why": "It adds up."}, q4={"Z": "10"})


def score(served: Served, made: dict[str, Any], name: str) -> float:
    return float(served.program("read", name).get(f"/api/v1/submissions/{made['id']}").json()["score"])


def test_a_program_that_saw_no_mark_does_not_replace_it(served: Served) -> None:
    made = kept(served)
    staff = served.program("staff", "second")
    mark = {"submission": made["id"], "question": "q1", "part": "why", "points": 0, "version": 0}
    refused = staff.post("/api/v1/marks", json=mark)
    assert refused.status_code == 409
    shown = refused.json()["mark"]
    assert (shown["points"], shown["comment"], shown["version"]) == (1.5, "Nearly.", 2)
    assert score(served, made, "kept") == 2.5
    (listed,) = served.program("staff", "third").get(f"/api/v1/submissions/{made['id']}").json()["marks"]
    assert (listed["points"], listed["version"]) == (1.5, 2)
    assert staff.post("/api/v1/marks", json={**mark, "version": 2}).json()["version"] == 3
    assert score(served, made, "replaced") == 1
    assert staff.post("/api/v1/marks", json={**mark, "version": 2}).json()["version"] == 3, "the same mark again"
    assert staff.post("/api/v1/marks", json={**mark, "points": 1, "version": 2}).status_code == 409
    assert score(served, made, "stays") == 1


def test_the_page_shows_it_and_saving_replaces_it(served: Served) -> None:
    made = kept(served)
    staff = served.person("assistant-1", "assistant")
    path = f"/staff/hand-in/{number_of(served, made['id'])}"
    page = staff.get(f"{path}?part=q1.why").text
    values = dict(re.findall(r'name="(version|points)"[^>]*? value="([^"]*)"', page))
    assert values == {"version": "2", "points": "1.5"}
    assert "Nearly." in page
    form = {"csrf": staff.csrf, "part": "q1.why", "points": "1", "comment": ""}
    stale = staff.post(path, data={**form, "version": "0"})
    assert stale.status_code == 409
    assert 'name="version" value="2"' in stale.text
    assert staff.post(path, data={**form, "version": "2"}).status_code == 303
    assert score(served, made, "saved") == 2


def test_another_answer_keeps_nothing(served: Served) -> None:
    kept(served)
    served.clock.forward(minutes=1)
    made = answer(served, "student-01", q1={"why": "Energy"})
    mark = {"submission": made["id"], "question": "q1", "part": "why", "points": 1, "version": 0}
    assert served.program("staff", "second").post("/api/v1/marks", json=mark).json()["version"] == 1
