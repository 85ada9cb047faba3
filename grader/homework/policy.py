"""What follows from a policy: who may hand in when, what being late costs, when feedback is shown, what counts.

Everything here follows from the policy, a student's extension and a moment; nothing reads a clock. Moments are compared
in UTC, to the second, and a day is 24 hours, whatever clocks do at a change of summer time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from grader.homework.moments import to_the_second
from grader.homework.policy_table import Best, Feedback, Late, Policy
from grader.messages import Sentence, sentence

__all__ = [
    "DAY",
    "NO_EXTENSION",
    "Access",
    "Attempt",
    "Best",
    "Extension",
    "Feedback",
    "Late",
    "Policy",
    "Standing",
    "closing",
    "counting",
    "deduction",
    "due_of",
    "feedback_visible",
    "standing",
]

Access = Literal["not_yet", "open", "late", "closed", "no_attempts"]
"""What a student may do: hand in (`open`, or `late` with a deduction), or not, and why."""

DAY = timedelta(days=1)


class Extension(NamedTuple):
    """What one student may do beyond the class: hand in until a later moment, and more often.

    A `due` that people type is read by `grader.homework.moments.moment`, as that of a policy.
    """

    due: datetime | None = None
    attempts: int = 0


NO_EXTENSION = Extension()


class Standing(NamedTuple):
    """What a student may do at a moment."""

    access: Access
    said: Sentence | None
    """Why nothing can be handed in, or what being late costs; None while everything is open."""
    due: datetime | None
    """The due moment that counts for the student, in UTC."""
    closes: datetime | None
    """The last moment at which anything is accepted, in UTC."""
    attempts_left: int | None
    """None: any number."""
    deduction: Decimal
    """The share of its points that an attempt loses when it is handed in now."""

    @property
    def accepts(self) -> bool:
        """Whether an attempt may be handed in."""
        return self.access in ("open", "late")


class Attempt(NamedTuple):
    """One attempt of a student, with its score after the deduction.

    `number` counts the attempts: moments do not, because clocks are put back.
    """

    id: int | str
    number: int
    score: Decimal
    possible: Decimal | None = None
    """The most that the score may still become while answers wait for a person; None where none does."""


def due_of(policy: Policy, extension: Extension = NO_EXTENSION) -> datetime | None:
    """The due moment that counts, in UTC: the later of the class's and the extension's.

    None where the class has none: an extension never costs.
    """
    if policy.due is None:
        return None
    return max(to_the_second(each) for each in (policy.due, extension.due) if each is not None)


def closing(policy: Policy, due: datetime | None) -> datetime | None:
    """The last moment at which anything is accepted, given the due moment that counts; None for none."""
    if due is None:
        return None
    if policy.late is None:
        return due + timedelta(minutes=policy.grace)
    return due + policy.late.at_most * DAY


def standing(policy: Policy, extension: Extension, now: datetime, used: int) -> Standing:
    """What a student who has used some attempts may do now."""
    due = due_of(policy, extension)
    closes = closing(policy, due)
    allowed = None if policy.attempts is None else policy.attempts + max(0, extension.attempts)
    left = None if allowed is None else max(0, allowed - used)
    at = to_the_second(now)
    access: Access = "open"
    said = None
    if policy.opens is not None and at < to_the_second(policy.opens):
        access = "not_yet"
        said = sentence("this assignment opens at {time}", time=policy.time_text(policy.opens))
    elif closes is not None and at > closes:
        access = "closed"
        said = sentence("this assignment closed at {time}", time=policy.time_text(closes))
    elif left == 0:
        access = "no_attempts"
        said = sentence("no attempt is left: {used} of {allowed} are used", used=used, allowed=allowed)
    elif due is not None and at > due + timedelta(minutes=policy.grace):
        access = "late"
        said = _late(deduction(policy, extension, now))
    return Standing(access, said, due, closes, left, deduction(policy, extension, now))


def _late(share: Decimal) -> Sentence:
    """What being late costs now."""
    if not share:
        return sentence("what is handed in now is late")
    percent = (share * 100).normalize()
    return sentence("what is handed in now is late and loses {percent:f} % of its points", percent=percent)


def deduction(policy: Policy, extension: Extension, received_at: datetime) -> Decimal:
    """The share of the points that an attempt loses by being late.

    It is none within the grace; after that, every begun day since the due moment that counts costs.
    """
    due = due_of(policy, extension)
    if due is None or policy.late is None:
        return Decimal(0)
    over = to_the_second(received_at) - due
    if over <= timedelta(minutes=policy.grace):
        return Decimal(0)
    begun = -(-over // DAY)
    return min(Decimal(1), policy.late.per_day * begun)


def feedback_visible(policy: Policy, due: datetime | None, released: bool, now: datetime) -> bool:
    """Whether a student sees the report, given the due moment that counts for the student.

    `after_due` waits until grace and late days are over, too: nobody who has read it can hand in again. What staff have
    released is visible.
    """
    if policy.feedback == "at_once" or released:
        return True
    closes = closing(policy, due)
    return policy.feedback == "after_due" and closes is not None and to_the_second(now) > to_the_second(closes)


def counting(attempts: Sequence[Attempt], best: Best) -> Attempt | None:
    """The attempt that counts: the last one, or the one of the highest score; None if there is none.

    Of equal scores the last one counts, and of equal numbers the one that stands last. An attempt that may still become
    the highest counts before one that is: its answers come before a person, and what they earn decides.
    """
    ordered = sorted(attempts, key=lambda each: each.number)  # stable: equals stay in their order
    if best == "highest":
        ordered.sort(key=lambda each: (each.score if each.possible is None else each.possible, each.score))
    return ordered[-1] if ordered else None
