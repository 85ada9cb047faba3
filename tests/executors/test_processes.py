"""Processes of this machine: a death fails its own call and no other, and none is left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from grader.errors import UsageError
from grader.executors import processes
from grader.executors.processes import Processes, WorkerDiedError


@pytest.fixture
def two() -> Iterator[Processes]:
    executor = Processes(2)
    yield executor
    executor.shutdown()


def test_a_death_fails_its_own_call_and_no_other(two: Processes) -> None:
    calm = [two.submit(pow, 3, number) for number in range(20)]
    dead = two.submit(os._exit, 1)
    more = [two.submit(pow, 5, number) for number in range(20)]
    with pytest.raises(WorkerDiedError):
        dead.result(60)
    assert [one.result(60) for one in calm + more] == [base**number for base in (3, 5) for number in range(20)]


def test_a_death_in_the_middle_of_a_message_is_a_death(two: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    real = processes._Process.received
    two.submit(pow, 2, 3).result(60)
    two.submit(pow, 2, 3).result(60)

    def shot(self: Any) -> Any:
        if self._pipe.poll(60) and monkeypatch.undo() is None:  # a part of the message is there, the pipe is full
            self._process.kill()
        return real(self)

    monkeypatch.setattr(processes._Process, "received", shot)
    large = two.submit(bytes, 10_000_000)
    with pytest.raises(WorkerDiedError):
        large.result(60)
    assert [two.submit(pow, 2, number).result(60) for number in range(4)] == [1, 2, 4, 8]


def test_what_a_call_raises_is_raised_here(two: Processes) -> None:
    with pytest.raises(FileNotFoundError):
        two.submit(os.listdir, "/no/such/folder").result(60)
    assert two.submit(pow, 2, 3).result(60) == 8


def test_no_process_is_left_behind(two: Processes) -> None:
    pid = two.submit(os.getpid).result(60)
    two.shutdown()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_processes_that_cannot_start_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_serve", os._exit)
    executor = Processes(1)
    with pytest.raises(UsageError, match="dies as soon as it is started: try --jobs 1"):
        executor.submit(pow, 2, 3).result(60)
    executor.shutdown()
