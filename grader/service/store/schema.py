"""Bring a database to this version's schema, by the migrations next to this module."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, table

from grader.errors import UsageError
from grader.messages import sentence
from grader.service.store.store import Store, take_turns

MIGRATIONS = Path(__file__).parent / "migrations"
_ALONE = threading.Lock()  # Alembic's state is global to a process
VERSIONS = "alembic_version"
"""The table with the revision that a database has been migrated to."""


def upgrade(store: Store, to: str = "head") -> None:
    """Apply the missing migrations, all or none; a new database gets all of them."""
    told = config()
    with _ALONE, store.engine.connect().execution_options(kind="IMMEDIATE") as connection, _rebuilding(connection):
        take_turns(connection, "schema")
        told.attributes["connection"] = connection
        command.upgrade(told, to)
        connection.commit()


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """Disable foreign keys in SQLite: rebuilding a table would delete the rows that refer to it.

    SQLite accepts this only outside a transaction, and SQLAlchemy begins one before executing anything.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def revision(store: Store) -> str | None:
    """The revision that a database has been migrated to; None for one without our tables."""
    with store.reading() as base:
        return MigrationContext.configure(base).get_current_revision()


def newest() -> str:
    """This version's revision."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    assert found is not None
    return found


def is_known(wanted: str | None) -> bool:
    """Whether this version can migrate from a revision."""
    return wanted in {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def tables_of(base: Connection) -> list[str]:
    """The data tables of a database."""
    return sorted(set(inspect(base).get_table_names()) - {VERSIONS})


def is_empty(store: Store) -> bool:
    """Whether no table of a database has a row."""
    with store.reading() as base:
        return not any(base.execute(select(func.count()).select_from(table(one))).scalar() for one in tables_of(base))


def prepare(store: Store) -> None:
    """Create the schema in an empty database; check that any other has the right one.

    Raises UsageError for a database of an earlier or later version.
    """
    with store.reading() as base:
        tables = inspect(base).get_table_names()
    if not tables:
        upgrade(store)
    else:
        require_newest(store)


def require_newest(store: Store) -> None:
    """Check that a database has the right schema.

    Raises UsageError for a database of an earlier or later version.
    """
    current = revision(store)
    if current == newest():
        return
    if is_known(current):
        raise UsageError(
            sentence("the database has an earlier schema: back it up, then run `grader database upgrade` with its URL")
        )
    raise UsageError(sentence("the database is not one of this grader, or it is of a later version"))


def config() -> Config:
    """Alembic's configuration: where the migrations are, and the names of their files."""
    told = Config(stdout=io.StringIO())
    told.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    told.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return told
