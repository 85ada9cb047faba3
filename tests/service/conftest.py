"""Fixtures of the service's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.courses import Served, course_in, serving


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The course of cnn-foundations, on both databases."""
    with serving(course_in(tmp_path), request.param) as one:
        yield one


@pytest.fixture
def other(served: Served) -> Iterator[Served]:
    """Another worker of the same course."""
    from grader.service.course.service import Service
    from grader.service.store import Store

    url = served.service.store.url.render_as_string(hide_password=False)
    service = Service(served.folder, Store(url), now=served.clock)
    service.start()
    try:
        yield Served(service, served.clock, served.folder)
    finally:
        service.stop()
