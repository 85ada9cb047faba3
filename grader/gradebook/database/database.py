"""The database of a folder of results, `DIR/.grader/store.sqlite3`, and its queries; it is never loaded whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.database.schema import (
    DETAILS,
    INDEXES,
    SCHEMA_VERSION,
    SHOWN_STATUS,
    SUBMISSION_COLUMNS,
    TABLES,
    PersonMark,
    SubmissionRow,
    WaitingAnswer,
)
from grader.messages import sentence
from grader.reports.sanitise import visible

_COLUMNS = ", ".join(SUBMISSION_COLUMNS)
_PUT = f"INSERT OR REPLACE INTO submissions ({_COLUMNS}) VALUES ({', '.join('?' * len(SUBMISSION_COLUMNS))})"
_STUDENT = "assignment = ? AND student = ?"
_WAITING = """
SELECT s.id, s.student, s.digest, w.answer, w.said, s.variant, s.variant || ' ' || w.folded AS same,
  min(s.path) OVER (PARTITION BY s.variant, w.folded) AS first
FROM submissions s JOIN waiting w ON w.submission = s.id
WHERE s.standing = '' AND s.assignment = ? AND w.question || '.' || w.part = ? ORDER BY first, same, s.path
"""
_PATIENCE = 30
"""Seconds to wait for another writer: a batch and marks in the browser share a database."""
_SETTINGS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -1000;
PRAGMA recursive_triggers = ON;
"""


class Database:
    """A database that is open; every method that changes something does all of it or nothing."""

    def __init__(self, path: Path, *, durable: bool = False, patience: float = _PATIENCE) -> None:
        """Open or create the file; if `durable`, what a method has done survives a power cut.

        `patience` is how many seconds to wait for another writer.

        Raises UsageError if it is not a database of this version.
        """
        self.path = path
        try:
            self.connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
            self.connection.executescript(_SETTINGS)
            if durable:
                self.connection.execute("PRAGMA synchronous = FULL")
            begun = self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notes'").fetchone()
            version = self.note("version", SCHEMA_VERSION) if begun else SCHEMA_VERSION
            if version == SCHEMA_VERSION:
                self.connection.executescript(TABLES)
                self.put_note("version", SCHEMA_VERSION)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as problem:
            version = str(problem)
        if version != SCHEMA_VERSION:
            raise damaged(path, version)

    @classmethod
    @contextmanager
    def reading(cls, path: Path) -> Iterator[Database]:
        """Open a database read-only while another process writes to it."""
        database = cls.__new__(cls)
        database.path = path
        database.connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        database.connection.execute("PRAGMA cache_size = -1000")
        try:
            yield database
        finally:
            database.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements of the block take effect, or none."""
        self.connection.execute("BEGIN IMMEDIATE")
        with self.connection:
            yield self.connection

    def index(self) -> None:
        """Build the indexes for queries about the whole class: cheaper once at the end than row by row."""
        self.connection.executescript(INDEXES)

    # -- notes ----------------------------------------------------------------------------------------------------

    def note(self, name: str, default: str = "") -> str:
        """A note of the last run."""
        found = self.connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else default

    def put_note(self, name: str, value: str) -> None:
        """Keep a note."""
        self.connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    # -- submissions ----------------------------------------------------------------------------------------------

    def count(self, where: str = "1", values: Sequence[object] = ()) -> int:
        """The number of rows; `where` is our own SQL."""
        return int(self.connection.execute(f"SELECT count(*) FROM submissions WHERE {where}", values).fetchone()[0])

    def row(self, path: bytes) -> SubmissionRow | None:
        """The row of one file."""
        return next(self.rows("path = ?", (path,)), None)

    def rows(self, where: str = "1", values: Sequence[object] = ()) -> Iterator[SubmissionRow]:
        """Rows in the order of the folder; `where` is our own SQL, never outside text."""
        wanted = f"SELECT {_COLUMNS}, id FROM submissions s WHERE {where} ORDER BY path"
        for found in self.connection.execute(wanted, tuple(values)):
            yield SubmissionRow(*found)

    def rows_of(self, assignment: str | None, student: str | None) -> list[SubmissionRow]:
        """The files of a student."""
        return list(self.rows(_STUDENT, (assignment, student)))

    def current(self, assignment: str, student: str) -> SubmissionRow | None:
        """The student's submission that counts."""
        return next((row for row in self.rows_of(assignment, student) if not row.standing), None)

    def statuses(self, where: str = "1", values: Sequence[object] = ()) -> dict[str, int]:
        """The number of files by status or standing; `where` is our own SQL."""
        wanted = f"SELECT {SHOWN_STATUS}, count(*) FROM submissions WHERE {where} GROUP BY 1 ORDER BY 1"
        return dict(self.connection.execute(wanted, values).fetchall())

    def assignments(self) -> list[str]:
        """The assignments that have submissions."""
        wanted = "SELECT DISTINCT assignment FROM submissions WHERE assignment IS NOT NULL ORDER BY 1"
        return [id for (id,) in self.connection.execute(wanted)]

    def content(self, submission: int) -> bytes:
        """The bytes that were submitted."""
        found = self.connection.execute("SELECT data FROM contents WHERE submission = ?", (submission,)).fetchone()
        return bytes(found[0]) if found else b""

    def was_submitted(self, digest: str, assignment: str, student: str) -> bool:
        """Whether these bytes were once the student's submission: somebody may have marked them since."""
        wanted = f"SELECT 1 FROM history WHERE digest = ? AND {_STUDENT}"
        return self.connection.execute(wanted, (digest, assignment, student)).fetchone() is not None

    def put(self, rows: Iterable[SubmissionRow], unchanged: Iterable[bytes], run: int) -> None:
        """Save rows, each replacing what was known of its file; the `unchanged` paths are noted as found again.

        The visible files of the rows count as unknown until they are recorded as published.
        """
        described: dict[str, list[tuple[object, ...]]] = {table: [] for table in ("contents", *DETAILS)}
        with self.transaction() as base:
            for one in rows:
                id = base.execute(_PUT, one._replace(run=run)[: len(SUBMISSION_COLUMNS)]).lastrowid
                described["contents"].append((id, one.data))
                for table in DETAILS:
                    described[table] += [(id, *found) for found in getattr(one, table)]
                if one.name:
                    base.execute("INSERT OR REPLACE INTO published VALUES (?, '', -1)", (one.name,))
            for table, found in described.items():
                if found:
                    marks = ", ".join("?" * len(found[0]))
                    base.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", found)
            base.executemany("UPDATE submissions SET run = ? WHERE path = ?", [(run, path) for path in unchanged])

    def forget_missing(self, run: int) -> int:
        """Delete the files that this run did not find; return how many of them were submissions."""
        with self.transaction() as base:
            base.execute("DELETE FROM submissions WHERE run != ? AND status = 'ignored'", (run,))
            return base.execute("DELETE FROM submissions WHERE run != ?", (run,)).rowcount

    # -- answers that need a person ---------------------------------------------------------------------------------

    def waiting(self, submission: int, question: str, part: str) -> tuple[str, str] | None:
        """The answer to a part that needs a person, and the remark on it; None if it needs none."""
        wanted = "SELECT answer, said FROM waiting WHERE submission = ? AND question = ? AND part = ?"
        found = self.connection.execute(wanted, (submission, question, part)).fetchone()
        return (str(found[0]), str(found[1])) if found else None

    def waiting_answers(self, assignment: str, part: str) -> Iterator[WaitingAnswer]:
        """The answers to a part (`question.part`), equal ones together, otherwise in the order of the folder."""
        for *found, _ in self.connection.execute(_WAITING, (assignment, part)):
            yield WaitingAnswer(*found)

    def waiting_parts(self, assignment: str) -> set[str]:
        """The parts (`question.part`) in which some submission that counts needs a person."""
        wanted = (
            "SELECT DISTINCT w.question || '.' || w.part FROM submissions s JOIN waiting w ON w.submission = s.id"
            " WHERE s.standing = '' AND s.assignment = ?"
        )
        return {name for (name,) in self.connection.execute(wanted, (assignment,))}

    # -- published files --------------------------------------------------------------------------------------------

    def published(self, name: str) -> tuple[str, int]:
        """The source of the report of this name, and the sizes of its files."""
        found = self.connection.execute("SELECT source, size FROM published WHERE name = ?", (name,)).fetchone()
        return (str(found[0]), int(found[1])) if found else ("", -1)

    def put_published(self, files: Iterable[tuple[str, str, int]]) -> None:
        """Record the published reports: their names, sources and sizes."""
        with self.transaction() as base:
            base.executemany("INSERT OR REPLACE INTO published VALUES (?, ?, ?)", files)

    def unpublished(self) -> list[int]:
        """The submissions that count and whose report is missing or out of date."""
        wanted = (
            "SELECT s.id FROM submissions s LEFT JOIN published p ON p.name = s.name"
            " WHERE s.standing = '' AND s.name IS NOT NULL AND coalesce(p.source, '') != s.source ORDER BY s.path"
        )
        return [id for (id,) in self.connection.execute(wanted)]

    def orphans(self) -> list[str]:
        """The names of reports without a submission that counts."""
        wanted = (
            "SELECT name FROM published WHERE name NOT IN"
            " (SELECT name FROM submissions WHERE standing = '' AND name IS NOT NULL) ORDER BY name"
        )
        return [name for (name,) in self.connection.execute(wanted)]

    def forget_published(self, name: str) -> None:
        """Record that no file of this report is left."""
        self.connection.execute("DELETE FROM published WHERE name = ?", (name,))

    # -- people ---------------------------------------------------------------------------------------------------

    def replace_people(self, marks: Iterable[PersonMark]) -> None:
        """Store marks by people, within the current transaction."""
        self.connection.executemany("INSERT OR REPLACE INTO people VALUES (?,?,?,?,?,?,?,?,?,?,?)", marks)

    def people(self, where: str = "1", values: Sequence[object] = ()) -> Iterator[PersonMark]:
        """Marks by people, including those that no longer count; `where` is our own SQL."""
        order = "ORDER BY assignment, student, question, part, digest"
        return map(PersonMark._make, self.connection.execute(f"SELECT * FROM people WHERE {where} {order}", values))

    def people_of(self, assignment: str | None, student: str | None) -> tuple[PersonMark, ...]:
        """Marks that people gave a student, for any submission."""
        return tuple(self.people(_STUDENT, (assignment, student)))

    def overtake(self, marks: Iterable[PersonMark]) -> None:
        """Keep marks that are replaced outside the review file, within the transaction that replaces them.

        Whoever edits the file has not seen that. So what the file said when it was written is kept, and an edit can be
        told from an untouched line; without points, there was no mark.
        """
        self.connection.executemany(f"INSERT INTO overtaken VALUES (NULL, {', '.join('?' * 11)})", marks)

    def overtaken(self, where: str = "1", values: Sequence[object] = ()) -> Iterator[PersonMark]:
        """The overtaken marks, oldest first: that is what the review file said; `where` is our own SQL."""
        for _, *found in self.connection.execute(f"SELECT * FROM overtaken WHERE {where} ORDER BY id", tuple(values)):
            yield PersonMark(*found)

    def newest_overtaken(self) -> int:
        """The number of the latest overtaken mark: a review file written from now on shows it."""
        return int(self.connection.execute("SELECT coalesce(max(id), 0) FROM overtaken").fetchone()[0])

    def forget_overtaken(self, known: int) -> None:
        """Forget marks up to this one: the review file now shows what replaced them."""
        self.connection.execute("DELETE FROM overtaken WHERE id <= ?", (known,))

    def remarks(self) -> dict[tuple[str, str, str], str]:
        """Comment lines that people wrote into the review file, by assignment, student and part."""
        found = self.connection.execute("SELECT assignment, student, part, lines FROM remarks")
        return {(assignment, student, part): lines for assignment, student, part, lines in found}

    def put_remarks(self, lines: Mapping[tuple[str, str, str], str]) -> None:
        """Keep comment lines; empty ones were removed."""
        with self.transaction() as base:
            base.executemany(
                "INSERT OR REPLACE INTO remarks VALUES (?,?,?,?)", [(*key, one) for key, one in lines.items()]
            )
            base.execute("DELETE FROM remarks WHERE lines = ''")


def damaged(path: Path, reason: str) -> UsageError:
    """The message about an unusable database."""
    said = sentence(
        "{path} is damaged or of another version ({reason}): remove it and run again; marks by people stay "
        "in review.toml",
        path=visible(str(path)),
        reason=reason,
    )
    return UsageError(said)
