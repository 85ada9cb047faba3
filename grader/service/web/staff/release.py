"""Releasing the feedback of an assignment, and exports of its class."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from grader.errors import UsageError
from grader.lms.formats import EXPORTERS
from grader.reports.sanitise import visible
from grader.service.course.exports import ExportRequest, File, export
from grader.service.course.refusals import MissingError
from grader.service.course.releases import release
from grader.service.course.who import Right
from grader.service.queue.pages import Notice
from grader.service.queue.typed import text_of
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import staff_page, words_of

EXPORT = "/staff/export/{assignment}"


async def released(call: EndpointCall) -> Response:
    """Release the feedback, or withdraw it."""
    assignment, form = _assignment(call), await call.form()
    await call.work(_release, call, assignment, text_of(form, "released") == "yes")
    return RedirectResponse(f"/staff/class/{quote(assignment, safe='')}", 303)


def _release(call: EndpointCall, assignment: str, wanted: bool) -> None:
    release(call.service, call.who, assignment, released=wanted)


async def exports(call: EndpointCall) -> Response:
    """The formats."""
    return _page(call, _assignment(call), None, 200)


async def exported(call: EndpointCall) -> Response:
    """A file, or why there is none; for the page's own form first what to know before the file is used."""
    assignment, form = _assignment(call), await call.form(files=1)
    table = await _table(form)
    request = ExportRequest(
        assignment, text_of(form, "format"), text_of(form, "provisional") == "yes", text_of(form, "title")[:200], table
    )
    try:
        found = await call.ask(export, call.service, request)
    except UsageError as problem:
        return _page(call, assignment, Notice("wrong", words_of(call).say(problem.located)), 422)
    if found.notes and text_of(form, "notes") == "first":
        return _noted(call, request, found)
    return Response(found.data, media_type=found.media, headers=found.headers)


async def _table(form: FormData) -> tuple[str, bytes] | None:
    """The table of a platform: a file, or what the page with the notes holds of it."""
    roster = form.get("roster")
    if isinstance(roster, UploadFile) and roster.filename:
        return roster.filename, await roster.read()
    if name := text_of(form, "table_name"):
        try:
            return name, b64decode(text_of(form, "table"), validate=True)
        except ValueError:
            raise MissingError from None
    return None


def _noted(call: EndpointCall, request: ExportRequest, found: File) -> Response:
    """What to know before the file is used, with a button for it."""
    title = visible(call.service.assignments()[request.assignment].title or request.assignment)
    fields = {"format": request.format, "provisional": "yes" if request.provisional else "", "title": request.title}
    if request.roster is not None:
        fields |= {"table_name": request.roster[0], "table": b64encode(request.roster[1]).decode()}
    notes = [words_of(call).say(one) for one in found.notes]
    values: dict[str, Any] = {
        "id": request.assignment,
        "title": title,
        "file": found.name,
        "notes": notes,
        "fields": fields,
    }
    return staff_page(call, "staff/export-notes.html", **values)


def _page(call: EndpointCall, assignment: str, notice: Notice | None, status: int) -> Response:
    title = visible(call.service.assignments()[assignment].title or assignment)
    formats = [{"name": name, "about": one.about, "roster": one.takes_roster} for name, one in EXPORTERS.items()]
    values = {"id": assignment, "title": title, "formats": formats, "notice": notice}
    return staff_page(call, "staff/export.html", status=status, **values)


def _assignment(call: EndpointCall) -> str:
    assignment = call.path("assignment")
    if assignment not in call.service.assignments():
        raise MissingError
    return assignment


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/staff/release/{assignment}", released, Right.MANAGE, methods=["POST"]),
        Endpoint(EXPORT, exports, Right.MANAGE),
        Endpoint(EXPORT, exported, Right.MANAGE, methods=["POST"]),
    ]
