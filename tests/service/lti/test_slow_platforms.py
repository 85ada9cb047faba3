"""Platforms that are slow on purpose: nobody waits for one longer than it was said, and no other platform at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.service.lti.client import Client, PlatformResponse
from grader.service.lti.delivery import Address
from grader.service.lti.keysets import KeySets
from grader.service.lti.outbox import want
from grader.service.lti.platforms import Platforms
from grader.service.lti.refusal import RefusedLaunchError, UnreachableError
from tests.service.courses import with_tables
from tests.service.lti.platform import LearningPlatform
from tests.service.lti.test_delivery import FIVE, Tool

DEADLINE = 1.0


@contextmanager
def dribbling(first: bytes, asked: threading.Event | None = None) -> Iterator[str]:
    """The address of a server that sends the beginning of a response, and then a byte every tenth of a second."""
    ended = threading.Event()

    def answer(listener: socket.socket) -> None:
        with listener.accept()[0] as connection:
            connection.recv(65_536)
            if asked is not None:
                asked.set()
            connection.sendall(first)
            while not ended.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    "first",
    [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 ", b""],
    ids=["headers", "body", "status", "nothing"],
)
def test_a_response_that_does_not_end_is_given_up_at_the_deadline(first: bytes) -> None:
    with dribbling(first) as address, Client(timeout=5.0, deadline=DEADLINE) as client:
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="does not answer within 1 seconds"):
            client.get(address)
        assert time.monotonic() - began < DEADLINE + 60, "it was never given up"


def test_a_client_that_is_closed_ends_what_others_wait_for() -> None:
    said, asked = list[str](), threading.Event()

    def ask(client: Client, address: str) -> None:
        try:
            client.get(address)
        except UnreachableError as problem:
            said.append(str(problem.said))

    with dribbling(b"HTTP/1.1 ", asked) as address:
        client = Client(timeout=120.0, deadline=120.0)
        waiting = threading.Thread(target=ask, args=(client, address))
        waiting.start()
        assert asked.wait(60)
        client.close()
        waiting.join(120)
        assert not waiting.is_alive()
    assert said == [f"{address.split('/')[2]} cannot be reached: CancelledError"]


def test_those_who_wait_for_keys_wait_for_one_fetch(platform: LearningPlatform) -> None:
    now = 0.0
    fetched: list[str] = []

    class Slow(Client):
        def get(self, address: str, headers: object = None) -> object:  # type: ignore[override]
            nonlocal now
            del headers
            fetched.append(address)
            now += 20.0  # as long as a request may take
            raise UnreachableError(self._too_slow("lms.example"))

    with Slow() as client:
        keys = KeySets(client, lambda: now)
        for _ in range(3):
            with pytest.raises(RefusedLaunchError, match=r"lms\.example does not answer"):
                keys.key(platform.known, "key-1")
    assert len(fetched) == 1


def test_a_silent_platform_holds_up_no_other(platform: LearningPlatform, client: Client) -> None:
    tool = Tool(platform, client)
    silent = platform.known.replaced(issuer="https://silent.example", token_endpoint="http://127.0.0.1:1/token")
    tool.platforms = Platforms([silent, platform.known])
    for student in range(20):
        address = Address(*silent.name, "http://127.0.0.1:1/items/1", f"student-{student}")
        tool.outbox.rows[address] = want(None, FIVE, tool.now)
    tool.want("student-01", FIVE)
    asked: list[str] = []
    post = client.post

    def counted(address: str, body: bytes, headers: Mapping[str, str]) -> PlatformResponse:
        asked.append(address)
        return post(address, body, headers)

    client.post = counted  # type: ignore[method-assign]
    assert tool.deliver() == 2
    assert [address for address in asked if ":1/" in address] == ["http://127.0.0.1:1/token"]
    assert [user for user, _, _ in tool.sent()] == ["student-01"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_scores_of_one_platform_leave_room_for_those_of_another(kind: str, tmp_path: Path) -> None:
    from grader.service.store import Store
    from grader.service.store.lti import AT_ONCE, StoredOutbox, add_column, want_score
    from grader.service.store.people import add_person

    now = 1_772_396_940.0
    with with_tables(kind, tmp_path) as url:
        store = Store(url)
        with store.writing() as base:
            person = add_person(base, "student-01", "", "student", datetime.now(UTC)).id
            wanted = [("https://a.example", number) for number in range(AT_ONCE + 5)] + [("https://b.example", 0)]
            for later, (issuer, number) in enumerate(wanted):
                address = Address(issuer, "client", "https://a.example/items/1", f"user-{number}")
                add_column(base, address, person, "cnn-foundations")
                want_score(base, address, FIVE, now + later)
        found = StoredOutbox(store).due(now + 10_000)
        store.close()
    assert [one.issuer for one in found] == ["https://a.example"] * AT_ONCE + ["https://b.example"]
