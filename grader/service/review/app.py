"""The routes of `grader review`: each reads a request, asks the desk, and answers with a page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from grader.errors import GraderError
from grader.gradebook.review.queue import Group
from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.service.guard import Guard
from grader.service.review.desk import Desk, Typed
from grader.service.review.pages import Notice, Pages, group_path, part_path, saved_notice
from grader.service.review.trust import ENTER, LINK_NEEDED, MOST_BYTES, Trust

_FIELDS = 60
_BACK = re.compile(r"/(?:mark/[\w.~%-]+/[\w.~%-]+(?:\?group=[\w.~%-]+)?)?")


class Review:
    """The service of one desk."""

    def __init__(self, desk: Desk, trust: Trust, language: Language) -> None:
        """Make the pages; nothing is read yet."""
        self.desk = desk
        self.trust = trust
        self.pages = Pages(desk, language, trust.csrf)

    def application(self) -> ASGIApp:
        """The ASGI application, guarded."""
        handlers = {HTTPException: self._http, GraderError: self._said, Exception: self._fault}
        app = Starlette(routes=self.routes(), exception_handlers=handlers)
        return Guard(app, lambda _, why: self.refused(why.said, why.status), self.trust.refusal, lambda _: MOST_BYTES)

    def routes(self) -> list[Route]:
        """Every address; all but the first need the cookie."""
        return [
            Route(ENTER, self.enter),
            Route("/", self.overview),
            Route("/style.css", self.style),
            Route("/script.js", self.script),
            Route("/publish", self.publish, methods=["GET"]),
            Route("/publish", self.start_publishing, methods=["POST"]),
            Route("/names", self.names, methods=["POST"]),
            Route("/mark/{assignment}/{part}", self.part, methods=["GET"]),
            Route("/mark/{assignment}/{part}", self.mark, methods=["POST"]),
        ]

    def refused(self, said: Sentence, status: int) -> Response:
        """The page of a request that is refused."""
        return HTMLResponse(self.pages.refused(said), status)

    def _http(self, request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        if problem.status_code == 405:
            return self.refused(sentence("expected another method than {method}", method=request.method), 405)
        if problem.status_code == 404:
            return self.refused(sentence("there is no page at this address"), 404)
        return self.refused(sentence("expected a form of this service"), problem.status_code)

    def _said(self, _: Request, problem: Exception) -> Response:
        assert isinstance(problem, GraderError)
        return self.refused(problem.located, 409)

    def _fault(self, _: Request, problem: Exception) -> Response:
        return self.refused(sentence("a fault of ours, nothing was changed: {kind}", kind=type(problem).__name__), 500)

    # -- pages --------------------------------------------------------------------------------------------------------

    def enter(self, request: Request) -> Response:
        """Take the token of the printed link for a cookie."""
        if not self.trust.knows(request.query_params.get("token", "")):
            return self.refused(LINK_NEEDED, 403)
        # No redirect: the first request may come from another program, and then no strict cookie would go with it.
        response = HTMLResponse(self.pages.entrance(), headers={"refresh": "0; url=/"})
        response.set_cookie(self.trust.cookie, self.trust.token, httponly=True, samesite="strict")
        return response

    def style(self, _: Request) -> Response:
        """The style sheet."""
        return Response(self.pages.style(), media_type="text/css")

    def script(self, _: Request) -> Response:
        """The script."""
        return Response(self.pages.script(), media_type="text/javascript")

    def overview(self, _: Request) -> Response:
        """All parts."""
        return HTMLResponse(self.pages.overview())

    def publish(self, _: Request) -> Response:
        """How far publishing is; looked at again every second while it runs."""
        running = self.desk.publication.progress.state == "running"
        return HTMLResponse(self.pages.publish(), headers={"refresh": "1"} if running else None)

    async def start_publishing(self, request: Request) -> Response:
        """Begin to publish."""
        await self._form(request)
        self.desk.publication.start()
        return RedirectResponse("/publish", 303)

    async def names(self, request: Request) -> Response:
        """Hide the students' names, or show them."""
        form = await self._form(request)
        self.desk.anonymous = _text(form, "hide") == "yes"
        back = _text(form, "back")
        return RedirectResponse(back if _BACK.fullmatch(back) else "/", 303)

    def part(self, request: Request) -> Response:
        """A group of a part: the one that is named, else the first that waits."""
        assignment, name = self._part(request)
        groups = self.desk.queue(assignment, name)
        saved = saved_notice(self.pages.words, _named(groups, request.query_params.get("saved", "")))
        wanted = _named(groups, request.query_params.get("group", ""))
        wanted = wanted or next((group for group in groups if not group.decided), None)
        if wanted is None:
            return HTMLResponse(self.pages.done(assignment, name, saved))
        return HTMLResponse(self.pages.group(assignment, name, groups, groups.index(wanted), notice=saved))

    async def mark(self, request: Request) -> Response:
        """Take a decision, and go on to the next group that waits."""
        typed = _typed(await self._form(request))
        return await run_in_threadpool(self._mark, request, typed)

    def _mark(self, request: Request, typed: Typed) -> Response:
        assignment, name = self._part(request)
        found = self.desk.decide(assignment, name, self.desk.course.parts(assignment)[name], typed)
        groups = self.desk.queue(assignment, name)
        group = _named(groups, typed.key)
        if group is None:
            gone = Notice("wrong", self.pages.words.word.gone)
            return HTMLResponse(self.pages.done(assignment, name, gone), 409)
        if isinstance(found, Sentence):
            wrong = Notice("wrong", self.pages.words.say(found))
            typed_page = self.pages.group(assignment, name, groups, groups.index(group), typed, wrong)
            return HTMLResponse(typed_page, 422)
        if not found.saved:
            stale = Notice("stale", self.pages.words.word.stale_hint)
            return HTMLResponse(self.pages.group(assignment, name, groups, groups.index(group), typed, stale), 409)
        place = groups.index(group)
        following = next((one for one in [*groups[place:], *groups[:place]] if not one.decided), None)
        path = part_path(assignment, name) + "?" if following is None else group_path(assignment, name, following) + "&"
        return RedirectResponse(f"{path}saved={quote(group.key, safe='')}", 303)

    # -- requests -----------------------------------------------------------------------------------------------------

    def _part(self, request: Request) -> tuple[str, str]:
        """The assignment and the part of the address."""
        assignment, name = request.path_params["assignment"], request.path_params["part"]
        if name not in self.desk.parts(assignment):
            raise HTTPException(404)
        return assignment, name

    async def _form(self, request: Request) -> FormData:
        """The form, if it is one of ours."""
        form = await request.form(max_files=0, max_fields=_FIELDS)
        if not self.trust.is_own_form(_text(form, "csrf")):
            raise HTTPException(403)
        return form


def _named(groups: list[Group], key: str) -> Group | None:
    return next((group for group in groups if group.key == key), None)


def _text(form: FormData, name: str) -> str:
    value: Any = form.get(name, "")
    return value if isinstance(value, str) else ""


def _typed(form: FormData) -> Typed:
    ticks = tuple(tick for tick in form.getlist("tick") if isinstance(tick, str))
    fields = {name: _text(form, name) for name in ("version", "points", "comment", "again", "who")}
    return Typed(key=_text(form, "group"), ticks=ticks, **fields)
