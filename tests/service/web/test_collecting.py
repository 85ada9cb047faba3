"""A service collects garbage while it runs, although the command has switched collections nearly off at its start."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

from grader.collecting import collect_rarely
from grader.service.web import serve
from grader.service.web.serve import ServeRequest, serve_course
from tests.service.courses import course_in


def test_a_service_collects_garbage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int, int]] = []
    monkeypatch.setattr(serve._Server, "run", lambda *_, **__: seen.append(gc.get_threshold()))
    before, interval = gc.get_threshold(), sys.getswitchinterval()
    collect_rarely()
    try:
        request = ServeRequest(course_in(tmp_path), "127.0.0.1", 0, address=None, database=None, lang="en")
        serve_course(request, lambda _: None, lambda _: None)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        sys.setswitchinterval(interval)
    assert seen == [(5_000, 10, 10)]
