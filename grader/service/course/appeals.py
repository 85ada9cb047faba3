"""Students' questions about their marks, at most one per part, and the answers of staff; both stay visible."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from grader.errors import StudentError
from grader.messages import sentence
from grader.service.course.refusals import DeniedError, MissingError, OvertakenError
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store.audit import note
from grader.service.store.submissions import Marked
from grader.service.store.tables import appeals

LONGEST_APPEAL = 5_000
"""Characters of a question or an answer."""


class Appeal(NamedTuple):
    """A question about the mark of a part; `answered_at` is None until it is answered."""

    id: int
    submission: int
    question: str
    part: str
    asked: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    who: str

    @property
    def name(self) -> str:
        """The part's full name: `question.part`."""
        return f"{self.question}.{self.part}"


def appeals_of(base: Connection, submission: int) -> list[Appeal]:
    """The questions about a hand-in."""
    return _found(base, appeals.c.submission == submission)


def all_appeals(base: Connection) -> list[Appeal]:
    """All questions, oldest first."""
    return _found(base, appeals.c.id == appeals.c.id)


def ask(service: Service, who: Who, found: Marked, part: str, text: str) -> None:
    """Ask about the mark of a part.

    Raises DeniedError if it was already asked about.
    """
    question, _, name = part.partition(".")
    with service.store.writing() as base:
        now = service.now()
        values = {"asked": text, "asked_at": now, "answer": "", "answered_at": None, "who": ""}
        new = appeals.insert().values(submission=found.hand_in.id, question=question, part=name, **values)
        try:
            with base.begin_nested():
                base.execute(new)
        except IntegrityError:  # it exists already, perhaps just inserted by another worker
            raise DeniedError(sentence("you have asked about this part already")) from None
        note(base, now, who.name, "asked about a mark", f"{found.hand_in.number} {part}")


def answer(service: Service, who: Who, id: int, text: str) -> None:
    """Answer a question.

    Raises MissingError if there is no question, OvertakenError if it has been answered, StudentError for an answer that
    is blank or too long.
    """
    if not text or len(text) > LONGEST_APPEAL:
        raise StudentError(sentence("expected an answer of 1 to {limit:,} characters", limit=LONGEST_APPEAL))
    with service.store.writing() as base:
        now = service.now()
        values = {"answer": text, "answered_at": now, "who": who.name}
        waiting = update(appeals).where(appeals.c.id == id, appeals.c.answered_at.is_(None))
        if not base.execute(waiting.values(**values)).rowcount:
            if not _found(base, appeals.c.id == id):
                raise MissingError
            raise OvertakenError(sentence("somebody else has answered this in the meantime: nothing was overwritten"))
        note(base, now, who.name, "answered a question about a mark", str(id))


def _found(base: Connection, where: object) -> list[Appeal]:
    wanted = select(*(appeals.c[name] for name in Appeal._fields)).where(where).order_by(appeals.c.id)  # type: ignore[arg-type]
    return [Appeal(*found) for found in base.execute(wanted)]
