"""A key is applied while somebody marks: nobody marks by a rubric, or for points, that their page does not show."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_queue import PART, field, form, hand_in, report

FIRST = '{points = 0.4, text = "Laplacian: a second derivative over the 8 neighbours, the same in all directions"}'
REMARK = "/api/v1/remark?assignment=cnn-foundations&apply=true"
CHANGED = "the assignment was changed after this page was opened"


def change(served: Served, *changes: tuple[str, str]) -> None:
    """Change the files, each text at its first place, and apply them by this worker."""
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    assert served.program("staff", "applier").post(REMARK).status_code == 200


def with_asked(page: str) -> dict[str, str]:
    """What the page says it shows, as its form posts it."""
    return {"asked": field(page, "asked")}


def test_ticks_of_another_rubric_are_not_counted(served: Served) -> None:
    made = hand_in(served, "student-01", "It adds up.")
    client = served.person("assistant-1", "assistant")
    page = client.get(PART).text
    change(served, (FIRST, '{points = 0.4, text = "It is blue"}'))
    refused = client.post(PART, data=form(client, page, tick=["0"], comment="Kept.", **with_asked(page)))
    assert refused.status_code == 422
    assert CHANGED in refused.text
    assert "It is blue" in refused.text
    assert "Kept." in refused.text
    assert 'value="0" data-points="0.4" checked' not in refused.text
    assert "review" not in report(served, made)
    again = form(client, refused.text, tick=["0"], comment="Kept.", **with_asked(refused.text))
    assert client.post(PART, data=again).status_code == 303
    assert report(served, made)["review"]["points"] == 0.4


def test_an_unchanged_part_of_a_changed_assignment_is_marked(served: Served) -> None:
    made = hand_in(served, "student-01", "It adds up.")
    client = served.person("assistant-1", "assistant")
    page = client.get(PART).text
    change(served, ("What is a 1x1 convolution good for?", "What is a convolution of one pixel good for?"))
    assert client.post(PART, data=form(client, page, points="2", **with_asked(page))).status_code == 303
    assert report(served, made)["review"]["points"] == 2


@pytest.mark.parametrize("says", [True, False], ids=["the page", "a program that says nothing"])
def test_another_worker_lowers_the_points_of_a_part(served: Served, other: Served, says: bool) -> None:
    made = hand_in(served, "student-01", "It adds up.")
    client = served.person("assistant-1", "assistant")
    page = client.get(PART).text
    served.site.glance = lambda: None  # type: ignore[method-assign]  # this worker has not looked since
    lines = [("{points = 0.4,", "{points = 0.2,")] * 5
    change(other, ("points = 20", "points = 19"), ('points = 2\nkind = "text"', 'points = 1\nkind = "text"'), *lines)
    refused = client.post(PART, data=form(client, page, points="2", **(with_asked(page) if says else {})))
    assert refused.status_code == 422
    assert "review" not in report(served, made)


def test_an_override_says_that_the_part_was_changed(served: Served) -> None:
    made = hand_in(served, "student-01", "It adds up.")
    number = served.program("read").get(f"/api/v1/submissions/{made}").json()["receipt"]["number"]
    path = f"/staff/hand-in/{number}"
    client = served.person("assistant-1", "assistant")
    page = client.get(f"{path}?part=q1.why").text
    change(served, (FIRST, '{points = 0.4, text = "It is blue"}'))
    values: dict[str, Any] = {"csrf": client.csrf, "part": "q1.why", "points": "2", "comment": "Kept.", "version": "0"}  # type: ignore[attr-defined]
    refused = client.post(path, data={**values, **with_asked(page)})
    assert refused.status_code == 422
    assert CHANGED in refused.text
    assert "Kept." in refused.text
    assert "review" not in report(served, made)
    assert client.post(path, data={**values, **with_asked(refused.text)}).status_code == 303
    assert re.search(r"\b2\b", str(report(served, made)["review"]["points"]))
