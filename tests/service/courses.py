"""Courses that are served, for tests: a folder with assignments, its database, and clients for everybody."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.gradebook.folders import KEYS

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from grader.service.course.service import Service
    from grader.service.web.site import Site

ADDRESS = "http://127.0.0.1:8000"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
POSTGRES = "GRADER_TEST_POSTGRES"
"""The environment variable with the URL of a PostgreSQL server in which tests may make databases."""


def testclient() -> Any:
    """Starlette's client; the library that it is built on is being succeeded by another one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette import testclient

    return testclient


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
        from grader.service.web.site import Site

        self.service = service
        self.clock = clock
        self.folder = folder
        self.site: Site = Site(service, ADDRESS)
        self.app = application(self.site)

    def stranger(self) -> TestClient:
        """Somebody who has not signed in."""
        return testclient().TestClient(self.app, ADDRESS, raise_server_exceptions=False, follow_redirects=False)

    def person(self, student: str, role: str = "student") -> TestClient:
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

    def program(self, scope: str, name: str = "") -> TestClient:
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
        (folder / ".grader").mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{folder / '.grader' / 'service.sqlite3'}"
        return
    import pytest

    if not os.environ.get(POSTGRES):
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")
    from scripts.postgres import empty_database  # it knows no Windows

    with empty_database(os.environ[POSTGRES]) as url:
        yield url


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

    with database(kind, folder) as url:
        store = Store(url)
        prepare(store)
        clock = Clock()
        service = Service(folder, store, lang=lang, now=clock)
        service.start()
        try:
            yield Served(service, clock, folder)
        finally:
            service.stop()
