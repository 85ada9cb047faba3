"""The work of one process: submissions as bytes in, finished reports out. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import grader
from grader.errors import FaultError, GraderError, StudentError
from grader.gradebook.course import Course
from grader.gradebook.memo import Marked, Memo
from grader.gradebook.people import PersonMark, Reviews, by_part, reviewed, shown
from grader.homework.files import check_names, read_submission
from grader.homework.names import unknown_assignment
from grader.homework.submission import MAX_STUDENT, Submission
from grader.homework.toml import read_toml
from grader.messages import sentence
from grader.reports import LIMIT, Reveal
from grader.reports import json as documents


@dataclass(frozen=True)
class Options:
    """What changes how a report is shown, but no mark."""

    reveal: Reveal = "never"
    pages: bool = True
    lang: str = "en"


class Item(NamedTuple):
    """One submission to mark: its name for messages, and its bytes."""

    key: bytes
    name: str
    data: bytes
    digest: str
    people: tuple[PersonMark, ...] = ()


class Result(NamedTuple):
    """All that is known of one submission once it is marked."""

    key: bytes
    name: str
    digest: str
    cache_key: str
    status: str
    assignment: str | None = None
    student: str | None = None
    submitted_at: str | None = None
    score: str = "0"
    max_score: str = "0"
    pending: str = "0"
    reason: str = ""
    document: str | None = None
    pages: tuple[tuple[str, str], ...] = ()
    marks: str = ""
    waiting: tuple[tuple[str, str, str, str], ...] = ()
    findings: tuple[tuple[str, str, str], ...] = ()
    wrong: tuple[tuple[str, str, str], ...] = ()


_desks: dict[tuple[str, Options], Desk] = {}


def mark_all(course: Course, options: Options, items: Sequence[Item]) -> list[Result]:
    """The results of these submissions, in their order; what is learned from one serves the next."""
    wanted = (course.digest, options)
    if wanted not in _desks:
        _desks.clear()
        _desks[wanted] = Desk(course, options)
    desk = _desks[wanted]
    return [desk.result(item) for item in items]


class Desk:
    """Marks submissions to any assignment of a course."""

    def __init__(self, course: Course, options: Options) -> None:
        """Nothing is solved yet."""
        self.course = course
        self.options = options
        self._sets: dict[str, MarkingSet] = {}

    def result(self, item: Item) -> Result:
        """The result of one submission; whatever is wrong with it becomes its reason, never an exception."""
        known: list[Submission] = []
        try:
            return self._graded(item, known)
        except StudentError as problem:
            return self._refused(item, "rejected", str(problem), known)
        except GraderError as problem:
            return self._refused(item, "error", str(problem), known)
        except RecursionError:
            said = sentence("{file}: the document is nested too deeply to be read", file=item.name)
            return self._refused(item, "rejected", str(said), known)
        except Exception as problem:
            said = sentence("a fault of ours, no verdict on the submission: {kind}", kind=type(problem).__name__)
            return self._refused(item, "error", f"{item.name}: {said}", known)

    def _graded(self, item: Item, known: list[Submission]) -> Result:
        submission = read_quickly(item.data, item.name)
        known.append(submission)
        return self.marking(submission, item).result(submission, item)

    def marking(self, submission: Submission, item: Item) -> MarkingSet:
        """What marks this submission; its names are checked."""
        sheet = self.course.sheets.get(submission.assignment)
        if sheet is None:
            from grader.homework.files import _line

            said = unknown_assignment(submission.assignment, self.course.sheets)
            raise StudentError(said).at(file=item.name, line=_line(item.data, "assignment"))
        if sheet.broken is not None:
            raise FaultError(sentence("{reason}", reason=sheet.broken))
        if sheet.id not in self._sets:
            self._sets[sheet.id] = MarkingSet(self.course, sheet.id, self.options)
        return self._sets[sheet.id]

    def _refused(self, item: Item, status: str, reason: str, known: list[Submission]) -> Result:
        submission = known[0] if known else None
        assignment = submission.assignment if submission and submission.assignment in self.course.sheets else None
        student = submission.student if submission else None
        document = documents.render_rejected(reason, assignment=assignment, student=student) if assignment else None
        return Result(
            item.key,
            item.name,
            item.digest,
            self.course.cache_key(item.digest, assignment),
            status,
            assignment,
            student if assignment else None,
            _moment(submission) if assignment and submission else None,
            reason=reason,
            document=document,
        )


def _moment(submission: Submission) -> str | None:
    return submission.submitted_at.isoformat() if submission.submitted_at else None


class MarkingSet:
    """One assignment with a memo of each of its questions."""

    def __init__(self, course: Course, id: str, options: Options) -> None:
        """Solve the assignment, once."""
        sheet = course.sheets[id]
        solution = sheet.solution()
        self.course = course
        self.assignment = solution.assignment
        self.options = options
        carried = self.assignment.carried
        self.memos = {name: Memo(solved, carried, options.reveal) for name, solved in solution.questions.items()}
        self.names = {name: frozenset(memo.solved.parts) for name, memo in self.memos.items()}
        self.max_score = sum((memo.max_score for memo in self.memos.values()), Decimal(0))
        self._opening = {
            "schema": documents.SCHEMA,
            "grader": grader.__version__,
            "assignment": id,
            "key_digest": sheet.assignment_digest,
        }

    def result(self, submission: Submission, item: Item) -> Result:
        """The submission, marked and written."""
        answers = submission.answers
        for name, table in answers.items():
            if name not in self.names or not self.names[name].issuperset(table):
                check_names(submission, self.assignment, item.name, item.data)
        marked = [(name, memo.marked(answers.get(name, {}))) for name, memo in self.memos.items()]
        reviews = by_part(item.people)
        if reviews:
            marked = [
                (name, reviewed(self.memos[name].report(answers.get(name, {})), one, reviews)) for name, one in marked
            ]
        score = sum((one.score for _, one in marked), Decimal(0))
        pending = sum((one.pending for _, one in marked), Decimal(0))
        left = any((name, part) not in reviews for name, one in marked for part, _, _ in one.waiting)
        status = "needs_review" if left else "graded"
        return Result(
            item.key,
            item.name,
            item.digest,
            self.course.cache_key(item.digest, self.assignment.id),
            status,
            self.assignment.id,
            submission.student,
            _moment(submission),
            str(score),
            str(self.max_score),
            str(pending),
            document=self._document(submission, marked, status, score, pending, reviews),
            marks="".join([one.marks for _, one in marked]),
            waiting=tuple(
                (name, part, answers[name][part] if raw is None else documents.dumps(documents.submitted(raw)), said)
                for name, one in marked
                for part, raw, said in one.waiting
            ),
            findings=tuple((name, *found) for name, one in marked for found in one.findings),
            wrong=tuple((name, *found) for name, one in marked for found in one.wrong),
        )

    def _document(
        self,
        submission: Submission,
        marked: list[tuple[str, Marked]],
        status: str,
        score: Decimal,
        pending: Decimal,
        reviews: Reviews,
    ) -> str:
        opening = {
            **self._opening,
            "student": submission.student,
            "status": status,
            "score": float(score),
            "max_score": float(self.max_score),
            "pending_points": float(pending),
        }
        texts = [one.text(submission.answers.get(name, {})) for name, one in marked]
        written = documents.assembled(opening, texts)
        if len(written) <= LIMIT and not reviews:
            return written
        import json

        document = shown(json.loads(written), reviews)
        for question, (_, one) in zip(document["questions"], marked, strict=True):
            question["score"] = float(one.score)
        return documents.fit(document)


_FIELDS = frozenset(("assignment", "student", "submitted_at", "answers"))


def read_quickly(data: bytes, file: str) -> Submission:
    """The same as `read_submission`: what is plainly right needs no model; all else is judged by the model.

    Raises StudentError with file and line for a document that cannot be graded.
    """
    values, _ = read_toml(data, file, StudentError)
    student, moment, answers = values.get("student"), values.get("submitted_at"), values.get("answers", {})
    if (
        _FIELDS.issuperset(values)
        and type(values.get("assignment")) is str
        and type(student) is str
        and len(student) <= MAX_STUDENT
        and (name := student.strip())
        and (moment is None or type(moment) is datetime)
        and type(answers) is dict
        and all(type(table) is dict for table in answers.values())
    ):
        return Submission.model_construct(
            assignment=values["assignment"], student=name, submitted_at=moment, answers=answers
        )
    return read_submission(data, file)
