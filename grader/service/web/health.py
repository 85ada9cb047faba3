"""Health checks and metrics, for monitoring."""

from __future__ import annotations

from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from grader.service.web.endpoint import Endpoint, EndpointCall


async def health(call: EndpointCall) -> Response:
    """The process answers."""
    del call
    return JSONResponse({"status": "ok"})


async def ready(call: EndpointCall) -> Response:
    """The database answers, too."""
    await call.ask(_asked, call)
    return JSONResponse({"status": "ok"})


def _asked(call: EndpointCall) -> None:
    with call.service.store.reading() as base:
        base.execute(text("SELECT 1"))


async def metrics(call: EndpointCall) -> Response:
    """Metrics for Prometheus, if enabled."""
    if call.site.metrics is None:
        raise HTTPException(404)
    return Response(await call.ask(call.site.metrics.text), media_type="text/plain; version=0.0.4")


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/health", health, "nothing"),
        Endpoint("/ready", ready, "nothing"),
        Endpoint("/metrics", metrics, "nothing"),
    ]
