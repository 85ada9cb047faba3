"""The rows of a table, one entry each: how an answer's text is split into rows, and made from them.

The text is what is saved, read and handed in. Rows only write it, one line per row, and show it where it fits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from grader.answers import read_answer
from grader.answers.kinds import Kind
from grader.answers.spec import AnswerSpec, FormField
from grader.answers.values import Readings
from grader.errors import UnreadableError
from grader.service.forms.spelling import same_readings
from grader.structs import Struct

ROW, LAID = ".row", ".laid"
"""What follows the name of a part in the names of its rows, and in that of the field which says what they were."""
MOST = 40
"""The most rows of a table; a longer answer is only text."""
_FEWEST, _MORE, _LONGEST = 6, 2, 200
_BARE = re.compile(r"(?=.*[,،]|\d+(?:\s+\d+)+$)[^()\[\]{};|→]+")
"""One shape without brackets, which alone in a text is a list of sizes."""

RowTexts = tuple[str, ...]


def written_of(cells: Sequence[str], field: FormField) -> str:
    """The answer that rows stand for, one line per row; blank rows at the end are left out where rows can be added.

    >>> written_of(["5 x 4", "", "60"], FormField("textarea", table=()))
    '5 x 4\\n-\\n60'
    >>> written_of(["5, 4", "", ""], FormField("textarea", table=()))
    '(5, 4)'
    """
    filled = [cell.strip() for cell in cells]
    while filled and not filled[-1] and (not field.table or not any(filled)):
        filled.pop()
    if len(filled) == 1 and _BARE.fullmatch(filled[0]):
        return f"({filled[0]})"
    return "\n".join(cell or field.blank for cell in filled)


def cells_of(written: str, kind: Kind, spec: AnswerSpec, readings: Readings | None) -> RowTexts | None:
    """The rows that show an answer: its lines, or its entries as read; None if neither is read like the text itself.

    `readings` are those of the text; None for a text that cannot be read.
    """
    field = kind.form_field(spec)
    value: Any = None if readings is None else readings.value
    entries = value if isinstance(value, tuple) else None
    lines = [line.strip() for line in written.strip().split("\n")]
    shown = ["" if entry is None else kind.show((entry,)) for entry in entries or ()]
    for cells in (["" if line == field.blank else line for line in lines], shown):
        if len(cells) > (len(field.table or ()) or MOST) or any(len(cell) > _LONGEST for cell in cells):
            continue
        again = written_of(cells, field)
        is_told = again == written if readings is None else same_readings(_read(again, spec), readings)
        if is_told and (entries is None or len(cells) == len(entries)):
            return tuple(cells)
    return None


def _read(written: str, spec: AnswerSpec) -> Readings | None:
    try:
        return read_answer(written, spec)
    except UnreadableError:
        return None


class FieldRow(Struct):
    """One row: its number from 1, its name, and its contents."""

    number: int
    name: str
    text: str


class FieldTable(Struct):
    """The rows of a field; none is shown if the text does not fit into rows (`fits`).

    `laid` says what the page was made from, so that a form that comes back shows what was changed.
    """

    rows: tuple[FieldRow, ...]
    fits: bool
    is_open: bool
    laid: str


def table_of(field: FormField, text: str, cells: RowTexts | None, *, is_text: bool = True) -> FieldTable | None:
    """The table of a field; None for a field without one.

    `is_text` says that the rows show the text, and not something else that was typed into them.
    """
    if field.table is None or len(field.table) == 1 or len(field.table) > MOST:
        return None
    shown = cells or ()
    count = len(field.table) or min(MOST, max(_FEWEST, len(shown) + _MORE))
    padded = [*shown, *[""] * (count - len(shown))]
    names = [*field.table, *[""] * (count - len(field.table))]
    rows = tuple(FieldRow(at, name, cell) for at, (name, cell) in enumerate(zip(names, padded, strict=True), 1))
    laid = f"{_digest(written_of(padded, field))} {_digest(text)}" if is_text else ""
    return FieldTable(rows, cells is not None, not field.table, laid)


class Answered(Struct):
    """The answer of a field with a table; `cells` are its rows where these say something else than its text."""

    text: str
    cells: RowTexts | None = None


def answered(field: FormField, text: str, cells: Sequence[str], laid: str) -> Answered:
    """The answer in a posted field: its text or its rows, whichever was changed since the page was made.

    Without a script neither follows the other. If both were changed, to different answers, a blank one gives way;
    otherwise `cells` is set, and the student has to say which of the two counts.
    """
    rows = written_of(cells, field)
    rows_before, _, text_before = laid.partition(" ")
    if not cells or rows == text or _digest(rows) == rows_before or (not rows and _digest(text) != text_before):
        return Answered(text)
    if _digest(text) == text_before or not text.strip():
        return Answered(rows)
    return Answered(text, tuple(cells))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:16]
