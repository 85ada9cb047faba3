"""Delivering scores from a stored outbox: one short transaction before a message is sent, and one after."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from grader.messages import sentence
from grader.service.lti.outbox import Entry, claim, settle
from grader.service.lti.platforms import Platforms
from grader.service.lti.scores import Arrival, Message, Outcome, ScoreService


class Address(NamedTuple):
    """A student in a column of a platform's gradebook."""

    issuer: str
    client_id: str
    line_item: str
    user: str


class Outbox(Protocol):
    """The stored records."""

    def due(self, now: float) -> Iterable[Address]:
        """The addresses of due records, longest waiting first; a bounded number."""

    def change(self, address: Address, change: Callable[[Entry], Entry | None]) -> Entry | None:
        """Replace a record by `change(record)`, in one exclusive transaction.

        Returns the new, stored record; if `change` returns None, so does this, and nothing is stored.
        """


def deliver_due(outbox: Outbox, service: ScoreService, platforms: Platforms, clock: Callable[[], float]) -> int:
    """Try once to send each score that is due; return how many were sent."""
    return sum(deliver(outbox, address, service, platforms, clock) for address in list(outbox.due(clock())))


def deliver(
    outbox: Outbox, address: Address, service: ScoreService, platforms: Platforms, clock: Callable[[], float]
) -> bool:
    """Try once to send one score; False if another process is sending it, or has sent it."""
    lease = secrets.token_urlsafe(16)
    claimed = outbox.change(address, lambda entry: claim(entry, lease, clock()))
    if claimed is None or claimed.attempt is None:
        return False
    outcome = _sent(address, claimed.attempt, service, platforms)
    outbox.change(address, lambda entry: settle(entry, lease, outcome, clock()))
    return True


def _sent(address: Address, message: Message, service: ScoreService, platforms: Platforms) -> Outcome:
    platform = platforms.find(address.issuer, address.client_id)
    if platform is None:
        return Outcome(Arrival.NOT, sentence("the platform is not in lti.toml any more"), again=True)
    return service.send(platform, address.line_item, address.user, message)
