"""The platforms of a course, and what is needed to talk to them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import shown
from grader.service.course.service import Service
from grader.service.lti.addresses import split_address
from grader.service.lti.client import Client
from grader.service.lti.keys import ToolKeys
from grader.service.lti.keysets import KeySets
from grader.service.lti.login import Tool
from grader.service.lti.platforms import PLATFORMS_FILE, Platforms, load_platforms
from grader.service.lti.scores import ScoreService
from grader.service.lti.tokens import AccessTokens
from grader.service.store.lti import KEYS, StoredLogins, StoredOutbox, tool_keys
from grader.service.store.settings import value


class Lti:
    """The course's connection to its learning platforms; safe to use from several threads."""

    def __init__(self, service: Service, address: str, platforms: Platforms) -> None:
        """`address` is where browsers, and platforms, find the service.

        Raises UsageError for an address that platforms cannot use.
        """
        check_address(address)
        self.service = service
        self.platforms = platforms
        self.tool = Tool(address.rstrip("/"))
        self.client = Client()
        self.key_sets = KeySets(self.client)
        self.tokens = AccessTokens(self.client, self.keys, self.now)
        self.scores = ScoreService(self.client, self.tokens, self.now)
        self.logins = StoredLogins(service.store)
        self.outbox = StoredOutbox(service.store)
        self._busy: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Close at the end of a with block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connections to platforms."""
        self.client.close()

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may frame this service."""
        return tuple(dict.fromkeys(origin for platform in self.platforms for origin in platform.pages))

    @contextmanager
    def busy(self, name: tuple[str, ...]) -> Iterator[bool]:
        """Do work of this name, unless this process does it already: then False is given."""
        with self._lock:
            is_free = name not in self._busy
            self._busy.add(name)
        try:
            yield is_free
        finally:
            if is_free:
                self._busy.discard(name)

    def now(self) -> float:
        """The time, in seconds since 1970."""
        return self.service.now().timestamp()

    def keys(self) -> ToolKeys:
        """The key pairs of this course, read each time because another worker may have changed them."""
        with self.service.store.reading() as base:
            known = value(base, KEYS)
        if known is not None:
            return ToolKeys.read(known)
        with self.service.store.writing() as base:
            return tool_keys(base)


def check_address(address: str) -> None:
    """Check that platforms can use an address of the service.

    Raises UsageError.
    """
    if split_address(address) is None:
        said = sentence(
            "learning platforms need an address that begins with https://, received {address}: see --address",
            address=shown(address),
        )
        raise UsageError(said)


def platforms_of(folder: Path, file: Path | None) -> Platforms | None:
    """The platforms in a file, or in the lti.toml of the course; None if it has none.

    Raises UsageError with file and line for an invalid file.
    """
    if file is None and not (folder / PLATFORMS_FILE).is_file():
        return None
    return load_platforms(file or folder / PLATFORMS_FILE)
