"""A process that only marks, so that no page waits while something is marked."""

from __future__ import annotations

import logging
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from grader.errors import GraderError, UsageError
from grader.gradebook.database.schema import SubmissionRow
from grader.gradebook.run.marking import Order, died, mark_one, prepare
from grader.gradebook.run.processes import Processes, WorkerDiedError
from grader.gradebook.run.scan import Found

LOG = logging.getLogger("grader.service")


class DiedError(GraderError):
    """The process died twice while it marked one submission: it was killed, or ran out of memory."""


class Apart:
    """Marks in one process; if that dies, in a new one."""

    def __init__(self) -> None:
        """The process is started when it is first needed."""
        self.queue = ThreadPoolExecutor(1, thread_name_prefix="waiting")
        """A thread that waits for the process, so that no other has to."""
        self._alone = threading.Lock()
        # Whatever stops a service may signal all of its processes: hand-ins that have arrived are still marked.
        self._processes = Processes(1, ignored=(signal.SIGINT, signal.SIGTERM))

    def prepare(self, order: Order, assignment: str) -> None:
        """Let the process solve an assignment before the first hand-in arrives; this does not wait for it."""
        self._processes.submit(prepare, order, assignment)

    def row(self, order: Order, found: Found) -> SubmissionRow | None:
        """The row of a submission whose data are given.

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
        """End the process once it has marked what it has begun."""
        self.queue.shutdown(cancel_futures=True)
        self._processes.shutdown(cancel_futures=True)
