"""Releasing feedback: from then on students see the marks of an assignment, whatever its policy says."""

from __future__ import annotations

from sqlalchemy import delete

from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.store.audit import note
from grader.service.store.releases import is_released
from grader.service.store.tables import releases


def release(service: Service, who: Who, assignment: str, *, released: bool) -> None:
    """Release the feedback of an assignment, or withdraw the release."""
    with service.marking(assignment) as base:
        if is_released(base, assignment) == released:
            return
        now = service.now()
        if released:
            base.execute(releases.insert().values(assignment=assignment, released=now, who=who.name))
        else:
            base.execute(delete(releases).where(releases.c.assignment == assignment))
        note(base, now, who.name, "released" if released else "took the release back", assignment)
