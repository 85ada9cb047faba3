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
