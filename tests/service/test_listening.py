"""The socket of a service."""

from __future__ import annotations

import asyncio
import socket

import pytest

from grader.errors import UsageError
from grader.service.listening import listening


def test_small_answers_are_sent_at_once() -> None:
    """Else a second answer on a connection waits until the first one is acknowledged, for up to 40 ms."""

    async def without_delay() -> int:
        found: list[int] = []

        async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            del reader
            found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listening("127.0.0.1", 0) as listener:
            async with await asyncio.start_server(answered, sock=listener):
                reader, writer = await asyncio.open_connection(*listener.getsockname())
                assert await reader.read() == b""
                writer.close()
        return found[0]

    assert asyncio.run(without_delay()) != 0


def test_a_port_that_is_taken_is_named() -> None:
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UsageError, match=rf"^cannot listen on port {port}: "), listening("127.0.0.1", port):
            pass
