"""Documents for pages, and how a page's elements are read in tests."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from grader.reports.json import document
from grader.reports.markup import blocks, inline
from tests.reports.samples import REPORT, make_part, make_report

LONG = "9" * 1990
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u202c \u2066open",
    "\x1b[31mred\x00\x07",
    "</style><style>*{display:none}",
    "&lt;b&gt; &amp;",
    "ج" * 300 + "\u0301" * 200,
    LONG,
)


def plain(report: Any, reveal: Any = "never") -> dict[str, Any]:
    """A report as the parsed document of its JSON."""
    found: dict[str, Any] = json.loads(json.dumps(document(report, reveal=reveal)))
    return found


SAMPLE = plain(REPORT, "wrong")

GRID: dict[str, Any] = {
    **plain(make_report(make_part()))["questions"][0]["parts"][0],
    "id": "dX",
    "verdict": "partial",
    "score": 1.25,
    "read": [[0, 1.5, "9/4"], [-0.5, 2, 7]],
    "entries": {"total": 6, "correct": 2, "wrong": [[0, 1], [0, 2], [1, 0], [1, 2]]},
    "message": "2 of 6 entries are right.",
    "diagnoses": [
        {
            "id": "gap-side",
            "kind": "misconception",
            "group": 1,
            "message": "3 of 6 entries equal a mean over a side.",
            "explained": 3,
            "of": 6,
            "unexplained": [[0, 2], [1, 2], [0, 0]],
        },
        {
            "id": "one-sign",
            "kind": "slip",
            "group": 2,
            "message": "Entry (0, 2) has the other sign.",
            "explained": 2,
            "of": 6,
            "unexplained": [[0, 1], [1, 0], [1, 2], [0, 0]],
        },
    ],
}


def page_of(*parts: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A document with one question of these parts."""
    question = {"id": "q4", "title": "Convolution", "score": 1.25, "max_score": 4.0, "convention": None}
    return {**SAMPLE, "questions": [{**question, "parts": list(parts)}], **changed}


def hostile_document(text: str) -> dict[str, Any]:
    """A document in which every text that a student or an author can write is this one."""
    parts = []
    for verdict, kind, read in (
        ("pending", "text", text),
        ("unreadable", "array", None),
        ("wrong", "choice", text),
        ("wrong", "array", [[text, "1"], ["2", text]]),
        ("wrong", "shapes", [[text, 2], [3, 4]]),
        ("wrong", "number", {"a": text}),
    ):
        part = {**GRID, "id": f"p{len(parts)}", "verdict": verdict, "kind": kind, "read": read, "submitted": text}
        part["message"] = text
        part["diagnoses"] = [{**GRID["diagnoses"][0], "message": text}]
        part["review"] = {"points": 1.0, "comment": text, "who": text, "why": text}
        parts.append(part)
    return page_of(*parts, student=text[:200], message=text)


def hostile_asked(text: str) -> dict[str, Any]:
    """What an assignment asks, in hostile words."""
    shown = blocks(text)
    part = {"shown": shown, "unit": text[:50], "rubric": [("1", inline(text))], "options": [inline(text)]}
    parts = {f"p{n}": part for n in range(6)}
    return {"title": text, "shown": shown, "questions": {"q4": {"shown": shown, "parts": parts}}}


class Elements(HTMLParser):
    """The elements of a page, with their attributes, in order; and all text outside of style sheets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._style else data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]
