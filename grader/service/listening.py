"""The socket that a service listens at."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import UsageError
from grader.messages import sentence


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, at any free port for port 0.

    Raises UsageError where the address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said in full: asyncio sends small answers at once only where it reads that this is TCP, else they wait for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as problem:
            said = sentence("cannot listen on port {port}: {reason}", port=str(port), reason=problem.strerror or "")
            raise UsageError(said) from None
        listener.listen(1024)
        yield listener
