"""Decisions in `grader review`: saved, refused, overtaken, and published."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook.run.files import locked
from grader.messages.languages import LANGUAGES
from tests.service.review.conftest import BASE
from tests.service.review.test_access import WHY, assert_headers, fields, marks

asking = pytest.importorskip("tests.service.asked", reason="httpx is not installed (extra: test)").asking


# -- decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_is_saved_and_the_next_one_is_shown(client: Any, results: Path) -> None:
    page = client.get(WHY)
    assert_headers(page)
    assert "It adds up." in page.text and "student-00" in page.text and "student-01" in page.text
    sent = fields(page.text) | {
        "points": "",
        "tick": ["0", "1", "1", "77", "x"],
        "comment": "",
        "again": "good",
        "who": "assistant-1",
    }
    response = client.post(WHY, data=sent)
    assert response.status_code == 303
    assert marks(results) == [
        ("student-00", "0.8", "good", "assistant-1"),
        ("student-01", "0.8", "good", "assistant-1"),
    ]
    following = client.get(response.headers["location"]).text
    assert "Saved: points given to each of 2 students: 0.8" in following
    assert "alert(1)" in following
    assert "<option>good</option>" in following
    assert 'value="assistant-1"' in following
    assert client.post(WHY, data=sent).status_code == 303  # the same again, by a second click, is no conflict
    assert len(marks(results)) == 2


def test_points_that_cannot_be_given_are_said_and_the_form_comes_back_as_typed(client: Any, results: Path) -> None:
    typed = {"points": "2.125", "comment": "many words", "who": "assistant-1", "tick": "1"}
    response = client.post(WHY, data=fields(client.get(WHY).text) | typed)
    assert response.status_code == 422
    assert "expected points of q1.why from 0 to 2 with at most 2 decimals, received" in response.text
    for known in (
        'value="2.125"',
        "many words</textarea>",
        'value="assistant-1"',
        'value="1" data-points="0.4" checked',
    ):
        assert known in response.text
    assert marks(results) == []


def test_a_stale_form_overwrites_nothing_and_shows_the_other_mark(client: Any, results: Path) -> None:
    seen = fields(client.get(WHY).text)
    assert client.post(WHY, data=seen | {"points": "2", "comment": "theirs", "who": "other"}).status_code == 303
    response = client.post(WHY, data=seen | {"points": "0.5", "comment": "mine"})
    assert response.status_code == 409
    assert "Somebody else marked this answer in the meantime" in response.text
    assert "theirs" in response.text and "mine</textarea>" in response.text and 'value="0.5"' in response.text
    assert {points for _, points, _, _ in marks(results)} == {"2"}
    assert client.post(WHY, data=fields(response.text) | {"points": "0.5", "comment": "mine"}).status_code == 303
    assert {points for _, points, _, _ in marks(results)} == {"0.5"}


def test_an_answer_that_is_gone_is_said(client: Any, results: Path) -> None:
    sent = fields(client.get(WHY).text) | {"group": "f" * 16, "points": "1"}
    response = client.post(WHY, data=sent)
    assert response.status_code == 409
    assert "answer is this one any more" in response.text
    assert marks(results) == []


def test_names_are_hidden_by_switch(client: Any, review: Any) -> None:
    assert "student-00" in client.get(WHY).text
    (back,) = re.findall(r'name="back" value="([^"]+)"', client.get(WHY).text)
    sent = {"csrf": review.trust.csrf, "hide": "yes", "back": back}
    assert client.post("/names", data=sent).headers["location"] == back
    assert back.startswith(f"{WHY}?group=")
    assert "student-00" not in client.get(WHY).text
    client.post("/names", data=sent | {"hide": "no"})
    assert "student-00" in client.get(WHY).text


# -- publishing -------------------------------------------------------------------------------------------------------


def test_publishing_is_seen_and_survives_a_reload(client: Any, review: Any, results: Path) -> None:
    client.post(WHY, data=fields(client.get(WHY).text) | {"points": "1"})
    assert "2 marks are not published yet." in client.get("/publish").text
    assert client.post("/publish", data={"csrf": review.trust.csrf}).headers["location"] == "/publish"
    review.desk.publication.wait()
    for _ in range(2):
        page = client.get("/publish")
        assert "refresh" not in page.headers
        assert "Published. 2 marks moved" in page.text
        assert "Every mark that was given here is published." in page.text
    assert "points = 1\n" in (results / "review.toml").read_text(encoding="utf-8")


def test_publishing_that_runs_is_shown(client: Any, review: Any) -> None:
    from grader.service.review.publication import PublicationProgress

    review.desk.publication.progress = PublicationProgress("running", total=7, done=3)
    page = client.get("/publish")
    assert page.headers["refresh"] == "1"
    assert '<progress max="7" value="3"' in page.text and "3 / 7" in page.text
    client.post("/publish", data={"csrf": review.trust.csrf})  # one at a time
    assert review.desk.publication.progress.done == 3


def test_a_running_batch_is_said(client: Any, review: Any, results: Path) -> None:
    with locked(results / ".grader" / "lock", results):
        client.post("/publish", data={"csrf": review.trust.csrf})
        review.desk.publication.wait()
    page = client.get("/publish").text
    assert "Not published" in page
    assert "another run is writing into" in page


def test_who_has_an_answer_open_at_another_desk_is_said(client: Any, results: Path) -> None:
    from grader.service.review.app import ReviewService
    from grader.service.review.desk import Desk
    from grader.service.review.trust import Trust

    other = ReviewService(Desk(results, who="assistant-2"), Trust(8000), LANGUAGES["en"])
    colleague = asking(other.application(), BASE, raises=True)
    assert colleague.get(other.trust.link).status_code == 200
    path = "/mark/cnn-foundations/q1.why"
    said = "assistant-2 has this open"
    assert said not in client.get(path).text
    assert "Somebody else has this open" in colleague.get(path).text
    page = client.get(path).text
    assert said in page
    opened = re.search('data-path="(/opened/[^"]+)" data-csrf="([^"]+)"', page)
    assert opened is not None
    headers = {"x-csrf-token": opened[2]}
    assert client.post(html.unescape(opened[1]), headers=headers).json() == {"said": said}
    assert client.post(html.unescape(opened[1])).status_code == 403
    following = re.search('rel="next" href="([^"]+)"', page)
    assert following is not None
    colleague.get(html.unescape(following[1]))  # went on
    assert said not in client.get(path).text
