"""The work of one process: it marks files of a folder and makes their reports.

If a run is killed, its processes may outlive it for a while. So a process writes only into the hidden folder of its own
run; only the run itself, which holds the lock, moves a report to its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from grader.answers.kinds import KINDS
from grader.errors import GraderError, StudentError
from grader.gradebook.database.schema import PersonMark, SubmissionRow
from grader.gradebook.review.apply import folded, marked
from grader.gradebook.run import scan
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import complete, slug
from grader.gradebook.run.scan import Found
from grader.homework.files import check_names, read_submission, sender
from grader.homework.names import unknown_assignment
from grader.homework.submission import Submission, nobody, unnamed
from grader.homework.toml import MAX_BYTES
from grader.marking.marker import Marker
from grader.marking.report import PartReport, SubmissionReport
from grader.messages import Sentence, sentence
from grader.messages.languages import LANGUAGES, SOURCE, Say
from grader.reports import Reveal
from grader.reports import json as documents
from grader.reports.files import ReportFiles
from grader.reports.show import labelled
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.variants.copied import Copies

LONGEST_VALUE = 500
Named = tuple[str, PartReport]
"""A part with the id of its question."""


class ReportOptions(Struct):
    """Options that change how reports are shown, but not the marks."""

    reveal: Reveal = "never"
    pages: bool = True
    lang: str = SOURCE

    @cached_property
    def digest(self) -> str:
        """A short digest of the options."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


class Order(NamedTuple):
    """What all workers of a run need; `hidden` is the folder to write to, None for a worker on another machine."""

    course: Course
    options: ReportOptions
    folder: str
    hidden: str | None


def report_name(assignment: str, student: str) -> str:
    """The path of a student's report on an assignment, below the folder of reports and without extension."""
    return f"{assignment}/{slug(student)}"


def mark_all(order: Order, files: list[Found]) -> list[SubmissionRow | None]:
    """Mark files; the rows are in the order of the files, with None for a file that needs no marking."""
    return [mark_one(order, found) for found in files]


def mark_one(order: Order, found: Found) -> SubmissionRow | None:
    """Mark one file; None if it needs no marking."""
    data = scan.read(found, order.folder) if found.data is None else found.data
    row = course_marker(order.course, order.options).result(found, data)
    return row if row is None or order.hidden is None else completed(order.hidden, row)


def prepare(order: Order, assignment: str) -> None:
    """Solve an assignment and load its rules before its first submission arrives.

    Raises AuthorError for one that is broken.
    """
    course_marker(order.course, order.options).marker_of(assignment).warm()


def died(file: str) -> Sentence:
    """The reason why a file on which two workers died has no mark."""
    return sentence(
        "{file}: the process that marked it died twice, killed or out of memory; no verdict on the submission",
        file=file,
    )


def completed(hidden: str, row: SubmissionRow) -> SubmissionRow:
    """The row with its texts written to the hidden folder."""
    if not row.texts:
        return row
    files = ((ending, *complete(hidden, [text])) for ending, text in row.texts)
    return row._replace(texts=(), files=tuple(files))


class CourseMarker:
    """Marks submissions to any assignment of a course and writes their reports."""

    def __init__(self, course: Course, options: ReportOptions) -> None:
        """Nothing is solved yet."""
        self.course = course
        self.options = options
        self.marker_of = cache(lambda id: course.assignments[id].marker())
        """The marker for an assignment of the course, by its id; raises AuthorError for one that is broken."""
        self._copies: dict[str, Copies] = {}
        self._files = ReportFiles(course.asked, reveal=options.reveal, lang=options.lang, pages=options.pages)

    def result(self, found: Found, data: bytes | Sentence) -> SubmissionRow | None:
        """Mark one file; None if its row is current.

        Nothing is raised: whatever is wrong with the file is the reason in its row.
        """
        file = found.name
        if isinstance(data, Sentence):
            status = "unreadable" if found.named else "ignored"
            unread = SubmissionRow(found.key, file, "", status, reason=f"{file}: {data}")
            return unread._replace(causes=self.course.causes("", None, ()), source=source_of(self.options, ""))
        digest = hashlib.sha256(data).hexdigest()
        if digest == found.known and found.current:
            return None
        row = self._graded(SubmissionRow(found.key, file, digest, "error"), data, found.people)
        return self._complete(row, found, data)

    def unmarked(self, found: Found, data: bytes) -> SubmissionRow:
        """The row of a submission on which two workers died."""
        digest = hashlib.sha256(data).hexdigest()
        row = SubmissionRow(found.key, found.name, digest, "error")
        return self._complete(self._refused(row, "error", died(found.name), sender(data)), found, data)

    def _complete(self, result: SubmissionRow, found: Found, data: bytes) -> SubmissionRow:
        """The row with digests of what its marks and its report depend on, and with the submission itself."""
        own = [one for one in found.people if (one.assignment, one.student) == (result.assignment, result.student)]
        causes = self.course.causes(result.digest, result.assignment, own)
        kept = data if len(data) <= MAX_BYTES else b""
        return result._replace(causes=causes, source=source_of(self.options, causes), data=kept)

    def _graded(self, result: SubmissionRow, data: bytes, people: tuple[PersonMark, ...]) -> SubmissionRow:
        submission: Submission | None = None
        try:
            submission = read_submission(data, result.file)
            if unnamed(submission.student):
                raise StudentError(nobody()).at(file=result.file)
            marker = self._marker(submission, data, result.file)
            check_names(submission, marker.solution.assignment, result.file, data)
            return self._reported(result, submission, marked(marker, submission, people, result.digest))
        except StudentError as problem:
            return self._refused(result, "rejected", problem.located, submission or sender(data))
        except GraderError as problem:
            return self._refused(result, "error", problem.located, submission)
        except RecursionError:
            said = sentence("{file}: the document is nested too deeply to be read", file=result.file)
            return self._refused(result, "rejected", said, submission)
        except Exception as problem:
            said = sentence("a fault of ours, no verdict on the submission: {kind}", kind=type(problem).__name__)
            return self._refused(result, "error", sentence("{place}: {said}", place=result.file, said=said), submission)

    def _marker(self, submission: Submission, data: bytes, file: str) -> Marker:
        """The marker for this submission.

        Raises StudentError for an unknown assignment, AuthorError for one that is broken.
        """
        if submission.assignment not in self.course.assignments:
            from grader.homework.files import line_of

            said = unknown_assignment(submission.assignment, self.course.assignments)
            raise StudentError(said).at(file=file, line=line_of(data, "assignment"))
        return self.marker_of(submission.assignment)

    def _reported(self, result: SubmissionRow, submission: Submission, report: SubmissionReport) -> SubmissionRow:
        """The row of a submission that could be graded."""
        parts = [(question.id, part) for question in report.questions for part in question.parts]
        return result._replace(
            status=report.status,
            assignment=report.assignment,
            student=report.student,
            name=report_name(report.assignment, report.student),
            submitted_at=_moment(submission),
            score=str(report.score),
            max_score=str(report.max_score),
            reason="" if report.staff_note is None else str(report.staff_note),
            variant="" if report.variant is None else report.variant.id,
            pending=str(report.pending_points),
            marks=_mark_lines(parts),
            waiting=tuple(_waiting(parts, LANGUAGES[self.options.lang])),
            findings=tuple(_findings(parts)),
            wrong=tuple(_unexplained(parts)),
            chosen=tuple(_chosen(parts)),
            copied=self._copied(submission, report),
            texts=self._files.of(report),
        )

    def _copied(self, submission: Submission, report: SubmissionReport) -> tuple[tuple[str, str, str, int, int], ...]:
        """Question, part, variant, and how many of how many entries agree with the key of that variant.

        Only for answers that agree with the key of a variant that is not the student's.
        """
        if report.variant is None:
            return ()
        from grader.variants.copied import Copies

        if report.assignment not in self._copies:
            self._copies[report.assignment] = Copies(self.marker_of(report.assignment))
        found = self._copies[report.assignment].of(submission, report)
        return tuple((one.question, one.part, one.variant, one.entries, one.of) for one in found)

    def _refused(
        self, result: SubmissionRow, status: str, said: Sentence, submission: Submission | None
    ) -> SubmissionRow:
        """The row of a submission that could not be graded, with a report that tells the student why, if known."""
        result = result._replace(status=status, reason=str(said))
        known = self.course.assignments.get(submission.assignment) if submission else None
        if submission is None or known is None:
            return result
        named = None if unnamed(submission.student) else submission.student
        result = result._replace(assignment=known.id, student=named, submitted_at=_moment(submission))
        if named is None:
            return result
        texts = self._files.refused(said, known.id, known.title, named)
        return result._replace(name=report_name(known.id, named), texts=texts)


@lru_cache(maxsize=4)
def course_marker(course: Course, options: ReportOptions) -> CourseMarker:
    """The marker of a course with these options, kept by this process between calls.

    Several are kept: a service marks its assignments with different options, and compares the marks under two keys.
    """
    return CourseMarker(course, options)


def source_of(options: ReportOptions, causes: str) -> str:
    """A digest of everything a report is made from: the causes of its marks, and the options."""
    return hashlib.sha256(f"{options.digest}|{causes}".encode()).hexdigest()[:32]


def _moment(submission: Submission) -> str | None:
    """The time of submission in ISO format."""
    return submission.submitted_at.isoformat() if submission.submitted_at else None


# -- what the database stores from a report ------------------------------------------------------------------------


def _mark_lines(parts: Sequence[Named]) -> str:
    """One line for each part, see `PartLine`, from which a later run tells which marks have changed."""
    return "".join(
        f"{question}.{part.id}\t{part.verdict}\t{part.score}\t{part.max_score}\t"
        f"{'' if part.review is None else part.review.points}\n"
        for question, part in parts
    )


def _waiting(parts: Sequence[Named], say: Say) -> Iterator[tuple[int, str, str, str, str, str]]:
    """For each part that needs a person: position, question, part, answer, the remark on it, its folded digest."""
    for place, (question, part) in enumerate(parts):
        if part.needs_person:
            written = part.submitted
            answer = written if isinstance(written, str) else documents.dumps(documents.submitted(written))
            remark = "" if part.verdict == "pending" else " ".join(map(say, part.message))
            yield place, question, part.id, answer, remark, folded(answer)


def _findings(parts: Sequence[Named]) -> Iterator[tuple[str, str, str]]:
    """Question, part and id of each named cause."""
    found = ((question, part.id, one.id) for question, part in parts for one in part.diagnoses if one.kind != "carried")
    yield from dict.fromkeys(found)


def _unexplained(parts: Sequence[Named]) -> Iterator[tuple[str, str, str]]:
    """Question, part and value of unexplained wrong answers: if many agree, the key may be wrong."""
    for question, part in parts:
        if part.verdict not in ("wrong", "partial") or part.read is None or part.review is not None:
            continue
        if any(one.kind == "misconception" for one in part.diagnoses):
            continue
        written = documents.dumps(documents.plain(part.read))
        if len(written) <= LONGEST_VALUE:
            yield question, part.id, written


def _chosen(parts: Sequence[Named]) -> Iterator[tuple[str, str, str]]:
    """Question, part, and letter with text of each chosen option."""
    for question, part in parts:
        if not part.choices or part.read is None or "items" in KINDS[part.kind].fields:
            continue
        options = labelled(part.read, part.kind, part.choices)
        for option in dict.fromkeys(options if isinstance(options, list) else [options]):
            if option is not None:
                yield question, part.id, str(option)[:LONGEST_VALUE]
