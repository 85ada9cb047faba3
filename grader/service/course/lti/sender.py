"""The thread that keeps the scores of learning platforms current.

Every worker of a service has one; the score's record in the database decides which of them sends it.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from grader.service.course.lti.connection import Lti
from grader.service.course.lti.scores import Scores
from grader.service.log import LOG
from grader.service.lti.delivery import deliver_due

EVERY = 5.0
"""Seconds between two looks."""
PATIENCE = 5.0
"""Seconds that a message in progress may take when the service stops; the next start sends it again."""


class Sender:
    """Sends scores for the duration of a with block."""

    def __init__(self, lti: Lti, every: float = EVERY) -> None:
        """Nothing is sent yet."""
        self.lti = lti
        self.every = every
        self._scores = Scores(lti.service, lti.platforms)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scores", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop as soon as the message in progress has ended."""
        self._ending.set()
        self._thread.join(PATIENCE)

    def round(self) -> int:
        """Check once for changes, and send once what is due; return how many were sent."""
        lti = self.lti
        lti.service.work.submit(lti.service.look).result()
        self._scores.look(lti.now())
        return deliver_due(lti.outbox, lti.scores, lti.platforms, lti.now, self._ending.is_set)

    def _run(self) -> None:
        while not self._ending.wait(self.every):
            try:
                self.round()
            except Exception as problem:  # the database may be unavailable for a while; scores are sent afterwards
                if not self._ending.is_set():
                    LOG.error("scores were not sent", exc_info=problem)
