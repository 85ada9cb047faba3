"""The tables, for SQLite and PostgreSQL alike.

Every constraint has a name, so that a migration can find it on both. Moments are text in UTC with microseconds
(`2026-03-01T20:29:00.000000Z`): they sort as text, and no driver drops their zone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_LENGTH = len("2026-03-01T20:29:00.000000Z")


class Moment(TypeDecorator[datetime]):
    """A moment as text in UTC."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """The stored form."""
        del dialect
        return (
            None
            if value is None
            else f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
        )

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        """The Python value; earlier versions wrote the year 999 with three digits."""
        del dialect
        return None if value is None else datetime.fromisoformat(value.zfill(_LENGTH))


metadata = MetaData(naming_convention=NAMES)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("student", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("created", Moment, nullable=False),
)
"""Everybody who may sign in: `student` is the id in submissions; staff have one as well."""

credentials = Table(
    "credentials",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Moment),
    Column("revoked", Moment),
)
"""Digests of secrets: sign-in links, browser sessions, tokens of programs."""

assignments = Table(
    "assignments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("variants", LargeBinary),
    Column("assignment_digest", Text, nullable=False),
    Column("key_digest", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("grader", Text, nullable=False),
    Column("applied", Moment, nullable=False),
)
"""Each assignment as applied; changes to its files are applied when staff say so."""

drafts = Table(
    "drafts",
    metadata,
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("assignment", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("written", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved", Moment, nullable=False),
    Column("asked", Text),
)
"""What a student has typed into a field and not handed in, and the digest of the question as it was asked then."""

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("assignment", Text, nullable=False),
    Column("student", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("received", Moment, nullable=False),
    Column("judged", Moment),
    Column("sender", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("deduction", Text, nullable=False),
    UniqueConstraint("assignment", "student", "attempt"),
    sqlite_autoincrement=True,
)
"""Hand-ins, byte for byte. `team` is the number of the first hand-in of the team, empty for one student alone.

`judged` is the moment that decides whether it is late; if there is none, staff handed it in and it is not late.
"""

results = Table(
    "results",
    metadata,
    Column("submission", ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("score", Text, nullable=False),
    Column("max_score", Text, nullable=False),
    Column("marks", Text, nullable=False),
    Column("causes", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
"""Marks: `row` is the gradebook's row as JSON, `version` counts how often it was marked."""

marks = Table(
    "marks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False),
    Column("question", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("points", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("given", Moment, nullable=False),
    UniqueConstraint("submission", "question", "part", "version"),
)
"""Marks by people, never changed: the newest version of a part counts, the others are its history."""

moves = Table(
    "moves",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("part", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("moved", Moment, nullable=False),
)
"""Marks that a new key moved after they were given, for the note to the student."""

extensions = Table(
    "extensions",
    metadata,
    Column("assignment", Text, primary_key=True),
    Column("student", Text, primary_key=True),
    Column("due", Moment),
    Column("attempts", Integer, nullable=False),
    Column("why", Text, nullable=False),
)
"""More time, or more attempts, for one student."""

teams = Table(
    "teams",
    metadata,
    Column("assignment", Text, primary_key=True),
    Column("student", Text, primary_key=True),
    Column("team", Text, nullable=False, index=True),
)
"""Teams: for one assignment, or, with an empty assignment, for all that have teams."""

releases = Table(
    "releases",
    metadata,
    Column("assignment", Text, primary_key=True),
    Column("released", Moment, nullable=False),
    Column("who", Text, nullable=False),
)
"""Assignments whose feedback was released."""

appeals = Table(
    "appeals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", Moment),
    Column("who", Text, nullable=False),
    UniqueConstraint("submission", "question", "part"),
)
"""Students' questions about marks, and staff's answers."""

opened = Table(
    "opened",
    metadata,
    Column("assignment", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("answer", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
"""Which group of equal answers somebody has open."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("details", Text, nullable=False),
)
"""Who changed what."""

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Values that the service generated for itself, such as its signing keys."""

lti_logins = Table(
    "lti_logins",
    metadata,
    Column("key", Text, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("again", Text, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)
"""Sign-ins begun by a learning platform and not yet completed."""

lti_scores = Table(
    "lti_scores",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("client_id", Text, primary_key=True),
    Column("line_item", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("assignment", Text, nullable=False),
    Column("record", Text),
    Column("due", Moment, index=True),
)
"""Which person's score for which assignment goes to which column of a platform, with its delivery record."""

lti_people = Table(
    "lti_people",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("seen", Moment, nullable=False),
)
"""The person for each user of a learning platform, with the role last listed there."""

lti_courses = Table(
    "lti_courses",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("client_id", Text, primary_key=True),
    Column("context", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("roster", Text, nullable=False),
    Column("seen", Moment, nullable=False),
)
"""Platforms' courses that people came from, with the addresses of their member lists."""

Index("ix_submissions_student", submissions.c.student)
