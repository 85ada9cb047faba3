"""A draft that was typed before its question changed: whoever opens the page later is told so beside it."""

from __future__ import annotations

import re
from typing import Any

from tests.service.course.test_drafts import hidden
from tests.service.course.test_student import post
from tests.service.courses import Served

WORK = "/work/cnn-foundations"
SAID = "The question was changed after you typed this answer."


def asked(page: str, part: str) -> str:
    found = re.search(rf'data-part="{re.escape(part)}"[^>]* data-asked="(\w{{16}})"', page)
    assert found is not None
    return found[1]


def save(client: Any, part: str, written: str, revision: int, digest: str | None) -> Any:
    body = {"part": part, "written": written, "revision": revision, **({} if digest is None else {"asked": digest})}
    return client.post("/drafts/cnn-foundations", json=body, headers={"x-csrf-token": client.csrf})


def older(page: str) -> list[str]:
    """The parts beside which it is said."""
    fields = re.findall(
        r'<div class="field" data-part="([^"]+)".*?<p class="notice stale older" role="note"( hidden)?>', page, re.S
    )
    return [name for name, is_hidden in fields if not is_hidden]


def change(served: Served, before: str = "[3, 1, 5]", after: str = "[3, 1, 6]") -> None:
    """Another number in q4, which is applied at once as nobody has handed in."""
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    served.service.work.submit(served.service.look).result()


def test_numbers_that_changed_are_said_beside_the_older_draft_alone(served: Served) -> None:
    client = served.person("student-01")
    page = client.get(WORK).text
    assert older(page) == []
    for part in ("q4.Z", "q4.O", "q1.why"):
        assert save(client, part, "9" if part == "q4.Z" else "", 0, asked(page, part)).status_code == 200
    assert save(client, "q1.why", "It adds up.", 1, asked(page, "q1.why")).status_code == 200
    assert older(client.get(WORK).text) == []
    change(served)
    again = client.get(WORK).text
    assert older(again) == ["q4.Z"], "q4.O is blank, and q1 asks what it asked"
    assert SAID in again
    for step in ("read", "change"):
        assert older(post(client, WORK, step=step, **{**hidden(again), "q4.Z": "9"}).text) == ["q4.Z"]
    assert older(post(client, WORK, step="read", **{**hidden(again), "q4.Z": "10"}).text) == []
    confirm = post(client, WORK, step="check", **{**hidden(again), "q4.Z": "9"})
    assert (confirm.status_code, confirm.text.count(SAID)) == (200, 1)
    assert SAID not in post(client, WORK, step="check", **{**hidden(again), "q4.Z": "10"}).text


def test_a_draft_that_is_typed_anew_answers_the_present_question(served: Served) -> None:
    client = served.person("student-01")
    old = asked(client.get(WORK).text, "q4.Z")
    save(client, "q4.Z", "9", 0, old)
    change(served)
    new = asked(client.get(WORK).text, "q4.Z")
    assert new != old
    assert save(client, "q4.Z", "9", 1, new).json() == {"revision": 1}, "the same text was not typed again"
    assert older(client.get(WORK).text) == ["q4.Z"]
    assert save(client, "q4.Z", "10", 1, new).json() == {"revision": 2}
    assert older(client.get(WORK).text) == []
    change(served, "[3, 1, 6]", "[3, 1, 5]")
    assert older(client.get(WORK).text) == ["q4.Z"]


def test_a_tab_that_stayed_open_over_the_change_saves_for_what_it_shows(served: Served) -> None:
    client = served.person("student-01")
    old = asked(client.get(WORK).text, "q4.Z")
    change(served)
    save(client, "q4.Z", "9", 0, old)
    assert older(client.get(WORK).text) == ["q4.Z"]
    late = save(client, "q4.Z", "8", 0, old)
    assert (late.status_code, late.json()) == (409, {"written": "9", "revision": 1, "asked": old})


def test_a_page_that_does_not_say_what_it_asks_is_not_warned_of(served: Served) -> None:
    client = served.person("student-01")
    save(client, "q4.Z", "9", 0, None)
    change(served)
    assert older(client.get(WORK).text) == []
    assert save(client, "q4.Z", "10", 1, "x" * 17).status_code == 422
