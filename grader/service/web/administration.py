"""Administration of a course from the command line, while a service may be running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from grader.errors import UsageError
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible
from grader.service.course.service import SERVICE_DATABASE, database_of, keys_of, utc_now
from grader.service.store import Store, backup, checks, schema
from grader.service.store.audit import note
from grader.service.store.people import new_secret, revoke, tokens
from grader.service.store.schema import prepare

BY_COMMAND_LINE = "command line"
"""The name in the audit log."""


@contextmanager
def opened(course: Path, url: str | None) -> Iterator[Store]:
    """The database of a course, created if missing.

    Raises UsageError if there is no course, or the database is of another version.
    """
    if url is None:
        keys_of(course)
    store = database_of(course, url)
    try:
        prepare(store)
        yield store
    finally:
        store.close()


@contextmanager
def as_it_is(course: Path, url: str | None, *, new: bool = False) -> Iterator[Store]:
    """The database of a course in any state; with `new`, it is created if missing.

    Raises UsageError if there is no course, or no database.
    """
    if url is None:
        keys_of(course)
        if not new and not (course / SERVICE_DATABASE).is_file():
            raise UsageError(sentence("{course} has no database yet: it was never served", course=visible(str(course))))
    store = database_of(course, url)
    try:
        yield store
    finally:
        store.close()


def upgrade_database(course: Path, url: str | None) -> tuple[str, str]:
    """Migrate the database to this version's schema; return the schemas before and after.

    Raises UsageError for a database of a later version.
    """
    with as_it_is(course, url) as store:
        before = schema.revision(store)
        if before is not None and not schema.is_known(before):
            raise UsageError(sentence("the database is not one of this grader, or it is of a later version"))
        schema.upgrade(store)
        return before or "0", schema.newest()


def back_up_database(course: Path, url: str | None, path: Path) -> int:
    """Write the database to a file; return the number of rows."""
    with as_it_is(course, url) as store:
        return backup.back_up(store, path, utc_now())


def restore_database(course: Path, url: str | None, path: Path) -> int:
    """Restore a file into the empty database; return the number of rows."""
    with as_it_is(course, url, new=True) as store:
        return backup.restore(store, path)


def problems_of_database(course: Path, url: str | None) -> list[Sentence]:
    """The problems of the database, if any."""
    with as_it_is(course, url) as store:
        schema.require_newest(store)
        return list(checks.problems(store))


def new_token(course: Path, url: str | None, name: str, scope: str) -> str:
    """Make a token."""
    with opened(course, url) as store, store.writing() as base:
        now = utc_now()
        note(base, now, BY_COMMAND_LINE, "made a token", name, scope=scope)
        return new_secret(base, "token", now, scope=scope, label=name)


def known_tokens(course: Path, url: str | None) -> list[tuple[str, str, datetime]]:
    """The valid tokens."""
    with opened(course, url) as store, store.reading() as base:
        return list(tokens(base))


def revoke_tokens(course: Path, url: str | None, name: str) -> int:
    """Revoke the tokens of a name; return how many."""
    with opened(course, url) as store, store.writing() as base:
        now = utc_now()
        note(base, now, BY_COMMAND_LINE, "revoked tokens", name)
        return revoke(base, now, label=name)
