"""Drafts of students, and tabs that were opened before something else was saved or handed in."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from tests.service.course.test_student import handed_in, post, with_policy
from tests.service.courses import Served, serving


def test_a_draft_survives_and_the_later_tab_is_told(served: Served) -> None:
    client = served.person("student-01")
    headers = {"x-csrf-token": client.csrf}
    save = lambda written, revision: client.post(  # noqa: E731
        "/drafts/cnn-foundations", json={"part": "q4.Z", "written": written, "revision": revision}, headers=headers
    )
    assert save("40", 0).json() == {"revision": 1}
    assert save("40/4", 1).json() == {"revision": 2}
    late = save("41", 1)
    assert (late.status_code, late.json()) == (409, {"written": "40/4", "revision": 2})
    assert 'value="40/4"' in client.get("/work/cnn-foundations").text
    assert 'value="40/4"' not in served.person("student-02").get("/work/cnn-foundations").text


def test_a_draft_lies_over_what_was_handed_in_before(served: Served) -> None:
    client = served.person("student-01")
    handed_in(client, q4_Z="40/4", q1_why="It adds up.", q4_O="1 2\r\n3 4")
    for part, written in (("q4.Z", "41"), ("q4.O", "")):
        body = {"part": part, "written": written, "revision": 0}
        client.post("/drafts/cnn-foundations", json=body, headers={"x-csrf-token": client.csrf})
    page = client.get("/work/cnn-foundations").text
    assert 'value="41"' in page
    assert "It adds up." in page
    assert "1 2\n3 4" not in page
    assert 'data-part="q4.Z" data-revision="1"' in page
    assert '<bdi class="shown"><math dir="ltr"><mn>41</mn></math></bdi>' in page


def saved(client: Any, part: str, written: str, revision: int = 0) -> int:
    """The revision that a draft got."""
    body = {"part": part, "written": written, "revision": revision}
    response = client.post("/drafts/cnn-foundations", json=body, headers={"x-csrf-token": client.csrf})
    assert response.status_code == 200, response.text
    return int(response.json()["revision"])


def drafted(served: Served, student: str = "student-01") -> dict[str, str]:
    from grader.service.store import drafts
    from grader.service.store.people import person_named

    with served.service.store.reading() as base:
        person = person_named(base, student)
        assert person is not None
        found = drafts.of_person(base, person.id, "cnn-foundations")
    return {part: one.written for part, one in found.items()}


def test_drafts_that_are_not_in_the_file_stay(served: Served) -> None:
    client = served.person("student-01")
    for part, written in (("q4.Z", "40/4"), ("q4.O", "1 2\r\n3 4"), ("q1.why", "Newer."), ("q3.flat_shape", " ")):
        saved(client, part, written)
    head = b"assignment = 'cnn-foundations'\nstudent = 'student-01'\n"
    data = head + b"[answers]\nq4 = {Z = '40/4', O = \"1 2\\n3 4\"}\nq1 = {why = 'Older.'}\n"
    made = client.post("/upload/cnn-foundations", data={"csrf": client.csrf}, files={"file": ("x.toml", data)})
    assert made.status_code == 303, made.text
    assert drafted(served) == {"q1.why": "Newer."}
    assert "Go on with the draft" in client.get("/").text
    assert "Newer." in client.get("/work/cnn-foundations").text


def test_an_old_tab_hands_nothing_in_unseen(served: Served) -> None:
    client = served.person("student-01")
    old = hidden(client.get("/work/cnn-foundations").text)["seen"]
    saved(client, "q4.Z", "40/4")
    saved(client, "q4.Z", "41<b>", 1)
    saved(client, "q4.O", "1 2\n3 4")
    typed = {"q4.Z": "39", "q4.O": "1 2\r\n3 4", "q1.why": "Typed here."}
    for step in ("check", "hand-in", "read", "change"):
        page = post(client, "/work/cnn-foundations", step=step, seen=old, **typed)
        assert page.status_code == 409
        said = "changed in another window or on another device: q4.Z. Look at both texts before you go on."
        assert said in re.sub("<[^>]+>|[\u2066-\u2069]", "", page.text)
        assert page.text.count('<div class="conflict" role="alert" data-written=') == 1
        assert '<pre dir="ltr">41&lt;b&gt;</pre>' in page.text
        assert 'value="39"' in page.text and "Typed here." in page.text
    assert drafted(served) == {"q4.Z": "41<b>", "q4.O": "1 2\n3 4"}
    confirm = post(client, "/work/cnn-foundations", step="check", seen=hidden(page.text)["seen"], **typed)
    assert (confirm.status_code, "Hand in now" in confirm.text) == (200, True)
    saved(client, "q4.Z", "43", 2)
    late = post(client, "/work/cnn-foundations", step="hand-in", **hidden(confirm.text))
    assert (late.status_code, "q4.Z" in late.text) == (409, True)
    made = post(client, "/work/cnn-foundations", step="hand-in", **typed, seen=hidden(late.text)["seen"])
    assert made.status_code == 303
    assert drafted(served) == {"q4.Z": "43"}


def test_an_old_tab_does_not_win_over_what_was_handed_in(served: Served) -> None:
    client = served.person("student-01")
    saved(client, "q4.Z", "old")
    old = hidden(client.get("/work/cnn-foundations").text)
    saved(client, "q4.Z", "10", 1)
    made = post(client, "/work/cnn-foundations", step="hand-in", seen="q4.Z=2", **{"q4.Z": "10", "q1.why": "New."})
    assert made.status_code == 303
    served.clock.forward(minutes=5)
    headers = {"x-csrf-token": client.csrf}

    def save(part: str, written: str, **more: int) -> Any:
        body = {"part": part, "written": written, "revision": 0, **more}
        return client.post("/drafts/cnn-foundations", json=body, headers=headers)

    for late, written in ((save("q4.Z", "7", revision=1), "10"), (save("q1.why", "Mine.", attempt=0), "New.")):
        assert (late.status_code, late.json()) == (409, {"written": written, "revision": 0, "attempt": 1})
    assert drafted(served) == {}
    for step in ("check", "hand-in"):
        page = post(client, "/work/cnn-foundations", step=step, **{**old, "q4.Z": "old", "q1.why": ""})
        assert page.status_code == 409
        said = "changed in another window or on another device: q1.why, q4.Z. Look at both texts before you go on."
        assert said in re.sub("<[^>]+>|[\u2066-\u2069]", "", page.text)
        assert 'data-written="10"' in page.text and 'data-written="New."' in page.text and 'value="old"' in page.text
    without = {name: text for name, text in old.items() if name != "attempt"}
    page = post(client, "/work/cnn-foundations", step="check", **{**without, "q4.Z": "old"})
    assert (page.status_code, "data-written=" in page.text) == (409, True)
    told = post(client, "/work/cnn-foundations", step="check", **{**old, "attempt": "0 q4.Z=1", "q4.Z": "7"})
    assert 'data-written="New."' in told.text
    assert 'data-written="10"' in told.text, "its draft was handed in"
    told = post(client, "/work/cnn-foundations", step="check", seen="", attempt="0 q4.Z=1", **{"q4.Z": "7"})
    assert 'data-written="New."' in told.text
    assert 'data-written="10"' not in told.text
    same = post(client, "/work/cnn-foundations", step="check", **{**old, "q4.Z": "10", "q1.why": "New."})
    assert same.status_code == 200
    assert save("q4.Z", "10", revision=1).json() == {"revision": 2}, "what was handed in is no other text"
    assert save("q1.why", "Mine.", attempt=1).json() == {"revision": 1}, "it was told"
    seen = hidden(client.get("/work/cnn-foundations").text)
    assert post(client, "/work/cnn-foundations", step="hand-in", **{**seen, "q4.Z": "old"}).status_code == 303


def test_a_blank_that_was_handed_in_is_told_to_an_old_tab(served: Served) -> None:
    client = served.person("student-01")
    saved(client, "q4.Z", "old")
    saved(client, "q4.Z", "", 1)
    assert post(client, "/work/cnn-foundations", step="hand-in", seen="q4.Z=2", **{"q1.why": "New."}).status_code == 303
    page = post(client, "/work/cnn-foundations", step="check", seen="q4.Z=1 q1.why=0", **{"q4.Z": "old"})
    assert (page.status_code, 'data-written=""' in page.text) == (409, True)


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends without being asked."""
    form = page.partition('action="/work/cnn-foundations"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in found if name != "csrf"}


def changed(served: Served, old: str, new: str) -> None:
    """The teacher changes the assignment, which is applied as nobody has handed in."""
    path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    assert re.search(old, text)
    path.write_text(re.sub(old, new, text), "utf-8")
    served.service.work.submit(served.service.look).result()


def test_what_was_typed_is_not_lost_where_the_assignment_changes(served: Served) -> None:
    client = served.person("student-01")
    old = hidden(client.get("/work/cnn-foundations").text)
    saved(client, "q4.Z", "10")
    changed(served, r"\bZ\b", "Zed")
    typed = {"q4.Z": "10.0 <b>", "q1.why": "It adds up."}
    for fields in ({**old, **typed}, typed):
        for step in ("check", "hand-in", "read", "change"):
            page = post(client, "/work/cnn-foundations", step=step, **fields)
            assert page.status_code == 409
            assert "the assignment was changed after this page was opened" in page.text
            assert '<dt><bdi class="m">q4.Z</bdi></dt><dd><pre dir="auto">10.0 &lt;b&gt;</pre></dd>' in page.text
            assert 'name="q4.Zed"' in page.text and "It adds up." in page.text
    draft = client.get("/work/cnn-foundations").text
    assert '<dt><bdi class="m">q4.Z</bdi></dt><dd><pre dir="auto">10</pre></dd>' in draft
    again = {**hidden(page.text), "q4.Zed": "10", "q1.why": "It adds up."}
    assert post(client, "/work/cnn-foundations", step="check", **again).status_code == 200
    assert post(client, "/work/cnn-foundations", step="hand-in", **again).status_code == 303


def test_an_open_page_is_told_that_the_assignment_asks_something_else(served: Served) -> None:
    client = served.person("student-01")
    old = hidden(client.get("/work/cnn-foundations").text)
    confirm = hidden(post(client, "/work/cnn-foundations", step="check", **{**old, "q4.Z": "10"}).text)
    assert confirm["sheet"] == old["sheet"]
    changed(served, r'(?m)^title = "(.*)"$', r'title = "\1 anew"')
    page = post(client, "/work/cnn-foundations", step="hand-in", **confirm)
    assert (page.status_code, 'value="10"' in page.text) == (409, True)
    assert "the assignment was changed after this page was opened" in page.text
    made = post(client, "/work/cnn-foundations", step="hand-in", **{**hidden(page.text), "q4.Z": "10"})
    assert made.status_code == 303


def test_a_draft_that_was_not_handed_in_in_time_is_found_again(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path)) as served:
        client = served.person("student-01")
        saved(client, "q4.Z", "40/4")
        served.clock.forward(days=40)
        listed = client.get("/").text
        assert "Your saved answers were not handed in." in listed
        assert 'href="/work/cnn-foundations"' in listed
        assert "closed: this assignment closed" not in listed, "it is said once"
        assert "this assignment closed at" in listed
        assert "40/4" in client.get("/work/cnn-foundations").text
        other = served.person("student-02").get("/").text
        assert "saved answers" not in other
        assert "/work/" not in other


def test_a_draft_that_says_what_was_handed_in_is_none(tmp_path: Path) -> None:
    with serving(with_policy(tmp_path)) as served:
        client = served.person("student-01")
        handed_in(client, q4_Z="40/4", q4_O="1 2\r\n3 4")
        for part, written in (("q4.Z", "40/4"), ("q4.O", "1 2\r\n3 4"), ("q1.why", " \n")):
            saved(client, part, written)
        assert "Go on with the draft" not in client.get("/").text
        saved(client, "q4.Z", "41", 1)
        assert "Go on with the draft" in client.get("/").text
        saved(client, "q4.Z", "40/4", 2)
        served.clock.forward(days=40)
        assert "saved answers" not in client.get("/").text
        blank = served.person("student-02")
        saved(blank, "q4.Z", " ")
        assert "saved answers" not in blank.get("/").text


def test_the_receipt_of_an_older_attempt_leaves_what_the_browser_keeps(served: Served) -> None:
    client = served.person("student-01")
    first = handed_in(client, q4_Z="10")
    assert "data-handed-in" in client.get(f"/receipt/{first}").text
    second = handed_in(client, q4_Z="11")
    assert "data-handed-in" not in client.get(f"/receipt/{first}").text
    assert "data-handed-in" in client.get(f"/receipt/{second}").text
