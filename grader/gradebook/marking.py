"""One assignment at work: submissions in, results out, with what they have in common worked out once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import grader
from grader.gradebook.course import Course
from grader.gradebook.memo import Marked, Memo, Options
from grader.gradebook.people import PersonMark, Reviews, by_part, counted, lines, reviewed, shown
from grader.homework.files import check_names, read_submission
from grader.reports import LIMIT
from grader.reports import json as documents
from grader.reports.parts import closed, waiting


class Item(NamedTuple):
    """One submission to mark: its name for messages, its bytes, and what people said about it."""

    key: bytes
    name: str
    data: bytes
    digest: str
    people: tuple[PersonMark, ...] = ()


class Result(NamedTuple):
    """All that is known of one submission once it is marked; `pages` are its texts by the end of their file's name."""

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


class Answered(NamedTuple):
    """A submission as far as marking needs it."""

    assignment: str
    student: str
    submitted_at: datetime | None
    answers: Mapping[str, Mapping[str, Any]]


def moment(submission: Answered) -> str | None:
    """When it was submitted, as text that can be read back."""
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
        self.asked = self._asked()
        self.memos = {
            name: Memo(solved, self.assignment.carried, options, self.asked.get("questions", {}).get(name, {}))
            for name, solved in solution.questions.items()
        }
        self.names = {name: frozenset(memo.solved.parts) for name, memo in self.memos.items()}
        self.max_score = sum((memo.max_score for memo in self.memos.values()), Decimal(0))
        self._opening = {
            "schema": documents.SCHEMA,
            "grader": grader.__version__,
            "assignment": id,
            "key_digest": sheet.assignment_digest,
        }

    def _asked(self) -> dict[str, Any]:
        if not self.options.pages:
            return {}
        from grader.reports.html import asked

        return asked(self.assignment)

    def result(self, submission: Answered, item: Item) -> Result:
        """The submission, marked and written.

        Raises StudentError for a question or a part that is not asked.
        """
        answers = submission.answers
        for name, table in answers.items():
            if name not in self.names or not self.names[name].issuperset(table):
                check_names(read_submission(item.data, item.name), self.assignment, item.name, item.data)
        marked = [memo.marked(answers.get(name, {})) for name, memo in self.memos.items()]
        reviews = by_part(item.people)
        if reviews:
            marked = [reviewed(self.memos[one.id].report(answers.get(one.id, {})), one, reviews) for one in marked]
        return _Paper(self, submission, item, marked, reviews).result()


class _Paper:
    """One submission whose questions are marked: its totals and its texts."""

    def __init__(
        self, marking: MarkingSet, submission: Answered, item: Item, marked: list[Marked], reviews: Reviews
    ) -> None:
        self.marking = marking
        self.submission = submission
        self.item = item
        self.marked = marked
        self.reviews = reviews
        self.score = sum((one.score for one in marked), Decimal(0))
        self.pending = sum((one.pending for one in marked), Decimal(0))
        self.left = sum((one.id, part) not in reviews for one in marked for part, _, _ in one.waiting)

    def answers(self, one: Marked) -> Mapping[str, Any]:
        return self.submission.answers.get(one.id, {})

    def result(self) -> Result:
        marked, item, marking = self.marked, self.item, self.marking
        document, whole = self._document()
        return Result(
            item.key,
            item.name,
            item.digest,
            marking.course.cache_key(item.digest, marking.assignment.id),
            "needs_review" if self.left else "graded",
            marking.assignment.id,
            self.submission.student,
            moment(self.submission),
            str(self.score),
            str(marking.max_score),
            str(self.pending),
            document=document,
            pages=self._pages(document, whole) if marking.options.pages else (),
            marks="".join([one.marks for one in marked]),
            waiting=tuple(
                (one.id, part, self._written(one, part, raw), said) for one in marked for part, raw, said in one.waiting
            ),
            findings=tuple((one.id, *found) for one in marked for found in one.findings),
            wrong=tuple((one.id, *found) for one in marked for found in one.wrong),
        )

    def _written(self, one: Marked, part: str, raw: Any) -> str:
        """What the student wrote, for the person who marks it."""
        if raw is None:
            return str(self.answers(one)[part])
        return raw if isinstance(raw, str) else documents.dumps(documents.submitted(raw))

    def _opening(self) -> dict[str, Any]:
        return {
            **self.marking._opening,
            "student": self.submission.student,
            "status": "needs_review" if self.left else "graded",
            "score": float(self.score),
            "max_score": float(self.marking.max_score),
            "pending_points": float(self.pending),
        }

    def _document(self) -> tuple[str, bool]:
        """The JSON document, and whether it is just what the questions' texts make."""
        texts = [one.json_text(self.answers(one)) for one in self.marked]
        written = documents.assembled(self._opening(), texts)
        if len(written) <= LIMIT and not self.reviews:
            return written, True
        document = shown(json.loads(written), self.reviews)
        for question, one in zip(document["questions"], self.marked, strict=True):
            question["score"] = float(one.score)
        return documents.fit(document, self.marking.options.say), False

    def _pages(self, document: str, whole: bool) -> tuple[tuple[str, str], ...]:
        from grader.reports.html import student_page

        options = self.marking.options
        report: dict[str, Any]
        if whole:
            report = {**self._opening(), "questions": [one.row for one in self.marked]}
            fragments = [one.html_text(self.answers(one)) for one in self.marked]
        else:
            report, fragments = json.loads(document), None
        page = student_page(report, self.marking.asked, lang=options.lang, reveal=options.reveal, fragments=fragments)
        return ((".html", page), (".md", self._markdown()))

    def _markdown(self) -> str:
        from grader.reports import markdown

        say = self.marking.options.say
        texts = []
        for one in self.marked:
            if any(question == one.id for question, _ in self.reviews):
                report = self.marking.memos[one.id].report(self.answers(one))
                reveal = self.marking.options.reveal
                texts.append(markdown.question_text(counted(report, self.reviews), reveal=reveal, say=say))
                texts += [f"- {markdown.escape(line)}\n" for line in lines(report, self.reviews, say)]
            else:
                texts.append(one.markdown_text(self.answers(one), say))
        assignment = self.marking.assignment
        return markdown.framed(
            f"{assignment.id}: {assignment.title}" if assignment.title else assignment.id,
            self.submission.student,
            ["", *texts],
            total=(self.score, self.marking.max_score),
            waiting=waiting(self.pending, say),
            closing=closed(self.left, say),
            say=say,
        )
