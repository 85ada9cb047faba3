"""What the tests of LTI share."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from grader.service.lti.client import Client
from tests.service.lti.browser import Visited
from tests.service.lti.platform import LearningPlatform, learning_platform


@pytest.fixture
def platform() -> Iterator[LearningPlatform]:
    with learning_platform() as found:
        yield found


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(timeout=2.0, deadline=3.0) as found:
        yield found


@pytest.fixture
def visited(platform: LearningPlatform, client: Client) -> Visited:
    return Visited(platform, client, time.time())
