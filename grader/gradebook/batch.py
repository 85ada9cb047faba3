"""A whole class: every submission below a folder marked, written as it is finished, and nothing done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook import discover
from grader.gradebook.course import Course
from grader.gradebook.files import Results
from grader.gradebook.lock import locked
from grader.gradebook.pool import executor, in_turn
from grader.gradebook.slug import slug
from grader.gradebook.store import Store
from grader.gradebook.work import Item, Options, Result, mark_all
from grader.homework.names import shown
from grader.messages import Sentence, sentence

CHUNK = 64
CHUNK_BYTES = 1_000_000


@dataclass(frozen=True)
class Plan:
    """What is to be graded, where to, and how."""

    folder: Path
    out: Path
    keys_dir: Path
    options: Options
    jobs: int | None = None
    scheduler: str | None = None


@dataclass
class Counts:
    """What a run did, for its one line of summary."""

    files: int = 0
    marked: int = 0
    unchanged: int = 0
    gone: int = 0
    statuses: dict[str, int] = field(default_factory=dict)


@dataclass
class _Chunk:
    """Some files of the folder: those to mark, those that are known already, those that cannot be read."""

    items: list[Item] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: list[Result] = field(default_factory=list)
    size: int = 0

    @property
    def count(self) -> int:
        return len(self.items) + len(self.unchanged) + len(self.refused)


def run(
    plan: Plan, advance: Callable[[int], None] = lambda _: None, start: Callable[[int], None] = lambda _: None
) -> Counts:
    """Grade the folder; `start` is told how many files there are, `advance` how many more are done.

    Raises UsageError for bad use, OSError where a file of results cannot be written.
    """
    found = list(discover.discover(plan.folder, [plan.out]))
    if not found:
        raise UsageError(sentence("no file *.toml below {folder}", folder=shown(str(plan.folder))))
    course = Course.load(plan.keys_dir)
    results = Results(plan.out)
    with locked(results.state / "lock", plan.out):
        store = Store(results.state / "store.sqlite3")
        try:
            return _Run(plan, course, results, store).all(found, advance, start)
        finally:
            store.close()


class _Run:
    """One run into one folder of results that is ours."""

    def __init__(self, plan: Plan, course: Course, results: Results, store: Store) -> None:
        self.plan = plan
        self.course = course
        self.results = results
        self.store = store
        self.counts = Counts()
        self.run = int(store.note("run", "0")) + 1
        self.known = store.count() > 0
        options = plan.options
        self.shown_as = hashlib.sha256(repr(options).encode()).hexdigest()[:16]

    def all(self, found: list[discover.Found], advance: Callable[[int], None], start: Callable[[int], None]) -> Counts:
        """Mark, settle what concerns several files, and write what is about all."""
        self.counts.files = len(found)
        start(len(found))
        with executor(self.plan.jobs, self.plan.scheduler) as (pool, workers):
            chunks = self._chunks(found)
            futures = in_turn(
                lambda chunk: pool.submit(mark_all, self.course, self.plan.options, chunk.items), chunks, 2 * workers
            )
            for chunk, future in futures:
                self._keep(chunk, future.result())
                advance(chunk.count)
        self._finish()
        return self.counts

    # -- marking --------------------------------------------------------------------------------------------------

    def _chunks(self, found: list[discover.Found]) -> Iterator[_Chunk]:
        chunk = _Chunk()
        for one in found:
            self._sort(one, chunk)
            if chunk.count >= CHUNK or chunk.size >= CHUNK_BYTES:
                yield chunk
                chunk = _Chunk()
        if chunk.count:
            yield chunk

    def _sort(self, one: discover.Found, chunk: _Chunk) -> None:
        """Read one file and decide whether it must be marked."""
        key = one.key
        data = discover.read(one, str(self.plan.folder))
        row = self.store.row(key) if self.known else None
        if isinstance(data, Sentence):
            chunk.refused.append(Result(key, one.name, "", "", "unreadable", reason=f"{one.name}: {data}"))
            return
        digest = hashlib.sha256(data).hexdigest()
        if row is not None and row.digest == digest and row.shown_as == self.shown_as:
            same = row.cache_key == self.course.cache_key(digest, row.assignment)
            if same and (row.size < 0 or self._stands(row.assignment, row.student, row.size)):
                chunk.unchanged.append(row.id)
                return
        chunk.items.append(Item(key, one.name, data, digest))
        chunk.size += len(data)

    def _stands(self, assignment: str | None, student: str | None, size: int) -> bool:
        return self.results.size(_report(assignment, student)) == size

    def _keep(self, chunk: _Chunk, marked: list[Result]) -> None:
        """Write the files first, then the rows: what has a row is complete."""
        kept = []
        for result in (*chunk.refused, *marked):
            size = -1
            if result.document is not None:
                size = self.results.write(_report(result.assignment, result.student), result.document + "\n")
            kept.append((result, self.shown_as, "", size))
        self.store.put(kept, self.run)
        if chunk.unchanged:
            self.store.touch(chunk.unchanged, self.run)
        self.counts.marked += len(marked)
        self.counts.unchanged += len(chunk.unchanged)

    # -- what concerns several files ------------------------------------------------------------------------------

    def _finish(self) -> None:
        from grader.gradebook.results import lines

        for row in self.store.rows():
            status = row.standing or row.status
            self.counts.statuses[status] = self.counts.statuses.get(status, 0) + 1
        self.results.write("results.csv", "".join(lines(self.store.rows())))
        self.store.put_note("run", str(self.run))


def _report(assignment: str | None, student: str | None) -> str:
    return f"reports/{assignment}/{slug(student or '')}.json"
