"""Fixtures of the tests of staff's pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.courses import Served


@pytest.fixture
def instructor(served: Served) -> Any:
    """The browser of an instructor."""
    return served.person("instructor-2", "instructor")
