"""A separate process for marking, so that no page waits while a hand-in is marked."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from grader.errors import GraderError, UsageError
from grader.executors.processes import Processes, WorkerDiedError
from grader.gradebook.database.schema import SubmissionRow
from grader.gradebook.run.marking import Order, died, mark_one, prepare
from grader.gradebook.run.scan import Found
from grader.service.log import LOG


class DiedError(GraderError):
    """The process died twice while it marked one submission: it was killed, or ran out of memory."""


class Apart:
    """Marks in a separate process, and in a new one if it dies."""

    def __init__(self) -> None:
        """No process is started until one is needed."""
        self.queue = ThreadPoolExecutor(1, thread_name_prefix="waiting")
        """A thread that waits for the process, so that no other has to."""
        self._alone = threading.Lock()
        # Whatever stops a service may signal all of its processes: hand-ins that have arrived are still marked.
        self._processes = Processes(1, ignored=(signal.SIGINT, signal.SIGTERM))

    def prepare(self, order: Order, assignment: str) -> None:
        """Let the process solve an assignment before the first hand-in arrives; this does not wait for it."""
        self._processes.submit(prepare, order, assignment)

    def row(self, order: Order, found: Found) -> SubmissionRow | None:
        """The row of a submission, which carries its own data.

        Raises DiedError if the process died twice while it marked it.
        """
        for _ in range(2):
            try:
                return self._processes.submit(mark_one, order, found).result()
            except WorkerDiedError:
                continue
            except UsageError as problem:
                LOG.error("no process to mark in can be started: this one marks", exc_info=problem)
                with self._alone:
                    return mark_one(order, found)
        raise DiedError(died(found.name))

    def stop(self) -> None:
        """End the process once it has finished marking what it has begun."""
        self.queue.shutdown(cancel_futures=True)
        self._processes.shutdown(cancel_futures=True)
