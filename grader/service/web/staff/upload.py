"""Uploading a ZIP archive of submissions, and the outcome of each."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from grader.errors import StudentError
from grader.messages import sentence
from grader.reports.sanitise import shorten, visible
from grader.service.course.refusals import OvertakenError
from grader.service.course.uploads import UPLOAD_NAME, UploadResult, read_archive, start
from grader.service.course.who import Right
from grader.service.store.progress import progress_of
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import staff_page, words_of

PATH = "/staff/upload"


async def upload(call: EndpointCall) -> Response:
    """The form, and the progress of the last upload."""
    return await _page(call)


async def _page(call: EndpointCall, said: Any = None, status: int = 200) -> Response:
    values = await call.ask(_values, call)
    response = staff_page(call, "staff/upload.html", status=status, said=said, **values)
    if said is None and values["progress"] is not None and values["progress"].state == "running":
        response.headers["refresh"] = "1"
    return response


def _values(call: EndpointCall) -> dict[str, Any]:
    with call.service.store.reading() as base:
        known = progress_of(base, UPLOAD_NAME.format(who=call.who.name), call.service.now())
    rows = [UploadResult(*one) for one in (known and known.outcome) or ()]
    shown = [UploadResult(*(shorten(visible(text), 500) for text in row)) for row in rows]
    return {"progress": known, "rows": shown, "refused": sum(not row.number for row in rows)}


async def uploaded(call: EndpointCall) -> Response:
    """Accept an archive."""
    form = await call.form(files=1)
    archive = form.get("archive")
    try:
        if not isinstance(archive, UploadFile) or not archive.filename:
            raise StudentError(sentence("expected a ZIP archive of submissions"))
        files = await call.ask(read_archive, await archive.read())
        if not files:
            raise StudentError(sentence("expected a ZIP archive of submissions, received one without any .toml file"))
        await call.ask(start, call.service, call.who, files)
    except StudentError as problem:
        return await _page(call, words_of(call).say(problem.said), 422)
    except OvertakenError as problem:
        return await _page(call, words_of(call).say(problem.said), 409)
    return RedirectResponse(PATH, 303)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint(PATH, upload, Right.MANAGE), Endpoint(PATH, uploaded, Right.MANAGE, methods=["POST"])]
