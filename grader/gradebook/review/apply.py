"""Apply marks by people to a report: they replace the automatic marks, or the text that is marked automatically."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from grader.gradebook.database import PersonMark
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


def submitted_answer(data: bytes, question: str, part: str, file: str = "") -> str:
    """The digest of an answer in a submission, which ties a mark to it.

    Raises StudentError, about the file of this name, where the submission cannot be read.
    """
    return answer_digest(_written(read_submission(data, file), question, part))


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
    own: dict[tuple[str, str], list[PersonMark]] = {}
    for one in people:
        if (one.assignment, one.student) == (submission.assignment, submission.student):
            own.setdefault((one.question, one.part), []).append(one)
    found = {name: counting(marks, digest, answer_digest(_written(submission, *name))) for name, marks in own.items()}
    given = {name: one for name, one in found.items() if one is not None}
    report = marker.mark(_as_read(submission, {name: one.reading for name, one in given.items() if one.reading}))
    if not given:
        return report

    def with_marks(id: str, parts: Sequence[PartReport]) -> tuple[PartReport, ...]:
        return tuple(_with(part, given.get((id, part.id)), _written(submission, id, part.id)) for part in parts)

    return replace(
        report, questions=tuple(replace(one, parts=with_marks(one.id, one.parts)) for one in report.questions)
    )


def counting(marks: Sequence[PersonMark], digest: str, answer: str) -> PersonMark | None:
    """The one of the marks of a part that counts for a submission: given to its bytes, else to an equal answer.

    `digest` is that of the submission, `answer` that of its answer.
    """
    settled = [one for one in marks if one.settles]
    given = [one for one in settled if one.digest == digest]
    given = given or [one for one in settled if one.answer and one.answer == answer]
    return given[-1] if given else None


def _written(submission: Submission, question: str, part: str) -> Any:
    return submission.answers.get(question, {}).get(part)


def _as_read(submission: Submission, readings: Mapping[tuple[str, str], str]) -> Submission:
    """The submission with people's readings in place of what was written."""
    answers = {question: dict(parts) for question, parts in submission.answers.items()}
    for (question, part), reading in readings.items():
        answers.setdefault(question, {})[part] = reading
    return submission.replaced(answers=answers)


def _with(part: PartReport, mark: PersonMark | None, written: Any) -> PartReport:
    """A part with a person's mark; the written answer is unchanged."""
    if mark is None:
        return part
    if not mark.reading:
        return replace(part, review=Review(Decimal(mark.points or 0), mark.comment, mark.who, mark.why))
    said = sentence("Read by a person as {reading}.", reading=shorten(" ".join(mark.reading.split()), 200))
    reading = ChosenReading(mark.reading, mark.who)
    return replace(part, submitted=written, message=(said, *part.message), reading=reading)
