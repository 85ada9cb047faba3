"""One request to a place: what it needs, who asks, and what its handler may use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.errors import StudentError
from grader.messages import sentence
from grader.messages.names import described
from grader.service.course.refusals import DeniedError
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.web.sessions import is_form_token

if TYPE_CHECKING:
    from grader.service.web.site import Site

Needs = Right | Literal["nothing", "anybody"]
"""A right; `anybody` who has signed in; or `nothing`, not even that."""
_T = TypeVar("_T")
FIELDS = 1_000
"""The most fields of a form."""


@dataclass(frozen=True)
class Call:
    """A request whose sender may make it."""

    site: Site
    request: Request
    known: Who | None

    @property
    def service(self) -> Service:
        """The course."""
        return self.site.service

    @property
    def who(self) -> Who:
        """Who asks."""
        assert self.known is not None, "the place needs nobody"
        return self.known

    def path(self, name: str) -> str:
        """A piece of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """A value after the question mark."""
        return self.request.query_params.get(name, default)

    async def work(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run what marks or writes, in the service's one thread."""
        return await asyncio.get_running_loop().run_in_executor(self.service.work, call, *arguments)

    async def ask(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Run what only reads, in any thread."""
        return await run_in_threadpool(call, *arguments)

    async def json(
        self, fields: Mapping[str, Any], optional: Sequence[str] = (), most: int | None = None
    ) -> dict[str, Any]:
        """The body as a JSON object with these fields of these types.

        Raises StudentError for anything else.
        """
        data = await self.request.body()
        if most is not None and len(data) > most:
            raise StudentError(sentence("expected at most {limit:,} bytes", limit=most))
        try:
            body = json.loads(data)
        except (ValueError, RecursionError):
            raise StudentError(sentence("expected JSON")) from None
        if not isinstance(body, dict):
            raise StudentError(sentence("expected a JSON object, received {received}", received=described(body)))
        for name, kind in fields.items():
            if name not in body and name not in optional:
                raise StudentError(sentence("expected the field {name}", name=name))
            value = body.get(name)
            if name in body and (not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool)):
                said = sentence(
                    "{name}: another type was expected, received {received}", name=name, received=described(value)
                )
                raise StudentError(said)
        if unknown := [name for name in body if name not in fields]:
            raise StudentError(sentence("unknown field {name!r}", name=unknown[0][:100]))
        return body

    async def form(self, files: int = 0) -> FormData:
        """The form, with at most so many files."""
        return await self.request.form(max_files=files, max_fields=FIELDS, max_part_size=self.site.most_bytes)


Handler = Callable[[Call], Awaitable[Response]]


class Place(Route):
    """An address, the methods that it takes, and what somebody needs who asks; nothing is reached without the latter.

    `api` places take a token and no cookie, the others a cookie and no token; a POST of the latter needs the token of
    our forms as well.
    """

    def __init__(
        self, path: str, handler: Handler, needs: Needs, *, methods: Sequence[str] = ("GET",), api: bool = False
    ) -> None:
        """Declare it."""
        self.handler = handler
        self.needs = needs
        self.api = api
        super().__init__(path, self._answer, methods=list(methods), name=handler.__name__)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._checked(request)
        finally:
            await request.close()  # the files of a form

    async def _checked(self, request: Request) -> Response:
        site: Site = request.app.state.site
        site.glance()
        who = await site.who(request, api=self.api)
        if self.needs != "nothing":
            if who is None:
                raise HTTPException(401)
            if isinstance(self.needs, Right) and not who.may(self.needs):
                raise DeniedError(sentence("this is not for you to see or to do"))
            if (seconds := site.wait(who, request.url.path)) > 0:
                raise HTTPException(429, headers={"retry-after": str(int(seconds) + 1)})
            if not self.api and request.method != "GET" and request.method != "HEAD":
                await _check_form(request, who)
        return await self.handler(Call(site, request, who))


async def _check_form(request: Request, who: Who) -> None:
    """Refuse a change that did not come with a form, or the script, of this session."""
    written: Any = request.headers.get("x-csrf-token")
    if written is None:
        form = await request.form(max_files=1_000, max_fields=FIELDS, max_part_size=request.app.state.site.most_bytes)
        written = form.get("csrf", "")
    if isinstance(written, UploadFile) or not is_form_token(who.secret, written):
        raise DeniedError(sentence("expected a form of this service, received one of another page"))
