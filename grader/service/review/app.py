"""The routes of `grader review`: each reads a request, asks the desk, and answers with a page."""

from __future__ import annotations

import re
import sqlite3

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from grader.errors import GraderError, StudentError
from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.service.form import CharsetError, check_text, read_form
from grader.service.guard import Guard
from grader.service.queue.pages import Notice, PartQueue
from grader.service.queue.typed import TypedDecision, text_of
from grader.service.review.desk import Desk
from grader.service.review.pages import Pages
from grader.service.review.trust import ENTER_PATH, LINK_NEEDED, MOST_REQUEST_BYTES, Trust

_FIELDS = 60
_BACK = re.compile(r"/(?:mark/[\w.~%-]+/[\w.~%-]+(?:\?group=[\w.~%-]+)?)?")

_STATUS: tuple[tuple[type[GraderError], int], ...] = ((CharsetError, 415), (StudentError, 422), (GraderError, 409))


class ReviewService:
    """The service of one desk."""

    def __init__(self, desk: Desk, trust: Trust, language: Language) -> None:
        """Make the pages; nothing is read yet."""
        self.desk = desk
        self.trust = trust
        self.pages = Pages(desk, language, trust.csrf)

    def application(self) -> ASGIApp:
        """The ASGI application, guarded."""
        handlers = {
            HTTPException: self._http,
            GraderError: self._said,
            sqlite3.OperationalError: self._silent,
            Exception: self._fault,
        }
        app = Starlette(routes=self.routes(), exception_handlers=handlers)
        return Guard(
            app, lambda _, why: self.refused(why.said, why.status), self.trust.refusal, lambda _: MOST_REQUEST_BYTES
        )

    def routes(self) -> list[Route]:
        """All addresses; all but the first need the cookie."""
        return [
            Route(ENTER_PATH, self.enter),
            Route("/", self.overview),
            Route("/style.css", self.style),
            Route("/script.js", self.script),
            Route("/publish", self.publish, methods=["GET"]),
            Route("/publish", self.start_publishing, methods=["POST"]),
            Route("/names", self.names, methods=["POST"]),
            Route("/opened/{assignment}/{part}", self.still_open, methods=["POST"]),
            Route("/mark/{assignment}/{part}", self.part, methods=["GET"]),
            Route("/mark/{assignment}/{part}", self.mark, methods=["POST"]),
        ]

    def refused(self, said: Sentence, status: int) -> Response:
        """The page of a request that is refused."""
        return HTMLResponse(self.pages.refused(said), status)

    def _http(self, request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        if problem.status_code == 405:
            response = self.refused(sentence("expected another method than {method}", method=request.method), 405)
            response.headers["allow"] = ", ".join(_methods(request))
            return response
        if problem.status_code == 404:
            return self.refused(sentence("there is no page at this address"), 404)
        return self.refused(sentence("expected a form of this service"), problem.status_code)

    def _said(self, _: Request, problem: Exception) -> Response:
        assert isinstance(problem, GraderError)
        return self.refused(problem.located, next(code for kind, code in _STATUS if isinstance(problem, kind)))

    def _silent(self, _: Request, problem: Exception) -> Response:
        assert isinstance(problem, sqlite3.OperationalError)
        said = sentence(
            "the results cannot be read or changed at the moment ({reason}): try again in a minute", reason=str(problem)
        )
        response = self.refused(said, 503)
        response.headers["retry-after"] = "30"
        return response

    def _fault(self, _: Request, problem: Exception) -> Response:
        return self.refused(sentence("a fault of ours, nothing was changed: {kind}", kind=type(problem).__name__), 500)

    # -- pages --------------------------------------------------------------------------------------------------------

    def enter(self, request: Request) -> Response:
        """Exchange the token of the printed link for a cookie."""
        if not self.trust.knows(request.query_params.get("token", "")):
            return self.refused(LINK_NEEDED, 403)
        # No redirect: the first request may come from another program, and a strict cookie would then not be sent.
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
        """The progress of publishing; reloaded every second while it runs."""
        running = self.desk.publication.progress.state == "running"
        return HTMLResponse(self.pages.publish(), headers={"refresh": "1"} if running else None)

    async def start_publishing(self, request: Request) -> Response:
        """Start publishing."""
        await self._form(request)
        self.desk.publication.start()
        return RedirectResponse("/publish", 303)

    async def names(self, request: Request) -> Response:
        """Hide the students' names, or show them."""
        form = await self._form(request)
        self.desk.anonymous = text_of(form, "hide") == "yes"
        back = text_of(form, "back")
        return RedirectResponse(back if _BACK.fullmatch(back) else "/", 303)

    def part(self, request: Request) -> Response:
        """A group of a part: the one requested, else the first that waits."""
        queue = self._queue(request)
        saved = self.pages.queue.saved(queue, request.query_params.get("saved", ""))
        wanted = queue.named(request.query_params.get("group", "")) or queue.waiting()
        return HTMLResponse(
            self.pages.done(queue, saved) if wanted is None else self.pages.group(queue, wanted, notice=saved)
        )

    async def mark(self, request: Request) -> Response:
        """Save a decision, and go on to the next group that waits."""
        typed = TypedDecision.of(await self._form(request))
        return await run_in_threadpool(self._mark, request, typed)

    def _mark(self, request: Request, typed: TypedDecision) -> Response:
        found = self.desk.decide(self._queue(request), typed)
        queue = self._queue(request)
        group = queue.named(typed.key)
        if group is None:
            return HTMLResponse(self.pages.done(queue, Notice("wrong", self.pages.words.word.gone)), 409)
        if isinstance(found, Sentence):
            return HTMLResponse(
                self.pages.group(queue, group, typed, Notice("wrong", self.pages.words.say(found))), 422
            )
        if not found.saved:
            stale = Notice("stale", self.pages.words.word.stale_hint)
            return HTMLResponse(self.pages.group(queue, group, typed, stale), 409)
        return RedirectResponse(self.pages.queue.path_after(queue, group), 303)

    def still_open(self, request: Request) -> Response:
        """Note that somebody still has a group open; return who else does."""
        if not self.trust.is_own_form(request.headers.get("x-csrf-token", "")):
            raise HTTPException(403)
        names = self.desk.open(self._queue(request), request.query_params.get("group", "")[:200])
        return JSONResponse({"said": self.pages.words.open_with_text(names)})

    # -- requests -----------------------------------------------------------------------------------------------------

    def _queue(self, request: Request) -> PartQueue:
        """The part of the address."""
        queue = self.desk.queue(request.path_params["assignment"], request.path_params["part"])
        if queue is None:
            raise HTTPException(404)
        return queue

    async def _form(self, request: Request) -> FormData:
        """The form, if it is one of ours."""
        form = await read_form(request, files=0, fields=_FIELDS, most_bytes=MOST_REQUEST_BYTES)
        if not self.trust.is_own_form(text_of(form, "csrf")):
            raise HTTPException(403)
        check_text(form)
        return form


def _methods(request: Request) -> list[str]:
    """The methods of an address, over all its routes."""
    routes = (one for one in request.app.routes if isinstance(one, Route))
    found = (one for one in routes if one.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for one in found for method in one.methods or ()})
