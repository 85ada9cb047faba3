"""A service that is killed under load keeps what it promised; `python -m tests.service.killing` does so 50 times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.service.courses import database
from tests.service.killing import Killing


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_promise_is_kept(tmp_path: Path, kind: str) -> None:
    with database(kind, tmp_path) as url:
        killing = Killing(tmp_path, url)
        for last in (False, False, True):
            killing.round(promised=last)
            assert killing.broken() == []
        assert killing.promises.receipts
        assert killing.promises.drafts
