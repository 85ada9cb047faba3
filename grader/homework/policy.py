"""What a policy implies: who may hand in when, what lateness costs, when feedback is shown, which attempt counts.

Everything here depends only on the policy, a student's extension and a moment; nothing reads a clock. Moments are
compared in UTC, to the second, and a day is 24 hours, also across a change of summer time.
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
    """What one student may do beyond the class: hand in later, and more often.

    A `due` that people type is read by `grader.homework.moments.moment`, like a policy's.
    """

    due: datetime | None = None
    attempts: int = 0


NO_EXTENSION = Extension()


class Standing(NamedTuple):
    """What a student may do at a moment."""

    access: Access
    said: Sentence | None
    """Why nothing can be handed in, or what lateness costs; None while everything is open."""
    due: datetime | None
    """The student's effective due moment, in UTC."""
    closes: datetime | None
    """The last moment at which anything is accepted, in UTC."""
    attempts_left: int | None
    """None: any number."""
    deduction: Decimal
    """The share of its points that an attempt handed in now loses."""

    @property
    def accepts(self) -> bool:
        """Whether an attempt may be handed in."""
        return self.access in ("open", "late")


class Attempt(NamedTuple):
    """One attempt of a student, with its score after the deduction.

    Attempts are ordered by `number`, not by time, because clocks may be set back.
    """

    id: int | str
    number: int
    score: Decimal
    possible: Decimal | None = None
    """The highest score still possible while answers wait for a person; None if none waits."""


def due_of(policy: Policy, extension: Extension = NO_EXTENSION) -> datetime | None:
    """The effective due moment, in UTC: the later of the class's and the extension's.

    None where the class has none: an extension never makes things worse.
    """
    if policy.due is None:
        return None
    return max(to_the_second(each) for each in (policy.due, extension.due) if each is not None)


def closing(policy: Policy, due: datetime | None) -> datetime | None:
    """The last moment at which anything is accepted, given the effective due moment; None for no limit."""
    if due is None:
        return None
    if policy.late is None:
        return due + timedelta(minutes=policy.grace)
    return due + policy.late.at_most * DAY


def allowed_by(policy: Policy, extension: Extension) -> int | None:
    """How many attempts a student has; None if any number."""
    return None if policy.attempts is None else policy.attempts + max(0, extension.attempts)


def standing(policy: Policy, extension: Extension, now: datetime, used: int) -> Standing:
    """What a student who has used `used` attempts may do now."""
    due = due_of(policy, extension)
    closes = closing(policy, due)
    allowed = allowed_by(policy, extension)
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
    """What lateness costs now."""
    if not share:
        return sentence("what is handed in now is late")
    percent = (share * 100).normalize()
    return sentence("what is handed in now is late and loses {percent:f} % of its points", percent=percent)


def deduction(policy: Policy, extension: Extension, received_at: datetime) -> Decimal:
    """The share of its points that an attempt loses for lateness.

    Nothing within the grace period; after it, for every started day since the effective due moment.
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
    """Whether a student sees the report, given the student's effective due moment.

    `after_due` also waits for the end of grace and late days, so that nobody who has read it can hand in again. A
    report released by staff is visible.
    """
    if policy.feedback == "at_once" or released:
        return True
    closes = closing(policy, due)
    return policy.feedback == "after_due" and closes is not None and to_the_second(now) > to_the_second(closes)


def counting(attempts: Sequence[Attempt], best: Best) -> Attempt | None:
    """The attempt that counts: the last one, or the one with the highest score; None if there is none.

    Of equal scores the last counts, and of equal numbers the last in the list. An attempt that may still become the
    highest takes precedence over the highest so far: a person marks its answers, and the result decides.
    """
    ordered = sorted(attempts, key=lambda each: each.number)  # stable: equals keep their order
    if best == "highest":
        ordered.sort(key=lambda each: (each.score if each.possible is None else each.possible, each.score))
    return ordered[-1] if ordered else None
