"""The progress of long work, so that every process of the service can show it, also after a page is reloaded."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select, update

from grader.service.store.store import take_turns
from grader.service.store.tables import settings

SILENT = timedelta(seconds=60)
"""Work without an update for this long was interrupted."""
UPLOAD = "upload"
"""What handing in an archive is called."""
_KEY = "progress of "
_IS_PROGRESS = settings.c.name.startswith(_KEY)
State = Literal["running", "done", "failed", "interrupted"]


class Progress(NamedTuple):
    """One piece of work: `done` of `total` things, and the result once it has ended."""

    what: str
    state: State
    who: str
    at: datetime
    total: int = 0
    done: int = 0
    outcome: Any = None

    def share(self) -> int:
        """How much is done, in percent."""
        return 100 * self.done // self.total if self.total else 0


def progress_of(base: Connection, name: str, now: datetime) -> Progress | None:
    """The most recent work with this name; None if there was none."""
    found: str | None = base.execute(select(settings.c.value).where(settings.c.name == _key(name))).scalar()
    if found is None:
        return None
    values = json.loads(found)
    one = Progress(**{**values, "at": datetime.fromisoformat(values["at"])})
    return one._replace(state="interrupted") if one.state == "running" and now - one.at > SILENT else one


def begin(base: Connection, name: str, first: Progress) -> bool:
    """Record that work of this name begins; False if it is already running, here or in another process."""
    take_turns(base, _key(name))
    known = progress_of(base, name, first.at)
    if known is not None and known.state == "running":
        return False
    put_progress(base, name, first)
    return True


def put_progress(base: Connection, name: str, one: Progress) -> None:
    """Record its progress."""
    take_turns(base, _key(name))
    written = json.dumps({**one._asdict(), "at": one.at.isoformat()}, ensure_ascii=False)
    if not base.execute(update(settings).where(settings.c.name == _key(name)).values(value=written)).rowcount:
        base.execute(settings.insert().values(name=_key(name), value=written))


def drop_progress(base: Connection, student: str) -> None:
    """Delete results of work that name a student, and the outcomes of all uploads that have ended.

    An upload lists also files that it refused, whose students are not known: people name files after themselves.
    """
    base.execute(delete(settings).where(_naming(student)))
    for name, value in base.execute(select(settings.c.name, settings.c.value).where(_IS_PROGRESS)).all():
        one = json.loads(value)
        if one["what"] == UPLOAD and one["state"] != "running":
            base.execute(delete(settings).where(settings.c.name == name))


def progress_about(base: Connection, student: str) -> list[dict[str, Any]]:
    """The work whose outcome names a student, with what of it is about them and nobody else."""
    rows = base.execute(select(settings).where(_naming(student)).order_by(settings.c.name)).all()
    found = ((row.name, _about(json.loads(row.value), student)) for row in rows)
    return [{"name": name, **values} for name, values in found if values is not None]


def _about(value: Any, student: str) -> Any:
    """What of a value names a student: a whole row, or what it holds; None if nothing does."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if value == student or student in [one for one in inner if isinstance(one, str)]:
        return value
    if isinstance(value, dict):
        kept = {name: _about(one, student) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one is not None} or None
    return [one for one in (_about(each, student) for each in inner) if one is not None] or None


def _naming(student: str) -> ColumnElement[bool]:
    quoted = json.dumps(student, ensure_ascii=False)
    return _IS_PROGRESS & settings.c.value.contains(quoted, autoescape=True)


def _key(name: str) -> str:
    return f"{_KEY}{name}"
