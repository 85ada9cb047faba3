"""The delivery record of one student's score in one column: pure functions over a record.

Nothing here sends or stores. The caller stores the record before a message is sent and after its response, so that the
work can be resumed if the process is killed in between:

- The latest score wins; of several that arrive while the platform is unavailable, only the last is sent.
- A message is repeated until it is answered, with the same values and the same time. Different values get a later time,
  so that a platform keeps the newest even if an old message arrives late.
- What has arrived is not sent again.
"""

from __future__ import annotations

from dataclasses import replace

from grader.messages import Sentence
from grader.service.lti.scores import Arrival, Message, Score, SendOutcome
from grader.structs import Struct

LEASE = 300.0
"""Seconds for which one process has the exclusive right to send; longer than any request can take."""
FIRST_WAIT, LONGEST_WAIT = 30.0, 21_600.0
"""Seconds between tries: doubled each time, up to six hours."""


class DeliveryRecord(Struct):
    """The record of one student in one column."""

    wanted: Score
    """What the platform should show."""
    due: float | None
    """When it is sent, in seconds since 1970; None if nothing is to be sent."""
    delivered: Message | None = None
    """What was last delivered."""
    attempt: Message | None = None
    """What was last sent, or is being sent, without confirmed delivery."""
    repeats: bool = False
    """Whether `attempt` may have arrived before its next sending."""
    unsure: bool = False
    """Whether anything that was sent after `delivered` may have arrived."""
    last: int = 0
    """The latest time used in a message."""
    tries: int = 0
    lease: str = ""
    """The process that is sending; empty if none."""
    leased_until: float = 0.0
    problem: Sentence | None = None
    """Why the last try failed."""

    @property
    def is_delivered(self) -> bool:
        """Whether the platform certainly shows what is wanted."""
        return self.delivered is not None and self.delivered.score == self.wanted and not self.unsure

    @property
    def is_given_up(self) -> bool:
        """Whether nothing more is sent until the score changes or somebody requests it."""
        return self.due is None and not self.is_delivered and not self.lease


def want(record: DeliveryRecord | None, score: Score, now: float) -> DeliveryRecord:
    """The record once this score is wanted; the same score changes nothing."""
    if record is None:
        return DeliveryRecord(score, due=now)
    if record.wanted == score:
        return record
    changed = replace(record, wanted=score, tries=0, problem=None)
    return replace(changed, due=None if changed.is_delivered and not changed.lease else now)


def send_again(record: DeliveryRecord, now: float) -> DeliveryRecord:
    """The record after a request for another try now; what has arrived is not sent again."""
    return record if record.is_delivered else replace(record, due=now, tries=0)


def claim(record: DeliveryRecord, lease: str, now: float) -> DeliveryRecord | None:
    """The record while the holder of `lease` sends a message; None if nothing is to be sent now.

    The message is its `attempt`. The record must be stored before the message is sent.
    """
    if record.due is None or now < record.due or (record.lease and now < record.leased_until):
        return None
    if record.lease:  # the previous sender never reported back: its message may have arrived
        record = replace(record, repeats=True, unsure=True)
    if record.is_delivered:
        return None
    if record.attempt is None or record.attempt.score != record.wanted:
        stamp = max(int(now * 1000), record.last + 1)
        record = replace(record, attempt=Message(record.wanted, stamp), repeats=False, last=stamp)
    return replace(record, lease=lease, leased_until=now + LEASE)


def settle(record: DeliveryRecord, lease: str, outcome: SendOutcome, now: float) -> DeliveryRecord:
    """The record after the response to this lease's message; a response for another lease changes nothing."""
    if record.lease != lease or record.attempt is None:
        return record
    message = record.attempt
    record = replace(record, lease="", leased_until=0.0, problem=outcome.said)
    if outcome.arrival is Arrival.ARRIVED or (outcome.arrival is Arrival.OUTDATED and record.repeats):
        due = None if message.score == record.wanted else now
        return replace(
            record, delivered=message, attempt=None, repeats=False, unsure=False, tries=0, problem=None, due=due
        )
    if outcome.arrival is Arrival.OUTDATED:  # its clock is ahead of ours: the next message gets a later time
        record = replace(record, attempt=None)
    if outcome.arrival is Arrival.PERHAPS:
        record = replace(record, repeats=True, unsure=True)
    if record.is_delivered:  # the delivered score is wanted again, and nothing else has arrived
        return replace(record, due=None, problem=None)
    if not outcome.again:
        return replace(record, due=None if message.score == record.wanted else now)
    return replace(record, tries=record.tries + 1, due=now + max(outcome.after, wait(record.tries)))


def wait(tries: int) -> float:
    """Seconds until the next try after this many failures.

    >>> wait(0), wait(1), wait(100)
    (30.0, 60.0, 21600.0)
    """
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)
