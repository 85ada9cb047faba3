"""Courses that are served, for tests: a folder with assignments, its database, and clients for everybody."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.gradebook.folders import KEYS

if TYPE_CHECKING:
    import httpx

    from grader.service.course.service import Service
    from grader.service.web.site import CourseSite

ADDRESS = "http://127.0.0.1:8000"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POSTGRES = "GRADER_TEST_POSTGRES"
"""The environment variable with the URL of a PostgreSQL server in which tests may make databases."""


class Clock:
    """A clock that tests set."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Served:
    """A course that is served in this process."""

    def __init__(self, service: Service, clock: Clock, folder: Path) -> None:
        from grader.service.web.app import application
        from grader.service.web.site import CourseSite

        self.service = service
        self.clock = clock
        self.folder = folder
        self.site: CourseSite = CourseSite(service, ADDRESS)
        self.app = application(self.site)

    def stranger(self) -> httpx.Client:
        """Somebody who has not signed in."""
        from tests.service.asked import asking

        return asking(self.app, ADDRESS)

    def person(self, student: str, role: str = "student") -> httpx.Client:
        """Somebody with a session; their forms' token is `client.csrf`."""
        from grader.service.store.people import add_person, new_secret
        from grader.service.web.sessions import form_token

        with self.service.store.writing() as base:
            added = add_person(base, student, "", role, self.clock())
            secret = new_secret(base, "session", self.clock(), person=added.id, lasts=timedelta(days=30))
        client = self.stranger()
        client.cookies.set(self.site.cookie, secret)
        client.csrf = form_token(secret)  # type: ignore[attr-defined]
        return client

    def program(self, scope: str, name: str = "") -> httpx.Client:
        """A program with a token of a scope."""
        from grader.service.store.people import new_secret

        with self.service.store.writing() as base:
            secret = new_secret(base, "token", self.clock(), scope=scope, label=name or f"{scope}-program")
        client = self.stranger()
        client.headers["authorization"] = f"Bearer {secret}"
        return client


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: `sqlite`, or one of its own in the PostgreSQL server of the environment."""
    if kind == "sqlite":
        yield f"sqlite:///{_sqlite_in(folder)}"
        return
    from scripts.postgres import new_database  # it knows no Windows

    with new_database(_postgres()) as url:
        yield url


@contextmanager
def with_tables(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database as `prepare` makes it, which it made once in this process: a copy of that one."""
    if kind == "sqlite":
        file = _sqlite_in(folder)
        if not file.exists():  # as where a course is served again
            file.write_bytes(_made_in_sqlite())
        yield f"sqlite:///{file}"
        return
    from scripts.postgres import new_database  # it knows no Windows

    with new_database(_postgres(), _made_in_postgres()) as url:
        yield url


def _sqlite_in(folder: Path) -> Path:
    (folder / ".grader").mkdir(parents=True, exist_ok=True)
    return folder / ".grader" / "service.sqlite3"


def _postgres() -> str:
    import pytest

    if not os.environ.get(POSTGRES):
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    return os.environ[POSTGRES]


@cache
def _made_in_sqlite() -> bytes:
    with TemporaryDirectory() as folder, database("sqlite", Path(folder)) as url:
        _prepare(url)
        return _sqlite_in(Path(folder)).read_bytes()


@cache
def _made_in_postgres() -> str:
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    url = until_the_end.enter_context(database("postgresql", Path()))
    _prepare(url)
    return url


def _prepare(url: str) -> None:
    from grader.service.store import Store
    from grader.service.store.schema import prepare

    store = Store(url)
    prepare(store)
    store.close()


def course_in(folder: Path, *assignments: str) -> Path:
    """The folder of a course with shipped assignments."""
    for id in assignments or ("cnn-foundations",):
        shutil.copytree(KEYS / id, folder / "answer_keys" / id)
    return folder


@contextmanager
def serving(folder: Path, kind: str = "sqlite", *, lang: str = "en") -> Iterator[Served]:
    """Serve a course that lies in a folder."""
    from grader.service.course.service import Service
    from grader.service.store import Store
    from grader.service.store.schema import prepare

    with with_tables(kind, folder) as url:
        store = Store(url)
        prepare(store)
        clock = Clock()
        service = Service(folder, store, lang=lang, now=clock)
        service.start()
        try:
            yield Served(service, clock, folder)
        finally:
            service.stop()
