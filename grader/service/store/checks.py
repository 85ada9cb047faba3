"""Checking a database: its schema, its references, and every hand-in byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from grader.messages import Sentence, sentence
from grader.service.store.store import Store
from grader.service.store.tables import metadata, results, submissions


def problems(store: Store) -> Iterator[Sentence]:
    """What is wrong with a database of the newest schema."""
    with store.reading() as base:
        if store.is_sqlite:
            yield from _of_sqlite(base)
        differences = compare_metadata(MigrationContext.configure(base, opts={"compare_type": True}), metadata)
        if differences:
            yield sentence(
                "the tables are not those that this version makes: {count} differences", count=len(differences)
            )
        yield from _of_hand_ins(base)


def differences(base: Connection) -> list[Any]:
    """How the tables of a database differ from those that this version creates."""
    found: list[Any] = compare_metadata(MigrationContext.configure(base, opts={"compare_type": True}), metadata)
    return found


def _of_sqlite(base: Connection) -> Iterator[Sentence]:
    for (said,) in base.exec_driver_sql("PRAGMA integrity_check(20)"):
        if said != "ok":
            yield sentence("SQLite finds the file damaged: {reason}", reason=str(said))
    for table, *_ in base.exec_driver_sql("PRAGMA foreign_key_check"):
        yield sentence("a row of the table {table} refers to one that is not there", table=str(table))


def _of_hand_ins(base: Connection) -> Iterator[Sentence]:
    columns = (submissions.c.number, submissions.c.digest, submissions.c.data, results.c.submission)
    wanted = select(*columns).select_from(submissions.outerjoin(results)).order_by(submissions.c.id)
    for number, digest, data, marked in base.execution_options(yield_per=100).execute(wanted):
        if hashlib.sha256(data).hexdigest() != digest:
            yield sentence("hand-in {number} is not what was handed in: its digest differs", number=number)
        if marked is None:
            yield sentence("hand-in {number} has no marks", number=number)
