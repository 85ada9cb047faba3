"""Processes that die under a batch: what they had is marked by others, and only what kills them has no mark."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.executors import processes
from grader.executors.executor import Here
from grader.executors.processes import Processes
from grader.gradebook.run import batch, publish, workers
from grader.gradebook.run.scan import Found
from grader.gradebook.run.workers import Lost, one_by_one
from tests.gradebook.folders import grade, make_class, rows, submission, visible, write

DEADLY = "deadly"


class Dying(Here):
    """An executor as a worker sees one: a call that holds a deadly submission takes its process along."""

    def __init__(self, kills: object) -> None:
        self.deaths: list[int] = []
        self.kills = kills

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        last = args[-1]
        tasks = [last] if isinstance(last, Found) else [] if fn is publish.write_class else last
        if fn is self.kills or any(DEADLY in task.name for task in tasks):
            self.deaths.append(len(tasks) or 1)
            dead: Future[Any] = Future()
            dead.set_exception(BrokenExecutor())
            return dead
        return super().submit(fn, *args, **kwargs)


def dying(monkeypatch: pytest.MonkeyPatch, kills: object = None) -> Dying:
    executor = Dying(kills)

    @contextmanager
    def given(*_: object) -> Iterator[tuple[Dying, int]]:
        yield executor, 1

    monkeypatch.setattr(batch, "executor", given)
    return executor


def test_only_what_kills_its_process_has_no_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_class(tmp_path / "in", 150)
    for name in ("student-010", "student-070", "student-071"):
        write(folder / f"{name}-{DEADLY}.toml", submission(f"{name}x"))
    executor = dying(monkeypatch)
    counts = grade(folder, tmp_path / "out")
    found = rows(tmp_path / "out")
    lost = {name for name, row in found.items() if row["status"] == "error"}
    assert lost == {f"student-{number}-deadly.toml" for number in ("010", "070", "071")}
    assert found["student-070-deadly.toml"]["reason"] == (
        "student-070-deadly.toml: the process that marked it died twice, killed or out of memory; "
        "no verdict on the submission"
    )
    assert (counts.files, counts.marked, counts.statuses["error"]) == (153, 153, 3)
    assert sum(size > 1 for size in executor.deaths) == 2, "two chunks"
    for name in lost:
        (folder / name).unlink()
    grade(folder, tmp_path / "out")
    monkeypatch.undo()
    grade(folder, tmp_path / "calm")
    assert visible(tmp_path / "out") == visible(tmp_path / "calm")


def test_a_process_that_dies_over_the_table_of_the_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_class(tmp_path / "in", 3)
    grade(folder, tmp_path / "calm")
    executor = dying(monkeypatch, kills=publish.write_class)
    grade(folder, tmp_path / "out")
    assert executor.deaths == [1, 1, 1]
    assert visible(tmp_path / "out") == visible(tmp_path / "calm")


def test_what_was_lost_is_tried_again_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_class(tmp_path / "in", 3)
    write(folder / f"{DEADLY}.toml", submission("x"))
    grade(folder, tmp_path / "calm")
    dying(monkeypatch)
    grade(folder, tmp_path / "out")
    monkeypatch.undo()
    assert grade(folder, tmp_path / "out").marked == 1
    assert visible(tmp_path / "out") == visible(tmp_path / "calm")


def test_processes_that_are_killed_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_class(tmp_path / "in", 400)
    grade(folder, tmp_path / "calm")
    killed: list[int] = []
    real = processes._Process.call

    def kill(pid: int) -> None:
        with suppress(ProcessLookupError):  # on a busy machine an earlier shot has killed it, or all is done
            os.kill(pid, signal.SIGKILL)

    def shot(self: Any, *arguments: Any) -> Any:
        many = isinstance(arguments[1][-1], list) and len(arguments[1][-1]) > 1  # one alone, killed twice, is lost
        if len(killed) < 3 and many:
            killed.append(self._process.pid)
            threading.Timer(0.002 * len(killed), kill, (self._process.pid,)).start()
        return real(self, *arguments)

    monkeypatch.setattr(processes._Process, "call", shot)
    grade(folder, tmp_path / "out", jobs=2)
    assert len(killed) == 3
    assert visible(tmp_path / "out") == visible(tmp_path / "calm")


# -- one by one ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two() -> Iterator[Processes]:
    executor = Processes(2)
    yield executor
    executor.shutdown()


def test_a_call_is_judged_in_a_process_that_did_nothing_else() -> None:
    deaths = {2: 1, 4: 9}

    class Counting(Here):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if deaths.get(args[0], 0):
                deaths[args[0]] -= 1
                dead: Future[Any] = Future()
                dead.set_exception(BrokenExecutor())
                return dead
            return super().submit(fn, *args, **kwargs)

    assert list(one_by_one(Counting(), partial(pow, 2), range(1, 6))) == [2, 4, 8, Lost(), 32]
    assert deaths == {2: 0, 4: 7}


def test_one_by_one_takes_processes_of_its_own(two: Processes) -> None:
    two.submit(time.sleep, 0).result(60)
    assert list(one_by_one(two, os._exit, [0, 0])) == [Lost(), Lost()]
    assert two.submit(pow, 2, 3).result(60) == 8


def test_a_lost_worker_of_dask_is_a_death() -> None:
    killed = pytest.importorskip("distributed", reason="dask is not installed").scheduler.KilledWorker
    assert workers.worker_died(killed("task", None, 3))
    assert not workers.worker_died(ValueError())
