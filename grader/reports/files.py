"""A report as the files that are published for a student: JSON always, pages in HTML and Markdown on request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from grader.marking.report import SubmissionReport
from grader.messages import Sentence
from grader.messages.languages import LANGUAGES, right_to_left
from grader.reports import Reveal
from grader.reports import json as documents
from grader.reports.fragments import Fragments
from grader.reports.sanitise import visible

Texts = tuple[tuple[str, str], ...]
"""The text of each file by its extension."""


class ReportFiles:
    """Writes the reports of many students; what their pages share is rendered once."""

    def __init__(
        self,
        asked: Callable[[str, str | None], Mapping[str, Any]],
        *,
        reveal: Reveal = "never",
        lang: str = "en",
        pages: bool = True,
    ) -> None:
        """`asked` returns what an assignment asks in a variant, see `grader.reports.html.asked`.

        `pages` requests HTML and Markdown.
        """
        self.asked = asked
        self.reveal = reveal
        self.lang = lang
        self.pages = pages
        self._say = LANGUAGES[lang]
        self._fragments = Fragments()

    def of(self, report: SubmissionReport) -> Texts:
        """The files of a report."""
        shared = self._fragments
        document = documents.document(report, reveal=self.reveal, say=self._say, fragments=shared)
        text, document = documents.fitted(document, self._say, shared)
        if not self.pages:
            return ((".json", text + "\n"),)
        from grader.reports import html, markdown

        variant = None if report.variant is None else report.variant.id
        asked = self.asked(report.assignment, variant)
        page = html.student_page(document, asked, lang=self.lang, reveal=self.reveal, fragments=shared)
        written = markdown.render(report, reveal=self.reveal, say=self._say, fragments=shared)
        return ((".json", text + "\n"), (".html", page), (".md", written))

    def refused(self, said: Sentence, assignment: str, title: str, student: str) -> Texts:
        """The files that tell a student why a submission could not be graded."""
        message = visible(self._say(said), isolates=right_to_left(self._say))
        text = documents.render_rejected(message, assignment=assignment, student=student)
        if not self.pages:
            return ((".json", text + "\n"),)
        from grader.reports import html, markdown

        read = json.loads(text)
        page = html.student_page(read, {"title": title}, lang=self.lang, reveal=self.reveal)
        heading = f"{assignment}: {title}" if title else assignment
        written = markdown.refused(heading, read["student"], read["message"], self._say)
        return ((".json", text + "\n"), (".html", page), (".md", written))
