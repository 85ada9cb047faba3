"""The thread that keeps the scores of learning platforms current.

Every worker of a service has one: which of them sends a score is settled by the record of it in the database.
"""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from grader.service.course.lti.connection import Lti
from grader.service.course.lti.scores import Scores
from grader.service.lti.delivery import deliver

EVERY = 5.0
"""Seconds between two looks."""
PATIENCE = 5.0
"""Seconds that a message under way has to end when the service stops; the next start sends it again."""
_LOG = logging.getLogger("grader.service")


class Sender:
    """Sends scores from the beginning to the end of a with block."""

    def __init__(self, lti: Lti, every: float = EVERY) -> None:
        """Nothing is sent yet."""
        self.lti = lti
        self.every = every
        self._scores = Scores(lti.service, lti.platforms)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scores", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End, as soon as the message that is under way has."""
        self._ending.set()
        self._thread.join(PATIENCE)

    def round(self) -> int:
        """Look once what changed, and send once what is due; how many were sent."""
        lti, sent = self.lti, 0
        lti.service.work.submit(lti.service.look).result()
        self._scores.look(lti.now())
        for address in lti.outbox.due(lti.now()):
            if self._ending.is_set():
                break
            sent += deliver(lti.outbox, address, lti.scores, lti.platforms, lti.now)
        return sent

    def _run(self) -> None:
        while not self._ending.wait(self.every):
            try:
                self.round()
            except Exception as problem:  # the database may be away for a while; scores are sent when it is back
                if not self._ending.is_set():
                    _LOG.error("scores were not sent", exc_info=problem)
