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
from grader.service.lti.scores import Arrival, Message, Outcome, Score
from grader.structs import Struct

LEASE = 300.0
"""Seconds for which one process has the exclusive right to send; longer than any request can take."""
FIRST_WAIT, LONGEST_WAIT = 30.0, 21_600.0
"""Seconds between tries: doubled each time, up to six hours."""


class Entry(Struct):
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


def want(entry: Entry | None, score: Score, now: float) -> Entry:
    """The record once this score is wanted; the same score changes nothing."""
    if entry is None:
        return Entry(score, due=now)
    if entry.wanted == score:
        return entry
    changed = replace(entry, wanted=score, tries=0, problem=None)
    return replace(changed, due=None if changed.is_delivered and not changed.lease else now)


def send_again(entry: Entry, now: float) -> Entry:
    """The record after a request for another try now; what has arrived is not sent again."""
    return entry if entry.is_delivered else replace(entry, due=now, tries=0)


def claim(entry: Entry, lease: str, now: float) -> Entry | None:
    """The record while the holder of `lease` sends a message; None if nothing is to be sent now.

    The message is its `attempt`. The record must be stored before the message is sent.
    """
    if entry.due is None or now < entry.due or (entry.lease and now < entry.leased_until):
        return None
    if entry.lease:  # the previous sender never reported back: its message may have arrived
        entry = replace(entry, repeats=True, unsure=True)
    if entry.is_delivered:
        return None
    if entry.attempt is None or entry.attempt.score != entry.wanted:
        stamp = max(int(now * 1000), entry.last + 1)
        entry = replace(entry, attempt=Message(entry.wanted, stamp), repeats=False, last=stamp)
    return replace(entry, lease=lease, leased_until=now + LEASE)


def settle(entry: Entry, lease: str, outcome: Outcome, now: float) -> Entry:
    """The record after the response to this lease's message; one for another lease changes nothing."""
    if entry.lease != lease or entry.attempt is None:
        return entry
    message = entry.attempt
    entry = replace(entry, lease="", leased_until=0.0, problem=outcome.said)
    if outcome.arrival is Arrival.ARRIVED or (outcome.arrival is Arrival.OUTDATED and entry.repeats):
        due = None if message.score == entry.wanted else now
        return replace(
            entry, delivered=message, attempt=None, repeats=False, unsure=False, tries=0, problem=None, due=due
        )
    if outcome.arrival is Arrival.OUTDATED:  # its clock is ahead of ours: the next message gets a later time
        entry = replace(entry, attempt=None)
    if outcome.arrival is Arrival.PERHAPS:
        entry = replace(entry, repeats=True, unsure=True)
    if entry.is_delivered:  # the delivered score is wanted again, and nothing else has arrived
        return replace(entry, due=None, problem=None)
    if not outcome.again:
        return replace(entry, due=None if message.score == entry.wanted else now)
    return replace(entry, tries=entry.tries + 1, due=now + max(outcome.after, wait(entry.tries)))


def wait(tries: int) -> float:
    """Seconds until the next try after this many failures.

    >>> wait(0), wait(1), wait(100)
    (30.0, 60.0, 21600.0)
    """
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)
