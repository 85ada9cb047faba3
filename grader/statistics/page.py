"""The instructor's report as one page of HTML: what the class got, part by part, and what it got wrong.

The words of the page are in its template, `class.html`; this module formats numbers and texts, and adds the plots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial
from typing import Any

from markupsafe import Markup

from grader.messages import Sentence, sentence
from grader.misconceptions.registry import by_id
from grader.reports.html_part import block, earned, prose
from grader.reports.sanitise import shorten, visible
from grader.reports.show import one_line
from grader.reports.templates import environment, script, script_digest, style
from grader.reports.words import ReportWords
from grader.statistics import plots
from grader.statistics.document import Lists
from grader.variants.copied import Copied

_PIECES = 200


def page_pieces(lists: Lists, document: Mapping[str, Any], lang: str = "en") -> Iterator[str]:
    """`class.html` from the class document; the lists of students are read while the page is written."""
    values = _values(lists, document, lang)
    head = {
        "style": style("class.css"),
        "script": script("class.js"),
        "script_digest": script_digest("class.js"),
    }
    stream = environment().get_template("class.html").stream(**values, **head)
    stream.enable_buffering(_PIECES)
    yield from stream


def section(lists: Lists, document: Mapping[str, Any], question_link: Callable[[str, str], str], lang: str) -> Markup:
    """The part of the class page about a document's one assignment, for a page with its own frame.

    `question_link` gives the address of the answers to a question, by assignment and question.
    """
    values = {**_values(lists, document, lang), "question_link": question_link}
    found = environment().get_template("class_section.html").render(**values, s=document["assignments"][0], at="a0")
    return Markup(found)


def _values(lists: Lists, document: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The values for the templates of the class page."""
    words = ReportWords(lang)
    return {
        "w": words,
        "document": document,
        "sentence": _saying(words, sentence),
        "visible": visible,
        "short": lambda text, most=200: shorten(visible(text), most),
        "prose": prose,
        "value": lambda value: block(value) if isinstance(value, str) else one_line(value),
        "about": lambda cause: prose(words.say(rule.equals)) if (rule := by_id(cause)) else None,
        "count": lambda count: words.number(str(count)),
        "number": partial(_number, words),
        "percent": lambda share: words.say(sentence("{share:.0f} %", share=100 * share)),
        "earned": lambda score, most: earned(score, most, words),
        "plots": partial(_plots, words),
        "question_link": lambda *_: "",
        "equals": lambda one: prose(words.say(Copied(**{key: one[key] for key in one if key != "student"}).said)),
        **lists._asdict(),
    }


def _saying(words: ReportWords, make: Callable[..., Sentence]) -> Callable[..., str]:
    """For the template: formats sentences, caching each."""
    return cache(lambda *template, **fields: words.say(make(*template, **fields)))


def _number(words: ReportWords, value: float | None) -> str:
    """A figure with two decimals; a dash where there is none."""
    if value is None:
        return "–"
    text = f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP) + 0}"
    return words.number(text.replace("-", "−"))


def _plots(words: ReportWords, section: Mapping[str, Any], at: str) -> dict[str, Markup]:
    """The plots of an assignment that has marks; `at` makes their ids unique in the page."""
    if not section["marks"]["students"]:
        return {}
    parts = [(shorten(f"{part['question']}.{part['part']}", 24), part) for part in section["parts"]]
    return {
        "histogram": plots.histogram(
            section["marks"]["histogram"],
            name=f"{at}-h",
            title=words.say(sentence("Bar chart of the totals; the numbers are in the table of marks")),
            marks=words.say(sentence("marks")),
            students=words.say(sentence("students")),
            number=words.number,
        ),
        "facility": plots.items(
            [(label, {"value": part["facility"]}) for label, part in parts],
            name=f"{at}-f",
            title=words.say(sentence("The facility of each part; the numbers are in the table of parts")),
            label=words.say(sentence("Facility")),
            number=words.number,
        ),
        "discrimination": plots.items(
            [(label, part["discrimination"]) for label, part in parts],
            name=f"{at}-d",
            title=words.say(
                sentence("The discrimination of each part with its interval; the numbers are in the table of parts")
            ),
            label=words.say(sentence("Discrimination")),
            number=words.number,
            low=-1.0,
        ),
    }
