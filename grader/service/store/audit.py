"""The audit log: who changed what."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from grader.service.store.tables import audit

_NOTED = audit.insert()


class AuditEntry(NamedTuple):
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


def entries(base: Connection, most: int = 200, subject: str | None = None) -> list[AuditEntry]:
    """The latest changes, newest first."""
    wanted = select(*(audit.c[name] for name in AuditEntry._fields)).order_by(audit.c.id.desc()).limit(most)
    if subject is not None:
        wanted = wanted.where(audit.c.subject == subject)
    return [AuditEntry(*found) for found in base.execute(wanted)]


def about(base: Connection, student: str) -> list[Any]:
    """Every row that names a student, oldest first."""
    quoted = json.dumps(student, ensure_ascii=False)
    named = or_(
        audit.c.who == student,
        audit.c.subject == student,
        audit.c.details.contains(quoted, autoescape=True),
        and_(audit.c.what == "extended", audit.c.subject.endswith(f" {student}", autoescape=True)),
    )
    found = base.execute(select(audit).where(named).order_by(audit.c.id))
    # SQLite ignores case when it searches a text, so every row is compared again here.
    return [
        row
        for row in found
        if student in (row.who, row.subject, extended(row.what, row.subject)) or quoted in row.details
    ]


def extended(what: str, subject: str) -> str:
    """The student of an extension, from its subject as it used to be recorded: `assignment student`."""
    return subject.partition(" ")[2] if what == "extended" else ""
