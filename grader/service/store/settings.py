"""What the service made for itself once, such as the keys that it signs with."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from grader.service.store.store import take_turns
from grader.service.store.tables import settings


def value(base: Connection, name: str) -> str | None:
    """A setting; None where it was not made yet."""
    found: str | None = base.execute(select(settings.c.value).where(settings.c.name == name)).scalar()
    return found


def secret(base: Connection, name: str) -> str:
    """A secret of the course, made when it is asked for first; `base` is a transaction that writes."""
    take_turns(base, "settings")
    known = value(base, name)
    if known is None:
        known = secrets.token_urlsafe(32)
        base.execute(settings.insert().values(name=name, value=known))
    return known
