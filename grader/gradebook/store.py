"""What is known of every submission of a folder of results, kept on disk: one row each, never all in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from grader.gradebook.files import damaged
from grader.gradebook.marking import Result
from grader.gradebook.people import PersonMark

VERSION = "1"
_TABLES = """
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, file TEXT NOT NULL, digest TEXT NOT NULL, cache_key TEXT NOT NULL,
  shown_as TEXT NOT NULL, assignment TEXT, student TEXT, submitted_at TEXT, status TEXT NOT NULL, score TEXT NOT NULL,
  max_score TEXT NOT NULL, pending TEXT NOT NULL, reason TEXT NOT NULL, marks TEXT NOT NULL, causes TEXT NOT NULL,
  size INTEGER NOT NULL, run INTEGER NOT NULL, standing TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS waiting (file INTEGER, place INTEGER, question TEXT, part TEXT, answer TEXT, said TEXT,
  PRIMARY KEY (file, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS findings (file INTEGER, question TEXT, part TEXT, diagnosis TEXT,
  PRIMARY KEY (file, question, part, diagnosis)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong (file INTEGER, question TEXT, part TEXT, value TEXT,
  PRIMARY KEY (file, question, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stale (assignment TEXT, student TEXT, PRIMARY KEY (assignment, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (digest TEXT, assignment TEXT, student TEXT,
  PRIMARY KEY (digest, assignment, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suspect (assignment TEXT, student TEXT, PRIMARY KEY (assignment, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last (assignment TEXT, student TEXT, marks TEXT, causes TEXT,
  PRIMARY KEY (assignment, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (assignment TEXT, student TEXT, part TEXT, before TEXT, after TEXT, why TEXT);
CREATE TABLE IF NOT EXISTS people (assignment TEXT, student TEXT, question TEXT, part TEXT, digest TEXT, points TEXT,
  comment TEXT, who TEXT, why TEXT, PRIMARY KEY (digest, assignment, student, question, part)) WITHOUT ROWID;
"""
_DETAILS = {"waiting": 6, "findings": 4, "wrong": 4}


class Row(NamedTuple):
    """One submission as it was marked last; `standing` says why it does not count (`superseded`, `refused`)."""

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
    why: str


class Kept(NamedTuple):
    """A result with what the store adds: how it was shown, what its marks depend on, the size of its file."""

    result: Result
    shown_as: str
    causes: str
    size: int
    before: Row | None


_COLUMNS = ", ".join(Row._fields)
_PUT = (
    "INSERT OR REPLACE INTO files (id, key, file, digest, cache_key, shown_as, assignment, student, submitted_at,"
    " status, score, max_score, pending, reason, marks, causes, size, run)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)


class Store:
    """The rows in `DIR/.grader/store.sqlite3`."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises UsageError where it is no store of this version.
        """
        self.path = path
        try:
            self.base = sqlite3.connect(path, isolation_level=None)
            self.base.execute("PRAGMA journal_mode = WAL")
            self.base.execute("PRAGMA synchronous = NORMAL")
            self.base.execute("PRAGMA cache_size = -1000")
            self.base.executescript(_TABLES)
            version = self.note("version", VERSION)
            self.put_note("version", version)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as problem:
            version = str(problem)
        if version != VERSION:
            raise damaged(path, version)

    @classmethod
    @contextmanager
    def reading(cls, path: Path) -> Iterator[Store]:
        """A store that another process keeps, only to be read."""
        store = cls.__new__(cls)
        store.path = path
        store.base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        store.base.execute("PRAGMA cache_size = -1000")
        try:
            yield store
        finally:
            store.close()

    def close(self) -> None:
        """Close the file."""
        self.base.close()

    @contextmanager
    def whole(self) -> Iterator[sqlite3.Connection]:
        """What is done in the block is kept whole, or not at all."""
        self.base.execute("BEGIN IMMEDIATE")
        try:
            yield self.base
        except BaseException:
            if self.base.in_transaction:
                self.base.execute("ROLLBACK")
            raise
        self.base.execute("COMMIT")

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

    def standing(self, assignment: str | None, student: str | None) -> bool:
        """Whether any file is this student's, for this assignment."""
        wanted = "SELECT 1 FROM files WHERE assignment = ? AND student = ?"
        return self.base.execute(wanted, (assignment, student)).fetchone() is not None

    def waits(self, assignment: str, student: str, question: str, part: str) -> bool:
        """Whether a part of the student waits for a person."""
        found = self.base.execute(
            "SELECT 1 FROM waiting w JOIN files f ON f.id = w.file WHERE f.assignment = ? AND f.student = ?"
            " AND w.question = ? AND w.part = ?",
            (assignment, student, question, part),
        )
        return found.fetchone() is not None

    def was_here(self, digest: str, assignment: str, student: str) -> bool:
        """Whether these bytes were the student's submission once: somebody may have marked them meanwhile."""
        found = self.base.execute(
            "SELECT 1 FROM seen WHERE digest = ? AND assignment = ? AND student = ?", (digest, assignment, student)
        )
        return found.fetchone() is not None

    def next_id(self) -> int:
        """An id that no row has yet."""
        return int(self.base.execute("SELECT coalesce(max(id), 0) + 1 FROM files").fetchone()[0])

    def put(self, kept: Iterable[Kept], unchanged: Iterable[int], run: int) -> None:
        """Keep results and say that others stand as they are; all or none of it."""
        rows: list[tuple[object, ...]] = []
        details: dict[str, list[tuple[object, ...]]] = {name: [] for name in _DETAILS}
        replaced: list[Row] = []
        next_id = self.next_id()
        for one, shown_as, causes, size, before in kept:
            if before is None:
                id, next_id = next_id, next_id + 1
            else:
                id = before.id
                replaced.append(before)
            rows.append((id, *one[:4], shown_as, *one[5:8], *one[4:5], *one[8:12], one.marks, causes, size, run))
            details["waiting"] += [(id, place, *row) for place, row in enumerate(one.waiting)]
            details["findings"] += [(id, *row) for row in one.findings]
            details["wrong"] += [(id, *row) for row in one.wrong]
        with self.whole() as base:
            self._forget([row.id for row in replaced])
            base.executemany(
                "INSERT OR IGNORE INTO stale VALUES (?, ?)",
                [(row.assignment, row.student) for row in replaced if row.assignment and row.student],
            )
            base.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)",
                [(row.digest, row.assignment, row.student) for row in replaced if row.assignment and row.student],
            )
            base.executemany(_PUT, rows)
            for table, width in _DETAILS.items():
                marks = ",".join("?" * width)
                base.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", details[table])
            base.executemany("UPDATE files SET run = ? WHERE id = ?", [(run, id) for id in unchanged])
            base.execute("DELETE FROM notes WHERE name = 'placing'")

    # -- a journal of what is being written: a run that is killed leaves files of which no row tells ----------------

    def placing(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Say whose files are about to be written; `put` says that they are, with their rows."""
        written = list(pairs)
        if written:
            self.put_note("placing", json.dumps(written))

    def suspects(self) -> set[tuple[str, str]]:
        """Whose files an earlier run began to write and did not keep; they are remembered until `trust`."""
        with self.whole() as base:
            base.executemany("INSERT OR IGNORE INTO suspect VALUES (?, ?)", json.loads(self.note("placing", "[]")))
            base.execute("DELETE FROM notes WHERE name = 'placing'")
            base.execute("INSERT OR IGNORE INTO stale SELECT * FROM suspect")
        return set(base.execute("SELECT assignment, student FROM suspect"))

    def trust(self) -> None:
        """All files are those of the rows again."""
        self.base.execute("DELETE FROM suspect")

    def _forget(self, ids: Sequence[int]) -> None:
        for table in _DETAILS if ids else ():
            self.base.executemany(f"DELETE FROM {table} WHERE file = ?", [(id,) for id in ids])

    def forget(self, run: int) -> int:
        """Forget files that this run did not find; how many."""
        self.base.execute(
            "INSERT OR IGNORE INTO seen SELECT digest, assignment, student FROM files"
            " WHERE run != ? AND assignment IS NOT NULL AND student IS NOT NULL",
            (run,),
        )
        for table in _DETAILS:
            self.base.execute(f"DELETE FROM {table} WHERE file IN (SELECT id FROM files WHERE run != ?)", (run,))
        return self.base.execute("DELETE FROM files WHERE run != ?", (run,)).rowcount

    def index(self) -> None:
        """Prepare for questions about the whole class; cheaper once at the end than row by row."""
        self.base.execute("CREATE INDEX IF NOT EXISTS files_student ON files (assignment, student)")
        self.base.execute("CREATE INDEX IF NOT EXISTS findings_cause ON findings (diagnosis)")

    # -- people -------------------------------------------------------------------------------------------------

    def put_people(self, marks: Iterable[PersonMark]) -> None:
        """Keep marks by people."""
        with self.whole() as base:
            base.executemany("INSERT OR REPLACE INTO people VALUES (?,?,?,?,?,?,?,?,?)", marks)

    def people(self, where: str = "1", values: Sequence[object] = ()) -> Iterator[PersonMark]:
        """Marks by people, those that do not count any more too."""
        order = "ORDER BY assignment, student, question, part, digest"
        for found in self.base.execute(f"SELECT * FROM people WHERE {where} {order}", tuple(values)):
            yield PersonMark(*found)
