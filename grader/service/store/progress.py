"""The progress of long work, so that every process of the service can show it, also after a page is reloaded."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, delete, select, update

from grader.service.store.store import take_turns
from grader.service.store.tables import settings

SILENT = timedelta(seconds=60)
"""Work without an update for this long was interrupted."""
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
    """The last work of this name; None if there was none."""
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
    """Delete results of work that name a student."""
    quoted = json.dumps(student, ensure_ascii=False)
    named = settings.c.name.startswith(_key("")) & settings.c.value.contains(quoted, autoescape=True)
    base.execute(delete(settings).where(named))


def _key(name: str) -> str:
    return f"progress of {name}"
