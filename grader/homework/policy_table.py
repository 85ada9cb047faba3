"""The policy as data: the table [assignment.policy]; what it implies is in `grader.homework.policy`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self, get_args

from grader.homework.moments import MOMENT, ZONE, moment, zone_named
from grader.homework.readers import SHARE, Flag, OneOf, Path, Refusal, RefusedError, TableOf, Whole
from grader.homework.reveal import REVEALS, Reveal
from grader.homework.tables import Table, field
from grader.messages import Sentence, sentence

Feedback = Literal["at_once", "after_due", "when_released"]
Best = Literal["last", "highest"]

MOST_GRACE = 1_440
MOST_DAYS = 366
MOST_ATTEMPTS = 10_000


class Late(Table):
    """What being late costs."""

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
    def read_into(cls, values: Mapping[str, Any], path: Path, found: list[Refusal]) -> Self | None:
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
