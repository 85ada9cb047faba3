"""Previews over the web: long texts are read in a thread, so that they delay nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from grader.service.forms.previews import SHORT_ANSWER, Previewer
from grader.service.web.endpoint import EndpointCall

_T = TypeVar("_T")
ReadAnswer = Callable[[Previewer, str, str, str], _T]
"""Reads a text as the answer to a question and a part."""


async def read_while_typed(
    call: EndpointCall, read: ReadAnswer[_T], previewer: Previewer, question: str, part: str, written: str
) -> _T:
    """What `read` makes of a text: of a short one here, in the event loop; of a longer one in a thread.

    Raises KeyError for a part that is not asked.
    """
    if len(written) <= SHORT_ANSWER:
        return read(previewer, question, part, written)
    return await call.ask(read, previewer, question, part, written)
