"""What an author may not have meant in a valid policy: right answers too early, days that earn nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Literal

from grader.homework.moments import zone_named
from grader.homework.policy_table import Policy
from grader.structs import Struct

Check = Literal["early", "worthless", "offset"]


class Doubt(Struct):
    """A possible mistake: the field, what is written there, and what it conflicts with."""

    check: Check
    field: str
    written: str
    meets: str


def doubts(policy: Policy) -> Iterator[Doubt]:
    """The possible mistakes, in the order of the fields; a due moment in the past is not one."""
    for name in ("opens", "due"):
        written = getattr(policy, name)
        if policy.zone is not None and written is not None:
            yield from _offset(name, written, policy.zone)
    if policy.late is not None and policy.late.per_day:
        day = ceil(1 / Fraction(policy.late.per_day))
        if day <= policy.late.at_most:
            yield Doubt("worthless", "late", str(policy.late.at_most), str(day))
    counts = policy.due is not None or policy.attempts is not None
    if policy.feedback == "at_once" and policy.reveal != "never" and counts:
        yield Doubt("early", "reveal", policy.reveal, policy.feedback)


def _offset(name: str, written: datetime, zone: str) -> Iterator[Doubt]:
    """A written offset that is not the zone's at that time."""
    own = written.astimezone(zone_named(zone))
    if own.utcoffset() != written.utcoffset():
        yield Doubt("offset", name, written.isoformat(), own.isoformat())
