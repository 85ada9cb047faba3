"""One run at a time per results folder: a lock that the system releases when its process ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import shown


@contextmanager
def locked(path: Path, folder: Path) -> Iterator[None]:
    """Hold the lock file at `path` for as long as the block runs; the system gives it back if the process dies.

    The lock is SQLite's, which knows how to lock a file on every system.

    Raises UsageError where another process holds it.
    """
    held = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as problem:
        held.close()
        if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        said = sentence(
            "another run is writing into {folder}: wait until it has ended, or name another folder with --out",
            folder=shown(str(folder)),
        )
        raise UsageError(said) from None
    try:
        yield
    finally:
        held.close()
