"""The form of an assignment or a variant: its sheet, and the field for each part.

A form is made once from a solved assignment and contains nothing of the key. Each page fills in what was typed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from grader.answers.spec import AnswerSpec, FormField
from grader.homework.template import told
from grader.messages import Sentence
from grader.reports.markup import inline
from grader.reports.sanitise import visible
from grader.reports.sheets.sheet import Sheet, SheetPart, sheet_of
from grader.service.forms.choosing import Choosing, choosing, chosen
from grader.service.forms.previews import Preview, Previewer, kind_of
from grader.service.forms.rows import LAID, ROW, Answered, FieldTable, answered, table_of
from grader.service.forms.typed import Answers, normalised
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.solution import Solution, SolvedPart

DIGEST = 16
"""The characters of the digest of what is asked."""


class Written(Struct):
    """What was typed into a field, and the revision of its saved draft; 0 for none."""

    text: str = ""
    revision: int = 0
    saved: datetime | None = None
    cells: tuple[str, ...] | None = None
    """The contents of the rows of its table, where they differ from the text."""
    asked: str | None = None
    """The digest of the question for which it was typed, if known."""


class Control(Struct):
    """One button, box or list option: its value and its label."""

    value: str
    label: Markup
    chosen: bool


class ControlGroup(Struct):
    """The controls of one item; all controls if there are no items."""

    label: Markup
    controls: tuple[Control, ...]


class AnswerField(Struct):
    """A field of a page, with what was typed into it and how it is read."""

    name: str
    kind: FormField
    input: str
    """`text`, `textarea`, `radio`, `checkbox` or `select`."""
    hint: Sentence
    is_prose: bool
    """Whether it takes prose, which is not read automatically."""
    written: Written
    preview: Preview | None = None
    groups: tuple[ControlGroup, ...] = ()
    join: str = ""
    is_none: bool = False
    """Whether the box for "none of the options" is ticked."""
    table: FieldTable | None = None
    asked: str = ""
    """The digest of its question."""

    @property
    def is_older(self) -> bool:
        """Whether it holds a draft that was typed before the question changed."""
        return bool(self.written.text.strip() and self.written.asked and self.written.asked != self.asked)

    @property
    def is_previewed(self) -> bool:
        """Whether its reading is shown; a button needs no preview."""
        return not self.is_prose and not self.groups


class PartForm(Struct):
    """A part in a form."""

    name: str
    part: SheetPart
    spec: AnswerSpec
    field: FormField
    hint: Sentence
    is_prose: bool
    choosing: Choosing | None
    asked: str = ""
    """The digest of its question, and of what all questions share."""

    def laid(self, written: Written, preview: Preview | None = None) -> AnswerField:
        """The field with what was typed into it; a line of text if no button has that value."""
        places = chosen(self.field, self.spec, written.text) if self.choosing else None
        if self.choosing is None or (places is None and written.text.strip()):
            plain = self.field.input if not self.field.options else "text"
            table = self._table(written, preview)
            return AnswerField(
                self.name, self.field, plain, self.hint, self.is_prose, written, preview, table=table, asked=self.asked
            )
        shown = "select" if self.field.items else self.field.input
        groups = tuple(
            ControlGroup(label, self._controls(at, (places or [[]] * len(self.choosing.values))[at]))
            for at, label in enumerate(self._labels())
        )
        is_none = places == [[len(self.part.options)]]
        controls = (groups, self.choosing.join, is_none)
        return AnswerField(
            self.name, self.field, shown, self.hint, self.is_prose, written, preview, *controls, asked=self.asked
        )

    def _table(self, written: Written, preview: Preview | None) -> FieldTable | None:
        """The rows beside the text; None as well where it is not known how the text is read."""
        if written.cells is not None:
            return table_of(self.field, written.text, written.cells, is_text=False)
        if not written.text.strip():
            return table_of(self.field, written.text, ())
        return None if preview is None else table_of(self.field, written.text, preview.cells)

    def _labels(self) -> list[Markup]:
        """The text of each item."""
        if not self.field.items:
            return [Markup("")]
        return [Markup("<b>{}</b> {}").format(visible(one.label), inline(one.text)) for one in self.part.items]

    def _controls(self, at: int, places: list[int]) -> tuple[Control, ...]:
        assert self.choosing is not None
        values = self.choosing.values[at]
        return tuple(
            Control(value, Markup("<b>{}.</b> {}").format(visible(one.label), inline(one.text)), place in places)
            for place, (value, one) in enumerate(zip(values, self.part.options, strict=True))
        )


class Form(Struct):
    """What one assignment or variant asks, ready to be filled in."""

    sheet: Sheet
    parts: Mapping[str, PartForm]
    """By name, such as `q1.a`."""
    previewer: Previewer
    digest: str = ""
    """Of what is asked: a page that was made from another digest asks something else."""

    @classmethod
    def of(cls, solution: Solution, variant: str | None = None) -> Form:
        """Make the form of a solved assignment; the solution is not kept."""
        sheet = sheet_of(solution, variant=variant)
        parts = {}
        for question, solved in zip(sheet.questions, solution, strict=True):
            order = solution.assignment.order_of(solved.question)
            digest = _digest(sheet.variant, sheet.prompt, question)
            for part, key in zip(question.parts, solved.parts.values(), strict=True):
                name = f"{question.id}.{part.id}"
                parts[name] = _part_form(name, part, key, order, digest)
        return cls(sheet, parts, Previewer.of(solution), _digest(sheet.variant, sheet.prompt, sheet.questions))

    def answers(self, posted: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
        """What was typed, from the names and values of a posted form; each part's values are joined to one text."""
        answers: dict[str, dict[str, str]] = {}
        for name, one in self._answered(posted).items():
            question, _, id = name.partition(".")
            answers.setdefault(question, {})[id] = one.text
        return answers

    def apart(self, posted: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        """The rows of each part whose rows and text were both filled in, with different answers."""
        return {name: one.cells for name, one in self._answered(posted).items() if one.cells is not None}

    def _answered(self, posted: Iterable[tuple[str, str]]) -> dict[str, Answered]:
        given: dict[str, list[str]] = {}
        for name, value in posted:
            given.setdefault(name, []).append(normalised(value))
        found = {}
        for name, part in self.parts.items():
            values = given.get(name, [])
            text = part.choosing.written(values) if part.choosing else "\n".join(values[:1])
            rows, laid = given.get(f"{name}{ROW}", []), given.get(f"{name}{LAID}", [""])
            found[name] = Answered(text) if part.field.table is None else answered(part.field, text, rows, laid[0])
        return found

    def without_field(self, posted: Iterable[tuple[str, str]]) -> dict[str, str]:
        """What was typed into fields that this form does not have."""
        known = {f"{name}{more}" for name in self.parts for more in ("", ROW, LAID)}
        found: dict[str, list[str]] = {}
        for name, text in posted:
            if "." in name and name not in known and not name.endswith(LAID) and text.strip():
                found.setdefault(name, []).append(normalised(text))
        return {name: "\n".join(texts) for name, texts in found.items()}

    def previews(self, answers: Answers) -> dict[str, Preview]:
        """How a whole paper is read, with the decimal mark that it clearly uses; without free-text answers."""
        mark = self.previewer.decimal(answers)
        return {
            f"{question}.{id}": self.previewer.preview(question, id, text, mark)
            for question, parts in answers.items()
            for id, text in parts.items()
            if f"{question}.{id}" in self.parts and not self.parts[f"{question}.{id}"].is_prose
        }

    def read(self, written: Mapping[str, Written]) -> dict[str, Preview]:
        """How the contents of the fields are read, by name."""
        return self.previews(self.answers((name, one.text) for name, one in written.items()))

    def fields(
        self, written: Mapping[str, Written], previews: Mapping[str, Preview] | None = None
    ) -> dict[str, AnswerField]:
        """Every field of a page, by name."""
        return {
            name: part.laid(written.get(name, Written()), (previews or {}).get(name))
            for name, part in self.parts.items()
        }


def _digest(*asked: object) -> str:
    return hashlib.sha256(repr(asked).encode(errors="backslashreplace")).hexdigest()[:DIGEST]


def _part_form(name: str, part: SheetPart, solved: SolvedPart, order: str, asked: str) -> PartForm:
    """A part without its key; its kind determines the field."""
    spec = told(solved.spec)
    kind = kind_of(spec)
    field = kind.form_field(spec)
    hint = solved.kind.instruction(solved.spec, order)
    return PartForm(name, part, spec, field, hint, not kind.machine, choosing(field, spec), asked)
