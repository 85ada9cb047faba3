"""Backup and restore of a database as one file: the same for SQLite and PostgreSQL, so that it can move between them.

The file is gzipped JSON lines: a header; for each table its name and columns, followed by its rows; the number of rows.
Bytes are in base64. It is restored into the schema that it was written from, which is then migrated.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, MetaData, Table, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from grader.errors import UsageError
from grader.messages import sentence
from grader.reports.sanitise import visible
from grader.service.store import schema
from grader.service.store.store import Store, take_turns

FORMAT = "grader/backup/1"
_AT_ONCE = 500
"""How many rows are read or written together, so that memory stays flat."""
_LONGEST = 100_000_000
"""The most characters of a line: a submission has at most five million bytes."""


class DamagedError(UsageError):
    """A file that is not a backup, or not a complete one."""

    def __init__(self, path: Path) -> None:
        """With its sentence."""
        super().__init__(sentence("{file}: not a backup of this grader, or a damaged one", file=visible(path.name)))


def back_up(store: Store, path: Path, now: datetime) -> int:
    """Write all rows, from one snapshot, to a new file that only its owner may read; return the number of rows.

    The service may be running. Raises UsageError for a file that exists already, or cannot be written.
    """
    current = schema.revision(store)
    if not schema.is_known(current):
        raise UsageError(sentence("the database is not one of this grader, or it is of a later version"))
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        if path.exists():
            raise UsageError(sentence("{file} is there already: nothing was written", file=visible(str(path))))
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6) as packed:
                rows = 0
                for line in _lines(store, {"format": FORMAT, "schema": current, "made": now.isoformat()}):
                    rows += isinstance(line, list)
                    packed.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as problem:
        said = sentence("{file}: {reason}", file=visible(str(path)), reason=problem.strerror or "")
        raise UsageError(said) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _lines(store: Store, header: dict[str, Any]) -> Iterator[Any]:
    yield header
    rows = 0
    with store.reading() as base:
        for table in _tables(base):
            yield {"table": table.name, "columns": [column.name for column in table.columns]}
            coded = [isinstance(column.type, LargeBinary) for column in table.columns]
            found = base.execution_options(yield_per=_AT_ONCE).execute(select(table).order_by(*table.primary_key))
            for row in found:
                rows += 1
                yield [_written(value) if bytes else value for value, bytes in zip(row, coded, strict=True)]
    yield {"rows": rows}


def restore(store: Store, path: Path) -> int:
    """Restore a backup into an empty database, all or nothing, and migrate it; return the number of rows.

    Raises UsageError for a database that is not empty, a file that cannot be read, and a backup of a later version.
    """
    if not schema.is_empty(store):
        raise UsageError(sentence("the database is not empty: a backup is restored into an empty one only"))
    try:
        with gzip.open(path, "rb") as packed:
            lines = _read(packed, path)
            header = next(lines)
            if not isinstance(header, dict) or header.get("format") != FORMAT:
                raise DamagedError(path)
            if not schema.is_known(header.get("schema")):
                raise UsageError(sentence("{file}: this backup is of a later version", file=visible(path.name)))
            _at(store, header["schema"])
            with store.writing() as base:
                rows = _filled(base, lines, path)
    except OSError as problem:
        if isinstance(problem, gzip.BadGzipFile):
            raise DamagedError(path) from None
        raise UsageError(sentence("{file}: {reason}", file=visible(str(path)), reason=problem.strerror or "")) from None
    except (EOFError, zlib.error, ValueError, KeyError, TypeError, SQLAlchemyError):
        raise DamagedError(path) from None
    schema.upgrade(store)
    return rows


def _at(store: Store, wanted: str) -> None:
    """Give an empty database the schema of this revision."""
    current = schema.revision(store)
    if current is None:
        schema.upgrade(store, wanted)
    elif current != wanted:
        raise UsageError(sentence("the database is not empty: a backup is restored into an empty one only"))


def _filled(base: Connection, lines: Iterator[Any], path: Path) -> int:
    take_turns(base, "schema")
    tables = {table.name: table for table in _tables(base)}
    rows, line = 0, next(lines)
    while isinstance(line, dict) and "table" in line:
        table, columns = tables[line["table"]], line["columns"]
        waiting: list[dict[str, Any]] = []
        for line in lines:
            if isinstance(line, list):
                waiting.append(_values(table, columns, line))
            if waiting and (len(waiting) == _AT_ONCE or not isinstance(line, list)):
                base.execute(table.insert(), waiting)
                rows += len(waiting)
                waiting = []
            if not isinstance(line, list):
                break
    if line != {"rows": rows}:
        raise DamagedError(path)
    for table in tables.values():
        _count_on(base, table)
    return rows


def _values(table: Table, columns: list[str], row: list[Any]) -> dict[str, Any]:
    return {
        name: base64.b64decode(value, validate=True)
        if value is not None and isinstance(table.c[name].type, LargeBinary)
        else value
        for name, value in zip(columns, row, strict=True)
    }


def _count_on(base: Connection, table: Table) -> None:
    """Make PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    if base.dialect.name == "postgresql" and "id" in table.c:
        counter = base.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar()
        last = base.execute(select(func.max(table.c.id))).scalar()
        if counter is not None and last is not None:
            base.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})


def _tables(base: Connection) -> list[Table]:
    """The tables of the database, referenced ones first."""
    found = MetaData()
    found.reflect(base, only=schema.tables_of(base))
    return found.sorted_tables


def _written(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _read(packed: Any, path: Path) -> Iterator[Any]:
    while line := packed.readline(_LONGEST + 1):
        if len(line) > _LONGEST:
            raise DamagedError(path)
        yield json.loads(line)
    raise DamagedError(path)
