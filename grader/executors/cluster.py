"""A Dask cluster as an executor whose calls fail, rather than wait for ever, if the cluster disappears."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from grader.errors import UsageError
from grader.messages import Sentence, sentence

P = ParamSpec("P")
T = TypeVar("T")
CONNECTING = 10.0
"""Seconds for the scheduler to answer at the start."""
SECONDS = 2.0
"""Seconds between two checks of the cluster."""
RECONNECTING = 5
"""How many checks in a row the scheduler may fail to answer; a lost connection is restored at once."""
PATIENCE = 30
"""How many checks in a row may find no worker, so that a restarted worker has a minute."""


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor on the cluster, and how many calls it can work on at once.

    Raises UsageError where no scheduler answers, it has no workers, or dask is not installed.
    """
    try:
        distributed = import_module("distributed")
    except ImportError:
        said = sentence("--scheduler needs dask: install it with `pip install 'cnn-homework-grader[dask]'`")
        raise UsageError(said) from None
    _hush()
    try:
        client = distributed.Client(address, timeout=CONNECTING)
    except (OSError, ValueError) as problem:
        said = sentence("no scheduler answers at {address}: {reason}", address=address, reason=str(problem)[:200])
        raise UsageError(said) from None
    watched = None
    try:
        cores = sum(client.ncores().values())
        if not cores:
            raise UsageError(sentence("the scheduler at {address} has no workers", address=address))
        watched = Watched(client, address)
        yield watched, cores
    finally:
        if watched is not None:
            watched.shutdown(wait=False)
        with suppress(TimeoutError):  # a busy machine: all outcomes are here, and the connection ends with the process
            client.close(timeout=2)


def _hush() -> None:
    """Silence Dask's own log messages: a failure is reported once, by us."""
    for name in ("asyncio", "tornado", "distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("asyncio", "tornado", "distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class Watched(Executor):
    """A client's executor; when the cluster is gone, every pending call fails with one sentence."""

    def __init__(self, client: Any, address: str, seconds: float = SECONDS) -> None:
        """Start watching the cluster."""
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._address = address
        self._gone = sentence("the scheduler at {address} is gone: run the same command again", address=address)
        self._open: set[Future[Any]] = set()
        self._end = threading.Event()
        self._lost: Sentence | None = None
        self._thread = threading.Thread(target=self._watch, args=(seconds,), daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The call's outcome; UsageError if the cluster is gone."""
        if self._lost is not None:
            raise UsageError(self._lost)
        future: Future[T] = Future()
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        self._executor.submit(fn, *args, **kwargs).add_done_callback(partial(self._hand_over, future))
        return future

    def _hand_over(self, future: Future[T], theirs: Future[T]) -> None:
        with suppress(InvalidStateError):  # already cancelled
            try:
                future.set_result(theirs.result())
            except (CancelledError, asyncio.CancelledError):  # nobody here cancels
                future.set_exception(UsageError(self._gone))
            except Exception as problem:
                future.set_exception(problem)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop watching; the caller that opened the client closes it."""
        del wait, cancel_futures
        self._end.set()

    def _watch(self, seconds: float) -> None:
        silent = idle = 0
        while not self._end.wait(seconds):
            workers = self._workers()  # keep watching even then: a call may have arrived in between
            silent = silent + 1 if workers is None else 0
            idle = idle + 1 if workers == 0 else 0
            if silent > RECONNECTING:
                self._lose(self._gone)
            elif idle > PATIENCE:
                said = sentence(
                    "the scheduler at {address} has no workers any more: start some and run the same command again",
                    address=self._address,
                )
                self._lose(said)

    def _workers(self) -> int | None:
        """How many workers there are; None if the scheduler does not answer."""
        if self._client.status != "running":
            return None
        try:
            return len(self._client.ncores())
        except Exception:
            return None

    def _lose(self, said: Sentence) -> None:
        self._lost = said
        for future in list(self._open):
            with suppress(InvalidStateError):
                future.set_exception(UsageError(said))
