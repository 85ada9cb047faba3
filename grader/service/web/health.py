"""Health checks and metrics, for monitoring."""

from __future__ import annotations

from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from grader.service.web.call import Call, Place


async def health(call: Call) -> Response:
    """The process answers."""
    del call
    return JSONResponse({"status": "ok"})


async def ready(call: Call) -> Response:
    """The database answers, too."""
    await call.ask(_asked, call)
    return JSONResponse({"status": "ok"})


def _asked(call: Call) -> None:
    with call.service.store.reading() as base:
        base.execute(text("SELECT 1"))


async def metrics(call: Call) -> Response:
    """Metrics for Prometheus, if enabled."""
    if call.site.metrics is None:
        raise HTTPException(404)
    return Response(await call.ask(call.site.metrics.text), media_type="text/plain; version=0.0.4")


def places() -> list[Place]:
    """Their addresses."""
    return [
        Place("/health", health, "nothing"),
        Place("/ready", ready, "nothing"),
        Place("/metrics", metrics, "nothing"),
    ]
