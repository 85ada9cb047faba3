"""The tables of the database, and the rows that are read whole."""

from __future__ import annotations

from typing import NamedTuple

SCHEMA_VERSION = "4"

TABLES = """
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS submissions (
  id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, file TEXT NOT NULL, digest TEXT NOT NULL,
  assignment TEXT, student TEXT, submitted_at TEXT, status TEXT NOT NULL, score TEXT NOT NULL, max_score TEXT NOT NULL,
  pending TEXT NOT NULL, reason TEXT NOT NULL, marks TEXT NOT NULL, causes TEXT NOT NULL, source TEXT NOT NULL,
  name TEXT, run INTEGER NOT NULL, standing TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '',
  variant TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS contents (submission INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (submission INTEGER, place INTEGER, question TEXT, part TEXT, answer TEXT, said TEXT,
  folded TEXT, PRIMARY KEY (submission, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS findings (submission INTEGER, question TEXT, part TEXT, diagnosis TEXT,
  PRIMARY KEY (submission, question, part, diagnosis)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong (submission INTEGER, question TEXT, part TEXT, value TEXT,
  PRIMARY KEY (submission, question, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chosen (submission INTEGER, question TEXT, part TEXT, option TEXT,
  PRIMARY KEY (submission, question, part, option)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copied (submission INTEGER, question TEXT, part TEXT, variant TEXT, entries INTEGER,
  total INTEGER, PRIMARY KEY (submission, question, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (digest TEXT, assignment TEXT, student TEXT,
  PRIMARY KEY (digest, assignment, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (assignment TEXT, student TEXT, question TEXT, part TEXT, digest TEXT, points TEXT,
  comment TEXT, who TEXT, why TEXT, answer TEXT, reading TEXT,
  PRIMARY KEY (assignment, student, question, part, digest)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS overtaken (id INTEGER PRIMARY KEY, assignment TEXT, student TEXT, question TEXT, part TEXT,
  digest TEXT, points TEXT, comment TEXT, who TEXT, why TEXT, answer TEXT, reading TEXT);
CREATE TABLE IF NOT EXISTS remarks (assignment TEXT, student TEXT, part TEXT, lines TEXT,
  PRIMARY KEY (assignment, student, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (name TEXT PRIMARY KEY, source TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opened (assignment TEXT, part TEXT, folded TEXT, desk TEXT, who TEXT, at REAL,
  PRIMARY KEY (assignment, part, desk)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS earlier (assignment TEXT, student TEXT, marks TEXT, causes TEXT,
  PRIMARY KEY (assignment, student)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moves (assignment TEXT, student TEXT, part TEXT, before TEXT, after TEXT, why TEXT);
CREATE TRIGGER IF NOT EXISTS forget AFTER DELETE ON submissions BEGIN
  DELETE FROM contents WHERE submission = OLD.id;
  DELETE FROM waiting WHERE submission = OLD.id;
  DELETE FROM findings WHERE submission = OLD.id;
  DELETE FROM wrong WHERE submission = OLD.id;
  DELETE FROM chosen WHERE submission = OLD.id;
  DELETE FROM copied WHERE submission = OLD.id;
  INSERT OR IGNORE INTO history SELECT OLD.digest, OLD.assignment, OLD.student WHERE OLD.name IS NOT NULL;
END;
"""
"""`submissions` has a row for each file, with the marks it has; `contents` holds its bytes, `waiting` the parts that
need a person, `findings` the causes, `wrong` the values that nothing explains, `chosen` the options that were chosen,
`copied` the answers that equal the key of another variant. `history` tells which student a digest belonged to. `people`
holds the marks by people, `overtaken` the previous values of marks given outside the review file since it was written,
`remarks` the comments that people wrote into the review file. `published` names the reports whose files may be in the
folder, and what they were made from; an empty source means unknown. Deleting or replacing a row also deletes the rows
that describe it, and records it in `history`. `opened` says which answers somebody has open in a browser. `earlier`
holds the marks that counted when moved marks were last listed, `moves` that list."""

INDEXES = """
CREATE INDEX IF NOT EXISTS submissions_student ON submissions (assignment, student);
CREATE INDEX IF NOT EXISTS findings_diagnosis ON findings (diagnosis);
"""

MARKED = ("graded", "needs_review")
"""The statuses of files that have marks."""

SHOWN_STATUS = "CASE standing WHEN '' THEN status ELSE standing END"
"""The words for a file's status, or for why it does not count."""

DETAILS = ("waiting", "findings", "wrong", "chosen", "copied")
"""The tables that describe one submission, and the row fields that fill them."""


class PartLine(NamedTuple):
    """One part of a row's `marks`: a line with its name (`question.part`), verdict, and points as text."""

    name: str
    verdict: str
    score: str
    max_score: str
    given: str
    """A person's points; empty if there are none."""

    @classmethod
    def read(cls, marks: str) -> list[PartLine]:
        """The lines of a row's marks."""
        return [cls(*line.split("\t")) for line in marks.splitlines()]


class SubmissionRow(NamedTuple):
    """One marked file: the columns of its row, then further results of marking (empty when read from the database).

    `causes` are the digests that its marks depend on, `source` the digest of everything its report is made from, `name`
    the report's file name without folder and extension. `standing` says why it does not count: `superseded` by a newer
    file of the student, or `refused` because no file is the newest; `why` says it in words. `variant` is the one that
    it was marked under, empty where the assignment has none. `data` are its bytes; `waiting`, `findings`, `wrong`,
    `chosen` and `copied` become rows of their tables. `texts` are the report's files by extension; `files` say where
    the finished files are, and their sizes.
    """

    path: bytes
    file: str
    digest: str
    status: str
    assignment: str | None = None
    student: str | None = None
    submitted_at: str | None = None
    score: str = "0"
    max_score: str = "0"
    pending: str = "0"
    reason: str = ""
    marks: str = ""
    causes: str = ""
    source: str = ""
    name: str | None = None
    standing: str = ""
    why: str = ""
    run: int = 0
    variant: str = ""
    id: int = 0
    data: bytes = b""
    waiting: tuple[tuple[int, str, str, str, str, str], ...] = ()
    findings: tuple[tuple[str, str, str], ...] = ()
    wrong: tuple[tuple[str, str, str], ...] = ()
    chosen: tuple[tuple[str, str, str], ...] = ()
    copied: tuple[tuple[str, str, str, int, int], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, int], ...] = ()

    def given(self, part: str) -> str:
        """The points that a person gave a part (`question.part`) and that count; empty if there are none."""
        return next((line.given for line in PartLine.read(self.marks) if line.name == part), "")


SUBMISSION_COLUMNS = SubmissionRow._fields[: SubmissionRow._fields.index("id")]
"""The columns of `submissions` except `id`, which the database assigns."""


class WaitingAnswer(NamedTuple):
    """One student's answer that needs a person, marked or not; equal answers to one variant have the same `folded`."""

    submission: int
    student: str
    digest: str
    answer: str
    said: str
    variant: str
    folded: str


class PersonMark(NamedTuple):
    """A person's mark for one part of one submission, identified by its digest.

    It is points, or a `reading`: a text that is marked automatically instead of the answer. Without either it is a
    draft. `answer` is the digest of the answer that was marked, empty if unknown or blank: a later submission of the
    student with the same answer keeps the mark.
    """

    assignment: str
    student: str
    question: str
    part: str
    digest: str
    points: str | None
    comment: str = ""
    who: str = ""
    why: str = ""
    answer: str = ""
    reading: str = ""

    @property
    def settles(self) -> bool:
        """Whether it is a decision rather than a draft."""
        return self.points is not None or bool(self.reading)

    @property
    def name(self) -> str:
        """The part's full name: `question.part`."""
        return f"{self.question}.{self.part}"
