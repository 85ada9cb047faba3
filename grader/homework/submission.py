"""The submission as data: student, assignment and answers, with every answer as TOML gave it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from grader.homework.readers import TEXT, Checked, Names, RefusedError
from grader.homework.tables import Table, field
from grader.messages import Sentence, sentence
from grader.messages.names import described, nearest, shown

MAX_STUDENT = 200


def _student(value: Any) -> str:
    """The student's name or number as text, without surrounding white space."""
    if not isinstance(value, str):
        raise RefusedError(
            sentence(
                "expected student as text in quotes, such as student = 'student-01', received {received}",
                received=described(value),
            )
        )
    if not value.strip():
        raise RefusedError(sentence("expected a student, received an empty text"))
    if len(value) > MAX_STUDENT:
        raise RefusedError(
            sentence(
                "expected a student of at most {limit} characters, received {received:,}",
                limit=MAX_STUDENT,
                received=len(value),
            )
        )
    return value.strip()


def _moment(value: Any) -> Any:
    """A date and time; a date alone means its midnight."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    if value is not None and not isinstance(value, datetime):
        raise RefusedError(
            sentence(
                "expected a date and time without quotes, such as 2026-03-01T23:59:00+03:30, received {received}",
                received=described(value),
            )
        )
    return value


STUDENT = Checked(_student, {"maxLength": MAX_STUDENT, "minLength": 1, "pattern": r"\S", "type": "string"})
SUBMITTED_AT = Checked(
    _moment, {"anyOf": [{"format": "date-time", "type": "string"}, {"format": "date", "type": "string"}]}
)


def _no_table(question: str, value: Any) -> Sentence:
    return sentence(
        "expected the answers in a table of their question, such as [answers.q1], received {name} = {received}",
        name=question,
        received=described(value),
    )


NOBODY = "your name or number"
"""What a template has in place of the student's name or number."""


def unnamed(student: str) -> bool:
    """Whether the student is still the placeholder of the template."""
    return student.strip().casefold() == NOBODY


def nobody() -> Sentence:
    """The message about a submission that still has the placeholder."""
    return sentence("expected the student's name or number, received the template's {received}", received=shown(NOBODY))


class Submission(Table):
    """One student's answers to one assignment; `answers[question][part]` is what TOML gave."""

    assignment: str = field(TEXT, "the id of the assignment")
    student: str = field(STUDENT, "a name or number, at most 200 characters")
    submitted_at: datetime | None = field(SUBMITTED_AT, "a TOML date and time", default=None)
    answers: dict[str, dict[str, Any]] = field(
        Names(Names(None, otherwise=_no_table)), "one table for each question, one answer for each part", factory=dict
    )
    variant: str | None = field(TEXT, "the variant that was worked on, as the template says it", default=None)

    @classmethod
    def refuse_unknown(cls, name: str, value: Any) -> Sentence:
        """The message about an unknown table: probably the table of a question whose name lacks `answers.`."""
        if not isinstance(value, dict) or nearest(name, cls.fields) is not None:
            return super().refuse_unknown(name, value)
        return sentence(
            "unknown table [{name}]: the answers to a question belong in a table such as [answers.{name}]", name=name
        )


class Key(Submission):
    """The committed key: a submission that earns every automatically marked point, with its assignment's digest."""

    digest: str = field(TEXT, "sha256 of the assignment's content")
