"""A whole class: every submission below a folder marked, written as it is finished, and nothing done twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import grader
from grader.errors import UsageError
from grader.gradebook import discover
from grader.gradebook.asking import Writer
from grader.gradebook.changes import Change, changes, record
from grader.gradebook.course import Course
from grader.gradebook.files import Results, room_in
from grader.gradebook.lock import locked
from grader.gradebook.marking import Item, Result
from grader.gradebook.memo import Options
from grader.gradebook.people import PersonMark, fingerprint
from grader.gradebook.pool import executor, in_turn, one_by_one, worker_died
from grader.gradebook.results import lines
from grader.gradebook.review import FILE as REVIEW
from grader.gradebook.review import Reader, digest_of
from grader.gradebook.settle import settle, sweep, visible_files
from grader.gradebook.store import Kept, Row, Store
from grader.gradebook.work import mark_all, mark_one
from grader.homework.names import shown
from grader.messages import Sentence, sentence

CHUNK = 64
CHUNK_BYTES = 1_000_000
Told = Callable[[int], None]


def _quiet(_: int) -> None:
    """Nobody listens."""


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
    moved: int = 0
    review_left: bool = False
    statuses: dict[str, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def need_people(self) -> int:
        """How many files are not settled without a person."""
        return self.files - self.statuses.get("graded", 0) - self.statuses.get("superseded", 0)


@dataclass
class _Chunk:
    """Some files of the folder: those to mark, those that are known already, those that cannot be read."""

    items: list[Item] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: list[Result] = field(default_factory=list)
    before: dict[bytes, Row] = field(default_factory=dict)
    size: int = 0

    @property
    def count(self) -> int:
        return len(self.items) + len(self.unchanged) + len(self.refused)


def run(plan: Plan, start: Told = _quiet, advance: Told = _quiet) -> Counts:
    """Grade the folder; `start` is told how many files there are, `advance` how many more are done.

    Raises UsageError for bad use and for a full disk, OSError where a file of results cannot be written.
    """
    total = sum(1 for _ in discover.discover(plan.folder, [plan.out]))
    if not total:
        raise UsageError(sentence("no file *.toml below {folder}", folder=shown(str(plan.folder))))
    course = Course.load(plan.keys_dir)
    with room_in(plan.out):
        results = Results(plan.out)
    with room_in(plan.out), locked(results.state / "lock", plan.out):
        store = Store(results.state / "store.sqlite3")
        try:
            return _Run(plan, course, results, store).all(total, start, advance)
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
        self.number = int(store.note("run", "0")) + 1
        store.put_note("run", str(self.number))
        self.review = Reader(course, store, plan.out / REVIEW).take()
        self.known = store.next_id() > 1
        self.some_people = any(True for _ in store.people())
        self.shown_as = hashlib.sha256(repr(plan.options).encode()).hexdigest()[:16]

    def all(self, total: int, start: Told, advance: Told) -> Counts:
        """Mark, settle what concerns several files, and write what is about all."""
        start(total)
        with executor(self.plan.jobs, self.plan.scheduler) as (pool, workers):
            chunks = self._chunks(discover.discover(self.plan.folder, [self.plan.out]))
            futures = in_turn(
                lambda chunk: pool.submit(mark_all, self.course, self.plan.options, chunk.items), chunks, 2 * workers
            )
            for chunk, future in futures:
                self._keep(chunk, self._marked(pool, chunk, future))
                advance(chunk.count)
        self._finish()
        return self.counts

    # -- marking --------------------------------------------------------------------------------------------------

    def _chunks(self, found: Iterable[discover.Found]) -> Iterator[_Chunk]:
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
        if row is not None:
            chunk.before[key] = row
        if isinstance(data, Sentence):
            chunk.refused.append(Result(key, one.name, "", "", "unreadable", reason=f"{one.name}: {data}"))
            return
        digest = hashlib.sha256(data).hexdigest()
        people = self._people(digest)
        if row is not None and self._same(row, digest, people):
            chunk.unchanged.append(row.id)
            return
        chunk.items.append(Item(key, one.name, data, digest, people))
        chunk.size += len(data)

    def _people(self, digest: str) -> tuple[PersonMark, ...]:
        return tuple(self.store.people("digest = ?", (digest,))) if self.some_people else ()

    def _same(self, row: Row, digest: str, people: tuple[PersonMark, ...]) -> bool:
        """Whether the submission was marked just like this, and what was written is there."""
        if row.digest != digest or row.shown_as != self.shown_as + fingerprint(people):
            return False
        if row.status == "error" or "\terror\t" in row.marks:
            return False  # a fault that was ours, or the author's: it may be mended
        if row.cache_key != self.course.cache_key(digest, row.assignment):
            return False
        if row.size < 0 or row.standing:
            return True
        names = visible_files(row.assignment or "", row.student or "")
        if row.status in ("graded", "needs_review") and self.plan.options.pages:
            return self.results.size(names[0]) == row.size and all(self.results.size(name) > 0 for name in names[1:])
        return self.results.size(names[0]) == row.size

    def _marked(self, pool: Executor, chunk: _Chunk, future: Future[list[Result]]) -> list[Result]:
        """The results of a chunk; where its process died, of one file after another, so that one stops no other."""
        try:
            return future.result()
        except Exception as problem:
            if not worker_died(problem):
                raise
        singly = one_by_one(pool, partial(mark_one, self.course, self.plan.options), chunk.items)
        return [one or self._lost(item) for item, one in zip(chunk.items, singly, strict=True)]

    def _lost(self, item: Item) -> Result:
        """The row of a file over which its process died, and another one again."""
        said = sentence(
            "{file}: the process that marked it died twice, killed or out of memory; no verdict on the submission",
            file=item.name,
        )
        cache_key = self.course.cache_key(item.digest, None)
        return Result(item.key, item.name, item.digest, cache_key, "error", reason=str(said))

    def _keep(self, chunk: _Chunk, marked: list[Result]) -> None:
        """Write the files first, then the rows: what has a row is complete."""
        people = {item.key: item.people for item in chunk.items}
        kept = [self._written(one, people.get(one.key, ()), chunk.before.get(one.key)) for one in chunk.refused]
        kept += [self._written(one, people.get(one.key, ()), chunk.before.get(one.key)) for one in marked]
        self.store.put(kept, chunk.unchanged, self.number)
        self.counts.marked += len(marked)
        self.counts.unchanged += len(chunk.unchanged)

    def _written(self, one: Result, people: tuple[PersonMark, ...], before: Row | None) -> Kept:
        size = -1
        if one.document is not None:
            report, *_ = names = visible_files(one.assignment or "", one.student or "")
            size = self.results.write(report, one.document + "\n")
            written = dict(one.pages)
            for name in names[1:]:
                text = written.get(f".{name.rpartition('.')[2]}")
                if text is not None:
                    self.results.write(name, text)
                elif before is not None:
                    self.results.remove(name)
        sheet = self.course.sheets.get(one.assignment or "")
        digests = (sheet.assignment_digest, sheet.key_digest) if sheet else ("", "")
        given = fingerprint(people)
        causes = "|".join((one.digest, *digests, grader.__version__, given))
        return Kept(one, self.shown_as + given, causes, size, before)

    # -- what concerns several files ------------------------------------------------------------------------------

    def _finish(self) -> None:
        """Settle and write what is about all; a run that was killed before does all of it again."""
        self.store.index()
        self.counts.gone = sweep(self.store, self.results, self.number)
        for id in settle(self.store):
            self._again(next(self.store.rows("id = ?", (id,))))
        sweep(self.store, self.results, self.number)
        self.counts.moved = record(self.store, keep_quiet=not (self.counts.marked or self.counts.gone))
        self.counts.changes = list(changes(self.store))
        tally = "SELECT CASE standing WHEN '' THEN status ELSE standing END, count(*) FROM files GROUP BY 1 ORDER BY 1"
        self.counts.statuses = dict(self.store.base.execute(tally).fetchall())
        self.counts.files = sum(self.counts.statuses.values())
        self.results.write_lines("results.csv", lines(self.store.rows()))
        self._describe()
        self._ask()

    def _again(self, row: Row) -> None:
        """Write the report of a row again: another file of the same student may stand in its place."""
        found = discover.Found(tuple(os.fsdecode(step) for step in row.key.split(b"\0")))
        data = discover.read(found, str(self.plan.folder))
        if isinstance(data, Sentence):
            return
        digest = hashlib.sha256(data).hexdigest()
        people = self._people(digest)
        (one,) = mark_all(self.course, self.plan.options, [Item(row.key, row.file, data, digest, people)])
        self.store.put([self._written(one, people, row)], [], self.number)

    def _describe(self) -> None:
        """Write the instructor's report on the class."""
        from grader.gradebook.classreport import class_document, json_pieces

        base, pages = self.store.base, self.plan.options.pages
        document = class_document(base, self.course.asked())
        self.results.write_lines("class.json", json_pieces(base, document, pages=pages))
        if not pages:
            self.results.remove("class.html")
            return
        from grader.gradebook.classpage import page_pieces

        self.results.write_lines("class.html", page_pieces(base, document, lang=self.plan.options.lang))

    def _ask(self) -> None:
        """Write the review file, unless somebody wrote into it while the run was on."""
        path = self.plan.out / REVIEW
        if digest_of(path) != self.review:
            self.counts.review_left = True
            return
        self.results.write_lines(REVIEW, Writer(self.course, self.store).lines())
        self.store.put_note("review", digest_of(path))
