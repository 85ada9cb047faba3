"""The log: one JSON object per line on standard error, without names and without anything that people wrote."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

_FRAMES = 12


class LineFormatter(logging.Formatter):
    """A record as one line.

    An exception's message may quote an answer, so only its type and traceback locations are logged; at the level
    `debug` also the message.
    """

    def __init__(self, *, words: bool = False) -> None:
        """`words` includes exception messages."""
        super().__init__()
        self.words = words

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            problem = record.exc_info[1]
            said["kind"] = type(problem).__name__
            said["at"] = _places(problem.__traceback__)
            if self.words:
                said["words"] = str(problem)[:2_000]
        return json.dumps(said, default=str)


def _places(found: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(found)[-_FRAMES:]
    return [f"{frame.filename.rpartition('site-packages')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def write_log(level: str, stream: TextIO | None = None) -> None:
    """Set up this process's log from a level on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(words=level == "debug"))
    for name, lowest in (("grader.service", level), ("uvicorn", "warning" if level == "info" else level)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(lowest.upper())
        logger.propagate = False
