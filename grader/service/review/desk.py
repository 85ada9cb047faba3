"""The desk of one person: a results folder, what is shown of it, and that person's decisions."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.database import Database
from grader.gradebook.database.overtaken import overtaken
from grader.gradebook.review.opened import open_answer, others
from grader.gradebook.review.queue import Decision, checked, decide, parts_in_queue, queue
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import DATABASE
from grader.gradebook.run.remembered import keys_of
from grader.gradebook.run.scan import STATE
from grader.homework.assignment import Part
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.queue.pages import PartQueue, PartRow
from grader.service.queue.typed import Typed
from grader.service.review.publication import Publication


class Desk:
    """One results folder, for one person; safe to use from several threads."""

    def __init__(self, out: Path, keys: Path | None = None, who: str = "") -> None:
        """Check that the folder can be reviewed.

        Raises UsageError if it is not a results folder, or its assignments are not known.
        """
        self.out = out
        self.path = out / STATE / DATABASE
        if not self.path.is_file():
            said = sentence("expected the results folder of a `grader batch`, received {path}", path=shown(str(out)))
            raise UsageError(said)
        with closing(Database(self.path)) as database:
            keys_dir = keys or keys_of(database)
        if keys_dir is None or not keys_dir.is_dir():
            said = sentence(
                "the folder of assignments of {path} is not known or not there: expected --keys DIR",
                path=shown(str(out)),
            )
            raise UsageError(said)
        self.course = Course.load(keys_dir)
        self.publication = Publication(out, keys)
        self.who = who
        self.anonymous = False
        self._id = secrets.token_hex(8)
        self._writing = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, for reading."""
        with Database.reading(self.path) as database:
            yield database

    def overview(self) -> dict[str, list[PartRow]]:
        """For each assignment the parts that need or needed a person."""
        with self.reading() as database:
            return {
                id: [PartRow.of(name, queue(database, id, name)) for name in parts_in_queue(database, self.course, id)]
                for id in database.assignments()
            }

    def parts(self, assignment: str) -> dict[str, Part]:
        """The parts of an assignment that need or needed a person."""
        with self.reading() as database:
            return parts_in_queue(database, self.course, assignment)

    def queue(self, assignment: str, part: str) -> PartQueue:
        """A part with its groups."""
        with self.reading() as database:
            return PartQueue(self.course, assignment, part, queue(database, assignment, part))

    def open(self, queue: PartQueue, key: str) -> list[str]:
        """Record that equal answers are open here; return who has them open at another desk of this folder."""
        about, now = (queue.assignment, queue.name, key), time.time()
        with self._writing, closing(Database(self.path)) as database:
            if queue.named(key) is not None:
                open_answer(database, about, self._id, self.who, now)
            return others(database, about, self._id, now)

    def unpublished(self) -> int:
        """How many marks were given here since the results were written."""
        with self.reading() as database:
            return len({one[:5] for one in overtaken(database)})

    def decide(self, assignment: str, name: str, part: Part, typed: Typed) -> Decision | Sentence:
        """Give a group its mark, or return what is wrong with the input."""
        found = checked(typed.wanted(assignment, name, part), self.course)
        if isinstance(found, Sentence):
            return found
        self.who = found.who
        with self._writing, closing(Database(self.path, durable=True)) as database:
            return decide(database, found)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of assignments."""
        return {id: one.title or id for id, one in self.course.assignments.items()}
