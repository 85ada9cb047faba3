"""The pages where a student fills in a sheet, checks the readings, and gets a receipt: plain data, then HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from markupsafe import Markup

from grader.messages import Sentence
from grader.messages.languages import Language
from grader.reports.markup import blocks, inline
from grader.reports.sanitise import text_lines, visible
from grader.reports.sheets.tree import direction_of_options
from grader.reports.templates import environment
from grader.service.forms.fields import AnswerField, Form
from grader.service.forms.previews import Preview
from grader.service.forms.words import FormWords
from grader.service.templates import SHARED_TEMPLATES
from grader.structs import Struct

FORM_TEMPLATES = Path(__file__).parent / "templates"
STEP = "step"
"""The field that says which step a posted form requests."""
SEEN = "seen"
"""The field with the revision of each saved field that a page has seen."""
ATTEMPT = "attempt"
"""The field with the number of the last attempt that a page has seen, and of single fields that have seen a newer one.

`2 q1.a=3` is the second attempt, and the third for `q1.a`; 0 is none.
"""
SHEET = "sheet"
"""The field with the digest of the form that a page was made from."""
READ, CHECK, HAND_IN, CHANGE = "read", "check", "hand-in", "change"
"""Show readings; show the confirmation page; hand in; back to the fields with what was typed."""
_SHOWN = 20_000


class Links(Struct):
    """Where the pages lead; `hand_in` takes all steps of the form."""

    hand_in: str
    preview: str
    drafts: str
    overview: str = "/"
    upload: str | None = None
    file: str | None = None
    feedback: str | None = None


class Frame(Struct):
    """What the service shows around a page, and the token for its forms."""

    csrf: str
    nav: Markup = Markup("")
    switch: Markup = Markup("")


class HandInPage(Struct):
    """The sheet of a student with its fields.

    `store` names the browser's offline storage, and must differ between students. `said` are sentences about this
    student's standing, such as the late deduction. `elsewhere` holds what another page saved in fields where this page
    has something else.
    """

    form: Form
    fields: Mapping[str, AnswerField]
    links: Links
    frame: Frame
    student: str
    store: str
    due: datetime | None = None
    zone: tzinfo = UTC
    attempts_left: int | None = None
    said: tuple[Sentence, ...] = ()
    refused: Sentence | None = None
    terms: tuple[Sentence, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 0
    without_field: Mapping[str, str] = field(default_factory=dict)
    """What was typed into fields that the assignment no longer has, by their names."""

    @property
    def saved(self) -> datetime | None:
        """When a draft was last saved."""
        return max((one.written.saved for one in self.fields.values() if one.written.saved), default=None)


class ConfirmPage(Struct):
    """What was typed and how it is read, before anything is handed in."""

    form: Form
    fields: Mapping[str, AnswerField]
    links: Links
    frame: Frame
    student: str
    said: tuple[Sentence, ...] = ()
    attempt: int = 0


class ReceiptPage(Struct):
    """What was handed in, when, and how it was read; `store` is the sheet's, which the browser then clears.

    `form` is None for an assignment that cannot be used at the moment, of which only the `title` is known.
    """

    form: Form | None
    fields: Mapping[str, AnswerField]
    links: Links
    frame: Frame
    student: str
    store: str
    number: str
    received: datetime
    digest: str
    zone: tzinfo = UTC
    said: tuple[Sentence, ...] = ()
    title: str = ""
    is_latest: bool = True
    """Whether nothing was handed in since; else what the browser keeps may be newer, and stays."""


def seen(text: str) -> dict[str, int]:
    """The revisions that a form says it has seen, by field; invalid ones are left out.

    >>> seen("q1.a=3 q4.Z=12 q5.a=x")
    {'q1.a': 3, 'q4.Z': 12}
    """
    found = (each.rpartition("=") for each in text.split())
    return {name: int(number) for name, _, number in found if re.fullmatch("[0-9]{1,10}", number)}


class FormPages:
    """The pages in one language."""

    def __init__(self, language: Language) -> None:
        """Prepare the templates once."""
        from jinja2 import FileSystemLoader

        self.words = FormWords(language)
        self._environment = environment().overlay(loader=FileSystemLoader([FORM_TEMPLATES, SHARED_TEMPLATES]))
        self._block = self._environment.get_template("reading.html").module.block  # type: ignore[attr-defined]

    def hand_in(self, page: HandInPage) -> str:
        """The sheet with its fields; it works without scripts."""
        return self._page("hand_in.html", page, script=json.dumps(self.words.script, ensure_ascii=False))

    def confirm(self, page: ConfirmPage) -> str:
        """The confirmation page: the readings, and the button to hand in."""
        return self._page("confirm.html", page, **self._outcomes(page.fields))

    def receipt(self, page: ReceiptPage) -> str:
        """The receipt."""
        handed_in = {name: one.written.text for name, one in page.fields.items()}
        return self._page("receipt.html", page, handed_in=json.dumps(handed_in, ensure_ascii=False))

    def preview(self, preview: Preview) -> dict[str, Any]:
        """A preview as JSON: the readings, what to type if there is none, both as HTML, and what rows show."""
        return {
            "readings": [{"shown": one.shown, "html": str(one.html)} for one in preview.readings],
            "message": None if preview.message is None else visible(self.words.language(preview.message)),
            "block": str(self._block(preview, self.words)).strip(),
            "cells": preview.cells,
            "row": preview.row,
        }

    def _page(self, template: str, page: Any, **more: Any) -> str:
        return self._environment.get_template(template).render(
            w=self.words,
            page=page,
            sheet=page.form and page.form.sheet,
            line=visible,
            blocks=blocks,
            inline=inline,
            typed=_typed,
            seen=" ".join(f"{one.name}={one.written.revision}" for one in page.fields.values()),
            direction=direction_of_options,
            **more,
        )

    def _outcomes(self, fields: Mapping[str, AnswerField]) -> dict[str, Any]:
        """How many answers are blank, and which are unreadable or ambiguous."""
        blank = sum(not one.written.text.strip() for one in fields.values())
        unclear = [
            name
            for name, one in fields.items()
            if one.preview is not None and not one.preview.unread
            if one.preview.message is not None or one.preview.undecided
        ]
        return {
            "blank": self.words.blanks(blank) if blank else None,
            "unclear": self.words.unclear(unclear) if unclear else None,
        }


def script() -> str:
    """The script of the sheet."""
    return (FORM_TEMPLATES / "hand_in.js").read_text(encoding="utf-8")


def style() -> str:
    """What the pages need besides the style of the service."""
    return (FORM_TEMPLATES / "forms.css").read_text(encoding="utf-8")


def _typed(text: str) -> str:
    """What was typed, line by line, made harmless."""
    return "\n".join(text_lines(text, _SHOWN))
