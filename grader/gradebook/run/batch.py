"""Grade a class: scan the folder into the database, mark whatever is not current, publish the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.executors.executor import executor
from grader.gradebook.database import Database, PersonMark, SubmissionRow
from grader.gradebook.database.moves import moves, record, tell, told
from grader.gradebook.database.schema import MARKED
from grader.gradebook.review.document import REVIEW_FILE as REVIEW
from grader.gradebook.review.document import digest_of
from grader.gradebook.review.reading import ReviewReader
from grader.gradebook.review.writing import keep_own_comments
from grader.gradebook.run import scan
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import DATABASE_FILE, Results, locked, room_in
from grader.gradebook.run.marking import Order, died, mark_one, source_of
from grader.gradebook.run.publish import CLASS_PAGE, FOLDERS, SUBJECTS, adopt, keep, publish, visible_files, write_class
from grader.gradebook.run.request import BatchRequest, Summary, remember, remembered
from grader.gradebook.run.workers import Lost, MarkedRows, Workers
from grader.messages import sentence
from grader.messages.names import shown

Told = Callable[[int], None]


def _ignore(_: int) -> None:
    """No progress is shown."""


def run(request: BatchRequest, start: Told = _ignore, advance: Told = _ignore) -> Summary:
    """Grade a folder; `start` is called with the number of files, `advance` with how many more are done.

    Raises UsageError for bad use and for a full disk, OSError where a file of results cannot be written.
    """
    aside = scan.Aside([], [])
    total = sum(one.named for one in scan.scan(request.folder, _own(request), aside))
    if not total:
        raise scan.nothing_in(request.folder, aside)
    course = Course.load(request.keys_dir)
    if not course.assignments:
        said = sentence(
            "expected a folder of assignments, each a folder with an assignment.toml, received {path}",
            path=shown(str(request.keys_dir)),
        )
        raise UsageError(said)
    with _opened(request.out) as (results, database):
        summary = _Run(request, course, results, database).all(total, start, advance)
    summary.aside = aside
    return summary


def publish_marks(out: Path, keys_dir: Path | None = None, start: Told = _ignore, advance: Told = _ignore) -> Summary:
    """Publish marks by people since the last run, as the next `run` would; `keys_dir` if the assignments moved.

    `start` is called with the number of submissions to mark again, `advance` with how many more are done.

    Raises UsageError if a run is in progress, or if only a run can tell the current marks, and as `run` does.
    """
    with _opened(out) as (results, database):
        request, course = remembered(database, out, keys_dir)
        return _Run(request, course, results, database).marks_by_people(start, advance)


@contextmanager
def _opened(out: Path) -> Iterator[tuple[Results, Database]]:
    """A folder of results and its database, for one run at a time."""
    with room_in(out):
        results = Results(out)
        with locked(results.state / "lock", out), closing(Database(results.state / DATABASE_FILE)) as database:
            yield results, database


def _own(request: BatchRequest) -> list[Path]:
    """Files of ours that may be in the folder and are not submissions."""
    own = [request.out, request.out / REVIEW]
    return [*own, request.folder / REVIEW] if (request.folder / scan.STATE).is_dir() else own


class _Run:
    """One run that writes to one results folder; the caller holds its lock."""

    def __init__(self, request: BatchRequest, course: Course, results: Results, database: Database) -> None:
        self.request = request
        self.course = course
        self.results = results
        self.database = database
        self.summary = Summary()
        self.number = int(database.note("run", "0"))
        reader = ReviewReader(course, database, request.out / REVIEW)
        self.review = reader.take()
        self.summary.said = reader.said
        if not database.count() and any((request.out / folder).is_dir() for folder in FOLDERS.values()):
            adopt(database, results)

    def all(self, total: int, start: Told, advance: Told) -> Summary:
        """Mark whatever is not current, publish the reports, and write the files about the whole class."""
        start(total)
        self.number += 1
        self.database.put_note("run", str(self.number))
        with self._workers() as workers:
            files = map(self._known, scan.scan(self.request.folder, _own(self.request)))
            for chunk, rows in workers.marked(files):
                self._keep(chunk, rows)
                advance(sum(found.named for found in chunk))
            self.summary.gone = self.database.forget_missing(self.number)
            self.database.index()
            self._publish(workers)
        return self.summary

    def marks_by_people(self, start: Told, advance: Told) -> Summary:
        """Publish marks by people since the last run, without reading the folder again."""
        with self._workers() as workers:
            self._publish(workers, start, advance)
        return self.summary

    @contextmanager
    def _workers(self) -> Iterator[Workers]:
        """The workers; the results count as unfinished until they have ended."""
        request = self.request
        # The workers end first: one still writing to the hidden folder would keep it from being removed.
        with self.results.hidden() as hidden, executor(request.jobs, request.scheduler) as (pool, count):
            self.results.unfinished.touch()
            order = Order(self.course, request.options, str(request.folder), hidden)
            yield Workers(pool, count, order, far=request.scheduler is not None)
        if request.diff:
            tell(self.database)
        remember(self.database, request, self.course)
        self.results.unfinished.unlink(missing_ok=True)

    def _publish(self, workers: Workers, start: Told = _ignore, advance: Told = _ignore) -> None:
        """Make all visible files match the database."""
        self._find_marks_by_people(workers.order, start, advance)
        publish(self.database, self.results, lambda row: None if self._frozen(row) else self._again(workers.order, row))
        self._summarise()
        self._write_class_files(workers)

    # -- marking --------------------------------------------------------------------------------------------------

    def _known(self, found: scan.Found) -> scan.Found:
        """The file with what the database knows of it."""
        row = self.database.row(found.key)
        if row is None:
            return found
        people, causes = self._causes(row)
        current = bool(row.digest) and row.source == source_of(self.request.options, causes)
        current = self._frozen(row) or (current and self._stands(row))
        return found._replace(known=row.digest, current=current, people=people)

    def _causes(self, row: SubmissionRow) -> tuple[tuple[PersonMark, ...], str]:
        """The marks that people gave a row's student, and what the row's marks depend on now."""
        people = self.database.people_of(row.assignment, row.student)
        return people, self.course.causes(row.digest, row.assignment, people)

    def _frozen(self, row: SubmissionRow) -> bool:
        """Whether a row keeps its marks because its assignment can no longer be loaded."""
        return row.status in MARKED and self.course.is_broken(row.assignment)

    def _stands(self, row: SubmissionRow) -> bool:
        """Whether a current row can be left alone: it records no fault, and its report is in place."""
        if row.status == "error" or "\terror\t" in row.marks:
            return False  # a fault of ours or the author's, which may be fixed by now
        if row.name is None or row.standing:
            return True
        source, size = self.database.published(row.name)
        sizes = {ending: self.results.size(file) for ending, file in visible_files(row.name).items()}
        pages = sizes.values() if self.request.options.pages else ()
        return source == row.source and sizes[".json"] == size and all(size > 0 for size in pages)

    def _keep(self, files: list[scan.Found], rows: MarkedRows) -> None:
        """Save the rows of a chunk, and move its reports into place."""
        done: list[SubmissionRow] = []
        unchanged: list[bytes] = []
        again = 0
        for found, one in zip(files, rows, strict=True):
            if one is None:
                unchanged.append(found.key)
                continue
            if isinstance(one, Lost):
                one = SubmissionRow(found.key, found.name, "", "error", reason=str(died(found.name)))
            done.append(one)
            if found.known:  # else it is new, or could not be read
                again += _as_before(one, self.database.row(found.key))
        keep(self.database, self.results, done, self.number, unchanged)
        self.summary.rewritten += again
        self.summary.marked += sum(one.status not in ("unreadable", "ignored") for one in done) - again
        self.summary.unchanged += len(unchanged)

    def _find_marks_by_people(self, order: Order, start: Told, advance: Told) -> None:
        """Mark files again whose student has got marks by people since, or was unknown when they were marked."""
        wanted = "EXISTS (SELECT 1 FROM people p WHERE p.assignment = s.assignment AND p.student = s.student)"
        rows = [row for row in self.database.rows(wanted) if row.causes != self._causes(row)[1]]
        start(len(rows))
        for row in rows:
            if not self._frozen(row):
                keep(self.database, self.results, [self._again(order, row)], self.number)
            advance(1)

    def _again(self, order: Order, row: SubmissionRow) -> SubmissionRow:
        """Mark a row again from the bytes in the database, and render its report."""
        people = self.database.people_of(row.assignment, row.student)
        found = scan.Found.at(row.path)
        result = mark_one(order, found._replace(people=people, data=self.database.content(row.id)))
        assert result is not None
        return result

    # -- the whole class ------------------------------------------------------------------------------------------

    def _summarise(self) -> None:
        """Compare the marks with those of the last run, and fill in the summary."""
        summary, database = self.summary, self.database
        summary.moved = record(database)
        if self.request.diff:
            found = list(moves(database))
            summary.moves, summary.moves_before = ([], found) if told(database) else (found, [])
        summary.statuses = database.statuses()
        summary.ignored = summary.statuses.pop("ignored", 0)
        summary.files = sum(summary.statuses.values())
        summary.assignments = database.assignments()
        if others := database.count(f"variant != '' AND standing = '' AND reason != '' AND status IN {MARKED}"):
            said = sentence(
                "submissions that declare another variant than their student's (see results.csv): {n:,}", n=others
            )
            summary.said.append(said)
        for id in filter(self.course.is_broken, summary.assignments):
            if kept := database.count(f"assignment = ? AND status IN {MARKED}", (id,)):
                said = sentence(
                    "{reason}; submissions that keep the marks of an earlier run: {count:,}",
                    reason=str(self.course.assignments[id].broken),
                    count=kept,
                )
                summary.said.append(said)

    def _write_class_files(self, workers: Workers) -> None:
        """Write the files about the whole class, but not a review file that was edited during the run."""
        known = self.database.newest_overtaken()
        pending = [workers.apart(write_class, workers.order, self.database.path, subject) for subject in SUBJECTS]
        written = dict(one for some in pending for one in some())
        self.summary.review_left = digest_of(self.request.out / REVIEW) != self.review
        if self.summary.review_left:
            del written[REVIEW]
        review = digest_of(Path(written[REVIEW])) if REVIEW in written else ""
        for name, complete in written.items():
            self.results.place(name, complete)
        if review:
            self.database.put_note("review", review)
            keep_own_comments(self.course, self.database)
            self.database.forget_overtaken(known)
        if CLASS_PAGE not in written:
            self.results.remove(CLASS_PAGE)


def _as_before(one: SubmissionRow, before: SubmissionRow | None) -> bool:
    """Whether a file has the same marks as before, from the same submission, assignment, key and grader."""
    if before is None or one.status in ("unreadable", "ignored", "error"):
        return False
    mine, old = ((row.causes.rpartition("|")[0], row.status, row.marks) for row in (one, before))
    return mine == old
