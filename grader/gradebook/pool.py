"""Where marking is done: in this process, in processes of this machine, or on a Dask cluster; one seam for all."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Here(Executor):
    """An executor that calls at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The call's outcome."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as problem:
            done.set_exception(problem)
        return done


@contextmanager
def executor(jobs: int | None, scheduler: str | None = None) -> Iterator[tuple[Executor, int]]:
    """An executor, and how many calls it can work on at once.

    Raises UsageError where the scheduler cannot be reached or dask is not installed.
    """
    if scheduler is not None:
        from grader.gradebook.cluster import cluster

        with cluster(scheduler) as found:
            yield found
        return
    jobs = jobs or usable_cores()
    if jobs == 1:
        yield Here(), 1
        return
    from grader.gradebook.processes import Processes

    pool = Processes(jobs)
    try:
        yield pool, jobs
    finally:
        pool.shutdown(cancel_futures=True)


def worker_died(problem: BaseException) -> bool:
    """Whether this is how an executor says that a process died over a call; distributed may not be installed."""
    return isinstance(problem, BrokenExecutor) or type(problem).__name__ == "KilledWorker"


def one_by_one(pool: Executor, call: Callable[[Any], T], jobs: Iterable[Any]) -> Iterator[T | None]:
    """The outcomes of calls one after another, in a worker that does nothing else; None where the worker died.

    No call answers for another: where a worker dies that did others before, the call is tried in a new one.
    """
    from grader.gradebook.processes import Processes

    own = Processes(1) if isinstance(pool, Processes) else None
    fresh = True
    try:
        for job in jobs:
            found = _outcome(own or pool, call, job)
            if found is None and not fresh:
                found = _outcome(own or pool, call, job)
            fresh = found is None
            yield found
    finally:
        if own is not None:
            own.shutdown()


def _outcome(pool: Executor, call: Callable[[Any], T], job: Any) -> T | None:
    try:
        return pool.submit(call, job).result()
    except Exception as problem:
        if not worker_died(problem):
            raise
        return None


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pending(Protocol):
    """Something on the way, such as a future."""

    def done(self) -> bool:
        """Whether it is there."""


J = TypeVar("J")
W = TypeVar("W", bound=Pending)


def in_turn(submit: Callable[[J], W], jobs: Iterable[J], most: int) -> Iterator[tuple[J, W]]:
    """What was begun for the jobs, in the order of the jobs, at most `most` of them on the way at once."""
    waiting: deque[tuple[J, W]] = deque()
    for job in jobs:
        waiting.append((job, submit(job)))
        if len(waiting) >= most or waiting[0][1].done():
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()
