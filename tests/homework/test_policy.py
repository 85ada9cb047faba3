"""The policy of an assignment: what is read, who may hand in when, what being late costs, and what is shown.

Times are judged by hand, with the UTC moment written beside the local one; properties by counting seconds.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.homework.dates import moment
from grader.homework.files import load_assignment, read_assignment
from grader.homework.keys import check_key, key_file_text
from grader.homework.policy import (
    NO_EXTENSION,
    Policy,
    feedback_visible,
    standing,
)
from grader.homework.readers import RefusedError
from grader.homework.solution import solve
from grader.homework.tables import digest
from grader.homework.variants import variants_digest
from tests.homework.documents import ASSIGNMENT, assignment, author_error, changed

ROOT = Path(__file__).parents[2]
HEADER = 'shape_order = "HWC"\n'
NIGHT = datetime(2026, 3, 1, 20, 29, tzinfo=UTC)
"""23:59 on 1 March 2026 in Tehran."""


def with_policy(text: str) -> tuple[str, str]:
    return HEADER, f"{HEADER}[assignment.policy]\n{text}"


def policy(text: str) -> Policy:
    return assignment(with_policy(text)).policy


def refused(text: str) -> str:
    return author_error(with_policy(text))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# What is read


def test_without_a_policy_everything_is_allowed_at_once() -> None:
    free = assignment().policy
    assert free == Policy()
    found = standing(free, NO_EXTENSION, NIGHT, 10_000)
    assert (found.access, found.accepts, found.said, found.due, found.closes) == ("open", True, None, None, None)
    assert (found.attempts_left, found.deduction) == (None, 0)
    assert feedback_visible(free, None, False, NIGHT)
    assert (free.reveal, free.best, free.appeals) == ("never", "last", False)


def test_everything_is_read() -> None:
    read = policy(
        "opens = 2026-02-20T08:00:00\ndue = 2026-03-01T23:59:00\nzone = 'Asia/Tehran'\ngrace = 15\n"
        "late = {per_day = 0.1, at_most = 3}\nattempts = 3\nfeedback = 'after_due'\nreveal = 'wrong'\n"
        "best = 'highest'\nappeals = true\n"
    )
    assert read.opens == utc("2026-02-20T04:30:00")
    assert read.due == NIGHT
    assert read.due is not None and read.due.utcoffset() == timedelta(hours=3, minutes=30)
    assert read.late is not None and (read.late.per_day, read.late.at_most) == (Decimal("0.1"), 3)
    assert (read.zone, read.grace, read.attempts) == ("Asia/Tehran", 15, 3)
    assert (read.feedback, read.reveal, read.best, read.appeals) == ("after_due", "wrong", "highest", True)


def test_an_offset_that_is_written_counts_also_beside_a_zone() -> None:
    assert policy("due = 2026-03-01T23:59:00+01:00\nzone = 'Asia/Tehran'").due == utc("2026-03-01T22:59:00")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "due = 2026-03-01T23:59:00",
            "line 7: expected a time with its offset, such as 2026-03-01T23:59:00+03:30, or "
            'zone = "Asia/Tehran" beside it, received 2026-03-01T23:59:00',
        ),
        (
            "due = 2026-03-01",
            "line 7: due: expected a date and time without quotes, such as 2026-03-01T23:59:00+03:30, "
            "received 2026-03-01",
        ),
        (
            "opens = '2026-03-01T23:59:00+03:30'",
            "line 7: opens: expected a date and time without quotes, such as 2026-03-01T23:59:00+03:30, "
            "received '2026-03-01T23:59:00+03:30'",
        ),
        (
            "opens = 2026-03-02T00:00:00+03:30\ndue = 2026-03-01T20:30:00Z",
            "line 7: expected opens before due, received 2026-03-02T00:00:00+03:30 and 2026-03-01T20:30:00+00:00",
        ),
        ("due = 0226-03-01T00:00:00Z", "line 7: expected a year from 2000 to 2999, received 0226-03-01T00:00:00+00:00"),
        (
            "due = 9999-12-31T23:59:59-12:00",
            "line 7: expected a year from 2000 to 2999, received 9999-12-31T23:59:59-12:00",
        ),
        (
            "zone = 'Asia/Teheran'",
            "line 7: zone: expected an IANA time zone such as \"Asia/Tehran\", received 'Asia/Teheran': "
            "did you mean 'Asia/Tehran'?",
        ),
        ("zone = ''", "line 7: zone: expected an IANA time zone such as \"Asia/Tehran\", received ''"),
        (
            "zone = '../../etc/passwd'",
            "line 7: zone: expected an IANA time zone such as \"Asia/Tehran\", received '../../etc/passwd'",
        ),
        (
            "zone = 'localtime'",
            "line 7: zone: expected an IANA time zone such as \"Asia/Tehran\", received 'localtime'",
        ),
        ("zone = 3.5", "line 7: expected zone as text in quotes, received 3.5"),
        ("grace = 15", "line 7: grace needs due, such as due = 2026-03-01T23:59:00+03:30, received none"),
        (
            "attempts = 2\nlate = {per_day = 0.1, at_most = 3}",
            "line 8: late needs due, such as due = 2026-03-01T23:59:00+03:30, received none",
        ),
        (
            "feedback = 'after_due'",
            'line 7: feedback = "after_due" needs due, such as due = 2026-03-01T23:59:00+03:30, received none',
        ),
        (
            "feedback = 'later'",
            "line 7: expected feedback as one of 'at_once', 'after_due' or 'when_released', received 'later'",
        ),
        ("reveal = true", "line 7: expected reveal as one of 'never', 'wrong' or 'always', received true"),
        ("best = 'first'", "line 7: expected best as one of 'last' or 'highest', received 'first'"),
        ("appeals = 'yes'", "line 7: expected appeals as true or false, received 'yes'"),
        ("attempts = 0", "line 7: expected attempts as an integer from 1 to 10000, received 0"),
        ("attempts = true", "line 7: expected attempts as an integer, received true"),
        ("grace = -1", "line 7: expected grace as an integer from 0 to 1440, received -1"),
        ("late = {per_day = 0.1}", "line 7: the field 'at_most' is missing in late"),
        ("late = {per_day = 10, at_most = 2}", "line 7: per_day: expected a share from 0 to 1, received 10"),
        ("late = 0.1", "line 7: expected late as a table, received 0.1"),
        (
            "deadline = 2026-03-01T20:30:00Z",
            "line 7: unknown field 'deadline' in [assignment.policy]; allowed: "
            "opens, due, zone, grace, late, attempts, feedback, reveal, best, appeals, teams",
        ),
    ],
)
def test_what_is_refused(written: str, said: str) -> None:
    assert refused(written) == f"hw.toml: {said}"


# Zones


@pytest.mark.parametrize(
    ("zone", "local", "in_utc"),
    [
        ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59"),  # the last second of winter
        ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00"),  # the next one
        ("Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59"),  # the last that comes once
        ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00"),  # the first that comes once again
        ("Asia/Tehran", "2021-03-21T23:59:59", "2021-03-21T20:29:59"),  # Iran had summer time until 2022
        ("Asia/Tehran", "2021-03-22T01:00:00", "2021-03-21T20:30:00"),
        ("Asia/Tehran", "2021-09-22T00:00:00", "2021-09-21T20:30:00"),
        ("Asia/Tehran", "2026-07-01T12:00:00", "2026-07-01T08:30:00"),  # and has none since
        ("UTC", "2026-07-01T12:00:00", "2026-07-01T12:00:00"),
    ],
)
def test_a_local_time_is_that_of_its_zone(zone: str, local: str, in_utc: str) -> None:
    found = moment(datetime.fromisoformat(local), zone)
    assert found == utc(in_utc)
    assert found.replace(tzinfo=None) == datetime.fromisoformat(local)


@pytest.mark.parametrize(
    ("zone", "local", "said"),
    [
        (
            "Europe/Berlin",
            "2026-03-29T02:00:00",
            "2026-03-29T02:00:00 does not exist in Europe/Berlin, where clocks are set forward then: "
            "expected another time, such as 2026-03-29T03:00:00",
        ),
        (
            "Europe/Berlin",
            "2026-10-25T02:59:59",
            "2026-10-25T02:59:59 comes twice in Europe/Berlin, where clocks are set back then: "
            "write 2026-10-25T02:59:59+02:00 or 2026-10-25T02:59:59+01:00",
        ),
        (
            "Asia/Tehran",
            "2021-03-22T00:30:00",
            "2021-03-22T00:30:00 does not exist in Asia/Tehran, where clocks are set forward then: "
            "expected another time, such as 2021-03-22T01:30:00",
        ),
        (
            "Asia/Tehran",
            "2021-09-21T23:59:00",
            "2021-09-21T23:59:00 comes twice in Asia/Tehran, where clocks are set back then: "
            "write 2021-09-21T23:59:00+04:30 or 2021-09-21T23:59:00+03:30",
        ),
    ],
)
def test_a_local_time_that_is_no_moment_is_refused(zone: str, local: str, said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        moment(datetime.fromisoformat(local), zone)
    assert str(caught.value.said) == said
    assert refused(f"due = {local}\nzone = '{zone}'") == f"hw.toml: line 7: {said}"


def test_a_machine_without_time_zones_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.available_timezones", set)
    assert refused("zone = 'Asia/Nowhere'") == (
        "hw.toml: line 7: zone: this machine has no time zone data: run `pip install tzdata`"
    )


ZONES = ["Europe/Berlin", "Asia/Tehran", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "UTC"]
NEAR_CHANGES = st.sampled_from(
    [
        datetime(2026, 3, 29),
        datetime(2026, 10, 25),
        datetime(2021, 3, 22),
        datetime(2021, 9, 21),
        datetime(2011, 12, 30),
    ]
)
LOCAL = st.one_of(
    st.datetimes(datetime(2000, 1, 2), datetime(2999, 12, 30)),
    st.builds(lambda day, minutes: day + timedelta(minutes=minutes), NEAR_CHANGES, st.integers(-2_000, 2_000)),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(LOCAL, st.sampled_from(ZONES))
def test_a_local_time_is_taken_just_if_it_is_one_moment(local: datetime, zone: str) -> None:
    """Judged in the direction that has no doubt: from every UTC moment that it could be, to local time."""
    place = ZoneInfo(zone)
    could_be = [(local - timedelta(minutes=offset)).replace(tzinfo=UTC) for offset in range(-15 * 60, 15 * 60, 15)]
    meant = [each for each in could_be if each.astimezone(place).replace(tzinfo=None) == local]
    if len(meant) == 1:
        assert moment(local, zone) == meant[0]
    else:
        with pytest.raises(RefusedError, match="comes twice" if meant else "does not exist"):
            moment(local, zone)


def test_times_are_shown_on_the_clocks_of_the_course() -> None:
    berlin = policy("zone = 'Europe/Berlin'\ndue = 2026-10-24T21:59:00Z")
    assert berlin.time_text(utc("2026-10-25T00:30:00")) == "2026-10-25 02:30 (Europe/Berlin, UTC+02:00)"
    assert berlin.time_text(utc("2026-10-25T01:30:00")) == "2026-10-25 02:30 (Europe/Berlin, UTC+01:00)"
    assert berlin.time_text(utc("2026-10-25T01:30:07")) == "2026-10-25 02:30:07 (Europe/Berlin, UTC+01:00)"
    assert policy("due = 2026-03-01T23:59:00+03:30").time_text(NIGHT) == "2026-03-01 23:59 (UTC+03:30)"
    assert policy("opens = 2026-03-01T23:59:00-03:30").time_text(NIGHT) == "2026-03-01 16:59 (UTC-03:30)"
    assert Policy().time_text(NIGHT) == "2026-03-01 20:29 (UTC)"
    assert policy("zone = 'UTC'").time_text(NIGHT) == "2026-03-01 20:29 (UTC)"


# The key


@pytest.mark.parametrize("name", ["cnn-foundations", "course-pooling"])  # the second has variants
def test_no_key_depends_on_a_policy(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(ROOT / "answer_keys" / name, folder)
    before = load_assignment(folder)
    path = folder / "assignment.toml"
    added = "[assignment.policy]\ndue = 2026-03-01T23:59:00+03:30\nattempts = 3\nreveal = 'always'\n\n[[questions]]"
    path.write_text(path.read_text("utf-8").replace("[[questions]]", added, 1), encoding="utf-8")
    after = load_assignment(folder)
    assert after.policy.attempts == 3
    assert digest(after) == digest(before)
    assert variants_digest(after) == variants_digest(before)
    assert check_key(folder) == []
    assert key_file_text(after, solve(after)) == key_file_text(before, solve(before))


def test_the_policy_of_the_example_course_is_one_when_its_comments_are_taken_away() -> None:
    text = (ROOT / "grader" / "cli" / "course" / "assignment.toml").read_text("utf-8")
    uncommented = re.sub(r"^# (?=\[assignment\.policy\]|\w+ = )", "", text, flags=re.MULTILINE)
    read = read_assignment(uncommented.encode(), "assignment.toml")
    assert read.policy.late is not None and (read.policy.attempts, read.policy.feedback) == (3, "after_due")
    assert digest(read) == digest(read_assignment(text.encode(), "assignment.toml"))


@pytest.mark.parametrize("written", ["", "due = 2026-03-01T23:59:00+03:30\nattempts = 2"])
def test_zones_are_loaded_only_where_one_is_named(written: str) -> None:
    code = (
        "import sys\nfrom grader.homework.files import read_assignment\n"
        f"read_assignment({changed(ASSIGNMENT, with_policy(written)).encode()!r}, 'hw.toml')\n"
        "print('zoneinfo' in sys.modules)"
    )
    ran: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout == "False\n"
