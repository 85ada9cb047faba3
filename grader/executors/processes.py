"""An executor of local processes: if one dies, its call fails and a new process replaces it.

Each process has its own pipe and shares no lock and no queue with the others. So a process killed in the middle of a
message does not stop the others, its call is known, and no process is left behind when this one dies.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from grader.collecting import collect_regularly
from grader.errors import UsageError
from grader.messages import sentence

P = ParamSpec("P")
T = TypeVar("T")
ATTEMPTS = 3


class WorkerDiedError(BrokenExecutor):
    """The process that ran the call died: it was killed, or ran out of memory."""


class Processes(Executor):
    """At most `count` processes, each started at its first call."""

    def __init__(self, count: int, ignored: Sequence[signal.Signals] = (signal.SIGINT,)) -> None:
        """Processes are started when they are first needed; they ignore these signals, which the main process handles.

        They end with their pipe in any case.
        """
        self._ignored = ignored
        self._threads = ThreadPoolExecutor(count)  # each thread only waits for one process
        self._own = threading.local()
        self._all: list[_Process] = []
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The call's outcome; WorkerDiedError if the process died."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop all processes once the submitted calls are done; with `cancel_futures`, at once."""
        if cancel_futures:
            self._closed = True
            self._end()
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        self._end()

    def _end(self) -> None:
        for process in list(self._all):
            process.end()

    def _call(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        process = getattr(self._own, "process", None) or self._started()
        try:
            problem, outcome = process.call(fn, args, kwargs)
        except WorkerDiedError:
            self._ended(process)
            raise
        if problem is not None:
            raise problem
        return outcome  # type: ignore[no-any-return]

    def _ended(self, process: _Process) -> None:
        process.end()
        self._all.remove(process)
        self._own.process = None

    def _started(self) -> _Process:
        """A new process for the calls of this thread."""
        for _ in range(ATTEMPTS):
            if self._closed:
                break
            self._own.process = process = _Process(self._ignored)
            self._all.append(process)
            try:
                process.received()  # it is ready
            except WorkerDiedError:
                self._ended(process)
            else:
                return process
        raise UsageError(sentence("a marking process dies as soon as it is started: try --jobs 1"))


class _Process:
    """One process and the pipe to it."""

    def __init__(self, ignored: Sequence[signal.Signals]) -> None:
        # A new interpreter, not a fork of this one: a fork of a process with threads may deadlock.
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, ignored), daemon=True)
        self._process.start()
        far.close()

    def received(self) -> Any:
        """Its next message; WorkerDiedError if it died before the message was complete."""
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            raise WorkerDiedError from None

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the call raised, and its outcome; WorkerDiedError if the process died."""
        try:
            self._pipe.send((fn, args, kwargs))
        except OSError:
            raise WorkerDiedError from None
        return self.received()

    def end(self) -> None:
        """Kill it: whatever it leaves unfinished is in the run's hidden folder only."""
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, ignored: Sequence[signal.Signals]) -> None:
    """The loop of a worker process: receive calls, send outcomes, until the pipe is closed."""
    for number in ignored:  # an interrupt is reported once, by the main process
        signal.signal(number, signal.SIG_IGN)
    collect_regularly()
    try:
        pipe.send(os.getpid())
        while True:
            fn, args, kwargs = pipe.recv()
            pipe.send(_outcome(fn, args, kwargs))
    except (EOFError, OSError, MemoryError):
        return


def _outcome(fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Exception | None, T | None]:
    try:
        return None, fn(*args, **kwargs)
    except Exception as problem:
        return problem, None
