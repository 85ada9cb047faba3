"""One interface to run calls in this process, in local processes, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Here(Executor):
    """An executor that runs each call in this process, before `submit` returns."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A finished future with the value or the exception of the call."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as problem:
            done.set_exception(problem)
        return done


@contextmanager
def executor(jobs: int | None, scheduler: str | None = None) -> Iterator[tuple[Executor, int]]:
    """An executor, and the number of calls that it can run in parallel.

    Raises UsageError where the scheduler cannot be reached or dask is not installed.
    """
    if scheduler is not None:
        from grader.executors.cluster import cluster

        with cluster(scheduler) as found:
            yield found
        return
    jobs = jobs or usable_cores()
    if jobs == 1:
        yield Here(), 1
        return
    from grader.executors.processes import Processes

    pool = Processes(jobs)
    try:
        yield pool, jobs
    finally:
        pool.shutdown(cancel_futures=True)


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
