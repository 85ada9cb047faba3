"""Who holds a secret: looked up together for everybody who makes requests, and never remembered for too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from grader.service.store.people import add_person, new_secret, revoke
from grader.service.web import sessions as module
from grader.service.web.sessions import Sessions
from tests.service.courses import Served


class Play:
    """Sessions of some students, with a clock of its own, and the questions that the database was asked."""

    def __init__(self, served: Served, monkeypatch: pytest.MonkeyPatch, count: int = 5) -> None:
        self.served = served
        self.sessions = Sessions(served.service)
        self.passed = 0.0
        self.single = 0
        self.together: list[int] = []
        self.meanwhile: Callable[[], object] = lambda: None
        with served.service.store.writing() as base:
            now = served.clock()
            people = [add_person(base, f"student-{place:02}", "", "student", now) for place in range(count)]
            self.secrets = [new_secret(base, "session", now, person=one.id, lasts=timedelta(days=1)) for one in people]
        began = time.monotonic()

        class Clock:
            monotonic = staticmethod(lambda: began + self.passed)

        one, every = module.credential, module.credentials_of

        def counted(*given: Any) -> Any:
            self.single += 1
            return one(*given)

        def counted_together(base: Any, hashes: Sequence[str], now: Any) -> Any:
            self.together.append(len(hashes))
            found = every(base, hashes, now)
            self.meanwhile()
            return found

        monkeypatch.setattr(module, "time", Clock)
        monkeypatch.setattr(module, "credential", counted)
        monkeypatch.setattr(module, "credentials_of", counted_together)

    async def names(self, *places: int) -> list[str | None]:
        """Who sends a request now, one after the other, and what is looked up meanwhile."""
        found = []
        for place in places or range(len(self.secrets)):
            who = await self.sessions.who(self.secrets[place], "session")
            found.append(who.name if who is not None else None)
        if self.sessions._renewal is not None:
            await self.sessions._renewal
        return found

    def change(self, act: Callable[[Any], object]) -> None:
        """Change something as another process does: nothing here is told of it."""
        with self.served.service.store.writing() as base:
            act(base)


@pytest.fixture
def play(served: Served, monkeypatch: pytest.MonkeyPatch) -> Play:
    return Play(served, monkeypatch)


ALL = [f"student-{place:02}" for place in range(5)]


def test_a_class_that_types_is_looked_up_together(play: Play) -> None:
    async def types() -> None:
        for _ in range(10):
            assert await play.names() == ALL
            play.passed += 2

    asyncio.run(types())
    assert play.single == 5
    assert play.together == [5] * len(play.together)
    assert 4 <= len(play.together) <= 5


def test_who_makes_no_request_is_not_asked_for(play: Play) -> None:
    async def types() -> None:
        assert await play.names() == ALL
        play.passed += 1
        await play.names(0, 1)
        play.passed += 2
        await play.names(1)
        assert play.together == [2]
        play.passed += 2.5
        assert await play.names() == ALL
        assert play.single == 5 + 3

    asyncio.run(types())


def test_who_has_gone_is_not_kept(play: Play) -> None:
    async def types() -> None:
        assert await play.names() == ALL
        for _ in range(4):
            play.passed += 2
            assert await play.names(0, 1) == ALL[:2]
        assert len(play.sessions._cached) == 2
        assert await play.names() == ALL

    asyncio.run(types())


def test_what_is_revoked_or_changed_elsewhere_counts_with_the_next_question(play: Play) -> None:
    async def types() -> None:
        assert await play.names() == ALL
        play.change(lambda base: revoke(base, play.served.clock(), secret=play.secrets[0]))
        play.change(lambda base: add_person(base, "student-01", "", "assistant", play.served.clock()))
        play.passed += 3
        assert await play.names() == ALL  # for at most five seconds
        assert await play.names() == [None, *ALL[1:]]
        who = await play.sessions.who(play.secrets[1], "session")
        assert who is not None and who.is_staff

    asyncio.run(types())


def test_what_expires_counts_with_the_next_question(play: Play) -> None:
    async def types() -> None:
        assert await play.names() == ALL
        play.served.clock.forward(days=1)
        play.passed += 3
        await play.names()
        assert await play.names() == [None] * 5

    asyncio.run(types())


def test_what_is_forgotten_while_it_is_looked_up_is_looked_up_again(play: Play) -> None:
    def revoked() -> None:
        play.meanwhile = lambda: None
        play.change(lambda base: revoke(base, play.served.clock(), secret=play.secrets[0]))
        play.sessions.forget()

    async def types() -> None:
        assert await play.names() == ALL
        play.passed += 3
        play.meanwhile = revoked
        await play.names()
        assert await play.names() == [None, *ALL[1:]]
        assert play.single == 10

    asyncio.run(types())


def test_a_database_that_does_not_answer_ends_no_session_before_its_time(play: Play) -> None:
    def silent() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    async def types() -> None:
        assert await play.names() == ALL
        play.meanwhile = silent
        play.passed += 3
        assert await play.names() == ALL
        play.passed += 1.5
        assert await play.names() == ALL
        play.passed += 1
        assert await play.names() == ALL
        assert play.single == 10
        assert play.together == [5, 5]

    asyncio.run(types())


def test_a_session_is_no_token(play: Play) -> None:
    async def asks() -> None:
        assert await play.names() == ALL
        assert await play.sessions.who(play.secrets[0], "token") is None
        play.passed += 3
        assert await play.names() == ALL
        assert await play.sessions.who(play.secrets[0], "token") is None

    asyncio.run(asks())
