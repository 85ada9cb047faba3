"""Previews of how an answer is read while it is typed, made without the key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.answers import read_answer
from grader.answers.kinds import KINDS, Kind
from grader.answers.marks import DecimalMark
from grader.answers.reading import decimal_of
from grader.answers.refusal import refused_row
from grader.answers.spec import AnswerSpec
from grader.answers.values import Reading, plain_value
from grader.errors import UnreadableError
from grader.homework.template import told
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible
from grader.service.forms.mathematics import reading_html, rows_html
from grader.service.forms.rows import cells_of
from grader.service.forms.spelling import same_value
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.solution import Solution

LONGEST = 10_000
"""The longest answer, in characters, that is previewed."""
SHORT_ANSWER = 200
"""The longest answer, in characters, that is certain to be read within milliseconds."""
_MOST = 6
_SHOWN = 4_000
_MARKS: tuple[DecimalMark | None, ...] = (None, ".", ",")
_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,30}\.\d)")


class ShownReading(Struct):
    """One reading: as text, as HTML, and as plain data for JSON.

    `written` is a text with this reading and no other in any paper; None if there is none, or none is needed. `rows`
    are the entries one by one, with their names, of a field with a table.
    """

    shown: str
    html: Markup
    value: Any
    written: str | None = None
    rows: tuple[tuple[str, Markup], ...] = ()


class Preview(Struct):
    """The readings of a text, the most natural first; without a reading, what to type.

    A text with several readings waits for a person if that changes the mark; `undecided` says so. A text too long for a
    preview is `unread`: `grader check` may still read it. `cells` are what the rows of a table show; None if the text
    fits no rows. `row` is the row, from 0, that cannot be read.
    """

    readings: tuple[ShownReading, ...] = ()
    message: Sentence | None = None
    blank: bool = False
    undecided: bool = False
    unread: bool = False
    cells: tuple[str, ...] | None = None
    row: int | None = None


class Previewer:
    """Reads the answers to one assignment, or to one variant of it.

    It knows of each part only what a template shows: how answers are read, but not how many entries are asked for.
    `specs` holds this by question and part.
    """

    def __init__(self, specs: Mapping[tuple[str, str], AnswerSpec]) -> None:
        """`specs` are by question and part; only what a template shows is kept."""
        self.specs = {name: told(spec) for name, spec in specs.items()}

    @classmethod
    def of(cls, solution: Solution) -> Previewer:
        """Make the previewer of a solved assignment; the solution is not kept."""
        return cls(
            {
                (id, name): part.spec
                for id, question in solution.questions.items()
                for name, part in question.parts.items()
            }
        )

    def __contains__(self, name: object) -> bool:
        """Whether a question and part are asked."""
        return name in self.specs

    def decimal(self, answers: Mapping[str, Mapping[str, str]]) -> DecimalMark | None:
        """The decimal mark that a whole paper clearly uses, which `grader check` uses to narrow its readings."""
        return decimal_of(
            (self.specs[question, part], written)
            for question, parts in answers.items()
            for part, written in parts.items()
            if (question, part) in self.specs and len(written) <= LONGEST
        )

    def preview(self, question: str, part: str, written: str, decimal: DecimalMark | None = None) -> Preview:
        """How a text is read as the answer to a part; never whether it is right.

        Raises:
            KeyError: the part is not asked.
        """
        spec = self.specs[question, part]
        if len(written) > LONGEST:
            said = sentence(
                "what is read is shown for texts of at most {limit:,} characters, received {received:,}",
                limit=LONGEST,
                received=len(written),
            )
            return Preview(message=said, unread=True)
        read = _remembered if len(written) <= SHORT_ANSWER else _preview
        return read(written, spec if spec.decimal == decimal else replace(spec, decimal=decimal))


def _preview(written: str, spec: AnswerSpec) -> Preview:
    kind = kind_of(spec)
    names = kind.form_field(spec).table
    try:
        readings = read_answer(written, spec)
    except UnreadableError as error:
        if names is None:
            return Preview(message=error.said)
        return replace(_row_refused(error.said, names), cells=cells_of(written, kind, spec, None))
    if readings.blank:
        return Preview(blank=True, cells=None if names is None else ())
    different = {_text(kind, reading): reading for reading in reversed(readings.all)}
    found = dict(list(reversed(different.items()))[:_MOST])
    several = len(found) > 1
    return Preview(
        tuple(
            ShownReading(
                text if len(text) <= _SHOWN else text[:_SHOWN] + "…",
                reading_html(reading.value, kind, spec),
                plain_value(reading.value),
                _unambiguous(reading, kind, spec) if several else None,
                () if names is None else rows_html(reading.value, kind, names),
            )
            for text, reading in found.items()
        ),
        undecided=any(not reading.natural for reading in readings.all),
        cells=None if names is None else cells_of(written, kind, spec, readings),
    )


def _row_refused(said: Sentence, names: tuple[str, ...]) -> Preview:
    """What to type, with the number that the row has on the page, and its name."""
    found = refused_row(said)
    if found is None:
        return Preview(message=said)
    row, reason = found
    name = names[row] if row < len(names) else ""
    if name:
        return Preview(message=sentence("row {row} ({name}): {reason}", row=row + 1, name=name, reason=reason), row=row)
    return Preview(message=sentence("row {row}: {reason}", row=row + 1, reason=reason), row=row)


# Cached because each page shows all fields again, and the students of a class type many of the same answers.
_remembered = lru_cache(maxsize=5_000)(_preview)


def kind_of(spec: AnswerSpec) -> Kind:
    """The kind that an answer is read as: the symbolic form if symbols are declared."""
    kind = KINDS[spec.kind]
    return (kind.in_symbols() or kind) if spec.symbols else kind


def _text(kind: Kind, reading: Reading) -> str:
    """A reading as text, made harmless for a page."""
    if reading.value is None:
        return "-"
    return "\n".join(visible(line) for line in kind.show(reading.value).split("\n"))


def _unambiguous(reading: Reading, kind: Kind, spec: AnswerSpec) -> str | None:
    """A text with only this reading, whatever decimal mark the rest of the paper uses."""
    for text in _spellings(reading, kind):
        if len(text) <= LONGEST and all(_read_alone(text, replace(spec, decimal=mark), reading) for mark in _MARKS):
            return text
    return None


def _spellings(reading: Reading, kind: Kind) -> Iterator[str]:
    """Ways that people write a reading; a leading zero tells a decimal point from a thousands mark."""
    if reading.value is None:
        return
    shown = kind.show(reading.value)
    rows = [", ".join(row.split()) for row in shown.split("\n") if row]
    for text in (shown, f"[{rows[0]}]" if len(rows) == 1 else f"[{', '.join(f'[{row}]' for row in rows)}]"):
        yield text
        yield _DECIMAL.sub(r"0\1", text)


def _read_alone(text: str, spec: AnswerSpec, reading: Reading) -> bool:
    try:
        found = read_answer(text, spec).all
    except UnreadableError:
        return False
    return len(found) == 1 and same_value(found[0].value, reading.value)
