"""The workers of a run, whatever executes their calls: they mark files chunk by chunk.

Local processes share our disk: they read the files and write the reports themselves. A worker of a cluster may run on
another machine: it receives the bytes of files and returns the texts of reports.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple, ParamSpec, TypeVar

from grader.gradebook.database import SubmissionRow
from grader.gradebook.run import scan
from grader.gradebook.run.marking import Order, completed, mark_all, mark_one
from grader.gradebook.run.scan import Found

P = ParamSpec("P")
T = TypeVar("T")
CHUNK = 64
CHUNK_BYTES = 1_000_000


class Lost(NamedTuple):
    """In place of the row of a file on which two workers died, and of the value of a call whose worker died."""


MarkedRows = Sequence[SubmissionRow | Lost | None]


class Workers:
    """The workers of one run."""

    def __init__(self, pool: Executor, count: int, order: Order, far: bool) -> None:
        """With `far`, the workers do not share our disk."""
        self.pool = pool
        self.count = count
        self.far = far
        self.order = order
        self._order = order._replace(hidden=None) if far else order

    def marked(self, files: Iterable[Found]) -> Iterator[tuple[list[Found], MarkedRows]]:
        """The files, chunk by chunk in their order, with their rows; at most two chunks per worker are in progress."""
        under_way: deque[tuple[list[Found], Future[list[SubmissionRow | None]]]] = deque()
        for chunk in self._chunks(files):
            under_way.append((chunk, self.pool.submit(mark_all, self._order, chunk)))
            if len(under_way) >= 2 * self.count or under_way[0][1].done():
                yield self._finished(*under_way.popleft())
        while under_way:
            yield self._finished(*under_way.popleft())

    def _chunks(self, files: Iterable[Found]) -> Iterator[list[Found]]:
        """The files in chunks; for remote workers their contents are read here, up to a limit of bytes per chunk."""
        chunk: list[Found] = []
        size = 0
        for one in files:
            if self.far:
                data = scan.read(one, self._order.folder)
                one = one._replace(data=data)
                size += len(data) if isinstance(data, bytes) else 0
            chunk.append(one)
            if len(chunk) >= CHUNK or size >= CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _finished(
        self, files: list[Found], future: Future[list[SubmissionRow | None]]
    ) -> tuple[list[Found], MarkedRows]:
        """Wait for the rows of a chunk; if its worker died, mark the files one by one."""
        rows: MarkedRows | Lost = _outcome(future)
        if isinstance(rows, Lost):
            rows = list(one_by_one(self.pool, partial(mark_one, self._order), files))
        if self.order.hidden is not None and self.far:
            rows = [completed(self.order.hidden, one) if isinstance(one, SubmissionRow) else one for one in rows]
        return files, rows

    def apart(self, fn: Callable[..., T], *args: object) -> Callable[[], T]:
        """Start a call that needs our disk; the returned function waits for its value.

        The call is made in this process if the workers do not share our disk, or if the worker that made it died.
        """
        if self.far:
            return partial(fn, *args)
        future = self.pool.submit(fn, *args)

        def value() -> T:
            found = _outcome(future)
            return fn(*args) if isinstance(found, Lost) else found

        return value


def worker_died(problem: BaseException) -> bool:
    """Whether an executor reports that a worker died; distributed need not be installed."""
    return isinstance(problem, BrokenExecutor) or type(problem).__name__ == "KilledWorker"


def _outcome(future: Future[T]) -> T | Lost:
    """Wait for a call's value; Lost where its worker died."""
    try:
        return future.result()
    except Exception as problem:
        if not worker_died(problem):
            raise
        return Lost()


def one_by_one(pool: Executor, call: Callable[[Any], T], jobs: Iterable[Any]) -> Iterator[T | Lost]:
    """The outcomes of calls, made one after another in a separate worker.

    Calls do not affect each other: if a worker dies that had made other calls before, the call is retried in a new one.
    """
    from grader.executors.processes import Processes

    fresh = True
    with Processes(1) if isinstance(pool, Processes) else nullcontext(pool) as own:
        for job in jobs:
            found = _outcome(own.submit(call, job))
            if isinstance(found, Lost) and not fresh:
                found = _outcome(own.submit(call, job))
            fresh = isinstance(found, Lost)
            yield found
