"""`grader batch` stopped on its way: by an interrupt, by a kill, by another run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.gradebook.run import batch
from tests.gradebook.folders import KEYS, ROOT, call, grade, make_class, submission, visible, write


def test_no_worker_is_left_when_the_hidden_folder_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that still wrote would keep it from being removed, now and then."""
    executor, left = batch.executor, []

    @contextmanager
    def watched(jobs: int | None, scheduler: str | None = None) -> Iterator[tuple[Executor, int]]:
        with executor(jobs, scheduler) as found:
            yield found
        left.append(len(list((tmp_path / "out" / ".grader").glob("run-*"))))

    monkeypatch.setattr(batch, "executor", watched)
    grade(make_class(tmp_path / "in", 4), tmp_path / "out", jobs=2)
    assert left == [1]
    assert not list((tmp_path / "out" / ".grader").glob("run-*"))


STOPPED = """
import itertools, os, signal, sys, threading
from grader.cli.main import main
from grader.gradebook.run.files import Results

by, files, after = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
del sys.argv[1:4]
placed, place = itertools.count(1), Results.place

def placing(*arguments):
    place(*arguments)
    if next(placed) == files:
        stop = threading.Timer(after, os.kill, (os.getpid(), by))
        stop.start() if after else stop.function(*stop.args)

signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
Results.place = placing
main()
"""
"""The program, stopped by a signal some time after so many files were placed: the moment depends on no machine."""


def stopped(*arguments: str | Path, by: signal.Signals, files: int, after: float = 0.0) -> tuple[int, str]:
    """Exit status and errors of a run that is stopped."""
    program = [sys.executable, "-c", STOPPED, str(by.value), str(files), str(after), *map(str, arguments)]
    done = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, check=False)
    return done.returncode, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_is_one_sentence(tmp_path: Path, jobs: str) -> None:
    folder = make_class(tmp_path / "in", 300)
    arguments = ("batch", folder, "--out", tmp_path / "out", "--keys", KEYS, "--jobs", jobs)
    assert stopped(*arguments, by=signal.SIGINT, files=5) == (2, "grader: interrupted\n")
    assert not list((tmp_path / "out" / ".grader").glob("run-*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_killed_at_random_moments_and_continued(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 240)
    for number in range(3):
        write(folder / f"double-{number}.toml", submission("double", head=f"submitted_at = 2026-01-0{number + 1}"))
    grade(folder, tmp_path / "calm", pages=True)
    draw = random.Random(11)
    arguments = ("batch", folder, "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "2")
    killed = 0
    for _ in range(6):
        files, after = draw.randrange(1, 60), draw.choice([0, 0.002, 0.005, 0.01])  # of the 720 files there will be
        killed += stopped(*arguments, by=signal.SIGKILL, files=files, after=after)[0] == -signal.SIGKILL
        for path in (tmp_path / "out").glob("reports/*/*.json"):
            json.loads(path.read_text("utf-8"))
    assert killed > 2
    done = call(*arguments)
    assert done.returncode == 1, done.stderr
    assert visible(tmp_path / "out") == visible(tmp_path / "calm")


def test_a_second_run_into_the_same_folder_refuses(tmp_path: Path) -> None:
    from grader.gradebook.run.files import locked

    folder = make_class(tmp_path / "in", 2)
    out = tmp_path / "out"
    grade(folder, out)
    before = visible(out)
    with locked(out / ".grader" / "lock", out):
        done = call("batch", folder, "--out", out, "--keys", KEYS)
    assert done.returncode == 2
    assert "another run is writing into" in done.stderr
    assert visible(out) == before
    assert grade(folder, out).unchanged == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_an_export_of_what_is_not_finished_says_so(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 4)
    write(folder / "twice-1.toml", submission("twice"))
    write(folder / "twice-2.toml", submission("twice", "[answers.q4]\nZ = 3\n"))
    grade(folder, tmp_path / "out")
    done = call("export", "csv", tmp_path / "out")
    assert done.returncode == 0
    assert "students with several submissions, none the newer, are left out: twice\n" in done.stdout
    arguments = ("batch", folder, "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1", "--lang", "fa")
    assert stopped(*arguments, by=signal.SIGINT, files=1)[0] == 2
    done = call("export", "csv", tmp_path / "out")
    assert done.returncode == 1
    assert done.stdout.startswith("a run of `grader batch` has not finished: students may be missing; run it again\n")
    grade(folder, tmp_path / "out")
    assert call("export", "csv", tmp_path / "out").returncode == 0
