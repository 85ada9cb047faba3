"""The members of a course, from a platform that others wrote: all of them, or a sentence."""

from __future__ import annotations

import pytest

from grader.service.lti.client import Client
from grader.service.lti.keys import ToolKeys
from grader.service.lti.refusal import UnreachableError
from grader.service.lti.roles import Role
from grader.service.lti.roster import RosterMember, members
from grader.service.lti.tokens import AccessTokens
from tests.service.lti.platform import INSTRUCTOR, LEARNER, LearningPlatform, json_reply


@pytest.fixture
def tokens(platform: LearningPlatform, client: Client) -> AccessTokens:
    keys = ToolKeys.generate()
    platform.registration.set_tool_key_set(keys.published())
    return AccessTokens(client, lambda: keys)


def test_the_members_of_all_pages(platform: LearningPlatform, client: Client, tokens: AccessTokens) -> None:
    platform.members = [
        {"user_id": "1", "roles": [LEARNER], "name": " Student\nOne ", "email": "one@example.org"},
        {"user_id": "2", "roles": [LEARNER], "status": "Inactive", "given_name": "دانشجو"},
        {"user_id": "3", "roles": [INSTRUCTOR, LEARNER], "family_name": "Three"},
        {"user_id": "4", "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"]},
        {"user_id": "5", "roles": ["Learner"], "email": 7},
    ]
    assert members(client, tokens, platform.known, f"{platform.origin}/members?limit=2") == [
        RosterMember("1", Role.STUDENT, name="Student One", email="one@example.org"),
        RosterMember("2", Role.STUDENT, active=False, given_name="دانشجو"),
        RosterMember("3", Role.INSTRUCTOR, family_name="Three"),
        RosterMember("5", Role.STUDENT),
    ]
    asked = platform.sent_to("GET /members")
    assert [each.path for each in asked] == [f"/members?limit=2{page}" for page in ("", "&page=2", "&page=3")]
    assert {each.headers["Accept"] for each in asked} == {"application/vnd.ims.lti-nrps.v2.membershipcontainer+json"}
    assert len(platform.sent_to("POST /token")) == 1


LIST = {"members": [{"user_id": "1", "roles": [LEARNER]}]}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("<http://127.0.0.1:1/members>; rel=next", "the platform's list of members leads elsewhere, or has no end"),
        ("<http://evil.example/>; rel=next", "the platform's list of members leads elsewhere, or has no end"),
        ("<{origin}/members>; rel=next", "the platform's list of members leads elsewhere, or has no end"),
        ("<javascript:x>; rel=next", "the platform's list of members leads elsewhere, or has no end"),
    ],
)
def test_a_list_that_leads_elsewhere_or_in_a_circle_is_no_list(
    platform: LearningPlatform, client: Client, tokens: AccessTokens, link: str, said: str
) -> None:
    platform.answers("GET /members", json_reply(LIST, headers={"Link": link.format(origin=platform.origin)}))
    with pytest.raises(UnreachableError) as caught:
        members(client, tokens, platform.known, f"{platform.origin}/members")
    assert str(caught.value) == said
    assert len(platform.sent_to("GET /members")) == 1


def test_a_list_without_end_ends(platform: LearningPlatform, client: Client, tokens: AccessTokens) -> None:
    def page(_: object) -> tuple[int, dict[str, str], bytes]:
        number = len(platform.sent_to("GET /members"))
        return json_reply(LIST, headers={"Link": f'<{platform.origin}/members?page={number}>; rel="next"'})  # type: ignore[return-value]

    platform.replies["GET /members"] = page
    with pytest.raises(UnreachableError, match="leads elsewhere, or has no end"):
        members(client, tokens, platform.known, f"{platform.origin}/members")
    assert len(platform.sent_to("GET /members")) == 500


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((403, {}, b""), "the platform answers for its members with status 403"),
        ((200, {}, b"<html>"), "the platform answers for its members with status 200"),
        (json_reply({}), "the platform's list of members cannot be read"),
        (json_reply({"members": {}}), "the platform's list of members cannot be read"),
    ],
)
def test_what_is_no_list_is_refused(
    platform: LearningPlatform,
    client: Client,
    tokens: AccessTokens,
    reply: tuple[int, dict[str, str], bytes],
    said: str,
) -> None:
    platform.answers("GET /members", reply)
    with pytest.raises(UnreachableError) as caught:
        members(client, tokens, platform.known, f"{platform.origin}/members")
    assert str(caught.value) == said


def test_too_many_members_are_refused(platform: LearningPlatform, client: Client, tokens: AccessTokens) -> None:
    many = {"members": [{"user_id": str(number), "roles": ["Learner"]} for number in range(25_001)]}
    following = {"Link": f"<{platform.origin}/members?page=2>; rel=next"}
    platform.answers("GET /members", json_reply(many, headers=following), json_reply(many))
    with pytest.raises(UnreachableError, match=r"^the platform lists more than 50,000 members$"):
        members(client, tokens, platform.known, f"{platform.origin}/members")


def test_entries_that_are_nobody_are_passed_over(
    platform: LearningPlatform, client: Client, tokens: AccessTokens
) -> None:
    odd = [7, None, {}, {"user_id": 3, "roles": ["Learner"]}, {"user_id": "", "roles": ["Learner"]}]
    more = [{"user_id": "x" * 256, "roles": ["Learner"]}, {"user_id": "a", "roles": "Learner"}]
    listed = [*odd, *more, {"user_id": "b", "roles": [7, "Learner"]}]
    platform.answers("GET /members", json_reply({"members": listed}))
    assert members(client, tokens, platform.known, f"{platform.origin}/members") == [RosterMember("b", Role.STUDENT)]


def test_a_token_that_is_refused_is_replaced_once(
    platform: LearningPlatform, client: Client, tokens: AccessTokens
) -> None:
    platform.answers("GET /members", (401, {}, b""), json_reply(LIST))
    assert members(client, tokens, platform.known, f"{platform.origin}/members") == [RosterMember("1", Role.STUDENT)]
    assert len(platform.sent_to("POST /token")) == 2
