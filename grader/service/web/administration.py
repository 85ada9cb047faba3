"""What is done to a course from the command line, beside a service that may be running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from grader.service.course.service import database_of, keys_of, utc_now
from grader.service.store import Store
from grader.service.store.audit import note
from grader.service.store.people import new_secret, revoke, tokens
from grader.service.store.schema import prepare

BY = "command line"
"""Who is recorded."""


@contextmanager
def opened(course: Path, url: str | None) -> Iterator[Store]:
    """The database of a course, made where there is none.

    Raises UsageError where there is no course, or a database of another version.
    """
    if url is None:
        keys_of(course)
    store = database_of(course, url)
    try:
        prepare(store)
        yield store
    finally:
        store.close()


def new_token(course: Path, url: str | None, name: str, scope: str) -> str:
    """Make a token."""
    with opened(course, url) as store, store.writing() as base:
        now = utc_now()
        note(base, now, BY, "made a token", name, scope=scope)
        return new_secret(base, "token", now, scope=scope, label=name)


def known_tokens(course: Path, url: str | None) -> list[tuple[str, str, datetime]]:
    """The tokens that work."""
    with opened(course, url) as store, store.reading() as base:
        return list(tokens(base))


def revoke_tokens(course: Path, url: str | None, name: str) -> int:
    """Revoke the tokens of a name; how many there were."""
    with opened(course, url) as store, store.writing() as base:
        now = utc_now()
        note(base, now, BY, "revoked tokens", name)
        return revoke(base, now, label=name)
