"""A person comes from a platform that others wrote; whoever forges or repeats that is refused with one sentence."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from grader.service.lti.launch import Launch, spent_cookie
from grader.service.lti.refusal import CookieBlockedError, RefusedLaunchError
from grader.service.lti.roles import Role
from tests.service.lti.browser import Visited
from tests.service.lti.platform import INSTRUCTOR, LEARNER, TOOL, key_pair, to_sign

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
Values = dict[str, Any]


def claims_of(form: dict[str, str]) -> Values:
    return jwt.decode(form["id_token"], options={"verify_signature": False})


def kid_of(form: dict[str, str]) -> str:
    return str(jwt.get_unverified_header(form["id_token"])["kid"])


def forged(form: dict[str, str], *, keys: str = "platform", kid: str | None = None, **changed: Any) -> dict[str, str]:
    """The form with other claims, signed by PyJWT; None takes a claim out."""
    names = {"deployment_id", "version", "message_type", "roles", "target_link_uri", "resource_link", "custom"}
    claims = claims_of(form) | {(LTI + name if name in names else name): value for name, value in changed.items()}
    claims = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode(claims, to_sign(key_pair(keys)[0]), "RS256", {"kid": kid or kid_of(form)})
    return form | {"id_token": token}


# -- a sign-in that is good ----------------------------------------------------------------------------------------


def test_a_student_comes_in(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    begun = visited.begin(cookies)
    form = visited.platform.form(begun.redirect)
    assert visited.launch(form, cookies) == Launch(
        issuer="https://lms.example",
        client_id="client-7",
        deployment="deployment-3",
        subject="student-01",
        role=Role.STUDENT,
        target=TOOL.launch + "?assignment=cnn-foundations",
        assignment="cnn-foundations",
        name="Student One",
        email="one@example.org",
        context="course-4",
        context_title="CNN",
        link="link-2",
        line_item=f"{visited.platform.origin}/items/1?type_id=1",
        roster=f"{visited.platform.origin}/members",
    )
    assert visited.logins.rows == {}
    assert [asked.path for asked in visited.platform.asked] == ["/jwks"]


def test_the_redirect_asks_for_a_signed_form_and_keeps_the_query_of_the_endpoint(visited: Visited) -> None:
    begun = visited.begin({})
    query = parse_qs(urlsplit(begun.redirect).query)
    [state], [nonce] = query.pop("state"), query.pop("nonce")
    assert len(state) == len(nonce) == 43
    assert state != nonce
    assert query == {
        "tenant": ["5"],
        "scope": ["openid"],
        "response_type": ["id_token"],
        "response_mode": ["form_post"],
        "prompt": ["none"],
        "client_id": ["client-7"],
        "redirect_uri": ["https://grader.example/cnn/lti/launch"],
        "login_hint": ["student-01"],
        "lti_message_hint": ["message-9"],
    }
    [stored] = visited.logins.rows.values()
    assert stored.key == hashlib.sha256(state.encode()).hexdigest()
    assert state not in repr(stored)
    assert begun.cookie.value not in repr(stored)


def test_the_cookie_comes_back_from_inside_of_another_page_and_to_this_host_alone(visited: Visited) -> None:
    begun = visited.begin({})
    name, _, rest = begun.cookie.header.partition("=")
    assert name.startswith("__Host-lti-")
    assert rest == f"{begun.cookie.value}; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    [state] = parse_qs(urlsplit(begun.redirect).query)["state"]
    deleted = spent_cookie(state).header
    assert deleted == f"{name}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"


def test_two_sign_ins_in_one_browser_do_not_disturb_each_other(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    first, second = visited.begin(cookies), visited.begin(cookies)
    for begun, student in ((second, "student-02"), (first, "student-01")):
        assert visited.launch(visited.platform.form(begun.redirect, student), cookies).subject == student


@pytest.mark.parametrize(
    ("listed", "role"),
    [
        ([INSTRUCTOR], Role.INSTRUCTOR),
        ([LEARNER, INSTRUCTOR], Role.INSTRUCTOR),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#GuestLearner"], Role.STUDENT),
        (
            ["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant", INSTRUCTOR],
            Role.ASSISTANT,
        ),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#Grader", LEARNER], Role.ASSISTANT),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#PrimaryInstructor"], Role.INSTRUCTOR),
        (["http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator"], Role.INSTRUCTOR),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor", LEARNER], Role.STUDENT),
        (["http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator", "Learner"], Role.STUDENT),
    ],
)
def test_only_roles_in_the_course_count(visited: Visited, listed: list[str], role: Role) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    assert visited.launch(forged(form, roles=listed), cookies).role is role


def test_the_link_says_which_assignment_it_opens(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    changed = forged(form, custom={"assignment": "cnn-architectures"}, target_link_uri=TOOL.launch)
    assert visited.launch(changed, cookies).assignment == "cnn-architectures"


def test_several_audiences_are_taken_where_this_tool_is_the_authorized_one(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    assert visited.launch(forged(form, aud=["other", "client-7"], azp="client-7"), cookies).client_id == "client-7"


@pytest.mark.parametrize("changed", [{"exp": -59}, {"iat": 59}])
def test_clocks_may_differ_by_a_minute(visited: Visited, changed: dict[str, int]) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    moved = {name: int(visited.now) + seconds for name, seconds in changed.items()}
    assert visited.launch(forged(form, **moved), cookies).subject == "student-01"


# -- forged claims -------------------------------------------------------------------------------------------------

NO_ROLE = "the learning platform lists you neither as a student nor as staff of this course"
ELSEWHERE = "expected a link to an address of this service, https://grader.example/cnn, received "
OTHER_ISSUER = "expected a token of 'https://lms.example', received one of 'https://evil.example'"
OTHER_MESSAGE = "expected a message of type LtiResourceLinkRequest, LtiDeepLinkingRequest, received 'LtiStartReview'"
ROLES = "http://purl.imsglobal.org/vocab/lis/v2/"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
PLAIN = {AGS: {"scope": [SCORE], "lineitem": "http://lms.example/1"}}
FORGED: list[tuple[str, Values, str]] = [
    ("another issuer", {"iss": "https://evil.example"}, OTHER_ISSUER),
    ("another audience", {"aud": "client-8"}, "the platform's token is meant for another tool"),
    ("an audience of others", {"aud": ["client-8", "client-9"]}, "the platform's token is meant for another tool"),
    ("another authorized party", {"azp": "client-8"}, "the platform's token is meant for another tool"),
    ("several audiences, none authorized", {"aud": ["client-7", "b"], "azp": None}, "the platform's token lacks azp"),
    ("no audience", {"aud": None}, "the platform's token is meant for another tool"),
    ("audience of another type", {"aud": 7}, "the platform's token has a wrong aud: 7"),
    ("no expiry", {"exp": None}, "the platform's token lacks exp"),
    ("an expiry in words", {"exp": "never"}, "the platform's token has a wrong exp: 'never'"),
    ("an infinite expiry", {"exp": float("inf")}, "the platform's token has a wrong exp: inf"),
    ("an expiry that is no number", {"exp": float("nan")}, "the platform's token has a wrong exp: nan"),
    ("a true expiry", {"exp": True}, "the platform's token has a wrong exp: true"),
    ("no time of issue", {"iat": None}, "the platform's token lacks iat"),
    ("another nonce", {"nonce": "n" * 43}, "the platform's token belongs to another sign-in"),
    ("no nonce", {"nonce": None}, "the platform's token lacks nonce"),
    ("a deployment that is not known", {"deployment_id": "dep-2"}, "the deployment 'dep-2' is not in lti.toml"),
    ("no deployment", {"deployment_id": None}, "the platform's token lacks deployment_id"),
    ("LTI 1.1", {"version": "1.1.0"}, "expected LTI version 1.3.0, received '1.1.0'"),
    ("no version", {"version": None}, "the platform's token lacks version"),
    ("another message", {"message_type": "LtiStartReview"}, OTHER_MESSAGE),
    ("no message type", {"message_type": None}, "the platform's token lacks message_type"),
    ("nobody", {"sub": None}, "the platform's token lacks sub"),
    ("an empty person", {"sub": ""}, "the platform's token lacks sub"),
    ("a person as a number", {"sub": 17}, "the platform's token has a wrong sub: 17"),
    ("a person with a control character", {"sub": "a\0b"}, r"the platform's token has a wrong sub: 'a\x00b'"),
    ("half of a character", {"sub": "\ud800"}, r"the platform's token has a wrong sub: '\ud800'"),
    ("no roles", {"roles": None}, NO_ROLE),
    ("a visitor", {"roles": [ROLES + "membership#Mentor"]}, NO_ROLE),
    ("an administrator of the platform", {"roles": [ROLES + "system/person#Administrator"]}, NO_ROLE),
    ("roles as one text", {"roles": LEARNER}, f"the platform's token has a wrong roles: {LEARNER!r}"),
    ("a link elsewhere", {"target_link_uri": "https://grader.example.evil/cnn"}, ELSEWHERE + "'https://grader.example.evil/cnn'"),
    ("a link beside the tool", {"target_link_uri": "https://grader.example/cnn2"}, ELSEWHERE + "'https://grader.example/cnn2'"),
    ("no link", {"resource_link": None}, "the platform's token lacks resource_link.id"),
    ("a link that is no table", {"resource_link": "x"}, "the platform's token has a wrong resource_link: 'x'"),
    ("scores over http", PLAIN, "the platform's token has a wrong endpoint.lineitem: 'http://lms.example/1'"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_forged_claims_are_refused(visited: Visited, changed: Values, said: str) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    assert visited.refused(forged(form, **changed), cookies) == said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exp": -61}, "the platform's token has expired: open the assignment in the learning platform again"),
        ({"iat": 62}, "the platform's token is from the future: a clock is wrong there or here"),
        ({"nbf": 62}, "the platform's token is from the future: a clock is wrong there or here"),
    ],
)
def test_times_beyond_the_minute_are_refused(visited: Visited, changed: dict[str, int], said: str) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    moved = {name: int(visited.now) + seconds for name, seconds in changed.items()}
    assert visited.refused(forged(form, **moved), cookies) == said


# -- replays, and other browsers -----------------------------------------------------------------------------------

KNOWN_NO_MORE = "the sign-in is not known here, or has been used: open the assignment in the learning platform again"


def test_a_replay_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    assert visited.launch(form, cookies).subject == "student-01"
    assert visited.refused(form, cookies) == KNOWN_NO_MORE


def test_an_old_token_with_a_new_state_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    used = visited.platform.form(visited.begin(cookies).redirect)
    visited.launch(used, cookies)
    fresh = visited.platform.form(visited.begin(cookies).redirect)
    said = visited.refused({"state": fresh["state"], "id_token": used["id_token"]}, cookies)
    assert said == "the platform's token belongs to another sign-in"


def test_a_refused_sign_in_is_used_up(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    visited.refused(forged(form, keys="evil"), cookies)
    assert visited.refused(form, cookies) == KNOWN_NO_MORE


def test_the_state_of_another_browser_is_refused(visited: Visited) -> None:
    """An attacker who has begun a sign-in cannot end it in a student's browser."""
    attackers: dict[str, str] = {}
    form = visited.platform.form(visited.begin(attackers).redirect)
    students = dict.fromkeys(attackers, "x" * 43)
    assert visited.refused(form, students) == "the sign-in was begun in another browser"


def test_without_a_cookie_a_new_window_is_offered(visited: Visited) -> None:
    form = visited.platform.form(visited.begin({}).redirect)
    with pytest.raises(CookieBlockedError) as caught:
        visited.launch(form, {})
    assert str(caught.value) == (
        "this browser keeps no cookies inside of another site's page: go on in a window of its own"
    )
    address, _, query = caught.value.again.partition("?")
    assert address == "https://grader.example/cnn/lti/login"
    assert parse_qs(query) == {name: [value] for name, value in visited.platform.opened().items()}


def test_a_slow_sign_in_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    visited.now += 600
    said = "the sign-in took too long: open the assignment in the learning platform again"
    assert visited.refused(form, cookies) == said


@pytest.mark.parametrize("form", [{}, {"state": ""}, {"state": "\ud800"}, {"id_token": "a.b.c"}])
def test_a_form_without_a_known_state_is_refused(visited: Visited, form: dict[str, str]) -> None:
    assert visited.refused(form, {}) == KNOWN_NO_MORE


def test_a_platform_may_say_no(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    said = visited.refused({"state": form["state"], "error": "login_required\n<script>"}, cookies)
    assert said == r"the learning platform does not sign you in: 'login_required\n<script>'"


# -- how a sign-in begins ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"iss": ""}, "the platform's request lacks iss"),
        ({"login_hint": ""}, "the platform's request lacks login_hint"),
        ({"target_link_uri": ""}, "the platform's request lacks target_link_uri"),
        ({"lti_message_hint": "x" * 4_001}, "the platform's request has more than 4,000 letters in lti_message_hint"),
        (
            {"iss": "https://evil.example"},
            "this service knows no platform 'https://evil.example' with client_id 'client-7'",
        ),
        ({"client_id": "c"}, "this service knows no platform 'https://lms.example' with client_id 'c'"),
        (
            {"iss": "https://evil.example", "client_id": ""},
            "this service knows no platform 'https://evil.example', or several: client_id says which",
        ),
        (
            {"target_link_uri": "https://evil.example/"},
            "expected a link to an address of this service, https://grader.example/cnn, received 'https://evil.example/'",
        ),
    ],
)
def test_a_sign_in_of_others_does_not_begin(visited: Visited, changed: dict[str, str], said: str) -> None:
    with pytest.raises(RefusedLaunchError) as caught:
        visited.begin({}, **changed)
    assert str(caught.value) == said
    assert visited.logins.rows == {}


def test_the_only_registration_of_an_issuer_needs_no_client_id(visited: Visited) -> None:
    begun = visited.begin({}, client_id="")
    assert parse_qs(urlsplit(begun.redirect).query)["client_id"] == ["client-7"]


def test_a_column_is_used_only_where_scores_may_be_sent(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    endpoint = {"scope": [SCORE + "s"], "lineitem": "https://lms.example/1"}
    assert visited.launch(forged(form, **{AGS: endpoint}), cookies).line_item == ""
