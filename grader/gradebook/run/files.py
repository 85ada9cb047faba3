"""Writing to a results folder: one run at a time; each file appears complete or not at all, none outside the folder."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import re
import shutil
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.database.database import damaged
from grader.gradebook.run.scan import STATE
from grader.messages import sentence
from grader.messages.names import shown
from grader.reports.sanitise import visible

_OPENED = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_RUN = "run-"
DATABASE_FILE = "store.sqlite3"
UNFINISHED = "unfinished"
"""A file in the hidden folder that exists while a run is writing, and stays behind if the run is killed."""
_LONGEST = 60
"""The most characters of a report's name."""
_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_SUFFIXED = re.compile(r".*-[0-9a-f]{16}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|index|class)")
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Report a full disk in one way, whichever call noticed it.

    Raises UsageError if it is full, OSError if the folder's database is unusable for another reason.
    """
    try:
        yield
    except sqlite3.OperationalError as problem:
        if getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or "disk is full" in str(problem):
            raise _no_room(folder) from problem
        raise OSError(errno.EIO, str(problem), str(folder / STATE)) from problem
    except sqlite3.DatabaseError as problem:
        raise damaged(folder / STATE / DATABASE_FILE, str(problem)) from problem
    except OSError as problem:
        if problem.errno in _FULL:
            raise _no_room(folder) from problem
        raise


def _no_room(folder: Path) -> UsageError:
    said = sentence(
        "no space is left for {folder}: what was written is whole; make room and run the same command again",
        folder=visible(str(folder)),
    )
    return UsageError(said)


@contextmanager
def locked(path: Path, folder: Path) -> Iterator[None]:
    """Hold the lock of a results folder, a file at `path`; the system releases it if the process dies.

    The lock is SQLite's, which knows how to lock a file on every system.

    Raises UsageError where another process holds it.
    """
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            said = sentence(
                "another run is writing into {folder}: wait until it has ended, or name another folder with --out",
                folder=shown(str(folder)),
            )
            raise UsageError(said) from None
        yield


_count = itertools.count()


def complete(hidden: str, pieces: Iterable[str]) -> tuple[str, int]:
    """Write a text, piece by piece, to the hidden folder under a unique name; return its path and size."""
    path = os.path.join(hidden, f"{os.getpid()}-{next(_count)}")  # noqa: PTH118 - a Path costs more than the writing
    with os.fdopen(os.open(path, _OPENED, 0o666), "wb") as stream:
        size = sum(stream.write(piece.encode("utf-8", "backslashreplace")) for piece in pieces)
    return path, size


def write_whole(path: Path, pieces: Iterable[str]) -> Path:
    """Write one file outside a results folder: first under a hidden name, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.writelines(pieces)
        new.replace(path)
    except OSError as problem:  # name the requested path, not the hidden file next to it
        raise OSError(problem.errno, problem.strerror, str(path)) from None
    finally:
        new.unlink(missing_ok=True)
    return path


def slug(student: str) -> str:
    """A name of letters of any script, digits, `-` and `_`, the same on every machine.

    Lower-case ids of ASCII letters are their own slugs. Every other id (also with capitals, which some file systems do
    not distinguish) keeps its readable letters and gets a digest of the whole id, so that no two ids share a name.

    >>> slug("student-01"), slug("../../x"), slug("Student-01")
    ('student-01', 'x-9cdf6a50100a862e', 'Student-01-34f7a8d7d17716fd')
    >>> slug("سارا محمدی").rpartition("-")[0]
    'سارا-محمدی'
    """
    plain = _PLAIN.fullmatch(student) and len(student) <= _LONGEST
    if plain and not _SUFFIXED.fullmatch(student) and not _RESERVED.fullmatch(student):
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    kept = (each if _is_readable(each) else " " for each in unicodedata.normalize("NFC", student))
    readable = "-".join("".join(kept).split())[: _LONGEST - 17].strip("-_")
    return f"{readable}-{digest}" if readable else f"student-{digest}"


def _is_readable(character: str) -> bool:
    """Whether a character may be in a file name: a letter, a combining mark, a digit, or `_`."""
    return character == "_" or unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"


class Results:
    """A results folder; `state` is the hidden folder inside it."""

    def __init__(self, folder: Path) -> None:
        """Create the folder and the hidden folder inside it."""
        self.folder = folder
        self.state = folder / STATE
        self.state.mkdir(parents=True, exist_ok=True)
        self.unfinished = self.state / UNFINISHED
        self._made: set[str] = set()

    @contextmanager
    def hidden(self) -> Iterator[str]:
        """A temporary folder for this run; leftovers of killed runs are removed."""
        for left in self.state.glob(f"{_RUN}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_RUN, dir=self.state, ignore_cleanup_errors=True) as folder:
            yield folder

    def path(self, name: str) -> str:
        """The path of a visible file; `name` is relative and uses `/`, which every system takes."""
        return f"{self.folder}/{name}"

    def size(self, name: str) -> int:
        """The size of a visible file, -1 if there is none."""
        try:
            return os.lstat(self.path(name)).st_size
        except OSError:
            return -1

    def place(self, name: str, complete: str) -> None:
        """Rename a finished text to its visible name, in one step."""
        parent = name.rpartition("/")[0]
        if parent not in self._made:
            os.makedirs(self.path(parent) if parent else self.folder, exist_ok=True)  # noqa: PTH103
            self._made.add(parent)
        try:
            os.replace(complete, self.path(name))  # noqa: PTH105
        except OSError as problem:  # the problem is the destination, not the hidden file
            raise OSError(problem.errno, problem.strerror, self.path(name)) from None

    def remove(self, name: str) -> None:
        """Remove a visible file, and its folder if that is empty now."""
        try:
            os.unlink(self.path(name))  # noqa: PTH108 - a Path costs more than the removing
        except FileNotFoundError:
            return
        while name := name.rpartition("/")[0]:
            try:
                os.rmdir(self.path(name))  # noqa: PTH106
            except OSError:
                return
            self._made.discard(name)
