"""Handing in over the web: only the storing waits for the one thread that writes."""

from __future__ import annotations

from collections.abc import Callable

from grader.service.course.hand_in import Prepared, mark, prepare, store
from grader.service.store.submissions import Marked
from grader.service.web.endpoint import EndpointCall


async def accept(call: EndpointCall, file: Callable[[], bytes], *, typed: bool = False) -> Marked:
    """Hand in what `file` returns for whoever asks, as `hand_in` of a course does.

    Raises StudentError for a document that `grader check` refuses, DeniedError for a sender who may not hand it in, or
    not now.
    """
    prepared = await call.ask(_prepared, call, file, typed)
    if call.service.apart is not None:
        prepared = await call.run(call.service.apart.queue, mark, call.service, prepared)
    return await call.work(store, call.service, call.who, prepared)


def _prepared(call: EndpointCall, file: Callable[[], bytes], typed: bool) -> Prepared:
    return prepare(call.service, call.who, file(), call.received, typed)
