"""Fixtures of the tests of students' pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser, for all tests of a module."""
    from tests.reports.chromium import browser

    with browser() as found:
        yield found
