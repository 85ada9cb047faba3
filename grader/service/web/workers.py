"""Several processes serving one socket.

Each is a service of its own over the same database. One that dies is restarted; when the first process ends, in any
way, all end.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from grader.errors import UsageError
from grader.messages import sentence

Work = Callable[[Any, socket.socket, threading.Event], None]
GRACE = 15
"""Seconds that workers have to finish what they have begun."""
_SHORT = 10.0
"""A worker that ends within this many seconds is taken not to have started properly."""


def serve_in_workers(work: Work, request: Any, listener: socket.socket, count: int) -> None:
    """Run `work(request, listener, ended)` in `count` processes, until SIGTERM or Ctrl-C.

    Until the work handles SIGTERM itself, one sets `ended`: a process that ended while starting its own processes would
    leave their tracebacks behind.

    Raises UsageError if they cannot start.
    """
    listener.set_inheritable(True)
    context = multiprocessing.get_context("spawn")
    ending = threading.Event()
    before = {name: signal.signal(name, lambda *_: ending.set()) for name in (signal.SIGINT, signal.SIGTERM)}
    began: dict[BaseProcess, float] = {}

    def start() -> None:
        process = context.Process(target=_worker, args=(work, request, listener))
        process.start()
        began[process] = time.monotonic()

    try:
        for _ in range(count):
            start()
        while not ending.is_set():
            for sentinel in wait([one.sentinel for one in began], 0.2):
                ended = next(one for one in began if one.sentinel == sentinel)
                ended.join()
                lived = time.monotonic() - began.pop(ended)
                if ending.is_set():
                    continue
                if (ended.exitcode or 0) > 0 and lived < _SHORT:
                    raise UsageError(sentence("the workers of the service cannot start: see what they have logged"))
                start()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        _end(list(began))


def _end(workers: list[BaseProcess]) -> None:
    for one in workers:
        one.terminate()
    last = time.monotonic() + GRACE
    for one in workers:
        one.join(max(0.0, last - time.monotonic()))
        if one.is_alive():
            one.kill()
            one.join()


def _worker(work: Work, request: Any, listener: socket.socket) -> None:
    """In a worker: Ctrl-C reaches the first process, which ends this one; so does its death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    threading.Thread(target=_follow, daemon=True).start()
    work(request, listener, ended)


def _follow() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os.kill(os.getpid(), signal.SIGTERM)
