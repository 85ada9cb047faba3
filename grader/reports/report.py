"""The report for Python programs: verdicts and marks, and methods that render them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.marking import report as marked
from grader.messages.languages import LANGUAGES, SOURCE, Language
from grader.reports import REVEALS, Reveal
from grader.reports.parts import points

if TYPE_CHECKING:
    from grader.homework.solution import Solution
    from grader.messages import Sentence

_FRAME = '<iframe srcdoc="{page}" title="{title}" sandbox style="width:100%;height:40rem;border:0"></iframe>'


class Report(marked.SubmissionReport):
    """The report on one submission: verdicts and marks as attributes, and a method for each format.

    `reveal` says when right answers are shown: `"never"`, `"wrong"` (of parts that are not right) or `"always"`. `lang`
    is the code of the language of the sentences, such as `"en"`. Other values raise ValueError.

    In a notebook a report shows itself as its page.
    """

    asked: Solution | None = None
    """What was asked: the page shows the prompts of the questions above the answers."""

    @classmethod
    def of(
        cls, report: marked.SubmissionReport, asked: Solution | None = None, warnings: tuple[Sentence, ...] = ()
    ) -> Report:
        """The same report with methods that render it, and with warnings for its readers."""
        known = {name: getattr(report, name) for name in marked.SubmissionReport.__annotations__}
        return cls(**{**known, "warnings": warnings, "asked": asked})

    def to_json(self, *, reveal: Reveal = "never", lang: str = SOURCE) -> str:
        """One JSON document of the schema `grader/report/1`, of at most 60,000 characters."""
        from grader.reports import json

        return json.render(self, reveal=_checked(reveal), say=_language(lang))

    def to_markdown(self, *, reveal: Reveal = "never", lang: str = SOURCE) -> str:
        """Markdown of at most 60,000 characters in which nothing that a student wrote is markup."""
        from grader.reports import markdown

        return markdown.render(self, reveal=_checked(reveal), say=_language(lang))

    def to_html(self, *, reveal: Reveal = "never", lang: str = SOURCE) -> str:
        """One page that needs no network and no script."""
        from grader.reports import html, json
        from grader.reports.asked import asked

        document = json.document(self, reveal=_checked(reveal), say=_language(lang))
        prompts = None if self.asked is None else asked(self.asked)
        return html.student_page(document, prompts, lang=lang, reveal=reveal)

    def to_text(self, *, reveal: Reveal = "never", lang: str = SOURCE, width: int = 100, colour: bool = False) -> str:
        """Text for a terminal of `width` columns; with the codes of colours when `colour` is set."""
        from grader.reports import terminal

        return terminal.render(self, reveal=_checked(reveal), width=width, colour=colour, say=_language(lang))

    def __str__(self) -> str:
        """The text for a terminal."""
        return self.to_text()

    def __repr__(self) -> str:
        """Assignment, student, marks and status."""
        return f"<Report {self.assignment} {self.student!r}: {points(self.score, self.max_score)}, {self.status}>"

    def _repr_html_(self) -> str:
        """The page in a frame, so that its style sheet does not reach the notebook."""
        from markupsafe import escape

        return _FRAME.format(page=escape(self.to_html()), title=escape(f"{self.assignment}, {self.student}"))


def _checked(reveal: Reveal) -> Reveal:
    if reveal not in REVEALS:
        raise ValueError(f"expected reveal to be one of {', '.join(REVEALS)}, received {reveal!r}")
    return reveal


def _language(code: str) -> Language:
    if code not in LANGUAGES:
        raise ValueError(f"expected lang to be one of {', '.join(LANGUAGES)}, received {code!r}")
    return LANGUAGES[code]
