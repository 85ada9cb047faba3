"""What the tests of LTI share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.service.lti.client import Client
from tests.service.api.documented import unlimited
from tests.service.courses import course_in
from tests.service.lti.browser import Visited
from tests.service.lti.linked import Linked, linked
from tests.service.lti.platform import LearningPlatform, learning_platform


@pytest.fixture
def platform() -> Iterator[LearningPlatform]:
    with learning_platform() as found:
        yield found


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(timeout=60.0, deadline=120.0) as found:  # a busy machine is no silent platform
        yield found


@pytest.fixture
def visited(platform: LearningPlatform, client: Client) -> Visited:
    return Visited(platform, client, time.time())


@pytest.fixture(params=["sqlite", "postgresql"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Linked]:
    """The course of cnn-foundations beside a platform, on both databases."""
    with linked(course_in(tmp_path), request.param) as found:
        unlimited(found)
        yield found
