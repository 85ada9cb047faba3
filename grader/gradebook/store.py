"""What is known of every submission of a folder of results, kept on disk: one row each, never all in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.errors import UsageError
from grader.gradebook.work import Result
from grader.homework.names import shown
from grader.messages import sentence

VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, file TEXT NOT NULL, digest TEXT NOT NULL, cache_key TEXT NOT NULL,
  shown_as TEXT NOT NULL, assignment TEXT, student TEXT, submitted_at TEXT, status TEXT NOT NULL, score TEXT NOT NULL,
  max_score TEXT NOT NULL, pending TEXT NOT NULL, reason TEXT NOT NULL, marks TEXT NOT NULL, causes TEXT NOT NULL,
  size INTEGER NOT NULL, run INTEGER NOT NULL, standing TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS waiting (file INTEGER, place INTEGER, question TEXT, part TEXT, answer TEXT, said TEXT,
  PRIMARY KEY (file, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS findings (file INTEGER, question TEXT, part TEXT, diagnosis TEXT,
  PRIMARY KEY (file, question, part, diagnosis)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong (file INTEGER, question TEXT, part TEXT, value TEXT,
  PRIMARY KEY (file, question, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (assignment TEXT, student TEXT, part TEXT, before TEXT, after TEXT, why TEXT);
"""


class Row(NamedTuple):
    """One submission as it was marked last."""

    id: int
    key: bytes
    file: str
    digest: str
    cache_key: str
    shown_as: str
    assignment: str | None
    student: str | None
    submitted_at: str | None
    status: str
    score: str
    max_score: str
    pending: str
    reason: str
    marks: str
    causes: str
    size: int
    run: int
    standing: str


_COLUMNS = ", ".join(Row._fields)


class Store:
    """The rows in `DIR/.grader/store.sqlite3`."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises UsageError where it is no store of this version.
        """
        try:
            self.base = sqlite3.connect(path, isolation_level=None)
            self.base.execute("PRAGMA journal_mode = WAL")
            self.base.execute("PRAGMA synchronous = NORMAL")
            self.base.execute("PRAGMA cache_size = -8000")
            self.base.executescript(_TABLES)
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError):
                raise
            said = sentence(
                "{path} is damaged ({reason}): remove the folder that it is in, and run again; marks by people are "
                "kept in review.toml",
                path=shown(str(path)),
                reason=str(problem),
            )
            raise UsageError(said) from None

    def close(self) -> None:
        """Close the file."""
        self.base.close()

    # -- notes --------------------------------------------------------------------------------------------------

    def note(self, name: str, default: str = "") -> str:
        """A note of the last run."""
        found = self.base.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else default

    def put_note(self, name: str, value: str) -> None:
        """Keep a note."""
        self.base.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    # -- rows ---------------------------------------------------------------------------------------------------

    def row(self, key: bytes) -> Row | None:
        """The row of one file."""
        found = self.base.execute(f"SELECT {_COLUMNS} FROM files WHERE key = ?", (key,)).fetchone()
        return Row(*found) if found else None

    def rows(self, where: str = "1", values: Sequence[object] = ()) -> Iterator[Row]:
        """Rows in the order of the folder; `where` is SQL of ours, never text from outside."""
        for found in self.base.execute(f"SELECT {_COLUMNS} FROM files WHERE {where} ORDER BY key", tuple(values)):
            yield Row(*found)

    def count(self, where: str = "1", values: Sequence[object] = ()) -> int:
        """How many rows there are."""
        return int(self.base.execute(f"SELECT count(*) FROM files WHERE {where}", tuple(values)).fetchone()[0])

    def put(self, results: Iterable[tuple[Result, str, str, int]], run: int) -> None:
        """Keep results, all or none: each with how it was shown, what its marks depend on, and the size of its file."""
        base = self.base
        base.execute("BEGIN IMMEDIATE")
        try:
            for result, shown_as, causes, size in results:
                self._put(result, shown_as, causes, size, run)
        except BaseException:
            base.execute("ROLLBACK")
            raise
        base.execute("COMMIT")

    def _put(self, one: Result, shown_as: str, causes: str, size: int, run: int) -> None:
        base = self.base
        id = base.execute(
            "INSERT INTO files (key, file, digest, cache_key, shown_as, assignment, student, submitted_at, status,"
            " score, max_score, pending, reason, marks, causes, size, run)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (key) DO UPDATE SET file=excluded.file, digest=excluded.digest,"
            " cache_key=excluded.cache_key, shown_as=excluded.shown_as, assignment=excluded.assignment,"
            " student=excluded.student, submitted_at=excluded.submitted_at, status=excluded.status,"
            " score=excluded.score, max_score=excluded.max_score, pending=excluded.pending, reason=excluded.reason,"
            " marks=excluded.marks, causes=excluded.causes, size=excluded.size, run=excluded.run, standing=''"
            " RETURNING id",
            (
                *one[:2],
                one.digest,
                one.cache_key,
                shown_as,
                one.assignment,
                one.student,
                one.submitted_at,
                one.status,
                one.score,
                one.max_score,
                one.pending,
                one.reason,
                one.marks,
                causes,
                size,
                run,
            ),
        ).fetchone()[0]
        for table, width, rows in (
            ("waiting", 6, [(place, *row) for place, row in enumerate(one.waiting)]),
            ("findings", 4, one.findings),
            ("wrong", 4, one.wrong),
        ):
            base.execute(f"DELETE FROM {table} WHERE file = ?", (id,))
            if rows:
                marks = ",".join("?" * width)
                base.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", [(id, *row) for row in rows])

    def touch(self, ids: Iterable[int], run: int) -> None:
        """These rows stand as they are in this run, too."""
        self.base.execute("BEGIN IMMEDIATE")
        self.base.executemany("UPDATE files SET run = ?, standing = '' WHERE id = ?", [(run, id) for id in ids])
        self.base.execute("COMMIT")

    def remove(self, ids: Iterable[int]) -> None:
        """Forget files that are gone."""
        for id in ids:
            for table in ("waiting", "findings", "wrong"):
                self.base.execute(f"DELETE FROM {table} WHERE file = ?", (id,))
            self.base.execute("DELETE FROM files WHERE id = ?", (id,))
