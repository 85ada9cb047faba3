"""Times on staff pages: shown as times, and read back as they were written; and words that mean one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from grader.homework.policy import Policy
from grader.messages import sentence
from grader.service.course.extensions import typed, written
from grader.service.words import merged
from tests.service.courses import Served, course_in, serving

BERLIN = Policy(zone="Europe/Berlin", due=datetime(2026, 10, 20, 12))
POLICY = "[assignment.policy]\ndue = 2026-03-01T23:59:00\nzone = 'Asia/Tehran'\nlate = {per_day = 0.1, at_most = 30}\n"


@pytest.fixture
def persian(tmp_path: Path) -> Iterator[Served]:
    path = course_in(tmp_path) / "answer_keys" / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    place = text.index("[[questions]]")
    path.write_text(text[:place] + POLICY + text[place:], "utf-8")
    with serving(tmp_path, lang="fa") as served:
        yield served


def test_a_time_is_not_written_like_a_number(persian: Served) -> None:
    shown = unescape(persian.person("instructor-2", "instructor").get("/staff").text)
    assert "2026-03-01 23:59 (Asia/Tehran, UTC+03:30)" in shown
    assert "٬" not in shown


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (datetime(2026, 7, 1, 10, 30, tzinfo=UTC), "2026-07-01T12:30"),
        (datetime(2026, 12, 1, 10, 30, tzinfo=UTC), "2026-12-01T11:30"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25T02:30:00+02:00"),  # this local time comes twice
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25T02:30:00+01:00"),
        (datetime(2026, 12, 1, 10, 30, 15, tzinfo=UTC), "2026-12-01T11:30:15+01:00"),
    ],
)
def test_an_extension_is_shown_as_it_can_be_given_again(due: datetime, text: str) -> None:
    assert written(BERLIN, due) == text
    assert typed(BERLIN, text, "").due == due


def test_the_form_of_an_extension_names_the_zone_and_not_the_offset_of_today(persian: Served) -> None:
    client = persian.person("instructor-2", "instructor")
    persian.person("student-01")
    assert '<bdi dir="ltr">Asia/Tehran</bdi>' in client.get("/staff/student?id=student-01").text


def test_a_word_of_two_sets_of_pages_means_one_thing() -> None:
    one, other = {"hidden": sentence("Names are hidden.")}, {"hidden": sentence("Feedback is hidden")}
    assert merged(one, {"more": sentence("More")}, dict(one)) == {**one, "more": sentence("More")}
    with pytest.raises(ValueError, match="hidden"):
        merged(one, other)
