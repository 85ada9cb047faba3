"""The policy of an assignment, and what it implies: who may hand in when, what lateness costs, which attempt counts.

The policy is the table [assignment.policy]. What it implies depends only on it, a student's extension and a moment;
nothing reads a clock. Moments are compared in UTC, to the second, and a day is 24 hours, also across a change of summer
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple, Self, get_args

from grader.homework.dates import MOMENT, ZONE, moment, to_the_second, zone_named
from grader.homework.readers import SHARE, Flag, KeyPath, OneOf, Refusal, RefusedError, TableOf, Whole
from grader.homework.tables import Table, field
from grader.messages import Sentence, sentence

Reveal = Literal["never", "wrong", "always"]
"""When right answers are shown: never, for parts that are not right, or for all parts."""

REVEALS: tuple[Reveal, ...] = get_args(Reveal)

Feedback = Literal["at_once", "after_due", "when_released"]
Best = Literal["last", "highest"]

MOST_GRACE = 1_440
MOST_DAYS = 366
MOST_ATTEMPTS = 10_000


class Late(Table):
    """What handing in late costs."""

    label: ClassVar[Sentence] = sentence("late")

    per_day: Decimal = field(SHARE, "share of the points lost for each started day of 24 hours after due")
    at_most: int = field(Whole(1, MOST_DAYS), "days after due during which work is still accepted")


class Policy(Table):
    """When an assignment may be handed in, how often, and what is shown. No key and no digest depends on it."""

    label: ClassVar[Sentence] = sentence("[assignment.policy]")

    opens: datetime | None = field(MOMENT, "from when work may be handed in: a date and time with offset", default=None)
    due: datetime | None = field(MOMENT, "the last moment that is on time: a date and time with offset", default=None)
    zone: str | None = field(
        ZONE, "IANA time zone in which times are shown, and that of a time without offset", default=None
    )
    grace: int = field(Whole(0, MOST_GRACE), "minutes after due that cost nothing", default=0)
    late: Late | None = field(TableOf(Late), "what lateness costs; without it, nothing late is accepted", default=None)
    attempts: int | None = field(
        Whole(1, MOST_ATTEMPTS), "how often it may be handed in; any number of times if absent", default=None
    )
    feedback: Feedback = field(
        OneOf(get_args(Feedback)),
        'when the report is shown: "at_once", "after_due" (nothing can be handed in any more) or "when_released"',
        default="at_once",
    )
    reveal: Reveal = field(
        OneOf(REVEALS),
        'when the report shows right answers: "never", "wrong" (parts that are not right) or "always"',
        default=REVEALS[0],
    )
    best: Best = field(OneOf(get_args(Best)), 'the attempt that counts: "last" or "highest"', default="last")
    appeals: bool = field(Flag(), "whether students may ask about a mark", default=False)
    teams: bool = field(Flag(), "whether a team hands in one paper, marked for each member", default=False)

    @classmethod
    def read_into(cls, values: Mapping[str, Any], path: KeyPath, found: list[Refusal]) -> Self | None:
        """Read the policy, with its times as moments by their offset or the zone."""
        table = super().read_into(values, path, found)
        return None if table is None else table.replaced(opens=table._moment("opens"), due=table._moment("due"))

    def check(self) -> None:
        """Require times in order, and a due moment for the fields that are relative to it."""
        opens, due = self._moment("opens"), self._moment("due")
        if opens is not None and due is not None and opens >= due:
            said = sentence(
                "expected opens before due, received {opens} and {due}", opens=opens.isoformat(), due=due.isoformat()
            )
            raise RefusedError(said, "opens")
        needing = {
            "grace": ("grace", self.grace > 0),
            "late": ("late", self.late is not None),
            "feedback": ('feedback = "after_due"', self.feedback == "after_due"),
        }
        for name, (written, needs) in needing.items():
            if needs and due is None:
                said = sentence(
                    "{written} needs due, such as due = 2026-03-01T23:59:00+03:30, received none", written=written
                )
                raise RefusedError(said, name)

    def _moment(self, name: str) -> datetime | None:
        written = getattr(self, name)
        try:
            return None if written is None else moment(written, self.zone)
        except RefusedError as error:
            raise RefusedError(error.said, name) from None

    def clock(self, when: datetime) -> datetime:
        """A moment in the zone's local time; without a zone, with the offset of due, else of opens, else UTC."""
        if self.zone is not None:
            return when.astimezone(zone_named(self.zone))
        written = self.due or self.opens
        return when.astimezone(UTC if written is None else written.tzinfo)

    def time_text(self, when: datetime) -> str:
        """A moment as shown to students, such as `2026-03-01 23:59 (Asia/Tehran, UTC+03:30)`."""
        local = self.clock(when)
        seconds = ":%S" if local.second else ""
        offset = local.strftime("%z")
        name = f"UTC{offset[:3]}:{offset[3:5]}" if local.utcoffset() else "UTC"
        place = f"{self.zone}, {name}" if self.zone not in (None, name) else name
        return f"{local:%Y-%m-%d %H:%M}{local.strftime(seconds)} ({place})"


Access = Literal["not_yet", "open", "late", "closed", "no_attempts"]
"""What a student may do: hand in (`open`, or `late` with a deduction), or not, and why."""

DAY = timedelta(days=1)


class Extension(NamedTuple):
    """What one student may do beyond the class: hand in later, and more often.

    A `due` that people type is read by `grader.homework.dates.moment`, like a policy's.
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


class ScoredAttempt(NamedTuple):
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


def counting(attempts: Sequence[ScoredAttempt], best: Best) -> ScoredAttempt | None:
    """The attempt that counts: the last one, or the one with the highest score; None if there is none.

    Of equal scores the last counts, and of equal numbers the last in the list. An attempt that may still become the
    highest takes precedence over the highest so far: a person marks its answers, and the result decides.
    """
    ordered = sorted(attempts, key=lambda each: each.number)  # stable: equals keep their order
    if best == "highest":
        ordered.sort(key=lambda each: (each.score if each.possible is None else each.possible, each.score))
    return ordered[-1] if ordered else None
