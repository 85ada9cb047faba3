"""Previews over the web: nobody waits for another person's long text."""

from __future__ import annotations

from grader.service.forms.previews import SHORT, Preview, Previewer
from grader.service.web.call import Call


async def read_while_typed(call: Call, previewer: Previewer, question: str, part: str, written: str) -> Preview:
    """A preview: of a short text here, in the event loop; of a longer one in a thread.

    Raises KeyError for a part that is not asked.
    """
    if len(written) <= SHORT:
        return previewer.preview(question, part, written)
    return await call.ask(previewer.preview, question, part, written)
