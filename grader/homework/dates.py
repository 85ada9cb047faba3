"""Dates and times of a document: each is one moment, by its own offset or by the zone given with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from grader.homework.readers import Checked, RefusedError, Text
from grader.messages import sentence
from grader.messages.names import described, nearest, shown

FIRST_YEAR, LAST_YEAR = 2000, 2999
MAX_ZONE = 60
_LOCAL = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$"
_OF_A_MACHINE = ("localtime", "posix", "right/")
"""Prefixes of names that are not portable zones, though some machines list them among the zones."""


def _written(value: Any) -> datetime:
    """A date and time, with or without an offset."""
    if not isinstance(value, datetime):
        raise RefusedError(
            sentence(
                "expected a date and time without quotes, such as 2026-03-01T23:59:00+03:30, received {received}",
                received=described(value),
            )
        )
    return value


def zone_named(name: str) -> tzinfo:
    """The time zone of an IANA name.

    Raises RefusedError for a name that is not in this machine's time zone data.
    """
    from zoneinfo import ZoneInfo, available_timezones

    try:
        if len(name) <= MAX_ZONE and not name.startswith(_OF_A_MACHINE):
            return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        pass
    known = sorted(each for each in available_timezones() if not each.startswith(_OF_A_MACHINE))
    if not known:
        raise RefusedError(sentence("this machine has no time zone data: run `pip install tzdata`"))
    guess = nearest(name, known)
    if guess is None:
        said = sentence('expected an IANA time zone such as "Asia/Tehran", received {received}', received=shown(name))
    else:
        said = sentence(
            'expected an IANA time zone such as "Asia/Tehran", received {received}: did you mean {nearest!r}?',
            received=shown(name),
            nearest=guess,
        )
    raise RefusedError(said)


MOMENT = Checked(
    _written,
    {"anyOf": [{"format": "date-time", "type": "string"}, {"pattern": _LOCAL, "type": "string"}]},
)
ZONE = Text(zone_named, maxLength=MAX_ZONE)


def moment(written: datetime, zone: str | None) -> datetime:
    """The moment meant by a date and time, with its offset from UTC.

    A written offset takes precedence over the zone. Raises RefusedError for a local time without a zone, for one that
    the zone skips or repeats at a change of summer time, and for an implausible year.
    """
    if not FIRST_YEAR <= written.year <= LAST_YEAR:
        said = sentence(
            "expected a year from {first:d} to {last:d}, received {received}",
            first=FIRST_YEAR,
            last=LAST_YEAR,
            received=written.isoformat(),
        )
        raise RefusedError(said)
    if written.tzinfo is not None:
        return written
    if zone is None:
        raise RefusedError(
            sentence(
                'expected a time with its offset, such as {example}, or zone = "Asia/Tehran" beside it, '
                "received {received}",
                example=f"{written.isoformat()}+03:30",
                received=written.isoformat(),
            )
        )
    return _placed(written, zone)


def _placed(written: datetime, zone: str) -> datetime:
    """A local time with its zone's offset at that time."""
    place = zone_named(zone)
    first, second = (written.replace(tzinfo=place, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if first < second:
        raise RefusedError(
            sentence(
                "{received} does not exist in {zone}, where clocks are set forward then: expected another time, "
                "such as {later}",
                received=written.isoformat(),
                zone=zone,
                later=(written + (second - first)).isoformat(),
            )
        )
    if first > second:
        earlier, later = (written.replace(tzinfo=timezone(offset)).isoformat() for offset in (first, second))
        raise RefusedError(
            sentence(
                "{received} comes twice in {zone}, where clocks are set back then: write {earlier} or {later}",
                received=written.isoformat(),
                zone=zone,
                earlier=earlier,
                later=later,
            )
        )
    return written.replace(tzinfo=timezone(first))


def to_the_second(when: datetime) -> datetime:
    """A moment in UTC, cut to whole seconds: fractions are never shown, so nothing may depend on them.

    Raises ValueError for a local time.
    """
    if when.tzinfo is None:
        raise ValueError(f"expected a moment with its offset from UTC, received {when}")
    return when.astimezone(UTC).replace(microsecond=0)
