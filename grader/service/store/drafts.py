"""What students have typed and not handed in: a field each, with a revision that tells two open tabs apart."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from grader.service.store.tables import drafts


class Draft(NamedTuple):
    """A field as it was saved last."""

    part: str
    written: str
    revision: int
    saved: datetime


_COLUMNS = [drafts.c[name] for name in Draft._fields]


def of_person(base: Connection, person: int, assignment: str) -> dict[str, Draft]:
    """The saved fields of a student's page, by part."""
    where = (drafts.c.person == person, drafts.c.assignment == assignment)
    return {found.part: Draft(*found) for found in base.execute(select(*_COLUMNS).where(*where))}


def save(
    base: Connection, person: int, assignment: str, part: str, written: str, revision: int, now: datetime
) -> Draft | None:
    """Save a field over the revision that its page has seen (0: none); None if it is no longer the newest.

    The same text is saved whatever the revision: nothing is lost by it.
    """
    key = (drafts.c.person == person, drafts.c.assignment == assignment, drafts.c.part == part)
    wanted = select(*_COLUMNS).where(*key).with_for_update()
    found = base.execute(wanted).one_or_none()
    if found is None:
        fresh = Draft(part, written, revision + 1, now)
        try:
            with base.begin_nested():
                base.execute(drafts.insert().values(person=person, assignment=assignment, **fresh._asdict()))
            return fresh
        except IntegrityError:  # another tab was faster, through another worker
            found = base.execute(wanted).one()
    known = Draft(*found)
    if known.written == written:
        return known
    if known.revision != revision:
        return None
    base.execute(update(drafts).where(*key).values(written=written, revision=revision + 1, saved=now))
    return Draft(part, written, revision + 1, now)


def forget(base: Connection, person: int, assignment: str) -> None:
    """Forget the saved fields of a page: they were handed in."""
    base.execute(delete(drafts).where(drafts.c.person == person, drafts.c.assignment == assignment))
