"""Bring a database to the schema that this version needs, by the migrations beside this module."""

from __future__ import annotations

import io
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from grader.errors import UsageError
from grader.messages import sentence
from grader.service.store.store import Store

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(store: Store) -> None:
    """Apply the migrations that a database has not had; a new one gets all of them."""
    config = _config()
    with store.engine.connect() as connection:
        if store.is_sqlite:  # a table that is rebuilt would take those that refer to it along
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def prepare(store: Store) -> None:
    """Make the schema of an empty database, and look whether any other one has the right schema.

    Raises UsageError for a database of an earlier or later version.
    """
    with store.reading() as connection:
        tables = inspect(connection).get_table_names()
        current = MigrationContext.configure(connection).get_current_revision()
    if not tables:
        upgrade(store)
        return
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if current == newest:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current in known:
        raise UsageError(
            sentence("the database has an earlier schema: back it up, then run `grader database upgrade` with its URL")
        )
    raise UsageError(sentence("the database is not one of this grader, or of a later version"))


def _config() -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
