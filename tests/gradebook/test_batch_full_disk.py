"""A disk that is full, wherever it is noticed: one sentence, exit 2, whole files, and a run that goes on later."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.gradebook.database import Database
from grader.gradebook.run import files, publish
from tests.gradebook.folders import KEYS, grade, make_class, visible

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def arguments(folder: Path, out: Path) -> list[str]:
    return ["batch", str(folder), "--out", str(out), "--keys", str(KEYS), "--jobs", "1", "--no-pages"]


def refused(folder: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run ends with 2 and one sentence."""
    capsys.readouterr()
    assert run(arguments(folder, out)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"no space is left for {out}: what was written is whole; make room" in said.err


def goes_on(folder: Path, out: Path, calm: Path) -> None:
    """The next run has room, and ends with what an undisturbed run makes."""
    assert run(arguments(folder, out)) == 1
    grade(folder, calm)
    assert visible(out) == visible(calm)


def test_a_report_that_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make_class(tmp_path / "in", 130), tmp_path / "out"
    calls = iter(range(1000))
    real = os.fdopen

    class Full(FileIO):
        def write(self, data: Any) -> int:
            super().write(data[: len(data) // 2])
            raise FULL

    def opened(descriptor: int, mode: str) -> Any:
        return Full(descriptor, mode) if next(calls) == 100 else real(descriptor, mode)

    monkeypatch.setattr(files.os, "fdopen", opened)
    refused(folder, out, capsys)
    written = list((out / "reports").rglob("*.json"))
    assert 0 < len(written) <= 100
    assert not list((out / ".grader").glob("run-*")), "half a text would hold the space that is missing"
    for path in written:
        json.loads(path.read_text("utf-8"))
    monkeypatch.undo()
    goes_on(folder, out, tmp_path / "calm")


@pytest.mark.parametrize("pages", [1, 40, 100])
def test_a_store_that_may_not_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pages: int
) -> None:
    """SQLite itself says that it is full: before the first row, between rows."""
    folder, out = make_class(tmp_path / "in", 300), tmp_path / "out"
    real = sqlite3.connect

    def small(*given: Any, **options: Any) -> sqlite3.Connection:
        base = real(*given, **options)
        base.execute(f"PRAGMA max_page_count = {pages}")
        return base

    monkeypatch.setattr(sqlite3, "connect", small)
    refused(folder, out, capsys)
    for path in (out / "reports").rglob("*.json"):
        json.loads(path.read_text("utf-8"))
    assert not list((out / ".grader").glob("run-*")), "half a text would hold the space that is missing"
    monkeypatch.undo()
    goes_on(folder, out, tmp_path / "calm")


@pytest.mark.parametrize("name", ["results.csv", "class.json", "class.html", "review.toml"])
def test_a_file_about_the_class_that_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder, out = make_class(tmp_path / "in", 3), tmp_path / "out"
    given = [one for one in arguments(folder, out) if one != "--no-pages"]
    assert run(given) == 1
    before = visible(out)
    make_class(folder, 9)
    real = publish._pieces

    def full(*given: Any) -> Iterator[tuple[str, Iterator[str]]]:
        for to, pieces in real(*given):
            yield to, half(pieces) if to == name else pieces

    def half(pieces: Iterator[str]) -> Iterator[str]:
        yield next(pieces)
        raise FULL

    monkeypatch.setattr(publish, "_pieces", full)
    capsys.readouterr()
    assert run(given) == 2
    assert "no space is left for" in capsys.readouterr().err
    assert visible(out)[name] == before[name], "the old one stays, whole"
    assert not list((out / ".grader").glob("run-*")), "half a file would hold the space that is missing"
    monkeypatch.undo()
    assert run(given) == 1
    grade(folder, tmp_path / "calm", pages=True)
    assert visible(out) == visible(tmp_path / "calm")


def test_a_folder_of_results_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make_class(tmp_path / "in", 1), tmp_path / "out"

    def full(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(Path, "mkdir", full)
    refused(folder, out, capsys)
    assert not out.exists()


def test_a_quota_is_a_full_disk_and_a_fault_of_the_disk_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = make_class(tmp_path / "in", 1), tmp_path / "out"

    def failing(problem: Exception) -> None:
        def put(*_: object) -> None:
            raise problem

        monkeypatch.setattr(Database, "put", put)

    failing(OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)))
    refused(folder, out, capsys)
    failing(sqlite3.OperationalError("database or disk is full"))
    refused(folder, out, capsys)
    failing(sqlite3.OperationalError("disk I/O error"))
    assert run(arguments(folder, out)) == 2
    assert "disk I/O error" in capsys.readouterr().err
