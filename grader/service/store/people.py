"""People and their credentials."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from grader.service.store.pieces import pieces
from grader.service.store.store import take_turns
from grader.service.store.tables import credentials, people

LINK_LASTS = timedelta(days=180)
SESSION_LASTS = timedelta(days=14)
ONCE_LASTS = timedelta(minutes=5)


class Person(NamedTuple):
    """A person in the course; `student` is the id in submissions."""

    id: int
    student: str
    name: str
    role: str
    email: str


class PersonUpdate(NamedTuple):
    """The data that a person is to have; None keeps the known value."""

    student: str
    role: str
    name: str | None = None
    email: str | None = None

    def values(self, before: Person | None = None) -> dict[str, str]:
        """The values to store, given the person's present row."""
        name, email = (before.name, before.email) if before else ("", "")
        return {
            "student": self.student,
            "role": self.role,
            "name": name if self.name is None else self.name,
            "email": email if self.email is None else self.email,
        }

    def changes(self, before: Person) -> bool:
        """Whether anything about the person changes."""
        return self.values(before) != {name: getattr(before, name) for name in ("student", "role", "name", "email")}


class Credential(NamedTuple):
    """What a secret gives access as: a person, or a program with a scope."""

    kind: str
    scope: str
    label: str
    person: Person | None


_PERSON_CHANGED = (
    update(people)
    .where(people.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in ("student", "role", "name", "email")})
)
# Built once: they run all the time, and building a statement takes five times as long as running it.
_CREDENTIALS = (
    select(
        *(credentials.c[name] for name in ("hash", "kind", "scope", "label", "revoked", "expires")),
        *(people.c[name] for name in Person._fields),
    )
    .select_from(credentials.outerjoin(people))
    .where(credentials.c.hash.in_(bindparam("hashes", expanding=True)))
)
_CREDENTIAL = _CREDENTIALS.where(credentials.c.kind == bindparam("kind"))


def hashed(secret: str) -> str:
    """The digest that is stored for a secret, which cannot be recovered from the database."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def add_person(
    base: Connection, student: str, name: str | None, role: str, now: datetime, email: str | None = None
) -> Person:
    """Add or update a person; None keeps the known name or address."""
    return add_people(base, [PersonUpdate(student, role, name, email)], now)[0]


def add_people(base: Connection, wanted: Sequence[PersonUpdate], now: datetime) -> list[Person]:
    """Add or update people, each once."""
    ids = [one.student for one in wanted]
    known = people_named(base, ids)
    if len(known) < len(ids):
        take_turns(base, "people")
        known = people_named(base, ids)
    new = [one for one in wanted if one.student not in known]
    changed = [(known[one.student], one) for one in wanted if one.student in known]
    if new:
        base.execute(people.insert(), [{"created": now, **one.values()} for one in new])
    if updates := [{"row": before.id, **one.values(before)} for before, one in changed if one.changes(before)]:
        base.execute(_PERSON_CHANGED, updates)
    found = people_named(base, ids)
    return [found[id] for id in ids]


def people_named(base: Connection, students: Sequence[str]) -> dict[str, Person]:
    """The known people among these students, by id."""
    found: dict[str, Person] = {}
    for some in pieces(students):
        found |= {one.student: one for one in _people(base, people.c.student.in_(some))}
    return found


def person_named(base: Connection, student: str) -> Person | None:
    """The person with this id."""
    return next(_people(base, people.c.student == student), None)


def person_with(base: Connection, id: int) -> Person | None:
    """The person with this row number."""
    return next(_people(base, people.c.id == id), None)


def everybody(base: Connection, *roles: str) -> list[Person]:
    """The people of the course, or those with one of these roles, sorted by id."""
    return list(_people(base, people.c.role.in_(roles) if roles else people.c.id == people.c.id))


def _people(base: Connection, where: Any) -> Iterator[Person]:
    wanted = select(*(people.c[name] for name in Person._fields)).where(where).order_by(people.c.student)
    for found in base.execute(wanted):
        yield Person(*found)


def new_secret(
    base: Connection,
    kind: str,
    now: datetime,
    *,
    person: int | None = None,
    scope: str = "",
    label: str = "",
    lasts: timedelta | None = None,
) -> str:
    """Make a secret and store its digest; only the caller knows the secret."""
    secret = secrets.token_urlsafe(32)
    base.execute(
        credentials.insert().values(
            hash=hashed(secret),
            person=person,
            kind=kind,
            scope=scope,
            label=label,
            created=now,
            expires=None if lasts is None else now + lasts,
        )
    )
    return secret


def new_link(base: Connection, address: str, person: Person, now: datetime) -> str:
    """Make a sign-in link for a person, at the service's public address."""
    secret = new_secret(base, "link", now, person=person.id, lasts=LINK_LASTS)
    return f"{address.rstrip('/')}/enter?token={secret}"


def credential(base: Connection, secret: str, kind: str, now: datetime) -> Credential | None:
    """What a secret of this kind permits; None if it is unknown, expired or revoked."""
    found = base.execute(_CREDENTIAL, {"hashes": [hashed(secret)], "kind": kind}).one_or_none()
    return None if found is None else _usable(found, now)


def credentials_of(base: Connection, hashes: Sequence[str], now: datetime) -> dict[str, Credential]:
    """What secrets permit, by the digest that is stored for each; unknown, expired and revoked ones are missing."""
    found = (row for some in pieces(hashes) for row in base.execute(_CREDENTIALS, {"hashes": some}))
    return {row.hash: usable for row in found if (usable := _usable(row, now)) is not None}


def _usable(found: Row[Any], now: datetime) -> Credential | None:
    _, kind, scope, label, revoked, expires, *whose = tuple(found)
    if revoked is not None or (expires is not None and expires <= now):
        return None
    return Credential(kind, scope, label, None if whose[0] is None else Person(*whose))


def new_once(base: Connection, kind: str, now: datetime, person: int, scope: str, lasts: timedelta = ONCE_LASTS) -> str:
    """Make a single-use secret, and delete expired ones."""
    base.execute(delete(credentials).where(credentials.c.kind == kind, credentials.c.expires <= now))
    return new_secret(base, kind, now, person=person, scope=scope, lasts=lasts)


def take_once(base: Connection, kind: str, secret: str, now: datetime) -> Credential | None:
    """Use up a single-use secret: of two concurrent callers, one gets None."""
    found = credential(base, secret, kind, now)
    wanted = delete(credentials).where(credentials.c.hash == hashed(secret), credentials.c.kind == kind)
    return found if base.execute(wanted).rowcount == 1 else None


def revoke(
    base: Connection, now: datetime, *, secret: str | None = None, person: int | None = None, label: str | None = None
) -> int:
    """Revoke one secret, all of a person, or the tokens of a label; return how many."""
    where: list[Any] = [credentials.c.revoked.is_(None)]
    if secret is not None:
        where.append(credentials.c.hash == hashed(secret))
    if person is not None:
        where.append(credentials.c.person == person)
    if label is not None:
        where += [credentials.c.label == label, credentials.c.kind == "token"]
    if len(where) == 1:
        raise ValueError("what is to be revoked is not said")
    return base.execute(update(credentials).where(*where).values(revoked=now)).rowcount


def tokens(base: Connection) -> Iterable[tuple[str, str, datetime]]:
    """The valid tokens: label, scope, and when they were made."""
    wanted = select(credentials.c.label, credentials.c.scope, credentials.c.created).where(
        credentials.c.kind == "token", credentials.c.revoked.is_(None)
    )
    return [(found.label, found.scope, found.created) for found in base.execute(wanted.order_by(credentials.c.created))]
