"""Delivering scores from a stored outbox: one short transaction before a message is sent, and one after."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from grader.messages import sentence
from grader.service.lti.outbox import DeliveryRecord, claim, settle
from grader.service.lti.platforms import Platforms
from grader.service.lti.scores import Arrival, Message, ScoreService, SendOutcome


class Address(NamedTuple):
    """A student in a column of a platform's gradebook."""

    issuer: str
    client_id: str
    line_item: str
    user: str

    @property
    def platform(self) -> tuple[str, str]:
        """The registration with the platform, see `Platform.name`."""
        return self.issuer, self.client_id


class Outbox(Protocol):
    """The stored records."""

    def due(self, now: float) -> Iterable[Address]:
        """The addresses of due records, longest waiting first; a bounded number per platform."""

    def change(
        self, address: Address, change: Callable[[DeliveryRecord], DeliveryRecord | None]
    ) -> DeliveryRecord | None:
        """Replace a record by `change(record)`, in one exclusive transaction.

        Returns the new, stored record; if `change` returns None, so does this, and nothing is stored.
        """


def deliver_due(
    outbox: Outbox,
    service: ScoreService,
    platforms: Platforms,
    clock: Callable[[], float],
    is_ending: Callable[[], bool] = lambda: False,
) -> int:
    """Try once to send each score that is due, until `is_ending`; return how many were sent.

    If a platform does not accept one now, its other scores wait until the next time: otherwise the scores of all other
    platforms would wait while this one fails to answer, once for each student.
    """
    sent, away = 0, set[tuple[str, str]]()
    for address in list(outbox.due(clock())):
        if is_ending():
            break
        if address.platform in away:
            continue
        outcome = deliver(outbox, address, service, platforms, clock)
        sent += outcome is not None
        if outcome is not None and outcome.again and outcome.arrival is not Arrival.OUTDATED:
            away.add(address.platform)
    return sent


def deliver(
    outbox: Outbox, address: Address, service: ScoreService, platforms: Platforms, clock: Callable[[], float]
) -> SendOutcome | None:
    """Try once to send one score; None if another process is sending it, or has sent it."""
    lease = secrets.token_urlsafe(16)
    claimed = outbox.change(address, lambda record: claim(record, lease, clock()))
    if claimed is None or claimed.attempt is None:
        return None
    outcome = _sent(address, claimed.attempt, service, platforms)
    outbox.change(address, lambda record: settle(record, lease, outcome, clock()))
    return outcome


def _sent(address: Address, message: Message, service: ScoreService, platforms: Platforms) -> SendOutcome:
    platform = platforms.find(address.issuer, address.client_id)
    if platform is None:
        return SendOutcome(Arrival.NOT, sentence("the platform is not in lti.toml any more"), again=True)
    return service.send(platform, address.line_item, address.user, message)
