"""Which answers somebody has open, so that two people do not mark the same one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from grader.service.store.tables import opened

LASTS = timedelta(minutes=2)
"""The time after which an answer no longer counts as open, unless reported again."""


def open_answer(base: Connection, assignment: str, part: str, answer: str, who: str, now: datetime) -> None:
    """Record that a person has opened equal answers to a part, and left others of that part."""
    base.execute(delete(opened).where(opened.c.at < now - LASTS))
    leave(base, assignment, part, who)
    try:
        with base.begin_nested():
            base.execute(opened.insert().values(assignment=assignment, part=part, answer=answer, who=who, at=now))
    except IntegrityError:  # reported by their other window
        pass


def leave(base: Connection, assignment: str, part: str, who: str) -> None:
    """Record that a person has no answer to a part open any more."""
    where = (opened.c.assignment == assignment, opened.c.part == part, opened.c.who == who)
    base.execute(delete(opened).where(*where))


def others(base: Connection, assignment: str, part: str, answer: str, who: str, now: datetime) -> list[str]:
    """Who else has these answers open."""
    where = (opened.c.assignment == assignment, opened.c.part == part, opened.c.answer == answer)
    wanted = select(opened.c.who).where(*where, opened.c.who != who, opened.c.at >= now - LASTS)
    return [name for (name,) in base.execute(wanted.order_by(opened.c.who))]
