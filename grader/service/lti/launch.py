"""The end of a sign-in: the platform's response becomes a person with a role in a course, or is refused."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from grader.messages import sentence
from grader.messages.names import listed, shown
from grader.service.lti.claims import LINKING, LTI, LTI_VERSION, ROSTER_CLAIM, SCORES, Claims
from grader.service.lti.keysets import KeySets
from grader.service.lti.login import Cookie, Tool, cookie_name
from grader.service.lti.platforms import Platform, Platforms
from grader.service.lti.refusal import CookieBlockedError, RefusedLaunchError, refused
from grader.service.lti.roles import Role, role_of
from grader.service.lti.stored import Logins, PendingLogin, digest
from grader.service.lti.token import verified
from grader.structs import Struct

OPEN, CHOOSE = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MOST_LETTERS = 255


class Chooser(Struct):
    """How a platform wants to receive the assignments that an instructor chooses."""

    back: str
    """Where the response is sent, by a form in the browser."""
    data: str = ""
    """Data to send back unchanged."""
    takes_links: bool = True
    takes_several: bool = False
    takes_columns: bool = True
    """Whether a link may create a column in the platform's gradebook."""


class Launch(Struct):
    """A person whom a platform has signed in, and where in the platform."""

    issuer: str
    client_id: str
    deployment: str
    subject: str
    """The person's id, unique within the issuer."""
    role: Role
    target: str
    """The address that is opened."""
    assignment: str = ""
    """The assignment, if the link names one."""
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    sourcedid: str = ""
    """The person's id in the institution's records; empty if the platform does not give it."""
    context: str = ""
    """The id of the course at the platform."""
    context_title: str = ""
    link: str = ""
    """The id of the link at the platform."""
    line_item: str = ""
    """The column of the platform's gradebook for the scores; empty if there is none."""
    roster: str = ""
    """The address of the course's member list; empty if there is none."""
    locale: str = ""
    chooser: Chooser | None = None
    """Present if an instructor is choosing assignments to link to."""


def spent_cookie(state: str) -> Cookie:
    """The cookie that deletes this sign-in's cookie, for every response to a launch."""
    return Cookie(cookie_name(digest(state)), "").deleted()


def launch(
    tool: Tool,
    platforms: Platforms,
    key_sets: KeySets,
    form: Mapping[str, str],
    cookies: Mapping[str, str],
    logins: Logins,
    now: float,
) -> Launch:
    """The person whom the platform's form signs in. Each sign-in ends here once, successful or not.

    Raises CookieBlockedError if the browser sent no cookie, and RefusedLaunchError for anything else.
    """
    pending = _pending(form.get("state", ""), logins, now)
    cookie = cookies.get(cookie_name(pending.key))
    if cookie is None:
        raise CookieBlockedError(f"{tool.login}?{pending.again}")
    if not hmac.compare_digest(digest(cookie), pending.browser):
        raise refused(sentence("the sign-in was begun in another browser"))
    if "error" in form:
        said = sentence("the learning platform does not sign you in: {reason}", reason=shown(form["error"]))
        raise refused(said)
    platform = platforms.find(pending.issuer, pending.client_id)
    if platform is None:
        raise refused(sentence("the platform that began the sign-in is no longer known to this service"))
    claims = verified(form.get("id_token", ""), platform, key_sets, pending.nonce, now)
    return _read(claims, platform, tool)


def _pending(state: str, logins: Logins, now: float) -> PendingLogin:
    pending = logins.take(digest(state)) if state else None
    if pending is None:
        raise refused(
            sentence(
                "the sign-in is not known here, or has been used: open the assignment in the learning platform again"
            )
        )
    if pending.expires <= now:
        raise refused(sentence("the sign-in took too long: open the assignment in the learning platform again"))
    return pending


def _read(claims: Claims, platform: Platform, tool: Tool) -> Launch:
    kind = _kind(claims)
    deployment = claims.text(LTI + "deployment_id", MOST_LETTERS)
    if deployment not in platform.deployment_ids:
        raise refused(sentence("the deployment {id} is not in lti.toml", id=shown(deployment)))
    target = claims.text(LTI + "target_link_uri")
    if not tool.owns(target):
        raise refused(
            sentence(
                "expected a link to an address of this service, {expected}, received {received}",
                expected=tool.address,
                received=shown(target),
            )
        )
    context, link = claims.table(LTI + "context"), claims.table(LTI + "resource_link")
    role = _role(claims)
    return Launch(
        issuer=platform.issuer,
        client_id=platform.client_id,
        deployment=deployment,
        subject=claims.text("sub", MOST_LETTERS),
        role=role,
        target=target,
        assignment=claims.table(LTI + "custom").optional("assignment") or _in_query(target),
        **{name: claims.optional(name, MOST_LETTERS) for name in ("name", "given_name", "family_name", "email")},
        sourcedid=claims.table(LTI + "lis").optional("person_sourcedid", MOST_LETTERS),
        context=context.optional("id", MOST_LETTERS),
        context_title=context.optional("title", MOST_LETTERS),
        link=link.text("id", MOST_LETTERS) if kind == OPEN else "",
        line_item=_line_item(claims.table(SCORES)),
        roster=claims.table(ROSTER_CLAIM).address("context_memberships_url"),
        locale=claims.table(LTI + "launch_presentation").optional("locale", 35),
        chooser=_chooser(claims, role) if kind == CHOOSE else None,
    )


def _kind(claims: Claims) -> str:
    version = claims.text(LTI + "version")
    if version != LTI_VERSION:
        raise refused(
            sentence(
                "expected LTI version {expected}, received {received}", expected=LTI_VERSION, received=shown(version)
            )
        )
    kind = claims.text(LTI + "message_type")
    if kind not in (OPEN, CHOOSE):
        raise refused(
            sentence(
                "expected a message of type {allowed}, received {received}",
                allowed=listed((OPEN, CHOOSE)),
                received=shown(kind),
            )
        )
    return kind


def _role(claims: Claims) -> Role:
    role = role_of(claims.texts(LTI + "roles"))
    if role is None:
        raise refused(sentence("the learning platform lists you neither as a student nor as staff of this course"))
    return role


def _in_query(target: str) -> str:
    try:
        return parse_qs(urlsplit(target).query, max_num_fields=20).get("assignment", [""])[0]
    except ValueError:
        return ""


def _line_item(scores: Claims) -> str:
    return scores.address("lineitem") if SCORE_SCOPE in scores.texts("scope") else ""


def _chooser(claims: Claims, role: Role) -> Chooser:
    if role is not Role.INSTRUCTOR:
        raise _only_instructors()
    wanted = claims.table(LINKING + "deep_linking_settings")
    back = wanted.address("deep_link_return_url")
    if not back:
        wanted.text("deep_link_return_url")
    return Chooser(
        back=back,
        data=wanted.text("data", 20_000, plain=False) if "data" in wanted else "",
        takes_links="ltiResourceLink" in wanted.texts("accept_types"),
        takes_several=wanted.switch("accept_multiple", False),
        takes_columns=wanted.switch("accept_lineitem", True),
    )


def _only_instructors() -> RefusedLaunchError:
    return refused(sentence("only instructors choose which assignments the platform links to"))
