"""Marks by people: a row for each version, the newest of which counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from grader.gradebook.database.schema import PersonMark
from grader.service.store.submissions import HandIn
from grader.service.store.tables import marks, submissions


class MarkVersion(NamedTuple):
    """A person's mark for one part of one hand-in; `version` numbers its marks from 1."""

    submission: int
    question: str
    part: str
    version: int
    points: str
    comment: str
    reading: str
    answer: str
    who: str
    given: datetime


_COLUMNS = [marks.c[name] for name in MarkVersion._fields]
_LATER = marks.alias("later")
_REPLACED = (
    select(_LATER.c.id)
    .where(
        *(_LATER.c[name] == marks.c[name] for name in ("submission", "question", "part")),
        _LATER.c.version > marks.c.version,
    )
    .exists()
)
# Built once: every hand-in runs it, and building a statement takes five times as long as running it.
_COUNTING = (
    select(*_COLUMNS, submissions.c.student, submissions.c.digest)
    .select_from(marks.join(submissions))
    .where(submissions.c.assignment == bindparam("assignment"), ~_REPLACED)
    .order_by(marks.c.id)
)
_COUNTING_OF_STUDENT = _COUNTING.where(submissions.c.student == bindparam("student"))
_COUNTING_OF_PART = _COUNTING_OF_STUDENT.where(
    marks.c.question == bindparam("question"), marks.c.part == bindparam("part")
)


def newest(base: Connection, submission: int, question: str, part: str) -> MarkVersion | None:
    """The mark that counts; None if nobody gave one."""
    where = (marks.c.submission == submission, marks.c.question == question, marks.c.part == part)
    found = base.execute(select(*_COLUMNS).where(*where).order_by(marks.c.version.desc()).limit(1)).one_or_none()
    return None if found is None else MarkVersion(*found)


def counting(base: Connection, hand_in: HandIn, question: str, part: str, answer: str) -> MarkVersion | None:
    """The mark that counts for a part: the newest given to it, otherwise one given to another hand-in.

    A hand-in keeps a mark given to another one of its student with the same bytes, or with an equal answer, whose
    digest is `answer`.
    """
    own = newest(base, hand_in.id, question, part)
    if own is not None:
        return own
    asked = {"assignment": hand_in.assignment, "student": hand_in.student, "question": question, "part": part}
    others = [(MarkVersion(*columns), digest) for *columns, _, digest in base.execute(_COUNTING_OF_PART, asked)]
    same = [one for one, digest in others if digest == hand_in.digest]
    kept = same or [one for one, _ in others if answer and one.answer == answer]
    return kept[-1] if kept else None


def give(base: Connection, hand_in: HandIn, wanted: MarkVersion) -> bool:
    """Give a mark as the next version after the counting one that was seen; False if another one counts by now.

    `wanted.version` is that of the new mark.
    """
    known = counting(base, hand_in, wanted.question, wanted.part, wanted.answer)
    if (known.version if known else 0) != wanted.version - 1:
        return False
    try:
        with base.begin_nested():
            base.execute(marks.insert().values(**wanted._asdict()))
    except IntegrityError:  # another worker was faster
        return False
    return True


def history(base: Connection, submission: int) -> list[MarkVersion]:
    """Every mark that people gave a hand-in, oldest first for each part."""
    order = (marks.c.question, marks.c.part, marks.c.version)
    return [
        MarkVersion(*found)
        for found in base.execute(select(*_COLUMNS).where(marks.c.submission == submission).order_by(*order))
    ]


def person_marks(base: Connection, assignment: str, student: str | None = None) -> Iterable[PersonMark]:
    """The marks that count, as the gradebook reads them, for a student or for everybody."""
    wanted = _COUNTING if student is None else _COUNTING_OF_STUDENT
    asked = {"assignment": assignment, **({} if student is None else {"student": student})}
    for *columns, owner, digest in base.execute(wanted, asked):
        one = MarkVersion(*columns)
        yield PersonMark(
            assignment,
            owner,
            one.question,
            one.part,
            digest,
            one.points or None,
            one.comment,
            one.who,
            "",
            one.answer,
            one.reading,
        )
