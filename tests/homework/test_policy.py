"""The policy of an assignment: what is read, who may hand in when, what being late costs, and what is shown.

Times are judged by hand, with the UTC moment written beside the local one; properties by counting seconds.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.homework.files import load_assignment, read_assignment
from grader.homework.keys import check_key, digest, key_file_text
from grader.homework.moments import moment, to_the_second
from grader.homework.policy import (
    NO_EXTENSION,
    Attempt,
    Extension,
    Late,
    Policy,
    closing,
    counting,
    deduction,
    due_of,
    feedback_visible,
    standing,
)
from grader.homework.readers import RefusedError
from grader.homework.solution import solve
from grader.homework.variants import variants_digest
from grader.messages.languages import LANGUAGES
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


def late(per_day: str = "0.1", at_most: int = 3) -> Late:
    return Late(per_day=Decimal(per_day), at_most=at_most)


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


# Handing in


def test_a_student_may_hand_in_from_opens_until_due_both_included() -> None:
    two = policy("opens = 2026-02-20T08:00:00\ndue = 2026-03-01T23:59:00\nzone = 'Asia/Tehran'\nattempts = 2")
    at = {
        "2026-02-20T04:29:59": "not_yet",
        "2026-02-20T04:30:00": "open",
        "2026-03-01T20:29:00": "open",
        "2026-03-01T20:29:01": "closed",
    }
    assert {time: standing(two, NO_EXTENSION, utc(time), 1).access for time in at} == at
    assert standing(two, NO_EXTENSION, NIGHT + timedelta(microseconds=999_999), 1).access == "open"
    assert [standing(two, NO_EXTENSION, NIGHT, used).attempts_left for used in (0, 1, 2, 3)] == [2, 1, 0, 0]
    said = {
        str(standing(two, NO_EXTENSION, utc(time), used).said)
        for time, used in [("2026-02-19T04:30:00", 2), ("2026-03-01T20:29:00", 2), ("2026-03-02T00:00:00", 2)]
    }
    assert said == {
        "this assignment opens at 2026-02-20 08:00 (Asia/Tehran, UTC+03:30)",
        "no attempt is left: 2 of 2 are used",
        "this assignment closed at 2026-03-01 23:59 (Asia/Tehran, UTC+03:30)",
    }


def test_a_student_reads_the_reason_in_persian() -> None:
    late_work = Policy(due=NIGHT, late=late("0.125"))
    found = standing(late_work, NO_EXTENSION, NIGHT + timedelta(hours=1), 0)
    assert found.said is not None
    assert LANGUAGES["fa"](found.said) == "آنچه اکنون تحویل داده شود با تأخیر است و ۱۲٫۵ درصد از نمره‌اش کم می‌شود"


def test_each_begun_day_costs_and_grace_is_forgiven_wholly() -> None:
    work = policy("due = 2026-03-01T23:59:00+03:30\ngrace = 15\nlate = {per_day = 0.1, at_most = 3}")
    after: dict[timedelta, tuple[str, str]] = {
        timedelta(0): ("open", "0"),
        timedelta(minutes=15): ("open", "0"),
        timedelta(minutes=15, seconds=1): ("late", "0.1"),
        timedelta(days=1): ("late", "0.1"),
        timedelta(days=1, seconds=1): ("late", "0.2"),
        timedelta(days=3): ("late", "0.3"),
        timedelta(days=3, seconds=1): ("closed", "0.4"),
    }
    found = {over: standing(work, NO_EXTENSION, NIGHT + over, 0) for over in after}
    assert {over: (each.access, str(each.deduction)) for over, each in found.items()} == after
    assert {each.closes for each in found.values()} == {NIGHT + timedelta(days=3)}
    assert str(found[timedelta(days=1, seconds=1)].said) == "what is handed in now is late and loses 20 % of its points"


def test_late_days_may_cost_nothing_or_more_than_there_is() -> None:
    free, dear = Policy(due=NIGHT, late=late("0")), Policy(due=NIGHT, late=late("0.4", 9))
    assert str(standing(free, NO_EXTENSION, NIGHT + timedelta(days=2), 0).said) == "what is handed in now is late"
    assert [deduction(dear, NO_EXTENSION, NIGHT + timedelta(days=days)) for days in range(1, 5)] == [
        Decimal("0.4"),
        Decimal("0.8"),
        1,
        1,
    ]


def test_a_late_day_has_24_hours_also_when_clocks_change() -> None:
    """Due at 23:59 before the shortest day in Berlin: the first late day ends at 00:59 of the day after it."""
    work = policy("due = 2026-03-28T23:59:00\nzone = 'Europe/Berlin'\nlate = {per_day = 0.1, at_most = 2}")
    assert work.due == utc("2026-03-28T22:59:00")
    one_day = moment(datetime(2026, 3, 30, 0, 59), "Europe/Berlin")
    assert deduction(work, NO_EXTENSION, one_day) == Decimal("0.1")
    assert deduction(work, NO_EXTENSION, one_day + timedelta(seconds=1)) == Decimal("0.2")
    closed = standing(work, NO_EXTENSION, utc("2026-03-31T00:00:00"), 0)
    assert str(closed.said) == "this assignment closed at 2026-03-31 00:59 (Europe/Berlin, UTC+02:00)"


def test_the_later_of_the_class_and_the_extension_counts() -> None:
    work = Policy(due=NIGHT, attempts=2)
    earlier, later = NIGHT - timedelta(days=2), NIGHT + timedelta(days=5)
    assert due_of(work, Extension(earlier)) == NIGHT
    assert due_of(work, Extension(later)) == later
    assert due_of(work, Extension(later.astimezone(timezone(timedelta(hours=-9))))) == later
    assert due_of(Policy(), Extension(later)) is None, "where nothing is due, an extension makes nothing due"
    assert standing(work, Extension(later, 3), NIGHT + timedelta(days=4), 2) == (
        "open",
        None,
        later,
        later,
        3,
        Decimal(0),
    )
    assert standing(work, Extension(None, -5), NIGHT, 1).attempts_left == 1


MOMENTS = st.datetimes(datetime(2026, 2, 1), datetime(2026, 4, 1), timezones=st.just(UTC))
EXTENSIONS = st.builds(Extension, st.none() | MOMENTS, st.integers(0, 4))
POLICIES = st.builds(
    Policy,
    opens=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 31), timezones=st.just(UTC)),
    due=MOMENTS,
    grace=st.integers(0, 1_440),
    late=st.none() | st.builds(Late, per_day=st.decimals(0, 1, places=3), at_most=st.integers(1, 30)),
    attempts=st.none() | st.integers(1, 5),
    feedback=st.sampled_from(["at_once", "after_due", "when_released"]),
)


def seconds(when: datetime) -> int:
    return int((when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


@given(POLICIES, EXTENSIONS, MOMENTS)
def test_the_deduction_is_counted_day_by_day(work: Policy, extension: Extension, now: datetime) -> None:
    assert work.due is not None
    due = max(seconds(work.due), seconds(extension.due or work.due))
    expected = Fraction(0)
    if work.late is not None and seconds(now) > due + 60 * work.grace:
        begins = due
        while begins < seconds(now):
            expected += Fraction(work.late.per_day)
            begins += 24 * 60 * 60
    assert Fraction(deduction(work, extension, now)) == min(1, expected)


@given(POLICIES, EXTENSIONS, MOMENTS, st.integers(0, 9))
def test_an_extension_never_costs(work: Policy, extension: Extension, now: datetime, used: int) -> None:
    order = ["closed", "no_attempts", "not_yet", "late", "open"]
    alone, extended = standing(work, NO_EXTENSION, now, used), standing(work, extension, now, used)
    assert order.index(extended.access) >= order.index(alone.access)
    assert extended.deduction <= alone.deduction
    assert (extended.attempts_left or 0) >= (alone.attempts_left or 0)


@given(POLICIES, EXTENSIONS, MOMENTS, MOMENTS, st.integers(0, 9))
def test_time_only_takes_away(work: Policy, extension: Extension, one: datetime, other: datetime, used: int) -> None:
    before, after = sorted((one, other))
    earlier, later = standing(work, extension, before, used), standing(work, extension, after, used)
    assert earlier.accepts or not later.accepts  # all of these policies are open by then
    assert earlier.deduction <= later.deduction
    assert later.accepts == (later.closes is not None and seconds(after) <= seconds(later.closes)) or used


@given(POLICIES, EXTENSIONS, MOMENTS)
def test_nobody_reads_feedback_that_waits_and_then_hands_in(work: Policy, extension: Extension, now: datetime) -> None:
    found = standing(work, extension, now, 0)
    visible = feedback_visible(work, found.due, False, now)
    assert visible == {"at_once": True, "after_due": not found.accepts, "when_released": False}[work.feedback]
    assert feedback_visible(work, found.due, True, now)


def test_feedback_after_due_waits_for_grace_and_late_days_and_for_an_extension() -> None:
    plain = Policy(due=NIGHT, grace=10, feedback="after_due")
    assert not feedback_visible(plain, due_of(plain), False, NIGHT + timedelta(minutes=10))
    assert feedback_visible(plain, due_of(plain), False, NIGHT + timedelta(minutes=10, seconds=1))
    days = plain.replaced(late=late())
    assert not feedback_visible(days, due_of(days), False, NIGHT + timedelta(days=3))
    assert feedback_visible(days, due_of(days), False, NIGHT + timedelta(days=3, seconds=1))
    extended = due_of(plain, Extension(NIGHT + timedelta(days=7)))
    assert not feedback_visible(plain, extended, False, NIGHT + timedelta(days=6))


def test_a_local_time_is_no_moment() -> None:
    with pytest.raises(ValueError, match="expected a moment with its offset from UTC, received 2026-03-01 20:29:00"):
        standing(Policy(due=NIGHT), NO_EXTENSION, datetime(2026, 3, 1, 20, 29), 0)
    assert to_the_second(NIGHT + timedelta(microseconds=1)) == NIGHT
    assert closing(Policy(due=NIGHT), None) is None


# The attempt that counts


def attempt(id: int, number: int, score: str) -> Attempt:
    return Attempt(id, number, Decimal(score))


def test_the_last_attempt_or_the_highest_counts() -> None:
    attempts = [attempt(2, 30, "7.5"), attempt(1, 10, "9"), attempt(3, 40, "8.25")]
    assert counting(attempts, "last") == attempts[2]
    assert counting(attempts, "highest") == attempts[1]
    assert counting([], "last") is None
    assert counting([], "highest") is None


def test_of_equal_attempts_the_later_counts() -> None:
    attempts = [attempt(2, 30, "9.0"), attempt(1, 10, "9"), attempt(4, 30, "9.00"), attempt(3, 40, "8")]
    found = counting(attempts, "highest")
    assert found is not None and found.id == 4
    same_number = counting([attempt(1, 10, "3"), attempt(2, 10, "1")], "last")
    assert same_number is not None and same_number.id == 2


@given(st.lists(st.builds(attempt, st.integers(1, 99), st.integers(0, 5), st.sampled_from(["0", "1", "1.0", "2"]))))
def test_none_is_better_or_as_good_and_later(attempts: list[Attempt]) -> None:
    for best, better in (
        ("last", lambda one, other: one.number > other.number),
        ("highest", lambda one, other: (one.score, one.number) > (other.score, other.number)),
    ):
        found = counting(attempts, best)  # type: ignore[arg-type]
        assert (found is None) == (not attempts)
        assert not any(better(each, found) for each in attempts)


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
