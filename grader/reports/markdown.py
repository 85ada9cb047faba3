"""The report as Markdown, for a pull request or a course page: nothing a student wrote is live in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from grader.marking.report import PartReport, QuestionReport, Report
from grader.reports import LIMIT, Reveal
from grader.reports.parts import SYMBOLS, closing, diagnosis, nothing_read, remarks, revealed, text, waiting
from grader.reports.sanitise import cut_lines, shorten, visible
from grader.reports.show import marks, one_line

_VALUE = 300
# What Markdown reads in the middle of a line is written behind a backslash or as a character reference. A bar is a
# reference always: behind a backslash of the student's own, an escaped bar would end the table's cell. A colon or a
# full stop is one where it would make a bare address a link, and a mention is broken by a word joiner.
_READ = re.compile(r"[\\`*_\[\]#~$]|[<>&|@]|:(?=\S)|(?<=[wW])\.")


def _reference(found: re.Match[str]) -> str:
    character = found.group()
    if character == "@":
        return "@\u2060"
    named = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;", ":": "&#58;"}
    return named.get(character, f"\\{character}")


def escape(words: str) -> str:
    r"""Prose that shows exactly these words: no HTML, no emphasis, no link, no mention, no table break.

    >>> print(escape("a|b <b> *x*"))
    a&#124;b &lt;b&gt; \*x\*
    """
    return _READ.sub(_reference, visible(words))


def code(words: str) -> str:
    """A value as a code span; as escaped prose where it holds what a span or a table cell could not bear.

    >>> print(code("[[9/4, 13/4]]"), code("a`b"))
    `[[9/4, 13/4]]` a\\`b
    """
    shown = visible(words).strip()
    if not shown:
        return ""
    return escape(words) if re.search("[`|<>&@]", shown) else f"`{shown}`"


def render(report: Report, *, reveal: Reveal = "never") -> str:
    """The whole report as Markdown of at most 60,000 characters."""
    warnings = [line for said in report.warnings for line in (f"> Warning: {escape(text(said))}", "")]
    return framed(
        f"{report.assignment}: {report.title}" if report.title else report.assignment,
        report.student,
        ["\n".join(warnings), *(question_text(question, reveal=reveal) for question in report.questions)],
        total=(report.score, report.max_score),
        waiting=waiting(report) if report.pending_points else "",
        closing=closing(report),
    )


def framed(
    title: str,
    student: str,
    texts: Iterable[str],
    *,
    total: tuple[Decimal, Decimal],
    waiting: str,
    closing: str,
) -> str:
    """The report from the texts of its questions: title and student above them, the total below."""
    head = [f"# {escape(title)}", "", f"Student: {code(student)}", ""]
    said = f"**Total: {_points(*total)}**" + (f" ({waiting})" if waiting else "")
    tail = f"{said}\n\n{escape(closing)}\n"
    return cut_lines("\n".join([*head, *filter(None, texts), ""]), tail, LIMIT)


def question_text(question: QuestionReport, *, reveal: Reveal = "never") -> str:
    """One question as it stands in the report: the same for equal answers, so that a class needs it once."""
    return "\n".join(_question(question, reveal))


def free_text(words: str) -> str:
    """A free text as it stands in the table of its question."""
    return code(shorten(one_line(words.strip(), "text"), _VALUE))


def _points(score: Decimal, points: Decimal) -> str:
    return f"{marks(score)} / {marks(points)}"


def _question(question: QuestionReport, reveal: Reveal) -> list[str]:
    """A heading, the table, and below it what is said about each part that is not right."""
    shows_answers = any(revealed(part, reveal) and part.expected is not None for part in question.parts)
    columns = ["part", "verdict", "marks", "read as", *(["right answer"] if shows_answers else [])]
    heading = f"## {escape(question.id)} {escape(question.title)}".rstrip()
    written = [f"{heading} ({_points(question.score, question.max_score)})", ""]
    written += [_row(columns), _row(["---"] * len(columns))]
    for part in question.parts:
        cells = [escape(part.id), f"{SYMBOLS[part.verdict]} {part.verdict}", _points(part.score, part.max_score)]
        if nothing_read(part):
            cells.append(escape(" ".join(text(said) for said in part.message)))
        else:
            cells.append(_value(part.submitted if part.read is None else part.read, part))
        if shows_answers:
            cells.append(_value(part.expected, part) if revealed(part, reveal) else "")
        written.append(_row(cells))
    written.append("")
    if question.convention:
        written += [f"Accepted convention: {escape(question.convention)}", ""]
    said = [line for part in question.parts for line in _said(part, reveal)]
    return [*written, *said, ""] if said else written


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _value(value: object, part: PartReport) -> str:
    if value is None or value == "":
        return ""
    shown = one_line(value.strip() if isinstance(value, str) else value, part.kind)
    return code(shorten(f"{shown} {part.unit}" if part.unit else shown, _VALUE))


def _said(part: PartReport, reveal: Reveal) -> list[str]:
    said = [*remarks(part), *(diagnosis(one) for one in part.diagnoses)]
    if revealed(part, reveal):
        said += [f"rubric, {marks(points)}: {line}" for points, line in part.rubric]
    return [f"- **{escape(part.id)}**: {escape(one)}" for one in said]
