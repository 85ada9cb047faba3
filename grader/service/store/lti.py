"""The database side of LTI: pending sign-ins, the tool's keys, and the scores to deliver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from grader.service.lti.delivery import Address
from grader.service.lti.keys import ToolKeys
from grader.service.lti.outbox import DeliveryRecord, want
from grader.service.lti.records import read_record, written
from grader.service.lti.scores import Score
from grader.service.lti.stored import PendingLogin
from grader.service.store.settings import value
from grader.service.store.store import Store, take_turns
from grader.service.store.tables import lti_logins, lti_scores, people, settings

KEYS = "lti keys"
KEPT = 3600.0
"""Seconds after its end when a sign-in may be deleted by a later one."""
_ADDRESS = tuple(lti_scores.c[name] for name in ("issuer", "client_id", "line_item", "user_id"))
AT_ONCE = 200
"""How many scores of a platform are looked up at once."""


def tool_keys(base: Connection) -> ToolKeys:
    """The tool's keys, created on first use; `base` is a writing transaction."""
    take_turns(base, "settings")
    known = value(base, KEYS)
    if known is not None:
        return ToolKeys.read(known)
    made = ToolKeys.generate()
    base.execute(settings.insert().values(name=KEYS, value=made.written()))
    return made


def rotate_keys(base: Connection) -> ToolKeys:
    """Sign with a new key from now on; earlier ones stay published for a while."""
    keys = tool_keys(base).rotated()
    base.execute(update(settings).where(settings.c.name == KEYS).values(value=keys.written()))
    return keys


def forget_ended(base: Connection, now: datetime) -> None:
    """Delete the sign-ins that are over: they hold what the platform calls the person who began them."""
    base.execute(delete(lti_logins).where(lti_logins.c.expires <= now))


class StoredLogins:
    """The pending sign-ins of a course."""

    def __init__(self, store: Store) -> None:
        """Read and write this store."""
        self.store = store

    def add(self, login: PendingLogin) -> None:
        """Add it, and delete those that took too long."""
        kept = {name: getattr(login, name) for name in ("key", "issuer", "client_id", "nonce", "browser", "again")}
        with self.store.writing() as base:
            base.execute(lti_logins.insert().values(expires=_moment(login.expires), **kept))
            base.execute(delete(lti_logins).where(lti_logins.c.expires < _moment(login.expires - KEPT)))

    def take(self, key: str) -> PendingLogin | None:
        """Delete and return it atomically."""
        wanted = delete(lti_logins).where(lti_logins.c.key == key).returning(lti_logins)
        with self.store.writing() as base:
            found = base.execute(wanted).one_or_none()
        if found is None:
            return None
        names = (found.key, found.issuer, found.client_id, found.nonce, found.browser, found.again)
        return PendingLogin(*names, found.expires.timestamp())


class StoredOutbox:
    """The scores of a course for platforms."""

    def __init__(self, store: Store) -> None:
        """Read and write this store."""
        self.store = store

    def due(self, now: float) -> list[Address]:
        """The addresses of due records, longest waiting first; `AT_ONCE` of each platform."""
        place = func.row_number().over(partition_by=_ADDRESS[:2], order_by=lti_scores.c.due)
        due = (
            select(*_ADDRESS, lti_scores.c.due, place.label("place")).where(lti_scores.c.due <= _moment(now)).subquery()
        )
        columns = [due.c[column.name] for column in _ADDRESS]
        wanted = select(*columns).where(due.c.place <= AT_ONCE).order_by(due.c.due)
        with self.store.reading() as base:
            return [Address(*found) for found in base.execute(wanted)]

    def change(
        self, address: Address, change: Callable[[DeliveryRecord], DeliveryRecord | None]
    ) -> DeliveryRecord | None:
        """Replace a record by `change(record)`, in one transaction; None if there is no record."""
        with self.store.writing() as base:
            known = record_of(base, address)
            changed = None if known is None else change(known)
            if changed is not None:
                _put(base, address, changed)
            return changed


def add_column(base: Connection, address: Address, person: int, assignment: str) -> None:
    """Let this column of a platform receive a person's score for an assignment from now on."""
    take_turns(base, "lti scores")
    kept = {"person": person, "assignment": assignment}
    if base.execute(update(lti_scores).where(_is(address)).values(**kept)).rowcount == 0:
        values = dict(zip(("issuer", "client_id", "line_item", "user_id"), address, strict=True))
        base.execute(lti_scores.insert().values(**values, **kept))


class Column(NamedTuple):
    """A column of a platform's gradebook, with the person and the assignment of its score."""

    address: Address
    student: str
    assignment: str


_COLUMNS = select(*_ADDRESS, people.c.student, lti_scores.c.assignment, lti_scores.c.record).select_from(
    lti_scores.join(people)
)


def columns(base: Connection) -> list[Column]:
    """Every column that receives a score."""
    return [_column(found) for found in base.execute(_COLUMNS)]


def _column(found: Any) -> Column:
    return Column(Address(*found[:4]), found.student, found.assignment)


class Troubled(NamedTuple):
    """A score that was sent but has not arrived."""

    column: Column
    record: DeliveryRecord


def troubled(base: Connection) -> list[Troubled]:
    """The scores that platforms refused, or that could not be sent last time."""
    found = base.execute(_COLUMNS.where(lti_scores.c.record.is_not(None)).order_by(people.c.student))
    read = (Troubled(_column(one), read_record(one.record)) for one in found)
    return [one for one in read if one.record.problem is not None or one.record.is_given_up]


def want_score(base: Connection, address: Address, score: Score, now: float) -> DeliveryRecord:
    """Make a column show a score; `base` is a writing transaction. A score that is already shown changes nothing."""
    known = record_of(base, address)
    wanted = want(known, score, now)
    if wanted != known:
        _put(base, address, wanted)
    return wanted


def record_of(base: Connection, address: Address) -> DeliveryRecord | None:
    """The record of an address, locked until the transaction ends; None if no score was wanted yet."""
    found = base.execute(select(lti_scores.c.record).where(_is(address)).with_for_update()).scalar()
    return None if found is None else read_record(found)


def _put(base: Connection, address: Address, record: DeliveryRecord) -> None:
    due = None if record.due is None else _moment(record.due)
    base.execute(update(lti_scores).where(_is(address)).values(record=written(record), due=due))


def _is(address: Address) -> ColumnElement[bool]:
    return and_(
        lti_scores.c.issuer == address.issuer,
        lti_scores.c.client_id == address.client_id,
        lti_scores.c.line_item == address.line_item,
        lti_scores.c.user_id == address.user,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
