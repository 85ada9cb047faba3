"""Fixtures of the tests of `grader review`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.messages.languages import LANGUAGES
from tests.service.served import results_in

BASE = "http://127.0.0.1:8000"
"""Where the review says that it is served."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of six students, made once."""
    return results_in(tmp_path_factory.mktemp("six"))


@pytest.fixture
def results(made: Path, tmp_path: Path) -> Path:
    """The same in a folder of the test's own."""
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def review(results: Path) -> Any:
    """A review of them that nobody has opened."""
    from grader.service.review.app import ReviewService
    from grader.service.review.desk import Desk
    from grader.service.review.trust import Trust

    return ReviewService(Desk(results), Trust(8000), LANGUAGES["en"])


@pytest.fixture
def stranger(review: Any) -> Iterator[Any]:
    """Somebody who knows the port and nothing else."""
    from tests.service.asked import asking

    yield asking(review.application(), BASE, raises=True)
    review.desk.publication.wait()


@pytest.fixture
def client(review: Any, stranger: Any) -> Any:
    """Who opened the printed link."""
    assert stranger.get(review.trust.link).status_code == 200
    return stranger
