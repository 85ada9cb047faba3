"""Readings as buttons: choosing one marks the answer, and what follows from it, by the machine."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import answer, text
from tests.service.staff.test_queue import form

PATH = "/staff/queue/cnn-foundations/q4.Z"


def part_of(served: Served, id: int, name: str = "Z") -> dict[str, Any]:
    client = served.program("read", f"reads {id} {served.clock()} {name} {len(served.site.sessions._cached)}")
    report = client.get(f"/api/v1/submissions/{id}/report").json()
    parts = next(one for one in report["questions"] if one["id"] == "q4")["parts"]
    found: dict[str, Any] = next(one for one in parts if one["id"] == name)
    return found


@pytest.fixture
def made(served: Served) -> list[int]:
    return [answer(served, f"student-0{number}", q4={"Z": "10,000"})["id"] for number in (1, 2)]


def test_the_readings_of_an_answer_are_buttons(served: Served, made: list[int]) -> None:
    client = served.person("assistant-1", "assistant")
    assert part_of(served, made[0])["verdict"] == "unreadable"
    page = client.get(PATH).text
    buttons = re.findall(r'<button type="submit" name="reading" value="([^"]+)"', page)
    assert len(buttons) == 2
    chosen = next(one for one in buttons if float(one) == 10)
    saved = client.post(PATH, data=form(client, page, reading=chosen))
    assert saved.status_code == 303
    done = client.get(saved.headers["location"]).text
    assert f"Saved: the answers of 2 students are read as {chosen}" in text(done)
    assert f"read as {chosen}" in text(done[done.index("<table") :])
    for id in made:
        part = part_of(served, id)
        assert (part["verdict"], part["submitted"]) == ("correct", "10,000")
        assert part["message"].startswith(f"Read by a person as {chosen}.")
        assert "review" not in part
    number = re.search(r"/staff/hand-in/([\w-]+)", client.get("/staff/student?id=student-01").text)
    assert number is not None
    assert f"read as {chosen}" in text(client.get(number[0]).text)


def test_a_typed_reading_is_checked_and_kept_in_its_field(served: Served, made: list[int]) -> None:
    client = served.person("assistant-1", "assistant")
    page = client.get(PATH).text
    refused = client.post(PATH, data=form(client, page, read_as="ten or so"))
    assert refused.status_code == 422
    assert "q4.Z cannot be read so: " in text(refused.text)
    assert re.search(r'name="read_as"[^>]*value="ten or so"[^>]*aria-invalid="true"', refused.text)
    assert client.post(PATH, data=form(client, refused.text, read_as="9")).status_code == 303
    assert part_of(served, made[0])["verdict"] == "wrong"


def test_a_reading_chosen_in_between_is_not_overwritten_unseen(served: Served, made: list[int]) -> None:
    one, other = (served.person(f"assistant-{number}", "assistant") for number in (1, 2))
    first, second = one.get(PATH).text, other.get(PATH).text
    assert one.post(PATH, data=form(one, first, read_as="9")).status_code == 303
    refused = other.post(PATH, data=form(other, second, points="1"))
    assert refused.status_code == 409
    assert "read as 9" in text(refused.text)
    assert other.post(PATH, data=form(other, refused.text, points="1")).status_code == 303
    part = part_of(served, made[1])
    assert (part["verdict"], part["review"]["points"]) == ("unreadable", 1)


def test_a_free_text_has_none(served: Served) -> None:
    answer(served, "student-01", q1={"why": "1,500"})
    client = served.person("assistant-1", "assistant")
    page = client.get("/staff/queue/cnn-foundations/q1.why").text
    assert 'id="readings"' not in page
    data = form(client, page, reading="1500")
    refused = client.post("/staff/queue/cnn-foundations/q1.why", data=data)
    assert refused.status_code == 422
    assert "a person marks q1.why: expected points, received a reading" in text(refused.text)
