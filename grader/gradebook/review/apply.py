"""Apply marks by people to a report: they replace the automatic marks, or the text that is marked automatically."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from grader.gradebook.database import Database, PersonMark
from grader.homework.files import read_submission
from grader.homework.submission import Submission
from grader.marking.marker import Marker
from grader.marking.question import shorten
from grader.marking.report import ChosenReading, PartReport, Review, SubmissionReport
from grader.messages import sentence
from grader.reports.json import dumps, plain


def answer_digest(written: Any) -> str:
    """A digest of an answer as written; empty if there is no answer.

    >>> answer_digest(" 10\\n") == answer_digest("10"), answer_digest("")
    (True, '')
    """
    text = written if isinstance(written, str) else "" if written is None else dumps(plain(written))
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:32] if text.strip() else ""


def submitted_answer(database: Database, submission: int, question: str, part: str) -> str:
    """The digest of the answer in a stored submission, which ties a mark to it.

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


def marked(marker: Marker, submission: Submission, people: Sequence[PersonMark], digest: str) -> SubmissionReport:
    """The report on the submission with this digest, with the marks that people gave its student.

    A mark counts if it was given to these bytes, or to an equal answer in an earlier submission. A reading is marked
    automatically in place of the answer, as are later parts that depend on it. Drafts change nothing.
    """
    own = [one for one in people if one.settles and _about(one, submission)]
    counting = {
        name: one
        for name in dict.fromkeys((one.question, one.part) for one in own)
        if (one := _counting([one for one in own if (one.question, one.part) == name], submission, digest)) is not None
    }
    readings = {name: one for name, one in counting.items() if one.reading}
    report = marker.mark(_as_read(submission, readings))
    if not counting:
        return report
    questions = (
        replace(
            question,
            parts=tuple(
                _with(part, counting.get((question.id, part.id)), submission, question.id) for part in question.parts
            ),
        )
        for question in report.questions
    )
    return replace(report, questions=tuple(questions))


def _about(mark: PersonMark, submission: Submission) -> bool:
    return (mark.assignment, mark.student) == (submission.assignment, submission.student)


def _counting(marks: Sequence[PersonMark], submission: Submission, digest: str) -> PersonMark | None:
    """The one of the marks of a part that counts."""
    given = [one for one in marks if one.digest == digest]
    if not given and any(one.answer for one in marks):
        answer = answer_digest(_written(submission, marks[0].question, marks[0].part))
        given = [one for one in marks if one.answer and one.answer == answer]
    return given[-1] if given else None


def _written(submission: Submission, question: str, part: str) -> Any:
    return submission.answers.get(question, {}).get(part)


def _as_read(submission: Submission, readings: Mapping[tuple[str, str], PersonMark]) -> Submission:
    """The submission with people's readings in place of what was written."""
    if not readings:
        return submission
    answers = {question: dict(parts) for question, parts in submission.answers.items()}
    for (question, part), one in readings.items():
        answers.setdefault(question, {})[part] = one.reading
    return submission.replaced(answers=answers)


def _with(part: PartReport, mark: PersonMark | None, submission: Submission, question: str) -> PartReport:
    """A part with a person's mark; the written answer is unchanged."""
    if mark is None:
        return part
    if not mark.reading:
        return replace(part, review=Review(Decimal(mark.points or 0), mark.comment, mark.who, mark.why))
    said = sentence("Read by a person as {reading}.", reading=shorten(" ".join(mark.reading.split()), 200))
    return replace(
        part,
        submitted=_written(submission, question, part.id),
        message=(said, *part.message),
        reading=ChosenReading(mark.reading, mark.who),
    )
