"""What students have typed and not handed in: one row per field, with a revision that reveals two open tabs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from grader.service.store.tables import drafts


class Draft(NamedTuple):
    """A field as last saved."""

    part: str
    written: str
    revision: int
    saved: datetime
    asked: str | None = None
    """The digest of the question for which it was typed; None if the page did not say."""


_COLUMNS = [drafts.c[name] for name in Draft._fields]
# Built once: they run all the time, and building a statement takes five times as long as running it.
_PAGE = (drafts.c.person == bindparam("person"), drafts.c.assignment == bindparam("assignment"))
_KEY = (
    drafts.c.person == bindparam("whose"),
    drafts.c.assignment == bindparam("of"),
    drafts.c.part == bindparam("which"),
)
_OF_PERSON = select(*_COLUMNS).where(*_PAGE)
_ONE = select(*_COLUMNS).where(*_KEY)
_FORGOTTEN = delete(drafts).where(*_PAGE, drafts.c.part.in_(bindparam("parts", expanding=True)))


def of_person(base: Connection, person: int, assignment: str) -> dict[str, Draft]:
    """The saved fields of a student's page, by part."""
    found = base.execute(_OF_PERSON, {"person": person, "assignment": assignment})
    return {one.part: Draft(*one) for one in found}


def one(base: Connection, person: int, assignment: str, part: str) -> Draft | None:
    """A saved field."""
    found = base.execute(_ONE, {"whose": person, "of": assignment, "which": part}).one_or_none()
    return None if found is None else Draft(*found)


_WRITTEN: dict[str, Any] = {
    "written": bindparam("text"),
    "revision": bindparam("next"),
    "saved": bindparam("at"),
    "asked": bindparam("asked_then"),
}
_OVER_WHAT_WAS_SEEN = (drafts.c.revision == bindparam("seen")) & (drafts.c.written != bindparam("text"))


def _saving(insert: Any) -> Any:
    """One statement that inserts or updates a field, and returns no row if its revision has changed."""
    key: dict[str, Any] = {"person": bindparam("whose"), "assignment": bindparam("of"), "part": bindparam("which")}
    return (
        insert(drafts)
        .values(**key, **_WRITTEN)
        .on_conflict_do_update(index_elements=list(drafts.primary_key), set_=_WRITTEN, where=_OVER_WHAT_WAS_SEEN)
        .returning(drafts.c.revision)
    )


_CHANGING = update(drafts).where(*_KEY, _OVER_WHAT_WAS_SEEN).values(_WRITTEN).returning(drafts.c.revision)
_SAVING = {"sqlite": _saving(sqlite.insert), "postgresql": _saving(postgresql.insert)}


def save(
    base: Connection,
    person: int,
    assignment: str,
    part: str,
    written: str,
    revision: int,
    now: datetime,
    asked: str | None = None,
    *,
    only_if_there: bool = False,
) -> Draft | None:
    """Save a field over the revision that its page has seen (0: none); None if that is no longer the newest.

    With `only_if_there`, a field that is not saved any more is not saved anew. The same text is saved at any revision,
    because nothing is lost.
    """
    key = {"whose": person, "of": assignment, "which": part}
    values = {"seen": revision, "text": written, "next": revision + 1, "at": now, "asked_then": asked}
    statement = _CHANGING if only_if_there else _SAVING[base.dialect.name]
    if base.execute(statement, {**key, **values}).one_or_none() is not None:
        return Draft(part, written, revision + 1, now, asked)
    known = one(base, person, assignment, part)
    return known if known is not None and known.written == written else None


def forget(base: Connection, person: int, assignment: str, parts: Collection[str]) -> None:
    """Delete saved fields that were handed in."""
    if parts:
        base.execute(_FORGOTTEN, {"person": person, "assignment": assignment, "parts": sorted(parts)})
