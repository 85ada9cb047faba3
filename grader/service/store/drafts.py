"""What students have typed and not handed in: a field each, with a revision that tells two open tabs apart."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from grader.service.store.tables import drafts


class Draft(NamedTuple):
    """A field as it was saved last."""

    part: str
    written: str
    revision: int
    saved: datetime


_COLUMNS = [drafts.c[name] for name in Draft._fields]
# Made once: they are run all the time, and making one takes five times as long as running it.
_PAGE = (drafts.c.person == bindparam("person"), drafts.c.assignment == bindparam("assignment"))
_KEY = (
    drafts.c.person == bindparam("whose"),
    drafts.c.assignment == bindparam("of"),
    drafts.c.part == bindparam("which"),
)
_OF_PERSON = select(*_COLUMNS).where(*_PAGE)
_ONE = select(*_COLUMNS).where(*_KEY).with_for_update()
_ADDED = drafts.insert()
_CHANGED = update(drafts).where(*_KEY).values({name: bindparam(name) for name in ("written", "revision", "saved")})
_FORGOTTEN = delete(drafts).where(*_KEY)


def of_person(base: Connection, person: int, assignment: str) -> dict[str, Draft]:
    """The saved fields of a student's page, by part."""
    found = base.execute(_OF_PERSON, {"person": person, "assignment": assignment})
    return {one.part: Draft(*one) for one in found}


def save(
    base: Connection, person: int, assignment: str, part: str, written: str, revision: int, now: datetime
) -> Draft | None:
    """Save a field over the revision that its page has seen (0: none); None if it is no longer the newest.

    The same text is saved whatever the revision: nothing is lost by it.
    """
    key = {"whose": person, "of": assignment, "which": part}
    found = base.execute(_ONE, key).one_or_none()
    if found is None:
        fresh = Draft(part, written, revision + 1, now)
        try:
            with base.begin_nested():
                base.execute(_ADDED, {"person": person, "assignment": assignment, **fresh._asdict()})
            return fresh
        except IntegrityError:  # another tab was faster, through another worker
            found = base.execute(_ONE, key).one()
    known = Draft(*found)
    if known.written == written:
        return known
    if known.revision != revision:
        return None
    base.execute(_CHANGED, {**key, "written": written, "revision": revision + 1, "saved": now})
    return Draft(part, written, revision + 1, now)


def forget(base: Connection, person: int, assignment: str, part: str) -> None:
    """Forget a saved field: it was handed in."""
    base.execute(_FORGOTTEN, {"whose": person, "of": assignment, "which": part})
