"""What a policy allows at which time, what being late costs, and which attempt counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.homework.dates import moment, to_the_second
from grader.homework.policy import (
    NO_EXTENSION,
    Extension,
    Late,
    Policy,
    ScoredAttempt,
    closing,
    counting,
    deduction,
    due_of,
    feedback_visible,
    standing,
)
from grader.messages.languages import LANGUAGES
from tests.homework.test_policy import NIGHT, policy, utc


def late(per_day: str = "0.1", at_most: int = 3) -> Late:
    return Late(per_day=Decimal(per_day), at_most=at_most)


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


def attempt(id: int, number: int, score: str) -> ScoredAttempt:
    return ScoredAttempt(id, number, Decimal(score))


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
def test_none_is_better_or_as_good_and_later(attempts: list[ScoredAttempt]) -> None:
    for best, better in (
        ("last", lambda one, other: one.number > other.number),
        ("highest", lambda one, other: (one.score, one.number) > (other.score, other.number)),
    ):
        found = counting(attempts, best)  # type: ignore[arg-type]
        assert (found is None) == (not attempts)
        assert not any(better(each, found) for each in attempts)
