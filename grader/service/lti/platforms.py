"""lti.toml: the learning platforms that may sign people in, as registered by the instructor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from grader.errors import GraderError, Place, UsageError
from grader.homework.lines import Lines
from grader.homework.readers import Flag, ListOf, OneOf, RefusedError, TableOf, Text
from grader.homework.tables import RefusedTableError, Table, field, first_refusal
from grader.homework.toml import read_bytes, read_toml
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.lti.addresses import origin_of, split_address

PLATFORMS_FILE = "lti.toml"


def _check_address(value: str) -> None:
    if split_address(value) is None:
        raise RefusedError(
            sentence("expected an address that begins with https://, received {received}", received=shown(value))
        )


def _check_name(value: str) -> None:
    if not value or len(value) > 255 or not value.isprintable():
        raise RefusedError(
            sentence("expected a text of 1 to 255 characters, received {received}", received=shown(value))
        )


ADDRESS = Text(_check_address, format="uri")
NAME = Text(_check_name, minLength=1, maxLength=255)
FLAG = Flag()
STUDENT_IDS = ("sourcedid",)
"""Claims that name a student as the roster does. Not custom claims, which any teacher there can set."""


class Platform(Table):
    """One registration of this tool with one platform."""

    label: ClassVar[Sentence] = sentence("a [[platform]]")

    issuer: str = field(NAME, "the platform's name for itself, `iss` in its tokens, letter by letter")
    client_id: str = field(NAME, "the platform's name for this registration")
    deployment_ids: list[str] = field(ListOf(NAME, least=1), "the deployments that are trusted")
    authorization_endpoint: str = field(ADDRESS, "where a sign-in is asked for")
    token_endpoint: str = field(ADDRESS, "where access tokens are asked for")
    jwks_url: str = field(ADDRESS, "where the platform's public keys are")
    token_audience: str = field(
        NAME, "`aud` of the request for an access token, where it is not the token endpoint", default=""
    )
    context_ids: list[str] = field(
        ListOf(NAME), "the courses of the platform that are this one; staff come from no other", factory=list
    )
    student_id: str = field(
        OneOf(STUDENT_IDS), "which claim is the student's id in the roster, where one is", default=""
    )
    trust_roles: bool = field(FLAG, "whether the platform's roles hold for people of the roster, too", default=False)
    provisional: bool = field(FLAG, "whether marks are sent while a person has yet to give some of them", default=False)
    origins: list[str] = field(
        ListOf(ADDRESS), "addresses of its pages, where they are not those of its issuer", factory=list
    )

    @property
    def name(self) -> tuple[str, str]:
        """What identifies the registration."""
        return self.issuer, self.client_id

    @property
    def pages(self) -> tuple[str, ...]:
        """The origins of its pages, which may frame this service."""
        found = (origin_of(one) for one in (*self.origins, self.issuer, self.authorization_endpoint))
        return tuple(dict.fromkeys(one for one in found if one))


class PlatformsDocument(Table):
    """The file lti.toml."""

    platform: list[Platform] = field(ListOf(TableOf(Platform), least=1), "the platforms")


class Platforms:
    """The registrations by issuer and client id."""

    def __init__(self, platforms: Iterable[Platform]) -> None:
        """Store them; their names are unique."""
        self._known = {platform.name: platform for platform in platforms}

    def __iter__(self) -> Iterator[Platform]:
        """All of them, in the order of the file."""
        return iter(self._known.values())

    def find(self, issuer: str, client_id: str | None = None) -> Platform | None:
        """The registration; without a client id, the issuer's only one, if there is just one."""
        if client_id is not None:
            return self._known.get((issuer, client_id))
        found = [platform for platform in self if platform.issuer == issuer]
        return found[0] if len(found) == 1 else None


def load_platforms(path: Path) -> Platforms:
    """The platforms in the file.

    Raises UsageError with file and line for an invalid file.
    """
    return read_platforms(read_bytes(path, UsageError), str(path))


def read_platforms(data: bytes, file: str = PLATFORMS_FILE) -> Platforms:
    """The platforms in the bytes of a file.

    Raises UsageError with file and line.
    """
    values, text = read_toml(data, file, UsageError)
    if not values:
        raise UsageError(sentence("the file is empty: expected [[platform]]"), Place(file=file))
    try:
        platforms = PlatformsDocument.read(values).platform
    except RefusedTableError as problem:
        raise UsageError(*first_refusal(problem, values, text, file)) from None
    for index, platform in enumerate(platforms):
        if platform.name in [before.name for before in platforms[:index]]:
            raise _twice(platform, Place(file=file, line=Lines(text).of(("platform", index))))
    return Platforms(platforms)


def _twice(platform: Platform, place: Place) -> GraderError:
    said = sentence(
        "issuer {issuer} with client_id {client} occurs twice: list all its deployment_ids in one [[platform]]",
        issuer=shown(platform.issuer),
        client=shown(platform.client_id),
    )
    return UsageError(said, place)
