"""The gradebook of a served course: a database with the hand-in that counts for each student.

What staff see of a class (the queue, the class page, results, exports) is made by `grader.gradebook`, from a database
with its own schema. So the hand-ins are copied into such a database, in a temporary file of this process, and before
each request those marked since the last one are copied again. Nobody else writes to it: marks go to the course's own.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from grader.gradebook.database import Database
from grader.gradebook.database.schema import SubmissionRow
from grader.service.course.hand_in import file_name
from grader.service.course.policies import counting, policy_of
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.store import submissions
from grader.service.store.marks import person_marks
from grader.service.store.pieces import pieces
from grader.service.store.tables import submissions as table

AT_ONCE = 200
"""How many students' hand-ins are copied at once."""


class _Copied(NamedTuple):
    """What was copied for an assignment: which attempt counts, and the version and student of each hand-in."""

    best: str
    hand_ins: Mapping[int, tuple[int, str]]


class Gradebook:
    """The gradebook of one course, kept current; safe to use from several threads."""

    def __init__(self, service: Service) -> None:
        """Nothing is copied yet; the file is deleted with this object, or with the service."""
        self.service = service
        self._lock = threading.Lock()
        self._make()

    def _make(self) -> None:
        """Begin an empty database, in a folder of its own."""
        folder = tempfile.mkdtemp(prefix="grader-")
        self.service.at_end.append(weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True))
        self.path = Path(folder) / "gradebook.sqlite3"
        self._copied: dict[str, _Copied] = {}
        with closing(Database(self.path)) as database:
            database.index()

    @contextmanager
    def of(self, assignment: str, base: Connection | None = None) -> Iterator[Database]:
        """The database, with the hand-ins to an assignment as they are now, or as a transaction sees them.

        Raises MissingError if no such assignment is applied, or this version of the grader cannot read it.
        """
        if assignment not in self.service.assignments():
            raise MissingError
        with self._lock:
            if not self.path.is_file():  # machines clean their temporary folders
                self._make()
            if base is not None:
                self._refresh(base, assignment)
            else:
                with self.service.store.reading() as connection:
                    self._refresh(connection, assignment)
        with Database.reading(self.path) as database:
            yield database

    def _refresh(self, base: Connection, assignment: str) -> None:
        """Copy what was marked since the last time."""
        best = policy_of(self.service, assignment).best
        copied = self._copied.get(assignment, _Copied(best, {}))
        before = copied.hand_ins if copied.best == best else {}
        found = submissions.state(base, assignment)
        if before == found and copied.best == best:
            return
        changed = {*(found.items() - before.items()), *(before.items() - found.items())}
        students = sorted({student for _, (_, student) in changed})
        with closing(Database(self.path)) as database:
            database.connection.execute("PRAGMA synchronous = OFF")
            for some in pieces(students, AT_ONCE):
                self._put(base, database, assignment, some)
        self._copied[assignment] = _Copied(best, found)

    def _put(self, base: Connection, database: Database, assignment: str, students: Sequence[str]) -> None:
        """Copy the hand-ins that count of some students, with their marks by people."""
        own = submissions.marked(base, table.c.assignment == assignment, table.c.student.in_(students))
        rows: list[SubmissionRow] = []
        for student, each in groupby(own, lambda one: one.hand_in.student):
            if (found := counting(self.service, assignment, list(each))) is not None:
                path, file = _path(assignment, student), file_name(found.hand_in)
                # The row of a hand-in that could not be marked lacks the student.
                rows.append(found.row._replace(path=path, file=file, assignment=assignment, student=student))
        gone = {*students} - {row.student for row in rows}
        database.put(rows, (), 0)
        with database.transaction() as connection:
            connection.executemany(
                "DELETE FROM submissions WHERE path = ?", [(_path(assignment, one),) for one in gone]
            )
            connection.executemany(
                "DELETE FROM people WHERE assignment = ? AND student = ?", [(assignment, one) for one in students]
            )
            for student in students:
                database.replace_people(person_marks(base, assignment, student))


def _path(assignment: str, student: str) -> bytes:
    return f"{assignment}/{student}".encode("utf-8", "surrogatepass")
