"""An endpoint: what a request to it requires, who sent it, and what its handler may use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from grader.errors import AuthorError, StudentError
from grader.messages import Sentence, sentence
from grader.service.api.bodies import JSON, read_json
from grader.service.api.checks import Schema, problem
from grader.service.course.refusals import DeniedError, MissingError, UnusableError
from grader.service.course.remark import known_unusable
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.form import check_text, read_form
from grader.service.web.limits import STATIC
from grader.service.web.sessions import is_form_token
from grader.service.web.watch import LoggedRequest

if TYPE_CHECKING:
    from grader.service.api.spec import Spec
    from grader.service.web.site import CourseSite

Needs = Right | Literal["nothing", "anybody"]
"""A right; `anybody` who has signed in; or `nothing`, not even a sign-in."""
_T = TypeVar("_T")
_ANOTHER_PAGE = sentence("expected a form of this service, received one of another page")
FIELDS = 1_000
"""The most fields of a form."""


@dataclass(frozen=True)
class EndpointCall:
    """An authorised request."""

    site: CourseSite
    request: Request
    known: Who | None
    received: datetime
    """When the request arrived: waiting for its turn does not make it late."""

    @property
    def service(self) -> Service:
        """The course."""
        return self.site.service

    @property
    def who(self) -> Who:
        """The caller."""
        assert self.known is not None, "the endpoint needs nobody"
        return self.known

    def path(self, name: str) -> str:
        """A path parameter."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.query_params.get(name, default)

    @property
    def content_type(self) -> str:
        """The content type of the body, without its parameters."""
        said = self.request.headers.getlist("content-type")
        return said[0].partition(";")[0].strip().lower() if len(said) == 1 else ""

    async def work(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run a call that writes, in the service's one thread."""
        return await self.run(self.service.work, call, *arguments)

    async def ask(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run a call that only reads, in any thread."""
        return await self.run(self.service.readers, call, *arguments)

    async def save(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run a call that saves a draft, beside the service's thread."""
        return await self.run(self.service.savers, call, *arguments)

    async def reach(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run a call that may wait for another server."""
        return await self.run(self.service.outside, call, *arguments)

    async def run(self, pool: Executor, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run a call in a thread of this pool."""
        return await asyncio.get_running_loop().run_in_executor(pool, call, *arguments)

    async def json(self, schema: Schema, most: int | None = None) -> dict[str, Any]:
        """The body as a JSON object that fits a schema; its integers are ints.

        Raises StudentError for anything else, HTTPException for another content type.
        """
        if self.content_type != JSON:
            raise HTTPException(415)
        data = await self.request.body()
        if most is not None and len(data) > most:
            raise StudentError(sentence("expected at most {limit:,} bytes", limit=most))
        found = read_json(data)
        if (wrong := problem(found, schema)) is not None:
            raise StudentError(wrong)
        known = schema.get("properties", {})
        return {
            name: int(value) if known.get(name, {}).get("type") == "integer" else value for name, value in found.items()
        }

    async def form(self, files: int = 0) -> FormData:
        """The form, with at most `files` files.

        Raises as `read_form` and `check_text`.
        """
        form = await read_form(self.request, files=files, fields=FIELDS, most_bytes=self.site.most_bytes)
        check_text(form)
        return form


Handler = Callable[[EndpointCall], Awaitable[Response]]


class Endpoint(Route):
    """An address with its methods, and what a caller needs to reach it.

    An endpoint with a `spec` is an API call. API calls take a token and no cookie, the others a cookie and no token; a
    POST to the latter needs the form token as well.
    """

    def __init__(
        self, path: str, handler: Handler, needs: Needs, *, methods: Sequence[str] = ("GET",), spec: Spec | None = None
    ) -> None:
        """Declare it."""
        self.handler = handler
        self.needs = needs
        self.spec = spec
        self.static = needs == "nothing" and path.endswith(STATIC)
        super().__init__(path, self._answer, methods=list(methods), name=handler.__name__)
        self.app = self._serve  # without Starlette's wrapper, which handles exceptions as the application does

    @property
    def api(self) -> bool:
        """Whether it is an API call."""
        return self.spec is not None

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._checked(request)
        finally:
            await request.close()  # the files of a form

    async def _checked(self, request: Request) -> Response:
        site: CourseSite = request.app.site
        received = site.service.now()
        site.glance()
        who = None if self.static else await site.who(request, api=self.api)
        request.scope["logged"] = LoggedRequest(self.path, who.name if who is not None else "")
        if who is not None:
            check_rate(site.wait(who, request.scope["path"]))
        elif not self.static:
            check_rate(site.wait_of_stranger(request.scope))
        if self.needs != "nothing":
            if who is None:
                if "cookie" in request.headers or "authorization" in request.headers:
                    check_rate(site.wait_of_guess(request.scope))
                raise HTTPException(401)
            if isinstance(self.needs, Right) and not who.may(self.needs):
                raise DeniedError(sentence("you are not allowed to see or do this"))
            if not self.api and request.method != "GET" and request.method != "HEAD":
                await _check_form(request, who)
        try:
            return await self.handler(EndpointCall(site, request, who, received))
        except HTTPException as problem:
            if problem.status_code == 401:  # the handler was given a secret that nobody has
                check_rate(site.wait_of_guess(request.scope))
            raise
        except MissingError as problem:
            why = _why_unusable(site.service, request)
            if why is None or who is None or not who.is_staff:
                raise
            raise AuthorError(why) from problem
        except AuthorError as problem:
            if who is not None and who.is_staff:
                raise
            raise UnusableError from problem


def _why_unusable(service: Service, request: Request) -> Sentence | None:
    """Why the assignment in the address is not served: its files cannot be used; None if it is, or is unknown."""
    id = request.path_params.get("assignment")
    return None if id is None or id in service.assignments() else known_unusable(service).get(id)


def check_rate(seconds: float) -> None:
    """Refuse a request that has to wait for so many seconds.

    Raises HTTPException.
    """
    if seconds > 0:
        raise HTTPException(429, headers={"retry-after": str(int(seconds) + 1)})


def check_origin(request: Request) -> None:
    """Refuse requests from another site's page, judging by the browser's headers.

    For pages that send no referrer, browsers send `null` as the origin of their forms.

    Raises DeniedError.
    """
    site: CourseSite = request.app.site
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "null")
    if fetched not in ("same-origin", "none") or origin not in ("null", *site.origins):
        raise DeniedError(_ANOTHER_PAGE)


async def _check_form(request: Request, who: Who) -> None:
    """Refuse a change that did not come from a form, or the script, of this session."""
    check_origin(request)
    written: Any = request.headers.get("x-csrf-token")
    if written is None:
        form = await read_form(request, files=1_000, fields=FIELDS, most_bytes=request.app.site.most_bytes)
        written = form.get("csrf", "")
    if isinstance(written, UploadFile) or not is_form_token(who.secret, written):
        raise DeniedError(_ANOTHER_PAGE)
