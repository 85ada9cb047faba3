"""The work of one process: submissions as bytes in, finished reports out. Nothing is read or written here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from grader.errors import GraderError, StudentError
from grader.gradebook.course import Course
from grader.gradebook.marking import Answered, Item, MarkingSet, Result, moment
from grader.gradebook.memo import Options
from grader.homework.files import read_assignment, read_submission, sender
from grader.homework.names import unknown_assignment
from grader.homework.submission import MAX_STUDENT, Submission, nobody, unnamed
from grader.homework.toml import read_toml
from grader.messages import Sentence, sentence
from grader.messages.languages import right_to_left
from grader.reports import json as documents
from grader.reports.sanitise import visible

_desks: dict[tuple[str, Options], Desk] = {}


def mark_all(course: Course, options: Options, items: Sequence[Item]) -> list[Result]:
    """The results of these submissions, in their order; what is learned from one serves the next."""
    wanted = (course.digest, options)
    if wanted not in _desks:
        _desks.clear()
        _desks[wanted] = Desk(course, options)
    desk = _desks[wanted]
    return [desk.result(item) for item in items]


def mark_one(course: Course, options: Options, item: Item) -> Result:
    """The result of one submission."""
    return mark_all(course, options, [item])[0]


class Desk:
    """Marks submissions to any assignment of a course."""

    def __init__(self, course: Course, options: Options) -> None:
        """Nothing is solved yet."""
        self.course = course
        self.options = options
        self._sets: dict[str, MarkingSet] = {}

    def result(self, item: Item) -> Result:
        """The result of one submission; whatever is wrong with it becomes its reason, never an exception."""
        known: list[Answered] = []
        try:
            return self._graded(item, known)
        except StudentError as problem:
            said_to_be = None if known else sender(item.data)
            if said_to_be:
                known.append(_answered(said_to_be))
            return self._refused(item, "rejected", problem.located, known)
        except GraderError as problem:
            return self._refused(item, "error", problem.located, known)
        except RecursionError:
            said = sentence("{file}: the document is nested too deeply to be read", file=item.name)
            return self._refused(item, "rejected", said, known)
        except Exception as problem:
            said = sentence("a fault of ours, no verdict on the submission: {kind}", kind=type(problem).__name__)
            return self._refused(item, "error", sentence("{place}: {said}", place=item.name, said=said), known)

    def _graded(self, item: Item, known: list[Answered]) -> Result:
        submission = read_quickly(item.data, item.name)
        known.append(submission)
        if unnamed(submission.student):
            raise StudentError(nobody()).at(file=item.name)
        return self.marking(submission, item).result(submission, item)

    def marking(self, submission: Answered, item: Item) -> MarkingSet:
        """What marks this submission; its names are checked."""
        sheet = self.course.sheets.get(submission.assignment)
        if sheet is None:
            from grader.homework.files import _line

            said = unknown_assignment(submission.assignment, self.course.sheets)
            raise StudentError(said).at(file=item.name, line=_line(item.data, "assignment"))
        if sheet.id not in self._sets:
            self._sets[sheet.id] = MarkingSet(self.course, sheet.id, self.options)
        return self._sets[sheet.id]

    def _refused(self, item: Item, status: str, said: Sentence, known: list[Answered]) -> Result:
        submission = known[0] if known else None
        assignment = submission.assignment if submission and submission.assignment in self.course.sheets else None
        student = submission.student if submission and not unnamed(submission.student) else None
        document: str | None = None
        pages: tuple[tuple[str, str], ...] = ()
        if assignment and student:
            tell = self.options.say
            message = visible(tell(said), isolates=right_to_left(tell))
            document = documents.render_rejected(message, assignment=assignment, student=student)
            pages = self._pages(assignment, json.loads(document)) if self.options.pages else ()
        return Result(
            item.key,
            item.name,
            item.digest,
            self.course.cache_key(item.digest, assignment),
            status,
            assignment,
            student if assignment else None,
            moment(submission) if assignment and submission else None,
            reason=str(said),
            document=document,
            pages=pages,
        )

    def _pages(self, id: str, document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """What the student reads of a submission that could not be graded."""
        from grader.reports import html, markdown

        sheet, options = self.course.sheets[id], self.options
        title = "" if sheet.broken else read_assignment(sheet.data, id).title
        page = html.student_page(document, {"title": title}, lang=options.lang, reveal=options.reveal)
        named = f"{id}: {title}" if title else id
        text = markdown.refused(named, str(document["student"]), str(document["message"]), options.say)
        return ((".html", page), (".md", text))


_FIELDS = frozenset(("assignment", "student", "submitted_at", "answers"))


def read_quickly(data: bytes, file: str) -> Answered:
    """The same as `read_submission`: what is plainly right needs no model; all else is judged by the model.

    Raises StudentError with file and line for a document that cannot be graded.
    """
    values, _ = read_toml(data, file, StudentError)
    student, at, answers = values.get("student"), values.get("submitted_at"), values.get("answers", {})
    if (
        _FIELDS.issuperset(values)
        and type(values.get("assignment")) is str
        and type(student) is str
        and len(student) <= MAX_STUDENT
        and (name := student.strip())
        and (at is None or type(at) is datetime)
        and type(answers) is dict
        and all(type(table) is dict for table in answers.values())
    ):
        return Answered(values["assignment"], name, at, answers)
    return _answered(read_submission(data, file))


def _answered(read: Submission) -> Answered:
    return Answered(read.assignment, read.student, read.submitted_at, read.answers)
