"""The application of `grader serve`: every endpoint, and the response if one fails."""

from __future__ import annotations

import re

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from grader.errors import AuthorError, GraderError, StudentError, UsageError
from grader.messages import Sentence, sentence
from grader.service.api import mued, openapi, v1
from grader.service.api.mued import calls
from grader.service.course.refusals import DeniedError, MissingError, OvertakenError, UnusableError
from grader.service.form import CharsetError
from grader.service.guard import FAULT, Guard, HttpRefusal
from grader.service.log import LOG
from grader.service.web import health, lti, sign_in, staff, student
from grader.service.web.endpoint import Endpoint, check_rate
from grader.service.web.pages import refused_page
from grader.service.web.site import CourseSite
from grader.service.web.watch import Watch

_STATUS: tuple[tuple[type[GraderError], int], ...] = (
    (DeniedError, 403),
    (MissingError, 404),
    (OvertakenError, 409),
    (calls.VersionError, 406),
    (CharsetError, 415),
    (StudentError, 422),
    (UsageError, 422),
    (AuthorError, 409),
    (UnusableError, 409),
)
SILENT = (OperationalError, InterfaceError, TimeoutError)
"""What SQLAlchemy raises if the database does not respond, or not in time."""
_HTTP = {
    401: sentence("expected a signed-in person: open your personal link"),
    403: sentence("you are not allowed to see or do this"),
    404: sentence("there is no page at this address"),
    405: sentence("expected another method at this address"),
    415: sentence("expected another content type: application/toml or application/json"),
    429: sentence("too many requests: wait a little"),
}
_NO_TOKEN = sentence("expected a token of this service, as in Authorization: Bearer TOKEN")
_PROGRAMS = re.compile(r"/(api|evaluate)(/|$)")
"""The addresses for programs, where every response is JSON."""


def application(site: CourseSite, watch: Watch | None = None) -> ASGIApp:
    """The ASGI application, guarded and watched."""
    app = Application(site)
    return Guard(app, lambda scope, why: answer(site, scope, why), site.refusal, lambda _: site.most_bytes, watch)


class Application:
    """Every address of a site, and the response if something fails.

    It does what Starlette's class of that name does, without the middleware that each response passes there.
    """

    def __init__(self, site: CourseSite) -> None:
        """Serve this site."""
        self.site = site
        self.router = Router(routes=endpoints(), redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["app"] = self
        try:
            try:
                await self.router(scope, receive, send)
            except HTTPException:
                if "logged" not in scope:  # there is no such endpoint
                    check_rate(self.site.wait_of_stranger(scope))
                raise
        except Exception as problem:
            response = _failed(Request(scope), problem)
            if "begun" in scope:
                raise  # there is no second response
            await response(scope, receive, send)


def endpoints() -> list[Endpoint]:
    """Every endpoint of the service."""
    modules = (student, v1, health, sign_in, lti, staff, openapi, calls)  # the most frequent requests are found first
    return [endpoint for module in modules for endpoint in module.endpoints()]


def answer(site: CourseSite, scope: Scope, why: HttpRefusal) -> Response:
    """A refusal in the caller's format."""
    path = scope["path"]
    said = site.service.language(why.said)
    if path.startswith(mued.MUED_ROOT):
        return calls.refused(said, why, path)
    if is_for_programs(path) or _wants_json(scope):
        return JSONResponse({"message": said}, why.status, headers=why.headers)
    return refused_page(site, why)


def is_for_programs(path: str) -> bool:
    """Whether an address is for programs."""
    return _PROGRAMS.match(path) is not None


def _wants_json(scope: Scope) -> bool:
    accepted = dict(scope["headers"]).get(b"accept", b"")
    return b"application/json" in accepted


def _failed(request: Request, problem: Exception) -> Response:
    if isinstance(problem, HTTPException):
        return _http(request, problem)
    if isinstance(problem, GraderError):
        return _said(request, problem)
    return _silent(request, problem) if isinstance(problem, SILENT) else _fault(request, problem)


def _http(request: Request, problem: HTTPException) -> Response:
    status = problem.status_code
    said = _HTTP.get(status, sentence("expected a request of another kind"))
    headers = dict(problem.headers or {})
    if status == 405:
        headers["Allow"] = ", ".join(_methods(request))
    if status == 401:
        programs = is_for_programs(request.url.path)
        said = _NO_TOKEN if programs else said
        headers["WWW-Authenticate"] = "Bearer" if programs else "Cookie"
    return _answered(request, said, status, headers)


def _methods(request: Request) -> list[str]:
    """The methods of an address, over all its endpoints."""
    found = [one for one in request.app.router.routes if one.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for one in found for method in one.methods})


def _said(request: Request, problem: GraderError) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(problem, kind)), None)
    if status is None:
        return _fault(request, problem)
    return _answered(request, problem.located, status)


def _silent(request: Request, problem: Exception) -> Response:
    LOG.error("the database does not answer", exc_info=problem)
    said = sentence("the database does not answer at the moment: try again in a minute")
    return _answered(request, said, 503, {"retry-after": "30"})


def _fault(request: Request, problem: Exception) -> Response:
    LOG.error("a fault of ours", exc_info=problem, extra={"fields": {"request": request.scope.get("request_id", "")}})
    return _answered(request, FAULT, 500)


def _answered(request: Request, said: Sentence, status: int, headers: dict[str, str] | None = None) -> Response:
    return answer(request.app.site, request.scope, HttpRefusal(said, status, headers or {}))
