"""Apply marks by people to a report: they replace the machine's marks in every total."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from grader.gradebook.database import Database, PersonMark
from grader.homework.files import read_submission
from grader.marking.report import PartReport, Report, Review
from grader.reports.json import dumps, plain


def answer_digest(written: Any) -> str:
    """A digest of an answer as it was written; empty if there is no answer.

    >>> answer_digest(" 10\\n") == answer_digest("10"), answer_digest("")
    (True, '')
    """
    text = written if isinstance(written, str) else "" if written is None else dumps(plain(written))
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:32] if text.strip() else ""


def submitted_answer(database: Database, submission: int, question: str, part: str) -> str:
    """The digest of the answer in a stored submission, by which a mark belongs to it.

    Raises StudentError where the submission cannot be read.
    """
    answers = read_submission(database.content(submission), "").answers
    return answer_digest(answers.get(question, {}).get(part))


def folded(answer: str) -> str:
    """A digest that is the same for answers that differ only in white space and letter case.

    >>> folded("It adds  up") == folded("it adds up "), folded("0") == folded("1")
    (True, False)
    """
    return hashlib.sha256(" ".join(answer.split()).casefold().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def reviewed(report: Report, people: Sequence[PersonMark], digest: str) -> Report:
    """The report on the submission of this digest, with the marks that people gave its student.

    A mark counts where it was given to these bytes, or to an equal answer of an earlier submission. Drafts, which have
    no points, change nothing.
    """
    own = [one for one in people if one.points is not None and _about(one, report)]
    if not own:
        return report
    questions = (
        replace(
            question,
            parts=tuple(
                replace(part, review=_review([one for one in own if (one.question, one.part) == name], part, digest))
                for part in question.parts
                for name in [(question.id, part.id)]
            ),
        )
        for question in report.questions
    )
    return replace(report, questions=tuple(questions))


def _about(mark: PersonMark, report: Report) -> bool:
    return (mark.assignment, mark.student) == (report.assignment, report.student)


def _review(marks: Sequence[PersonMark], part: PartReport, digest: str) -> Review | None:
    given = [one for one in marks if one.digest == digest]
    if not given and any(one.answer for one in marks):
        answer = answer_digest(part.submitted)
        given = [one for one in marks if one.answer and one.answer == answer]
    if not given:
        return None
    one = given[-1]
    return Review(Decimal(one.points or 0), one.comment, one.who, one.why)
