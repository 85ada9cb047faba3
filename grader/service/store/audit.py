"""Who changed what."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from grader.service.store.tables import audit

_NOTED = audit.insert()


class Entry(NamedTuple):
    """One change."""

    at: datetime
    who: str
    what: str
    subject: str
    details: str


def note(base: Connection, now: datetime, who: str, what: str, subject: str, **details: object) -> None:
    """Record a change, in the transaction that makes it."""
    written = json.dumps(details, ensure_ascii=False, sort_keys=True, default=str) if details else ""
    base.execute(_NOTED, {"at": now, "who": who, "what": what, "subject": subject, "details": written})


def entries(base: Connection, most: int = 200, subject: str | None = None) -> list[Entry]:
    """The last changes, the newest first."""
    wanted = select(*(audit.c[name] for name in Entry._fields)).order_by(audit.c.id.desc()).limit(most)
    if subject is not None:
        wanted = wanted.where(audit.c.subject == subject)
    return [Entry(*found) for found in base.execute(wanted)]
