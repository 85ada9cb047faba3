"""Values that the service generated once for itself, such as its signing keys."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from grader.service.store.store import take_turns
from grader.service.store.tables import settings


def value(base: Connection, name: str) -> str | None:
    """A setting; None if it does not exist yet."""
    found: str | None = base.execute(select(settings.c.value).where(settings.c.name == name)).scalar()
    return found


def secret(base: Connection, name: str) -> str:
    """A secret of the course, created on first use; `base` is a writing transaction."""
    take_turns(base, "settings")
    known = value(base, name)
    if known is None:
        known = secrets.token_urlsafe(32)
        base.execute(settings.insert().values(name=name, value=known))
    return known
