"""A page of an assignment that is served from memory, for tests of forms in a browser."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from grader.messages.languages import LANGUAGES
from grader.reports.templates import style as reports_style
from grader.service.forms import pages
from grader.service.forms.fields import Form, Written
from grader.service.forms.pages import ConfirmPage, FormPages, Frame, HandInPage, Links, ReceiptPage
from grader.service.forms.typed import submission_bytes
from grader.service.templates import SHARED_TEMPLATES
from tests.service.forms.samples import loaded

CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'"
CSRF = "token-of-the-form"
DUE = datetime(2026, 3, 1, 20, 29, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tehran")
LINKS = Links("/paper", "/preview", "/drafts", upload="/upload", file="/file", feedback="/feedback")

COUNTED = """() => {
  const json = Response.prototype.json;
  window.answered = 0;
  Response.prototype.json = async function () {
    try { return await json.call(this); } finally { if (this.url.endsWith("/preview")) window.answered += 1; }
  };
}"""
"""Count how many readings the page has been answered: it goes on with one before anything else happens there."""


class Paper:
    """One student's paper: its drafts, and what was handed in."""

    def __init__(self, id: str, lang: str, *, alone: bool = False) -> None:
        self.form = Form.of(loaded(id, alone).solution)
        self.pages = FormPages(LANGUAGES[lang])
        self.drafts: dict[str, Written] = {}
        self.handed_in: list[bytes] = []
        self.asked: list[tuple[str, str]] = []
        self.frame = Frame(CSRF, nav=Markup('<nav aria-label="x"><a href="/">Course</a></nav>'))
        self.signed_out = False

    def app(self) -> Starlette:
        routes = [
            Route("/", self.show),
            Route("/paper", self.posted, methods=["POST"]),
            Route("/preview", self.preview, methods=["POST"]),
            Route("/drafts", self.draft, methods=["POST"]),
            Route("/style.css", self.style),
            Route("/script.js", lambda _: Response("", media_type="text/javascript")),
            Route("/hand-in.js", lambda _: Response(pages.script(), media_type="text/javascript")),
        ]
        return Starlette(routes=routes)

    def style(self, _: Request) -> Response:
        shared = (SHARED_TEMPLATES / "service.css").read_text(encoding="utf-8")
        return PlainTextResponse(str(reports_style()) + shared + pages.style(), media_type="text/css")

    def page(self, written: dict[str, Written], **more: Any) -> Response:
        answers = self.form.answers((name, one.text) for name, one in written.items())
        fields = self.form.fields(written, self.form.previews(answers))
        shown = HandInPage(
            self.form, fields, LINKS, self.frame, "student-01", "student-01.paper",
            due=DUE, zone=ZONE, attempts_left=2, **more,
        )  # fmt: skip
        return self.html(self.pages.hand_in(shown))

    def html(self, text: str) -> Response:
        return HTMLResponse(text, headers={"Content-Security-Policy": CSP})

    def show(self, _: Request) -> Response:
        return self.page(self.drafts)

    async def posted(self, request: Request) -> Response:
        posted = await request.form()
        assert posted["csrf"] == CSRF
        answers = self.form.answers((name, str(value)) for name, value in posted.multi_items())
        texts = {f"{question}.{part}": text for question, parts in answers.items() for part, text in parts.items()}
        written = {
            name: Written(text, self.drafts[name].revision if name in self.drafts else 0)
            for name, text in texts.items()
        }
        step = posted[pages.STEP]
        if step in (pages.READ, pages.CHANGE):
            return self.page(written)
        fields = self.form.fields(written, self.form.previews(answers))
        if step == pages.CHECK:
            shown = ConfirmPage(self.form, fields, LINKS, self.frame, "student-01")
            return self.html(self.pages.confirm(shown))
        assert step == pages.HAND_IN
        now = datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)
        data = submission_bytes(self.form.sheet.id, "student-01", now, answers, self.form.sheet.variant)
        self.handed_in.append(data)
        self.drafts.clear()
        receipt = ReceiptPage(
            self.form, fields, LINKS, self.frame, "student-01", "student-01.paper", "R-0001", now,
            hashlib.sha256(data).hexdigest(), ZONE,
        )  # fmt: skip
        return self.html(self.pages.receipt(receipt))

    async def preview(self, request: Request) -> Response:
        assert request.headers["x-csrf-token"] == CSRF
        asked = await request.json()
        self.asked.append((asked["part"], asked["written"]))
        question, _, part = asked["part"].partition(".")
        return JSONResponse(self.pages.preview(self.form.previewer.preview(question, part, asked["written"])))

    async def draft(self, request: Request) -> Response:
        assert request.headers["x-csrf-token"] == CSRF
        if self.signed_out:
            return PlainTextResponse("", 401)
        sent = await request.json()
        known = self.drafts.get(sent["part"], Written())
        if known.revision != sent["revision"] and known.text != sent["written"]:
            return JSONResponse({"written": known.text, "revision": known.revision}, 409)
        if known.text != sent["written"] or not known.revision:
            known = Written(sent["written"], known.revision + 1, datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
            self.drafts[sent["part"]] = known
        return JSONResponse({"revision": known.revision})


@contextlib.contextmanager
def served(paper: Paper) -> Iterator[str]:
    """The address of a paper's page, on loopback."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who comes before the server runs waits for it, and is not refused
        server = uvicorn.Server(uvicorn.Config(paper.app(), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()
