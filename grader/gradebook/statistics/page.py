"""The instructor's report as one page of HTML: what the class got, part by part, and what it got wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from grader.gradebook.statistics import plots, queries
from grader.gradebook.statistics.document import everyone, link, students
from grader.messages import Sentence, sentence
from grader.messages.languages import Say
from grader.misconceptions.registry import by_id
from grader.reports.html_part import block, prose
from grader.reports.sanitise import shorten, visible
from grader.reports.show import one_line
from grader.reports.templates import environment, script, script_digest, style
from grader.reports.verdicts import VERDICTS
from grader.reports.words import Words

_NAME = 200
_REASON = 500
_PIECES = 200

STATUSES: Mapping[str, Sentence] = {
    "graded": sentence("graded"),
    "needs_review": sentence("need a person"),
    "rejected": sentence("could not be graded"),
    "unreadable": sentence("could not be read"),
    "error": sentence("a fault of the grader"),
    "superseded": sentence("replaced by a newer file of the same student"),
    "refused": sentence("refused: several files of one student"),
    "ignored": sentence("no submission by its name"),
}
WORDS: Mapping[str, Sentence] = {
    "title": sentence("The class"),
    "skip": sentence("To the report"),
    "contents": sentence("Assignments"),
    "files": sentence("Submission files by what became of them"),
    "status": sentence("Status"),
    "number": sentence("Number"),
    "distribution": sentence("Distribution of marks"),
    "marks": sentence("marks"),
    "students": sentence("students"),
    "all_students": sentence("Students"),
    "summary": sentence("Marks of the class"),
    "mean": sentence("Mean"),
    "median": sentence("Median"),
    "quartiles": sentence("Quartiles"),
    "deviation": sentence("Standard deviation"),
    "points": sentence("Points"),
    "waits": sentence("Students with parts that wait for a person"),
    "parts": sentence("Parts"),
    "parts_caption": sentence("Each part: how hard it is, how well it tells students apart, how many left it out"),
    "part": sentence("Part"),
    "facility": sentence("Facility"),
    "facility_about": sentence("Facility is the mean mark as a share of the points: 1 is easy, 0 is hard."),
    "discrimination": sentence("Discrimination"),
    "interval": sentence("95 % interval"),
    "discrimination_about": sentence(
        "Discrimination is the correlation of the part's marks with the marks of the rest of the test, with its 95 % "
        "confidence interval (Fisher's z). Near 0 or below, the part does not tell strong from weak students."
    ),
    "waiting_about": sentence(
        "An answer that waits for a person has no mark yet: it is left out of both numbers, and a free text has none "
        "before all are marked."
    ),
    "missing": sentence("Missing"),
    "unreadable": sentence("Unreadable"),
    "verdicts": sentence("Verdicts"),
    "key": sentence("The key may be wrong"),
    "key_about": sentence(
        "Many wrong answers to these parts are one and the same value, and no rule explains it. Look at the key, and "
        "at the wording of the question."
    ),
    "value": sentence("Value on which they agree"),
    "agree": sentence("Students who gave it"),
    "of_wrong": sentence("Answers not right"),
    "as_table": sentence("The same as a table"),
    "right": sentence("Right answers"),
    "misconceptions": sentence("Misconceptions"),
    "slips": sentence("Slips"),
    "misconceptions_caption": sentence("What wrong answers equal, by how many students show it"),
    "cause": sentence("Cause"),
    "in_parts": sentence("In which parts"),
    "who": sentence("Who shows it"),
    "everyone": sentence("Every student's page"),
    "student": sentence("Student"),
    "no_mark": sentence("could not be graded"),
    "find": sentence("Find in this table:"),
    "found_none": sentence("No row holds this."),
    "left_out": sentence("Files without marks"),
    "left_out_caption": sentence("Files that were rejected, refused or unreadable, and why"),
    "file": sentence("File"),
    "reason": sentence("Reason"),
    "provisional": sentence("provisional"),
    "provisional_about": sentence("Provisional: marks of parts that wait for a person are still to come."),
    "nobody": sentence("None was found."),
    "no_marks": sentence("No submission was graded."),
    "histogram_alt": sentence("Bar chart of the totals; the numbers are in the table of marks"),
    "facility_alt": sentence("The facility of each part; the numbers are in the table of parts"),
    "discrimination_alt": sentence(
        "The discrimination of each part with its interval; the numbers are in the table of parts"
    ),
    "from_to": sentence("Marks from, to"),
}
REASONS: Mapping[str, Sentence] = {
    "not all are marked by a person": sentence("not all are marked by a person"),
    "too few students": sentence("too few students"),
    "all marks of the part are equal": sentence("all marks of the part are equal"),
    "all marks of the rest are equal": sentence("all marks of the rest are equal"),
}


def page_pieces(
    base: sqlite3.Connection,
    document: Mapping[str, Any],
    *,
    pages: bool = True,
    lang: str = "en",
    say: Say | None = None,
) -> Iterator[str]:
    """`class.html` from the class document; the lists of students are read while the page is written."""
    words = Words(lang, say)
    own = SimpleNamespace(**{name: words.say(said) for name, said in WORDS.items()})
    stream = (
        environment()
        .get_template("class.html")
        .stream(
            w=words,
            t=own,
            style=style("class.css"),
            script=script("class.js"),
            script_digest=script_digest("class.js"),
            outside=_outside(document, words),
            outside_files=_left_out(base, None, words, pages),
            sections=[
                _section(base, section, place, words, own, pages)
                for place, section in enumerate(document["assignments"])
            ],
        )
    )
    stream.enable_buffering(_PIECES)
    yield from stream


def _outside(document: Mapping[str, Any], words: Words) -> Markup | None:
    count = document.get("without_assignment", 0)
    if not count:
        return None
    said = sentence(
        "Files that are unreadable or name no known assignment: {count}. "
        "What is wrong with each stands in results.csv.",
        count=count,
    )
    return prose(words.say(said))


def _section(
    base: sqlite3.Connection,
    section: Mapping[str, Any],
    place: int,
    words: Words,
    own: SimpleNamespace,
    pages: bool,
) -> dict[str, Any]:
    name = f"a{place}"
    marks, parts = section["marks"], section["parts"]
    labels = [shorten(f"{part['question']}.{part['part']}", 24) for part in parts]
    causes = section["causes"]
    return {
        "at": name,
        "id": visible(section["assignment"]),
        "title": visible(section["title"] or section["assignment"]),
        "files": [(words.say(STATUSES[status]), _count(count, words)) for status, count in section["files"].items()],
        "marks": _summary(marks, words, own) if marks["students"] else None,
        "provisional": marks["provisional"],
        "histogram": _histogram(marks, name, own) if marks["students"] else None,
        "bins": _bins(marks, words),
        "plots": _plots(parts, labels, name, own) if parts else [],
        "parts": [_part(part, words) for part in parts],
        "doubts": [_doubt(found, words) for found in section["key_may_be_wrong"]],
        "causes": [
            (heading, [_cause(base, section["assignment"], one, words, pages) for one in causes if one["kind"] == kind])
            for kind, heading in (("misconception", own.misconceptions), ("slip", own.slips))
        ],
        "left_out": list(_left_out(base, section["assignment"], words, pages)),
        "everyone": (
            {
                "student": shorten(visible(each.student), _NAME),
                "page": each.page,
                "status": words.say(STATUSES[each.status]),
                "marks": words.number(f"{each.score} / {each.max_score}") if each.score else "",
                "score": each.score or "",
            }
            for each in everyone(base, section["assignment"], pages=pages)
        ),
    }


def _left_out(base: sqlite3.Connection, assignment: str | None, words: Words, pages: bool) -> Iterator[dict[str, Any]]:
    """Files without marks, with a link to the page that tells the student."""
    for one in queries.left_out(base, assignment):
        yield {
            "file": shorten(visible(one.file), _NAME),
            "page": link(assignment, one.student, pages=pages) if assignment and one.student else None,
            "status": words.say(STATUSES[one.status]),
            "reason": shorten(visible(one.reason), _REASON),
        }


def _count(count: int, words: Words) -> str:
    return words.number(str(count))


def _number(value: float | None, words: Words, decimals: int = 2) -> str:
    if value is None:
        return "–"
    text = f"{Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0}"
    return words.number(text.replace("-", "−"))


def _percent(share: float, words: Words) -> str:
    return words.number(f"{100 * share:.0f} %")


def _summary(marks: Mapping[str, Any], words: Words, own: SimpleNamespace) -> list[tuple[str, str, bool]]:
    """Name, value, and whether the value is provisional."""
    low, high = marks["quartiles"]
    later = marks["provisional"]
    return [
        (own.all_students, _count(marks["students"], words), False),
        (own.points, _number(marks["max_score"], words), False),
        (own.mean, _number(marks["mean"], words), later),
        (own.median, _number(marks["median"], words), later),
        (own.quartiles, f"{_number(low, words)} · {_number(high, words)}", later),
        (own.deviation, _number(marks["standard_deviation"], words), later),
        (own.waits, _count(marks["with_parts_that_wait"], words), False),
    ]


def _histogram(marks: Mapping[str, Any], name: str, own: SimpleNamespace) -> Markup:
    bins = [(one["from"], one["to"], one["students"]) for one in marks["histogram"]]
    return plots.histogram(bins, name=f"{name}-h", title=own.histogram_alt, marks=own.marks, students=own.students)


def _bins(marks: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    return [
        (f"{_number(one['from'], words)} – {_number(one['to'], words)}", _count(one["students"], words))
        for one in marks["histogram"]
        if one["students"]
    ]


def _plots(parts: Sequence[Mapping[str, Any]], labels: Sequence[str], name: str, own: SimpleNamespace) -> list[Markup]:
    named = list(zip(labels, parts, strict=True))
    facility = [plots.PartPoint(label, part["facility"]) for label, part in named]
    correlations = [(label, part["discrimination"]) for label, part in named]
    discrimination = [
        plots.PartPoint(label, found["value"], found["low"], found["high"]) for label, found in correlations
    ]
    return [
        plots.items(facility, name=f"{name}-f", title=own.facility_alt, label=own.facility),
        plots.items(discrimination, name=f"{name}-d", title=own.discrimination_alt, label=own.discrimination, low=-1.0),
    ]


def _part(part: Mapping[str, Any], words: Words) -> dict[str, Any]:
    found = part["discrimination"]
    known = found["value"] is not None
    return {
        "name": visible(f"{part['question']}.{part['part']}"),
        "prompt": shorten(visible(part["prompt"]), _NAME),
        "points": words.number(f"{part['max_score']:g}"),
        "facility": _number(part["facility"], words),
        "numbers": [part["max_score"], part["facility"], found["value"], part["missing"], part["unreadable"]],
        "discrimination": _number(found["value"], words),
        "interval": f"{_number(found['low'], words)} … {_number(found['high'], words)}" if known else None,
        "reason": words.say(REASONS[found["reason"]]) if found["reason"] else "",
        "missing": _percent(part["missing"], words),
        "unreadable": _percent(part["unreadable"], words),
        "verdicts": [
            (words.say(shown.phrase), _count(part["verdicts"][verdict], words))
            for verdict, shown in VERDICTS.items()
            if verdict in part["verdicts"]
        ],
    }


def _doubt(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    value = found["value"]
    return {
        "name": visible(f"{found['question']}.{found['part']}"),
        "value": block(value) if isinstance(value, str) else one_line(value),
        "students": _count(found["students"], words),
        "wrong": _count(found["wrong_answers"], words),
        "right": _count(found["right_answers"], words),
    }


def _cause(
    base: sqlite3.Connection, assignment: str, one: Mapping[str, Any], words: Words, pages: bool
) -> dict[str, Any]:
    rule = by_id(one["id"])
    shown = (
        (shorten(visible(who["student"]), _NAME), who["page"], visible(who["parts"]))
        for who in students(base, assignment, one["id"], pages=pages)
    )
    return {
        "id": visible(one["id"]),
        "about": prose(words.say(rule.equals)) if rule else None,
        "students": _count(one["students"], words),
        "parts": [(visible(part["part"]), _count(part["students"], words)) for part in one["parts"]],
        "who": shown,
    }
