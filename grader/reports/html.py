"""The report on one submission as one page of HTML that needs no network and no script."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any

from markupsafe import Markup, escape

from grader.messages import sentence
from grader.messages.languages import Say
from grader.reports import Reveal
from grader.reports.fragments import Fragments
from grader.reports.html_part import LONGEST_NAME, chip, earned, part_data, prose
from grader.reports.sanitise import shorten, visible
from grader.reports.show import marks as points_text
from grader.reports.templates import environment, style
from grader.reports.words import ReportWords

AskedAssignment = Mapping[str, Any]
"""What an assignment asks, as plain data: see `grader.reports.asked`."""


def student_page(
    report: Mapping[str, Any],
    asked: AskedAssignment | None = None,
    *,
    lang: str = "en",
    say: Say | None = None,
    reveal: Reveal = "never",
    fragments: Fragments | None = None,
) -> str:
    """The page of one report, given as the document of schema `grader/report/1`.

    `reveal` affects only rubrics: the document contains right answers only where they may be shown. `fragments` caches
    the rendering of parts and questions that pages share.
    """
    shown = student_values(report, asked, lang=lang, say=say, reveal=reveal, fragments=fragments)
    page: str = _template("student.html").render(style=style(), **shown)
    return page


def student_values(
    report: Mapping[str, Any],
    asked: AskedAssignment | None = None,
    *,
    lang: str = "en",
    say: Say | None = None,
    reveal: Reveal = "never",
    fragments: Fragments | None = None,
) -> dict[str, Any]:
    """The values for a report's templates, as for `student_page`; for pages with their own frame."""
    words, shared = _words(lang, say), fragments or Fragments()
    known = asked or {}
    questions = report.get("questions", [])
    return {
        "w": words,
        "report": report,
        "assignment": visible(str(report.get("assignment") or "")),
        "title": visible(str(known.get("title") or report.get("assignment") or words.word.rejected)),
        "student": shorten(visible(str(report.get("student") or "")), LONGEST_NAME),
        "variant": visible(str(report.get("variant") or "")),
        "rejected": report.get("status") == "rejected",
        "earned": earned(report.get("score"), report.get("max_score"), words),
        "share": _share(report.get("score"), report.get("max_score")),
        "closing": _closing(report, words),
        "message": prose(report.get("message") or ""),
        "asked": known.get("shown") or "",
        "rows": [shared.of(one, "row", partial(_row, one, words)) for one in questions],
        "sections": [
            shared.of(one, "section", partial(_section, one, known, words, reveal, shared)) for one in questions
        ],
    }


def _row(question: Mapping[str, Any], words: ReportWords) -> Markup:
    """A question in the overview."""
    parts = [(visible(str(part["id"])), *chip(part, words)) for part in question["parts"]]
    return Markup(_template("question.html").module.row(words, {**_named(question, words), "parts": parts}))


def _section(
    question: Mapping[str, Any], known: AskedAssignment, words: ReportWords, reveal: Reveal, shared: Fragments
) -> Markup:
    """A question with its parts."""
    asked = known.get("questions", {}).get(question["id"]) or {}
    fragments = []
    for part in question["parts"]:
        write = partial(_part, question["id"], part, asked.get("parts", {}).get(part["id"], {}), words, reveal)
        fragments.append(shared.of(part, "page", write))
    said = {
        "convention": _said_convention(question.get("convention"), words),
        "prompt": asked.get("shown") or "",
        "fragments": fragments,
    }
    return Markup(_template("question.html").module.section(words, {**_named(question, words), **said}))


def _named(question: Mapping[str, Any], words: ReportWords) -> dict[str, str]:
    return {
        "id": visible(str(question["id"])),
        "title": visible(str(question.get("title") or "")),
        "earned": earned(question.get("score"), question.get("max_score"), words),
    }


def _part(question: str, part: Mapping[str, Any], asked: AskedAssignment, words: ReportWords, reveal: Reveal) -> Markup:
    return Markup(_template("part.html").render(w=words, p=part_data(question, part, asked, words, reveal)))


@cache
def _words(lang: str, say: Say | None) -> ReportWords:
    return ReportWords(lang, say)


@cache
def _template(name: str) -> Any:
    return environment().get_template(name)


def _share(score: object, most: object) -> int:
    whole = float(str(most or 0))
    return round(100 * min(max(float(str(score or 0)) / whole, 0.0), 1.0)) if whole > 0 else 0


def _closing(report: Mapping[str, Any], words: ReportWords) -> Markup:
    """How many points wait for a person, or that none do."""
    waiting = Decimal(str(report.get("pending_points") or 0))
    if report.get("status") != "needs_review":
        return Markup(escape(words.word.graded))
    return prose(words.say(sentence("Points that wait for a person: {points}", points=Decimal(points_text(waiting)))))


def _said_convention(name: object, words: ReportWords) -> Markup | None:
    return prose(words.say(sentence("Accepted convention: {name}", name=str(name)))) if name else None
