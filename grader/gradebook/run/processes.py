"""An executor of local processes: if one dies, its call fails and a new process replaces it.

Each process has a pipe of its own and shares no lock and no queue with the others. So a process that is killed in the
middle of a message stops nobody else, it is known which call it had, and none is left behind when this process dies.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from grader.errors import UsageError
from grader.messages import sentence

P = ParamSpec("P")
T = TypeVar("T")
ATTEMPTS = 3


class WorkerDiedError(BrokenExecutor):
    """The process that ran the call died: it was killed, or ran out of memory."""


class Processes(Executor):
    """`count` processes, each started at its first call."""

    def __init__(self, count: int) -> None:
        """Processes are started when they are first needed."""
        self._threads = ThreadPoolExecutor(count)  # each waits for one process, and does nothing else
        self._free: SimpleQueue[_Process | None] = SimpleQueue()
        self._all: list[_Process] = []
        self._closed = False
        for _ in range(count):
            self._free.put(None)

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
        process = self._free.get()
        try:
            process = process or self._started()
            problem, outcome = process.call(fn, args, kwargs)
        except WorkerDiedError:
            self._ended(process)
            process = None
            raise
        finally:
            self._free.put(process)
        if problem is not None:
            raise problem
        return outcome  # type: ignore[no-any-return]

    def _ended(self, process: _Process | None) -> None:
        if process is not None:
            process.end()
            self._all.remove(process)

    def _started(self) -> _Process:
        for _ in range(ATTEMPTS):
            if self._closed:
                break
            process = _Process()
            self._all.append(process)
            try:
                process.received()  # it is ready
            except WorkerDiedError:
                self._ended(process)
            else:
                return process
        raise UsageError(sentence("a process to mark in dies as soon as it is started: try --jobs 1"))


_SLICE = 64
"""Entries per message between processes."""


class _Process:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        # A new interpreter, not a copy of this one: a copy of a process with threads may stop for ever.
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far,), daemon=True)
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
        first, last = (args[:-1], args[-1]) if args and isinstance(args[-1], list) else (args, None)
        try:
            _send(self._pipe, (fn, first, kwargs), last)
        except OSError:
            raise WorkerDiedError from None
        (problem, outcome), entries = _received(self.received)
        return problem, outcome if entries is None else entries

    def end(self) -> None:
        """Kill it: whatever it leaves unfinished is in the run's hidden folder only."""
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection) -> None:
    """The loop of a worker process: receive calls, send outcomes, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is said once, by the process that was called
    gc.set_threshold(5_000, 10, 10)  # a long run must collect its garbage, whatever the start of the program has set
    try:
        pipe.send(os.getpid())
        while True:
            (fn, args, kwargs), last = _received(pipe.recv)
            problem, outcome = _outcome(fn, args if last is None else (*args, last), kwargs)
            if isinstance(outcome, list):
                _send(pipe, (problem, None), outcome)
            else:
                _send(pipe, (problem, outcome))
    except (EOFError, OSError, MemoryError):
        return


def _send(pipe: Connection, message: object, entries: list[Any] | None = None) -> None:
    """Send a list in slices: the buffers of large messages would fragment the memory of a long run."""
    pipe.send((message, None if entries is None else len(entries)))
    for start in range(0, len(entries or ()), _SLICE):
        pipe.send((entries or [])[start : start + _SLICE])


def _received(receive: Callable[[], Any]) -> tuple[Any, list[Any] | None]:
    """A message and the list that goes with it, if there is one."""
    message, count = receive()
    if count is None:
        return message, None
    entries: list[Any] = []
    while len(entries) < count:
        entries.extend(receive())
    return message, entries


def _outcome(fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Exception | None, T | None]:
    try:
        return None, fn(*args, **kwargs)
    except Exception as problem:
        return problem, None
