"""The style and the script of the pages of staff."""

from __future__ import annotations

from functools import cache

from starlette.responses import Response

from grader.reports.templates import script, style
from grader.service.templates import SHARED_TEMPLATES
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.pages import WEB_TEMPLATES

KEPT = {"cache-control": "public, max-age=3600"}


@cache
def _style() -> str:
    sheets = (SHARED_TEMPLATES / "service.css", SHARED_TEMPLATES / "queue.css", WEB_TEMPLATES / "staff" / "staff.css")
    return str(style("class.css")) + "".join(path.read_text(encoding="utf-8") for path in sheets)


@cache
def _script() -> str:
    return f"{script('class.js')}\n{(SHARED_TEMPLATES / 'queue.js').read_text(encoding='utf-8')}"


async def staff_style(call: EndpointCall) -> Response:
    """The style sheet."""
    del call
    return Response(_style(), media_type="text/css", headers=KEPT)


async def staff_script(call: EndpointCall) -> Response:
    """The script; every page works without it."""
    del call
    return Response(_script(), media_type="text/javascript", headers=KEPT)


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [Endpoint("/staff.css", staff_style, "nothing"), Endpoint("/staff.js", staff_script, "nothing")]
