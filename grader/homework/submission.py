"""The submission as data: who answers what, with every answer as TOML gave it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from grader.homework.fields import RefusedError, Strict
from grader.messages import Sentence, sentence
from grader.messages.names import described, shown

MAX_STUDENT = 200


def _student(value: Any) -> str:
    """A name or number, as text."""
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
    """A date alone is its first moment."""
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


_Name = Annotated[str, Field(min_length=1, max_length=MAX_STUDENT, pattern=r"\S")]
Student = Annotated[str, BeforeValidator(_student, json_schema_input_type=_Name)]
Moment = Annotated[datetime | None, BeforeValidator(_moment, json_schema_input_type=datetime | date | None)]


NOBODY = "your name or number"
"""What a template says in the place of the student."""


def unnamed(student: str) -> bool:
    """Whether that was left in the place of the student."""
    return student.strip().casefold() == NOBODY


def nobody() -> Sentence:
    """What is said of a submission in which that was left."""
    return sentence("expected the student's name or number, received the template's {received}", received=shown(NOBODY))


class Submission(Strict):
    """One student's answers to one assignment; `answers[question][part]` is what TOML gave."""

    assignment: str = Field(description="the id of the assignment")
    student: Student = Field(description="a name or number, at most 200 characters")
    submitted_at: Moment = Field(None, description="a TOML date and time")
    answers: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="one table for each question, one answer for each part"
    )


class Key(Submission):
    """The committed key: a submission that earns every point a machine can give, and the digest of its assignment."""

    digest: str = Field(description="sha256 of the assignment's content")
