"""A cluster that goes away under a batch: one sentence, and nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

import pytest

from grader.errors import UsageError
from grader.executors.cluster import Watched


class Never(Executor):
    """An executor of which nothing is heard."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        return Future()


class Client:
    """What is asked of Dask's client."""

    def __init__(self, status: str, cores: dict[str, int] | Exception) -> None:
        self.status = status
        self.cores = cores

    def get_executor(self, pure: bool) -> Executor:
        assert not pure
        return Never()

    def ncores(self) -> dict[str, int]:
        if isinstance(self.cores, Exception):
            raise self.cores
        return self.cores


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (Client("closed", {}), "the scheduler at tcp://x is gone: run the same command again"),
        (Client("running", OSError()), "the scheduler at tcp://x is gone: run the same command again"),
        (
            Client("running", {}),
            "the scheduler at tcp://x has no workers any more: start some and run the same command again",
        ),
    ],
)
def test_every_call_fails_with_one_sentence(client: Client, said: str) -> None:
    asked = Client("running", {"tcp://y": 2})
    watched = Watched(asked, "tcp://x", seconds=0.001)
    waiting = [watched.submit(pow, 2, 3) for _ in range(3)]
    asked.status, asked.cores = client.status, client.cores  # gone only after all calls are made
    for future in waiting:
        with pytest.raises(UsageError) as caught:
            future.result(60)
        assert str(caught.value) == said
    with pytest.raises(UsageError):
        watched.submit(pow, 2, 3)
    watched.shutdown()


def test_a_cluster_that_answers_is_left_in_peace() -> None:
    watched = Watched(Client("running", {"tcp://y": 2}), "tcp://x", seconds=0.001)
    future = watched.submit(pow, 2, 3)
    with pytest.raises(TimeoutError):
        future.result(0.2)
    watched.shutdown()
    assert not watched._thread.join(60)
    assert not watched._thread.is_alive()


def test_a_call_that_the_cluster_drops_is_no_fault_of_ours() -> None:
    class Dropping(Never):
        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            dropped: Future[Any] = Future()
            dropped.cancel()
            return dropped

    client = Client("running", {"tcp://y": 2})
    client.get_executor = lambda **_: Dropping()  # type: ignore[method-assign]
    watched = Watched(client, "tcp://x")
    with pytest.raises(UsageError, match="the scheduler at tcp://x is gone"):
        watched.submit(pow, 2, 3).result(60)
    watched.shutdown()
