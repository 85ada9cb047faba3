"""The members of a course, as a platform lists them: page after page, within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.messages import sentence
from grader.service.lti.addresses import same_origin
from grader.service.lti.claims import one_line
from grader.service.lti.client import Client, PlatformResponse
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import UnreachableError
from grader.service.lti.roles import Role, role_of
from grader.service.lti.tokens import AccessTokens
from grader.structs import Struct

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES = 500
MOST_MEMBERS = 50_000
MOST_LETTERS = 255


class RosterMember(Struct):
    """A person in a course."""

    user: str
    role: Role
    active: bool = True
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    sourcedid: str = ""


def members(client: Client, tokens: AccessTokens, platform: Platform, address: str) -> list[RosterMember]:
    """Everybody with a role in the course, in the platform's order.

    Raises UnreachableError if the list cannot be read to its end: a partial list would lack people.
    """
    found: list[RosterMember] = []
    for page in _pages(client, tokens, platform, address):
        listed = page.get("members")
        if not isinstance(listed, list):
            raise UnreachableError(sentence("the platform's list of members cannot be read"))
        found.extend(member for each in listed if (member := _member(each)) is not None)
        if len(found) > MOST_MEMBERS:
            raise UnreachableError(sentence("the platform lists more than {most:,} members", most=MOST_MEMBERS))
    return found


def _pages(client: Client, tokens: AccessTokens, platform: Platform, first: str) -> Iterator[Mapping[str, Any]]:
    address, seen = first, {first}
    while True:
        response = _asked(client, tokens, platform, address)
        page = response.json() if response.is_success else None
        if not isinstance(page, dict):
            said = sentence("the platform answers for its members with status {status}", status=response.status)
            raise UnreachableError(said)
        yield page
        address = response.next_page
        if not address:
            return
        if not same_origin(first, address) or address in seen or len(seen) >= MOST_PAGES:
            raise UnreachableError(sentence("the platform's list of members leads elsewhere, or has no end"))
        seen.add(address)


def _asked(client: Client, tokens: AccessTokens, platform: Platform, address: str) -> PlatformResponse:
    """The response for one page; a refused token is replaced once."""
    headers = {"Authorization": f"Bearer {tokens.token(platform, SCOPE)}", "Accept": MEDIA_TYPE}
    response = client.get(address, headers)
    if response.status != 401:
        return response
    tokens.forget(platform, SCOPE)
    return client.get(address, headers | {"Authorization": f"Bearer {tokens.token(platform, SCOPE)}"})


def _member(values: Any) -> RosterMember | None:
    """The member; None without an id or a role in the course."""
    if not isinstance(values, dict):
        return None
    user, roles = values.get("user_id"), values.get("roles")
    if (
        not isinstance(user, str)
        or not 0 < len(user) <= MOST_LETTERS
        or not user.isprintable()
        or not isinstance(roles, list)
    ):
        return None
    role = role_of(each for each in roles[:200] if isinstance(each, str))
    if role is None:
        return None
    return RosterMember(
        user,
        role,
        values.get("status", "Active") == "Active",
        **{name: one_line(values.get(name), MOST_LETTERS) for name in ("name", "given_name", "family_name", "email")},
        sourcedid=one_line(values.get("lis_person_sourcedid"), MOST_LETTERS),
    )
