"""Signing in by a personal link, and out again; the style and the script of all pages."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from grader.service.course.service import Service
from grader.service.store.people import SESSION_LASTS, Credential, credential, new_secret, revoke, take_once
from grader.service.web.endpoint import Endpoint, EndpointCall, check_origin
from grader.service.web.pages import page, service_style

ENTER = "/enter"


async def enter(call: EndpointCall) -> Response:
    """Show whose link it is, without signing in: mail scanners also open links."""
    token = call.query("token")
    found = await call.ask(_linked, call.service, token)
    return page(call, "enter.html", token=token, name=found.person.name or found.person.student)  # type: ignore[union-attr]


async def entered(call: EndpointCall) -> Response:
    """Exchange the link for a session."""
    check_origin(call.request)
    form = await call.form()
    token = str(form.get("token", ""))
    await call.ask(_linked, call.service, token)
    secret, target = await call.work(_session, call.service, token)
    return with_session(call, RedirectResponse(target, 303), secret)


def with_session(call: EndpointCall, response: Response, secret: str) -> Response:
    """The response that signs a browser in."""
    lasts = int(SESSION_LASTS.total_seconds())
    response.set_cookie(call.site.cookie, secret, max_age=lasts, **call.site.cookie_settings())
    return response


async def leave(call: EndpointCall) -> Response:
    """End the session."""
    await call.work(_ended, call.service, call.who.secret)
    call.site.sessions.forget()
    response = page(call, "left.html")
    response.delete_cookie(call.site.cookie, **call.site.cookie_settings())
    return response


def _linked(service: Service, token: str) -> Credential:
    with service.store.reading() as base:
        return _found(base, service, token)


def _found(base: Connection, service: Service, token: str) -> Credential:
    if 0 < len(token) <= 200:
        for kind in ("link", "once"):
            found = credential(base, token, kind, service.now())
            if found is not None and found.person is not None:
                return found
    raise HTTPException(401)


def _session(service: Service, token: str) -> tuple[str, str]:
    """A new session, and the page to open; a single-use link is used up."""
    now = service.now()
    with service.store.writing() as base:
        found = _found(base, service, token)
        if found.kind == "once" and take_once(base, "once", token, now) is None:
            raise HTTPException(401)
        assert found.person is not None
        return new_secret(base, "session", now, person=found.person.id, lasts=SESSION_LASTS), found.scope or "/"


def _ended(service: Service, secret: str) -> None:
    with service.store.writing() as base:
        revoke(base, service.now(), secret=secret)


async def style(call: EndpointCall) -> Response:
    """The style sheet."""
    del call
    return Response(service_style(), media_type="text/css", headers={"cache-control": "public, max-age=3600"})


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint(ENTER, enter, "nothing"),
        Endpoint(ENTER, entered, "nothing", methods=["POST"]),
        Endpoint("/leave", leave, "anybody", methods=["POST"]),
        Endpoint("/style.css", style, "nothing"),
    ]
