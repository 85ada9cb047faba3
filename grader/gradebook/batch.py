"""A whole class: every submission below a folder marked, written as it is finished, and nothing done twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import grader
from grader.errors import UsageError
from grader.gradebook import discover
from grader.gradebook.blocks import digest_of
from grader.gradebook.changes import changes, record
from grader.gradebook.closing import CLASS_PAGE, SUBJECTS, close
from grader.gradebook.course import Course
from grader.gradebook.crew import Crew, Far, Near
from grader.gradebook.files import STORE, Results, room_in
from grader.gradebook.lock import locked
from grader.gradebook.marking import Result
from grader.gradebook.people import PersonMark, fingerprint
from grader.gradebook.plan import Counts, Plan
from grader.gradebook.pool import executor, in_turn
from grader.gradebook.review import FILE as REVIEW
from grader.gradebook.review import Reader
from grader.gradebook.settle import KINDS, clear, settle, sweep, visible_files
from grader.gradebook.store import Kept, Row, Store
from grader.gradebook.tasks import Order, Outcome, Task, do
from grader.messages import sentence
from grader.messages.names import shown

CHUNK = 64
CHUNK_BYTES = 1_000_000
Told = Callable[[int], None]


def _quiet(_: int) -> None:
    """Nobody listens."""


@dataclass
class _Chunk:
    """Some files of the folder, and the rows of those that are known already."""

    tasks: list[Task] = field(default_factory=list)
    before: dict[bytes, Row] = field(default_factory=dict)
    weight: int = 0


def run(plan: Plan, start: Told = _quiet, advance: Told = _quiet) -> Counts:
    """Grade the folder; `start` is told how many files there are, `advance` how many more are done.

    Raises UsageError for bad use and for a full disk, OSError where a file of results cannot be written.
    """
    aside = discover.Aside([], [])
    total = sum(1 for _ in discover.discover(plan.folder, _own(plan), aside))
    if not total:
        raise discover.nothing_in(plan.folder, aside)
    course = Course.load(plan.keys_dir)
    if not course.sheets:
        said = sentence(
            "expected a folder of assignments, each a folder with an assignment.toml, received {path}",
            path=shown(str(plan.keys_dir)),
        )
        raise UsageError(said)
    with room_in(plan.out):
        results = Results(plan.out)
    with room_in(plan.out), locked(results.state / "lock", plan.out):
        store = Store(results.state / STORE)
        try:
            counts = _Run(plan, course, results, store).all(total, start, advance)
        finally:
            store.close()
    counts.aside = aside
    return counts


def _own(plan: Plan) -> list[Path]:
    """What is no submission though it may lie in the folder."""
    own = [plan.out, plan.out / REVIEW]
    return [*own, plan.folder / REVIEW] if (plan.folder / discover.STATE).is_dir() else own


def _as_before(one: Kept) -> bool:
    """Whether a file earned the marks that it had, from the same submission, assignment, key and grader."""
    before, now = one.before, one.result
    if before is None or now.status in ("unreadable", "error"):
        return False
    return (before.cache_key, before.status, before.marks) == (now.cache_key, now.status, now.marks)


def _pair(one: Outcome) -> tuple[str, str]:
    """Whose files the outcome has."""
    assert one.result is not None
    return one.result.assignment or "", one.result.student or ""


class _Run:
    """One run into one folder of results that is ours."""

    def __init__(self, plan: Plan, course: Course, results: Results, store: Store) -> None:
        self.plan = plan
        self.course = course
        self.results = results
        self.store = store
        self.counts = Counts()
        self.number = int(store.note("run", "0")) + 1
        store.put_note("run", str(self.number))
        reader = Reader(course, store, plan.out / REVIEW)
        self.review = reader.take()
        self.counts.said = reader.said
        self.known = store.next_id() > 1
        self.had_pages = any((plan.out / folder).is_dir() for folder in KINDS.values())
        if self.had_pages and not self.known:
            store.put_note("foreign", "yes")  # the store was removed, or its first run killed
        self.suspects = store.suspects()
        self.some_people = any(True for _ in store.people())
        self.shown_as = hashlib.sha256(repr(plan.options).encode()).hexdigest()[:16]

    def all(self, total: int, start: Told, advance: Told) -> Counts:
        """Mark, settle what concerns several files, and write what is about all."""
        start(total)
        # The workers end first: one that still wrote into the hidden folder would keep it from being removed.
        with self.results.hidden() as hidden, executor(self.plan.jobs, self.plan.scheduler) as (pool, workers):
            self.results.unfinished.touch()
            order = Order(self.course, self.plan.options, str(self.plan.folder), hidden)
            crew: Crew = Far(pool, order) if self.plan.scheduler else Near(pool, order)
            chunks = self._chunks(crew, discover.discover(self.plan.folder, _own(self.plan)))
            for chunk, pending in in_turn(lambda chunk: crew.outcomes(chunk.tasks), chunks, 2 * workers):
                self._keep(order, chunk, pending.result())
                advance(len(chunk.tasks))
            self._settle(order)
            self._close(order, crew)
        self.store.trust()
        if self.plan.diff:
            self.store.put_note("told", "yes")
        self.results.unfinished.unlink(missing_ok=True)
        return self.counts

    # -- marking --------------------------------------------------------------------------------------------------

    def _chunks(self, crew: Crew, found: Iterable[discover.Found]) -> Iterator[_Chunk]:
        chunk = _Chunk()
        for one in found:
            row = self.store.row(one.key) if self.known else None
            if row is not None:
                chunk.before[row.key] = row
            chunk.tasks.append(self._task(one, row))
            chunk.weight += crew.weight(chunk.tasks[-1])
            if len(chunk.tasks) >= CHUNK or chunk.weight >= CHUNK_BYTES:
                yield chunk
                chunk = _Chunk()
        if chunk.tasks:
            yield chunk

    def _task(self, found: discover.Found, row: Row | None) -> Task:
        """What is to be done with a file, given what is known of it."""
        if row is None:
            return Task(found)
        people = self._people(row)
        return Task(found, row.digest, self._stands(row, people), people)

    def _people(self, one: Row | Result) -> tuple[PersonMark, ...]:
        """Marks by people of just these bytes; never one that somebody wrote beside another student's name."""
        if not self.some_people:
            return ()
        where = "digest = ? AND assignment = ? AND student = ?"
        return tuple(self.store.people(where, (one.digest, one.assignment, one.student)))

    def _stands(self, row: Row, people: tuple[PersonMark, ...]) -> bool:
        """Whether these bytes would be marked just like this again, and what was written is there."""
        if not row.digest or row.shown_as != self.shown_as + fingerprint(people):
            return False
        if row.status == "error" or "\terror\t" in row.marks:
            return False  # a fault that was ours, or the author's: it may be mended
        if (row.assignment, row.student) in self.suspects:
            return False  # an earlier run was killed over the files of this student
        if row.cache_key != self.course.cache_key(row.digest, row.assignment):
            return False
        if row.size < 0 or row.standing:
            return True
        names = visible_files(row.assignment or "", row.student or "")
        if self.plan.options.pages:
            return self.results.size(names[0]) == row.size and all(self.results.size(name) > 0 for name in names[1:])
        return self.results.size(names[0]) == row.size

    def _keep(self, order: Order, chunk: _Chunk, outcomes: Iterable[Outcome | None]) -> None:
        """Place the files first, then keep the rows: what has a row is complete."""
        done: list[tuple[Outcome, Row | None]] = []
        unchanged = []
        for task, one in zip(chunk.tasks, outcomes, strict=True):
            before = chunk.before.get(task.found.key)
            if one is None:
                done.append((self._lost(task.found), before))
            elif one.result is not None:
                done.append((self._with_people(order, task, one), before))
            elif before is not None:
                unchanged.append(before.id)
        self.store.placing(_pair(one) for one, _ in done if one.files)
        kept = [self._placed(one, before) for one, before in done]
        self.store.put(kept, unchanged, self.number)
        again = sum(_as_before(one) for one in kept)
        self.counts.rewritten += again
        self.counts.marked += sum(one.result.status != "unreadable" for one in kept) - again
        self.counts.unchanged += len(unchanged)

    def _with_people(self, order: Order, task: Task, one: Outcome) -> Outcome:
        """The outcome; done again where people marked just these bytes, though the row of the file had others."""
        if one.result is None:
            return one
        people = self._people(one.result)
        return (
            do(order, Task(task.found, one.result.digest, people=people)) if fingerprint(people) != one.given else one
        )

    def _lost(self, found: discover.Found) -> Outcome:
        """The outcome of a file over which its process died, and another one again."""
        said = sentence(
            "{file}: the process that marked it died twice, killed or out of memory; no verdict on the submission",
            file=found.name,
        )
        return Outcome(Result(found.key, found.name, "", self.course.cache_key("", None), "error", reason=str(said)))

    def _placed(self, one: Outcome, before: Row | None) -> Kept:
        """Move the texts of an outcome to their places."""
        result = one.result
        assert result is not None
        written = dict(one.files)
        if written:
            for name in visible_files(result.assignment or "", result.student or ""):
                text = written.get(f".{name.rpartition('.')[2]}")
                if text is not None:
                    self.results.place(name, text)
                elif before is not None or self.had_pages:
                    self.results.remove(name)
        sheet = self.course.sheets.get(result.assignment or "")
        digests = (sheet.assignment_digest, sheet.key_digest) if sheet else ("", "")
        causes = "|".join((result.digest, *digests, grader.__version__, one.given))
        return Kept(result, self.shown_as + one.given, causes, written[".json"].size if written else -1, before)

    # -- what concerns several files ------------------------------------------------------------------------------

    def _settle(self, order: Order) -> None:
        """Settle what concerns several files; a run that was killed before does all of it again."""
        self.store.index()
        self.counts.gone = sweep(self.store, self.results, self.number)
        for id in settle(self.store):
            self._again(order, next(self.store.rows("id = ?", (id,))))
        sweep(self.store, self.results, self.number)
        if self.store.note("foreign"):
            clear(self.store, self.results)
            self.store.put_note("foreign", "")
        quiet = not (self.counts.marked or self.counts.rewritten or self.counts.gone)
        self.counts.moved = record(self.store, keep=quiet and not self.store.note("told"))
        if not quiet:
            self.store.put_note("told", "")
        self.counts.changes = list(changes(self.store)) if self.plan.diff else []
        tally = "SELECT CASE standing WHEN '' THEN status ELSE standing END, count(*) FROM files GROUP BY 1 ORDER BY 1"
        self.counts.statuses = dict(self.store.base.execute(tally).fetchall())
        self.counts.files = sum(self.counts.statuses.values())
        found = self.store.base.execute("SELECT DISTINCT assignment FROM files WHERE assignment IS NOT NULL ORDER BY 1")
        self.counts.assignments = [id for (id,) in found]

    def _again(self, order: Order, row: Row) -> None:
        """Write the report of a row again: another file of the same student may stand in its place."""
        found = discover.Found(tuple(os.fsdecode(step) for step in row.key.split(b"\0")))
        task = Task(found, row.digest, people=self._people(row))
        one = do(order, task)
        if one.result is not None and one.result.status != "unreadable":
            self.store.put([self._placed(self._with_people(order, task, one), row)], [], self.number)

    def _close(self, order: Order, crew: Crew) -> None:
        """Write what is about all; the review file not, where somebody wrote into it while the run was on."""
        pending = [crew.apart(close, order, self.store.path, subject) for subject in SUBJECTS]
        written = dict(one for some in pending for one in some())
        review = self.plan.out / REVIEW
        self.counts.review_left = digest_of(review) != self.review
        if self.counts.review_left:
            del written[REVIEW]
        for name, completed in written.items():
            self.results.place(name, completed)
        if REVIEW in written:
            self.store.put_note("review", written[REVIEW].digest)
        if CLASS_PAGE not in written:
            self.results.remove(CLASS_PAGE)
