"""A platform opens the service: the sign-in begins, ends, and becomes a session.

These endpoints need no sign-in, and accept forms from other sites: they are protected by the state, the nonce, the
cookie and the platform's signature.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.responses import JSONResponse, RedirectResponse, Response

from grader.homework.names import unknown_assignment
from grader.service.course.lti.connection import Lti
from grader.service.course.lti.people import Visitor, check_course, person_of
from grader.service.course.service import Service
from grader.service.lti.delivery import Address
from grader.service.lti.launch import Launch, launch, spent_cookie
from grader.service.lti.login import begin
from grader.service.lti.refusal import refused
from grader.service.lti.roles import Role
from grader.service.store.lti import add_column
from grader.service.store.lti_people import PlatformCourse, put_course
from grader.service.store.people import SESSION_LASTS, Person, new_once, new_secret
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.lti.choosing import choose
from grader.service.web.lti.pages import framed, lti_of, said, texts
from grader.service.web.sign_in import with_session


@said
async def login(call: EndpointCall) -> Response:
    """Start a sign-in."""
    lti = lti_of(call)
    sent = texts(await call.form() if call.request.method == "POST" else call.request.query_params)
    begun = await call.reach(begin, lti.tool, lti.platforms, sent, lti.logins, lti.now())
    response = RedirectResponse(begun.redirect, 303)
    response.headers.append("set-cookie", begun.cookie.header)
    return response


async def launched(call: EndpointCall) -> Response:
    """End a sign-in, successful or not: its cookie is deleted."""
    lti_of(call)
    state = texts(await call.form()).get("state", "")
    response = await _launched(call)
    response.headers.append("set-cookie", spent_cookie(state).header)
    return response


@said
async def _launched(call: EndpointCall) -> Response:
    form = texts(await call.form())
    # Not in the marking thread: the platform's keys may have to be fetched.
    found, person = await call.reach(_signed_in, lti_of(call), form, call.request.cookies)
    if found.chooser is not None:
        return await choose(call, found, person)
    target = _target(call.service, found, person)
    if call.request.headers.get("sec-fetch-dest") == "document":
        secret = await call.reach(_session, call.service, person)
        return with_session(call, RedirectResponse(target, 303), secret)
    token = await call.reach(_once, call.service, person, target)
    return framed(call, "lti/open.html", token=token, name=person.name or person.student)


class _SignedIn(NamedTuple):
    launch: Launch
    person: Person


def _signed_in(lti: Lti, form: dict[str, str], cookies: dict[str, str]) -> _SignedIn:
    found = launch(lti.tool, lti.platforms, lti.key_sets, form, cookies, lti.logins, lti.now())
    platform = lti.platforms.find(found.issuer, found.client_id)
    assert platform is not None
    check_course(platform, found.context, found.role)
    now = lti.service.now()
    with lti.service.store.writing() as base:
        person = person_of(base, platform, Visitor.launched(found), now)
        course = PlatformCourse(*platform.name, found.context, found.context_title, found.roster)
        put_course(base, course, now)
        if (
            found.line_item
            and person.role == found.role == Role.STUDENT
            and found.assignment in lti.service.assignments()
        ):
            address = Address(*platform.name, found.line_item, found.subject)
            add_column(base, address, person.id, found.assignment)
    return _SignedIn(found, person)


def _target(service: Service, found: Launch, person: Person) -> str:
    """The page to open: for staff the course, whichever assignment the link is to."""
    if found.assignment and found.assignment not in service.assignments():
        raise refused(unknown_assignment(found.assignment, service.assignments()))
    if person.role != Role.STUDENT:
        return "/staff"
    return f"/work/{found.assignment}" if found.assignment else "/"


def _session(service: Service, person: Person) -> str:
    with service.store.writing() as base:
        return new_secret(base, "session", service.now(), person=person.id, lasts=SESSION_LASTS)


def _once(service: Service, person: Person, target: str) -> str:
    with service.store.writing() as base:
        return new_once(base, "once", service.now(), person.id, target)


async def keys(call: EndpointCall) -> Response:
    """The public keys of this tool."""
    lti = lti_of(call)
    return JSONResponse((await call.reach(lti.keys)).published())


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/lti/login", login, "nothing", methods=["GET", "POST"]),
        Endpoint("/lti/launch", launched, "nothing", methods=["POST"]),
        Endpoint("/lti/jwks.json", keys, "nothing"),
    ]
