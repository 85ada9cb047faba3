"""Rate limits: how long somebody has to wait, and who is remembered."""

from __future__ import annotations

import pytest

from grader.service.web.limits import Limiter, Rate


class Play:
    """A limiter with a clock that a test sets."""

    def __init__(self, most: int = 1_000) -> None:
        self.now = 100.0
        self.limiter = Limiter(Rate(5, 10), most, lambda: self.now)

    def waits(self, name: str, times: int = 1) -> list[float]:
        return [self.limiter.wait(name) for _ in range(times)]


def test_a_burst_is_let_through_and_then_one_after_the_other() -> None:
    play = Play()
    assert play.waits("one", 10) == [0.0] * 10
    assert play.waits("one") == pytest.approx([0.2])
    play.now += 0.1
    assert play.waits("one") == pytest.approx([0.1])
    play.now += 0.11
    assert play.waits("one", 2) == [0.0, pytest.approx(0.19)]


def test_nobody_waits_for_another() -> None:
    play = Play()
    play.waits("one", 20)
    assert play.waits("other") == [0.0]


def test_a_bucket_that_is_full_again_is_not_kept() -> None:
    """Ten tokens at five a second take two seconds; whoever comes later has the whole burst again."""
    play = Play()
    for number in range(500):
        play.waits(f"student-{number}")
    play.now += 1.9
    play.waits("late")
    assert len(play.limiter._buckets) == 501
    play.now += 0.2
    play.waits("late")
    assert list(play.limiter._buckets) == ["late"]
    assert play.waits("student-7", 11)[-2:] == [0.0, pytest.approx(0.2)]


def test_a_bucket_that_is_not_full_is_kept() -> None:
    play = Play()
    play.waits("one", 10)
    play.now += 1.5
    play.waits("other")
    assert play.waits("one", 8)[-2:] == [0.0, pytest.approx(0.1)]


def test_beyond_the_most_the_least_recent_is_dropped() -> None:
    play = Play(most=2)
    for name in ("one", "other", "third"):
        play.waits(name)
    assert list(play.limiter._buckets) == ["other", "third"]
