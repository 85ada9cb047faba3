"""Moments in the database: text that sorts, and is read back as what was stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (datetime(2026, 3, 1, 23, 59, 1, 20, tzinfo=timezone(timedelta(hours=3.5))), "2026-03-01T20:29:01.000020Z"),
        (datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00.000000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_a_moment_is_read_as_it_was_stored(moment: datetime, stored: str) -> None:
    from grader.service.store.tables import Moment

    kind = Moment()
    assert kind.process_bind_param(moment, None) == stored
    assert kind.process_result_value(stored, None) == moment


def test_a_short_year_is_read() -> None:
    from grader.service.store.tables import Moment

    found = Moment().process_result_value("999-01-01T00:00:00.000000Z", None)
    assert found == datetime(999, 1, 1, tzinfo=UTC)
