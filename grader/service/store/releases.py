"""Whether the feedback of an assignment was released."""

from __future__ import annotations

from sqlalchemy import Connection, select

from grader.service.store.tables import releases


def is_released(base: Connection, assignment: str) -> bool:
    """Whether an assignment's feedback was released."""
    wanted = select(releases.c.released).where(releases.c.assignment == assignment)
    return base.execute(wanted).one_or_none() is not None
