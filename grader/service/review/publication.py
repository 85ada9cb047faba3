"""Publishing in the background: one at a time, with progress visible from any page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.errors import GraderError
from grader.gradebook.run.batch import publish_marks
from grader.messages import Sentence, sentence


@dataclass
class PublicationProgress:
    """The progress: `done` of `total` submissions are marked again."""

    state: Literal["idle", "running", "done", "failed"] = "idle"
    total: int = 0
    done: int = 0
    moved: int = 0
    said: list[Sentence] = field(default_factory=list)
    """Warnings, or why it failed."""


class Publication:
    """The last publication of one results folder, which may still be running."""

    def __init__(self, out: Path, keys: Path | None) -> None:
        """Nothing is published yet."""
        self.out = out
        self.keys = keys
        self.progress = PublicationProgress()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start, unless it is already running."""
        with self._lock:
            if self.progress.state == "running":
                return
            self.progress = PublicationProgress("running")
            self._thread = threading.Thread(target=self._publish, args=(self.progress,), name="publication")
            self._thread.start()

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._thread is not None:
            self._thread.join()

    def _publish(self, progress: PublicationProgress) -> None:
        try:
            summary = publish_marks(self.out, self.keys, _setter(progress), _adder(progress))
        except GraderError as problem:
            progress.said.append(problem.located)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            progress.said.append(sentence("{name}: {reason}", name=str(problem.filename or self.out), reason=reason))
        except Exception as problem:
            progress.said.append(sentence("a fault of ours: {kind}", kind=type(problem).__name__))
        else:
            progress.moved, progress.state = summary.moved, "done"
            progress.said += summary.said
            if summary.review_left:
                progress.said.append(
                    sentence("review.toml was changed while this ran, and is left as it is: publish once more")
                )
            return
        progress.state = "failed"


def _setter(progress: PublicationProgress) -> Callable[[int], None]:
    def start(total: int) -> None:
        progress.total = total

    return start


def _adder(progress: PublicationProgress) -> Callable[[int], None]:
    def advance(count: int) -> None:
        progress.done += count

    return advance
