"""Forms as browsers post them: UTF-8 text that the databases can hold, and files."""

from __future__ import annotations

import codecs

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from grader.errors import StudentError
from grader.messages import sentence
from grader.messages.names import shown


class CharsetError(StudentError):
    """A form in another character set than UTF-8."""


async def read_form(request: Request, *, files: int, fields: int, most_bytes: int) -> FormData:
    """The form of a request, with at most `files` files.

    Raises CharsetError, or HTTPException for what is no form.
    """
    _, options = parse_options_header(request.headers.get("content-type"))
    charset = options.get(b"charset", b"utf-8").decode("latin-1")
    if not _is_utf8(charset):
        said = sentence("expected a form in UTF-8, received one in {charset}", charset=shown(charset))
        raise CharsetError(said)
    return await request.form(max_files=files, max_fields=fields, max_part_size=most_bytes)


def check_text(form: FormData) -> None:
    """Check that the databases can hold the text of a form, and the names of its files.

    Raises StudentError.
    """
    for name, value in form.multi_items():
        text = (value.filename or "") if isinstance(value, UploadFile) else value
        if not (_is_storable(name) and _is_storable(text)):
            raise StudentError(sentence("expected text without control characters in {name}", name=shown(name)))


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


def _is_storable(text: str) -> bool:
    """Whether the databases can hold a text: no NUL, no half of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
