"""The desk of one person: a results folder, what is shown of it, and that person's decisions."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from grader.errors import AuthorError, UsageError
from grader.gradebook.database import Database
from grader.gradebook.review.queue import (
    DecisionOutcome,
    checked,
    decide,
    open_answer,
    open_elsewhere,
    parts_in_queue,
    queue,
)
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import DATABASE_FILE
from grader.gradebook.run.request import keys_of
from grader.gradebook.run.scan import STATE
from grader.homework.files import ASSIGNMENT_FILE
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.queue.pages import PartQueue, PartRow
from grader.service.queue.typed import TypedDecision
from grader.service.review.publication import Publication
from grader.service.signature import signature_of

_GLANCE = 0.2
"""Seconds that a page waits for another writer to record what is open."""


class _Files(NamedTuple):
    """The assignments, each as in its file or as it was when the file could last be used; and why some cannot."""

    course: Course
    unusable: dict[str, Sentence]

    def read_again(self, found: Course, wanted: Sequence[str]) -> _Files:
        """What is known after the files were read again; `wanted` are the assignments with answers."""
        tried = {id: one.tried() if id in wanted else one for id, one in found.assignments.items()}
        said = {id: sentence("{reason}", reason=one.broken) for id, one in tried.items() if one.broken is not None}
        said |= {
            id: sentence("{file}: no such file", file=f"{id}/{ASSIGNMENT_FILE}") for id in wanted if id not in tried
        }
        good = {id: one for id, one in self.course.assignments.items() if id in said and one.broken is None}
        return _Files(Course({**tried, **good}), {id: said[id] for id in said if id in wanted})


class Desk:
    """One results folder, for one person; safe to use from several threads."""

    def __init__(self, out: Path, keys: Path | None = None, who: str = "") -> None:
        """Check that the folder can be reviewed.

        Raises UsageError if it is not a results folder, or its assignments are not known.
        """
        self.out = out
        self.path = out / STATE / DATABASE_FILE
        if not self.path.is_file():
            said = sentence("expected the results folder of a `grader batch`, received {path}", path=shown(str(out)))
            raise UsageError(said)
        try:
            with closing(Database(self.path)) as database:
                keys_dir = keys or keys_of(database)
        except sqlite3.OperationalError as problem:
            said = sentence(
                "expected a folder in which marks can be stored, received {path}: {reason}",
                path=shown(str(out)),
                reason=str(problem),
            )
            raise UsageError(said) from None
        if keys_dir is None or not keys_dir.is_dir():
            said = sentence(
                "the folder of assignments of {path} is not known or not there: expected --keys DIR",
                path=shown(str(out)),
            )
            raise UsageError(said)
        self._keys_dir = keys_dir
        self._files: tuple[tuple[object, ...], _Files] = ((), _Files(Course({}), {}))
        self.publication = Publication(out, keys)
        self.who = who
        self.anonymous = False
        self._id = secrets.token_hex(8)
        self._writing = threading.Lock()

    @property
    def course(self) -> Course:
        """The assignments as in their files, which may be corrected meanwhile: points may have been lowered.

        One whose file cannot be used is as it was when it last could.
        """
        return self._read().course

    @property
    def unusable(self) -> dict[str, Sentence]:
        """The assignments with answers whose files cannot be used at the moment, with the reason."""
        return self._read().unusable

    def _read(self) -> _Files:
        """Read the files as they are now."""
        signature, known = self._files  # another thread may replace it meanwhile
        if not signature or signature != signature_of(self._keys_dir):
            signature = signature_of(self._keys_dir)  # a change while they are read makes the next look read again
            with self.reading() as database:
                wanted = database.assignments()
            known = known.read_again(Course.load(self._keys_dir), wanted)
            self._files = signature, known
        return known

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, for reading."""
        with Database.reading(self.path) as database:
            yield database

    def overview(self) -> dict[str, list[PartRow]]:
        """For each assignment the parts that need or needed a person."""
        course = self.course
        with self.reading() as database:
            return {
                id: [PartRow.of(name, queue(database, id, name)) for name in parts_in_queue(database, course, id)]
                for id in database.assignments()
            }

    def queue(self, assignment: str, part: str) -> PartQueue | None:
        """A part with its groups; None if none of its answers needs or needed a person.

        Raises AuthorError if the assignment cannot be used, and never could here.
        """
        course = self.course
        with self.reading() as database:
            if course.is_broken(assignment) and part in database.waiting_parts(assignment):
                raise AuthorError(self.unusable[assignment])
            if part not in parts_in_queue(database, course, assignment):
                return None
            return PartQueue(course, assignment, part, queue(database, assignment, part))

    def open(self, queue: PartQueue, key: str) -> list[str]:
        """Record that equal answers are open here; return who has them open at another desk of this folder.

        While a batch writes, nothing is recorded: a page does not wait for that.
        """
        about, now = (queue.assignment, queue.name, key), time.time()
        if queue.named(key) is not None:
            with suppress(sqlite3.OperationalError), closing(Database(self.path, patience=_GLANCE)) as database:
                open_answer(database, about, self._id, self.who, now)
        with self.reading() as database:
            return open_elsewhere(database, about, self._id, now)

    def unpublished(self) -> int:
        """How many marks were given here since the results were written."""
        with self.reading() as database:
            return len({one[:5] for one in database.overtaken()})

    def decide(self, queue: PartQueue, typed: TypedDecision) -> DecisionOutcome | Sentence:
        """Give a group of a part its mark, or return what is wrong with the input."""
        wanted = typed.wanted(queue.assignment, queue.name, queue.part)
        if not typed.ticks:  # who marks here corrects the files, too, and typed the points: they only have to fit
            wanted = wanted._replace(asked="")
        found = checked(wanted, queue.course)
        if isinstance(found, Sentence):
            return found
        self.who = found.who
        with self._writing, closing(Database(self.path, durable=True)) as database:
            return decide(database, found)

    @property
    def titles(self) -> dict[str, str]:
        """The titles of assignments."""
        return {id: one.title or id for id, one in self.course.assignments.items()}
