"""A served course: its database, its assignments, and the one thread that writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from grader.errors import AuthorError, UsageError
from grader.gradebook.database.schema import PersonMark, SubmissionRow
from grader.gradebook.run.course import Course
from grader.gradebook.run.marking import CourseMarker, Order, ReportOptions, course_marker, mark_one
from grader.gradebook.run.scan import Found
from grader.homework.assignment import Assignment
from grader.homework.dates import to_the_second
from grader.homework.files import KEYS_FOLDER, assignment_ids
from grader.homework.solution import Solution
from grader.messages import Sentence, sentence
from grader.messages.languages import LANGUAGES, SOURCE, Language
from grader.messages.names import shown
from grader.reports import Reveal
from grader.service.course.apart import Apart
from grader.service.course.assignments import Applied, Rules, apply, document, outdated, same_marks
from grader.service.course.finals import has_effects
from grader.service.forms.fields import Form
from grader.service.forms.previews import Previewer
from grader.service.signature import signature_of
from grader.service.store import Store, submissions
from grader.service.store.audit import note
from grader.service.store.people import Person, add_person, everybody
from grader.service.store.store import CONNECTIONS, SAVERS, take_turns

PORTERS = 2
"""The threads that look up who sends a request, so that a slow page keeps nobody else out."""
OUTSIDE = 8
"""The threads that sign people in from learning platforms, whose responses may take long."""
READERS = CONNECTIONS - PORTERS - 2
"""The threads that read: together with those that write and send, one for each connection to the database.

Calls that wait for a thread are served in turn; threads that wait for a connection would not be.
"""
_FORMS = 500
_STUDENTS = 20_000
BY = "files"
"""The name in the audit log for changes in the files that are applied automatically."""
SERVICE_DATABASE = Path(".grader") / "service.sqlite3"
"""The default path of a course's database, relative to its folder."""


def utc_now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


class Service:
    """A served course; safe to use from several threads.

    Everything that writes runs in one thread, `work`. Any thread may read; pages do so in `readers`. Marking is done by
    the process `apart`, or, without one, in the thread that writes.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        *,
        lang: str = SOURCE,
        now: Callable[[], datetime] = utc_now,
        apart: Apart | None = None,
    ) -> None:
        """Serve a folder with this database, whose schema is current; without `apart`, this process marks."""
        self.folder = folder
        self.keys_dir = keys_of(folder)
        self.store = store
        self.lang = lang
        self.now = now
        self.apart = apart
        self.work = ThreadPoolExecutor(1, thread_name_prefix="marking")
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="reading")
        self.savers = ThreadPoolExecutor(SAVERS, thread_name_prefix="saving")
        self.porters = ThreadPoolExecutor(PORTERS, thread_name_prefix="sessions")
        self.outside = ThreadPoolExecutor(OUTSIDE, thread_name_prefix="outside")
        self.applied = Applied(Course({}), {})
        self.found = Course({})
        self._warmed = ""
        self._signature: tuple[object, ...] = ()
        self._waiting: dict[str, tuple[object, ...]] = {}
        """The states of assignments, by id, in which the files wait for staff."""
        self.unsolved: dict[str, Sentence] = {}
        """Why assignments that are applied cannot be used any more, by id."""
        self._previewers: dict[str, Previewer] = {}
        self._forms: dict[tuple[str, str, str | None], Form] = {}
        self._forms_of: dict[tuple[str, str, str], Form] = {}
        self._beside: list[threading.Thread] = []
        self.at_end: list[Callable[[], object]] = []
        """What is to be done when the service ends."""
        self._documents: tuple[str, dict[str, Assignment]] = ("", {})

    @cached_property
    def language(self) -> Language:
        """The language of its pages."""
        return LANGUAGES[self.lang]

    def start(self) -> Person:
        """Apply every change that moves nothing, and solve every assignment, so that no request waits for that.

        Returns the instructor, who exists from the first start.
        """
        self.work.submit(self.look).result()
        with self.store.writing() as base:
            staff = everybody(base, "instructor")
            return staff[0] if staff else add_person(base, "instructor", "", "instructor", self.now())

    def look(self) -> None:
        """Read the assignments' files if they have changed, and apply changes that move nothing. Runs in `work`.

        Such a change is one to an assignment without hand-ins, or one that concerns only the policy and changes neither
        a final score nor what students see of a hand-in. All others wait until staff apply them.
        """
        signature = signature_of(self.keys_dir)
        if signature != self._signature:
            self.found, self._signature = _read(self.keys_dir, signature)
        with self.store.reading() as base:
            applied = Applied.load(base)
        for id in outdated(applied, self.found):
            if self._waiting.get(id) != applied.beside(self.found, id):
                applied = self._take_over(id)
        if applied.digest != self.applied.digest:
            self.applied = applied
        if self._warmed != self.applied.digest:
            self.warm()
            self._warmed = self.applied.digest

    def _take_over(self, id: str) -> Applied:
        """Apply the files of an assignment, unless that would move anything; return what is applied then."""
        now, found = self.now(), self.found.assignments[id]
        with self.store.writing() as base:
            take_turns(base, f"marks {id}")
            applied = Applied.load(base)  # another worker may have applied it while this one waited for its turn
            if id not in outdated(applied, self.found):
                return applied
            rules = Rules.of(applied, found)
            if submissions.versions(base, id) and (not same_marks(applied, found) or has_effects(base, id, rules, now)):
                self._waiting[id] = applied.beside(self.found, id)
                return applied
            apply(base, found, now)
            note(base, now, BY, "took over files", id, **rules.noted())
            return Applied.load(base)

    def warm(self) -> None:
        """Solve the applied assignments in advance, so that no request has to wait.

        An assignment that an earlier version applied may no longer be solvable; that must not stop the others.
        """
        unsolved = {}
        for id in self.applied.course.assignments:
            try:
                marker = self.marker(id)
                self._previewers[id] = Previewer.of(marker.marker_of(id).solution)
                if self.apart is not None:
                    self.apart.prepare(_order(marker), id)
            except AuthorError as problem:
                self._previewers.pop(id, None)
                unsolved[id] = problem.located
        self.unsolved = unsolved

    def beside(self, name: str, run: Callable[[], None]) -> threading.Thread:
        """Start long work in a thread of its own, which ends with the service at the latest."""
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._beside = [one for one in self._beside if one.is_alive()] + [thread]
        thread.start()
        return thread

    def stop(self) -> None:
        """End the threads, and close the database."""
        self.work.shutdown()
        if self.apart is not None:
            self.apart.stop()
        for pool in (self.readers, self.savers, self.porters, self.outside):
            pool.shutdown()
        for thread in self._beside:  # what it still submits to `work` is refused from now on
            thread.join(10)
        for end in self.at_end:
            end()
        self.store.close()

    @contextmanager
    def marking(self, id: str) -> Iterator[Connection]:
        """A transaction in which hand-ins to an assignment are marked, one at a time among all workers.

        While it waited for its turn, another worker may have applied changes, given marks or accepted hand-ins. So
        `applied` is current when it starts, and whatever else the marks depend on must be read inside it.
        """
        with self.store.writing() as base:
            take_turns(base, f"marks {id}")
            if not self.applied.is_current(base, id):
                self.applied = Applied.load(base)
            yield base

    # -- assignments --------------------------------------------------------------------------------------------------

    def assignments(self) -> dict[str, Assignment]:
        """The documents of all applied assignments, by id."""
        applied = self.applied  # another thread may replace it meanwhile
        digest, known = self._documents
        if digest != applied.digest:
            known = dict(applied.documents())
            self._documents = (applied.digest, known)
        return known

    def opened(self) -> dict[str, Assignment]:
        """The applied assignments that students may see by now; before that, nobody may read what is asked."""
        now = to_the_second(self.now())
        found = self.assignments().items()
        return {id: one for id, one in found if one.policy.opens is None or to_the_second(one.policy.opens) <= now}

    def marker(self, id: str, course: Course | None = None) -> CourseMarker:
        """The marker for an assignment as applied, or as in `course`, another state of the course."""
        wanted = course or self.applied.course
        one = wanted.assignments.get(id)
        reveal: Reveal = "never" if one is None else document(one).policy.reveal
        return course_marker(wanted, ReportOptions(reveal=reveal, pages=False, lang=self.lang))

    def previewer(self, id: str) -> Previewer | None:
        """The previewer of answers while they are typed; None for an unknown assignment.

        It serves every variant: variants are drawn so that each part is read as in the base.
        """
        return self._previewers.get(id)

    def form(self, id: str, student: str) -> Form:
        """The sheet of a student with its fields, without anything from the key. Runs in the service's thread."""
        variant, solution = self.solution(id).of_student(student)
        key = (self.applied.digest, id, variant)
        if key not in self._forms:
            if len(self._forms) >= _FORMS:
                self._forms.clear()
                self._forms_of.clear()
            self._forms[key] = Form.of(solution, variant)
        if len(self._forms_of) >= _STUDENTS:
            self._forms_of.clear()
        self._forms_of[self.applied.digest, id, student] = self._forms[key]
        return self._forms[key]

    def known_form(self, id: str, student: str) -> Form | None:
        """The form that `form` has already made for a student, in any thread; None if it has not."""
        return self._forms_of.get((self.applied.digest, id, student))

    def solution(self, id: str) -> Solution:
        """The solution of an assignment as applied."""
        return self.marker(id).marker_of(id).solution

    def marked(
        self, id: str, file: str, data: bytes, people: tuple[PersonMark, ...] = (), course: Course | None = None
    ) -> SubmissionRow:
        """Mark the bytes of a submission, with the marks that people gave its student.

        Raises DiedError if the marking process died; stored marks stay as they are.
        """
        found, order = Found((file,), people=people, data=data), _order(self.marker(id, course))
        row = mark_one(order, found) if self.apart is None else self.apart.row(order, found)
        assert row is not None
        return row._replace(data=b"")

    def unmarked(self, id: str, file: str, data: bytes) -> SubmissionRow:
        """The row of a new submission that could not be marked: a fault of ours, and no verdict."""
        return self.marker(id).unmarked(Found((file,)), data)._replace(data=b"")


def _order(marker: CourseMarker) -> Order:
    """What another process needs to make the same marks as this marker."""
    return Order(marker.course, marker.options, "", None)


def _read(keys_dir: Path, signature: tuple[object, ...]) -> tuple[Course, tuple[object, ...]]:
    """The course in the files, with their signature; an empty course, to be read again, if they cannot be read."""
    try:
        found = Course.load(keys_dir)
    except OSError:
        return Course({}), ()
    return Course({id: one.tried() for id, one in found.assignments.items()}), signature


def keys_of(folder: Path) -> Path:
    """The folder of assignments of a course: its `answer_keys`, or itself.

    Raises UsageError if neither holds an assignment.
    """
    for path in (folder / KEYS_FOLDER, folder):
        if path.is_dir() and assignment_ids(path):
            return path
    said = sentence(
        "expected the folder of a course, with answer_keys/ID/assignment.toml, received {path}", path=shown(str(folder))
    )
    raise UsageError(said)


def database_of(folder: Path, url: str | None) -> Store:
    """The database of a course: the one at `url`, or the default in its folder."""
    return Store(url) if url else Store.beside(folder / SERVICE_DATABASE)
