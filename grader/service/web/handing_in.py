"""Handing in over the web: only marking and storing wait for the one thread that does both."""

from __future__ import annotations

from grader.service.course.hand_in import prepare, store
from grader.service.store.submissions import Marked
from grader.service.web.call import Call


async def hand_in(call: Call, data: bytes, *, typed: bool = False) -> Marked:
    """Hand in a submission for whoever asks, as `grader.service.course.hand_in` does.

    Raises StudentError for a document that `grader check` refuses, DeniedError for a sender who may not hand it in, or
    not now.
    """
    prepared = await call.ask(prepare, call.service, call.who, data, call.received, typed)
    return await call.work(store, call.service, call.who, prepared)
