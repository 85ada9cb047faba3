"""One run at a time per results folder: a lock that the system releases when its process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import shown


@contextmanager
def locked(path: Path, folder: Path) -> Iterator[None]:
    """Hold the lock file at `path` for as long as the block runs; the system gives it back if the process dies.

    Raises UsageError where another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _taken(descriptor):
            raise UsageError(
                sentence(
                    "another run is writing into {folder}: wait until it has ended, or name another folder with --out",
                    folder=shown(str(folder)),
                )
            )
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    """Try to take the lock, without waiting; whether that worked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
