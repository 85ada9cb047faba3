"""The socket that a service listens on."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import UsageError
from grader.messages import sentence


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; port 0 means any free port.

    Raises UsageError if the address or the port is unavailable.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is given explicitly: asyncio disables Nagle's algorithm only for declared TCP sockets, and small
    # responses would otherwise wait for 40 ms.
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
