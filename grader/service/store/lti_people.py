"""The people of learning platforms in this course, and the platforms' courses that they came from."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from grader.service.store.store import take_turns
from grader.service.store.tables import lti_courses, lti_people


class PlatformCourse(NamedTuple):
    """A course of a platform."""

    issuer: str
    client_id: str
    context: str
    title: str
    roster: str
    """The address of its member list; empty if there is none."""


def person_of(base: Connection, issuer: str, subject: str) -> int | None:
    """The row of the person for a platform's user; None before the first sign-in."""
    wanted = select(lti_people.c.person).where(lti_people.c.issuer == issuer, lti_people.c.subject == subject)
    found: int | None = base.execute(wanted).scalar()
    return found


def put_person(base: Connection, issuer: str, subject: str, person: int, role: str, now: datetime) -> None:
    """Link a platform's user to this person from now on; the caller holds the lock on people."""
    key = (lti_people.c.issuer == issuer, lti_people.c.subject == subject)
    values = {"person": person, "role": role, "seen": now}
    if base.execute(update(lti_people).where(*key).values(**values)).rowcount == 0:
        base.execute(lti_people.insert().values(issuer=issuer, subject=subject, **values))


def put_course(base: Connection, course: PlatformCourse, now: datetime) -> None:
    """Store a course, or its new name."""
    take_turns(base, "lti courses")
    key = (lti_courses.c[name] == getattr(course, name) for name in ("issuer", "client_id", "context"))
    values = {"title": course.title, "roster": course.roster, "seen": now}
    if base.execute(update(lti_courses).where(*key).values(**values)).rowcount == 0:
        base.execute(lti_courses.insert().values(**course._asdict(), seen=now))


def courses(base: Connection) -> list[PlatformCourse]:
    """The courses that people came from."""
    columns = [lti_courses.c[name] for name in PlatformCourse._fields]
    return [PlatformCourse(*found) for found in base.execute(select(*columns).order_by(*columns))]
