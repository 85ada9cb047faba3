"""The bytes of a submission: from a file, or from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import UsageError
from grader.messages import sentence


def submission_bytes(name: str) -> tuple[bytes, str, Path | None]:
    """The bytes, the document's name in messages, and its path if it has one.

    Raises StudentError if the file cannot be read. A document that is too long is not read to its end.
    """
    from grader.homework.toml import read_bytes, read_stream

    if name == "-":
        if sys.stdin is None:
            raise UsageError(sentence("expected a submission on standard input, but standard input is closed"))
        return read_stream(sys.stdin.buffer), "standard input", None
    path = Path(name)
    return read_bytes(path), name, path
