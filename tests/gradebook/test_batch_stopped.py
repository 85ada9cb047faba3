"""`grader batch` stopped on its way: by an interrupt, by a kill, by another run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.gradebook import batch
from tests.gradebook.folders import KEYS, call, command, grade, make_class, submission, visible, write


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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_an_interrupt_is_one_sentence(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 600)
    running = subprocess.Popen(
        command("batch", folder, "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "2"),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    while not (tmp_path / "out" / "reports").exists():
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (2, "grader: interrupted\n")
    assert not list((tmp_path / "out" / ".grader").glob("run-*"))


def test_killed_at_random_moments_and_continued(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 400)
    for number in range(3):
        write(folder / f"double-{number}.toml", submission("double", head=f"submitted_at = 2026-01-0{number + 1}"))
    grade(folder, tmp_path / "calm", pages=True)
    draw = random.Random(11)
    arguments = command("batch", folder, "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "2")
    killed = 0
    for number in range(6):
        more = 60 * number + draw.randrange(1, 60)  # reports, not seconds: a fast machine would be done before
        run = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=KEYS.parent)
        while run.poll() is None and sum(1 for _ in (tmp_path / "out").glob("reports/*/*.json")) < more:
            time.sleep(0.005)
        killed += run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
        for path in (tmp_path / "out").glob("reports/*/*.json"):
            json.loads(path.read_text("utf-8"))
    assert killed > 2
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=KEYS.parent, check=False)
    assert done.returncode == 1, done.stderr
    assert visible(tmp_path / "out") == visible(tmp_path / "calm")


def test_a_second_run_into_the_same_folder_refuses(tmp_path: Path) -> None:
    from grader.gradebook.lock import locked

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
