"""What people give: points, readings and words, as they are written, and checks on them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from grader.answers import read_answer
from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.errors import Place, UnreadableError, UsageError
from grader.gradebook.database import Database
from grader.gradebook.run.course import Course
from grader.homework.assignment import Part
from grader.homework.checks import plain
from grader.messages import Sentence, sentence
from grader.messages.names import shown

LONGEST_TEXT = 10_000
"""The most characters of a reading, a comment or a name."""
CHECKED_POINTS = "points"
"""The note with the digest of the course against which all current marks by people were checked."""
_PLAIN = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_FRACTION = re.compile(r"([0-9]{1,9})\s*/\s*([1-9][0-9]{0,8})")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")


def read_points(written: Any) -> Decimal | None:
    """Points from a TOML value, or a text with Latin, Persian or Arabic digits; None if it is not a number.

    A text may be a fraction, or use a decimal comma.

    >>> read_points(2), read_points("1.50"), read_points("۱٫۵"), read_points("1_0"), read_points(True)
    (Decimal('2'), Decimal('1.50'), Decimal('1.5'), None, None)
    >>> read_points("1/2"), read_points("1,5"), read_points("1,5,0")
    (Decimal('0.5'), Decimal('1.5'), None)
    """
    if isinstance(written, str):
        written = written.translate(_DIGITS).strip()
        if fraction := _FRACTION.fullmatch(written):
            return Decimal(fraction[1]) / Decimal(fraction[2])
        return Decimal(written.replace(",", ".")) if _PLAIN.fullmatch(written) else None
    if isinstance(written, bool) or not isinstance(written, int | Decimal) or not Decimal(written).is_finite():
        return None
    return Decimal(written) or Decimal(0)


def points_given(name: str, part: Part, written: Any) -> str | Sentence:
    """Points for a part (`question.part`) as stored, or what is wrong with them as written."""
    points = read_points(written)
    if points is None or not 0 <= points <= part.points or points != round(points, 2):
        return sentence(
            "expected points of {part} from 0 to {most} with at most 2 decimals, received {received}",
            part=name,
            most=plain(part.points),
            received=shown(written),
        )
    return plain(points)


def reading_given(name: str, spec: AnswerSpec, written: str) -> str | Sentence:
    """A person's reading of the answer to a part (`question.part`), or what is wrong with it, such as ambiguity."""
    if not KINDS[spec.kind].machine:
        return sentence("a person marks {part}: expected points, received a reading", part=name)
    if len(written) > LONGEST_TEXT:
        return sentence(
            "expected a reading of at most {limit:,} characters, received {count:,}",
            limit=LONGEST_TEXT,
            count=len(written),
        )
    try:
        found = read_answer(written, spec)
    except UnreadableError as problem:
        return sentence("{part} cannot be read so: {said}", part=name, said=problem.said)
    if found.blank or len(found.all) > 1:
        return sentence(
            "expected a reading of {part} that means one thing, received {received}", part=name, received=shown(written)
        )
    return written


def plain_text(written: str) -> str:
    r"""A text with LF as line ends, without surrounding white space: browsers send CR LF.

    >>> plain_text("half\r\nof it ")
    'half\nof it'
    """
    return written.replace("\r\n", "\n").replace("\r", "\n").strip()


def words_given(name: str, written: str) -> str | Sentence:
    """A comment, or another text of this name, as stored; or what is wrong with it."""
    text = plain_text(written)
    if len(text) <= LONGEST_TEXT:
        return text
    return sentence(
        "expected {name} of at most {limit:,} characters, received {count:,}",
        name=name,
        limit=LONGEST_TEXT,
        count=len(text),
    )


def check_points(course: Course, database: Database, file: str) -> None:
    """Check that no current mark exceeds what its part is worth, as points may have been lowered since.

    Raises UsageError otherwise; marks of submissions missing from the folder are checked when these return.
    """
    if database.note(CHECKED_POINTS) == course.digest:
        return
    settled = True
    for one in database.people("points IS NOT NULL"):
        part = course.parts(one.assignment).get(one.name)
        if part is None or Decimal(one.points or 0) <= part.points:
            continue
        settled = False
        rows = database.rows_of(one.assignment, one.student)
        if not any(one.points == row.given(one.name) or one.digest == row.digest for row in rows):
            continue
        said = sentence(
            "{points} points were given for {part} of {student}, and it is worth {most} now: correct one of them",
            part=one.name,
            student=shown(one.student),
            points=one.points,
            most=plain(part.points),
        )
        raise UsageError(said, Place(file=file))
    if settled:
        database.put_note(CHECKED_POINTS, course.digest)
