"""The report as Markdown, for a pull request or a course page. Nothing that a student wrote acts as markup."""

from __future__ import annotations

import re
from functools import partial

from grader.homework.checks import plain
from grader.marking.report import PartReport, QuestionReport, Review, SubmissionReport
from grader.messages import Sentence, sentence
from grader.messages.languages import Say, right_to_left
from grader.patterns import pattern
from grader.reports import LIMIT, Reveal
from grader.reports.fragments import Fragments
from grader.reports.parts import (
    HEADS,
    causes,
    closing,
    diagnosis,
    nothing_read,
    points,
    remarks,
    revealed,
    right_answer,
    rubric_line,
    text,
    waiting,
)
from grader.reports.sanitise import cut_lines, shorten, visible
from grader.reports.show import labelled, one_line
from grader.reports.verdicts import VERDICTS

_VALUE = 300
# Characters with a meaning inside a line of Markdown get a backslash or become a character reference. A bar is always a
# reference: after a backslash of the student's own, an escaped bar would end the table cell. A colon or a full stop is
# one where it would turn a bare address into a link, and a word joiner breaks up a mention.
_READ = pattern(r"[\\`*_\[\]#~$]|[<>&|@]|:(?=\S)|(?<=[wW])\.")


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
    return prose(visible(words))


def prose(said: str) -> str:
    """The same for a text without untrusted control characters, such as a sentence with our own isolates."""
    return _READ.sub(_reference, said)


def code(words: str, say: Say = str) -> str:
    """A value as a code span; as escaped prose if it has characters that a span or a table cell cannot hold.

    >>> print(code("[[9/4, 13/4]]"), code("a`b"))
    `[[9/4, 13/4]]` a\\`b
    """
    shown = visible(words).strip()
    if not shown:
        return ""
    span = escape(words) if re.search("[`|<>&@]", shown) else f"`{shown}`"
    return f"\u2068{span}\u2069" if right_to_left(say) else span


def render(
    report: SubmissionReport, *, reveal: Reveal = "never", say: Say = str, fragments: Fragments | None = None
) -> str:
    """The whole report as Markdown of at most 60,000 characters.

    `fragments` caches the rendering of parts and questions that reports share.
    """
    shared = fragments or Fragments()
    title = f"{report.assignment}: {report.title}" if report.title else report.assignment
    head = [f"# {escape(title)}", "", _label(sentence("Student:"), say) + " " + code(report.student, say), ""]
    if report.variant is not None:
        head += [_label(sentence("Variant:"), say) + " " + code(report.variant.id, say), ""]
    for said in report.warnings:
        head += ["> " + _label(sentence("Warning: {said}", said=said), say), ""]
    texts = [shared.of(one, "markdown", partial(_question, one, reveal, say, shared)) for one in report.questions]
    label, pending = _label(sentence("Total:"), say), waiting(report.pending_points, say)
    total = f"**{label} {points(report.score, report.max_score, say)}**" + (f" ({pending})" if pending else "")
    tail = f"{total}\n\n{prose(closing(report, say))}\n"
    if not right_to_left(say):
        return cut_lines("\n".join([*head, *texts, ""]), tail, LIMIT)
    return cut_lines("\n".join(['<div dir="rtl">', "", *head, *texts, ""]), f"{tail}\n</div>\n", LIMIT, say)


def refused(title: str, student: str, reason: str, say: Say = str) -> str:
    """The report on a submission that could not be graded, and why."""
    said = prose(say(sentence("This submission could not be graded.")))
    lines = [
        f"# {escape(title)}",
        "",
        _label(sentence("Student:"), say) + " " + code(student, say),
        "",
        f"**{said}**",
        "",
    ]
    text = "\n".join([*lines, prose(visible(reason, isolates=right_to_left(say))), ""])
    return f'<div dir="rtl">\n\n{text}\n</div>\n' if right_to_left(say) else text


def _label(said: Sentence, say: Say) -> str:
    return prose(text(said, say))


def _question(question: QuestionReport, reveal: Reveal, say: Say, shared: Fragments) -> str:
    """A heading, the table, and below it the remarks on parts that are not right."""
    shows_answers = any(right_answer(part, reveal) is not None for part in question.parts)
    columns = [_label(head, say) for head in (HEADS if shows_answers else HEADS[:-1])]
    heading = f"## {escape(question.id)} {escape(question.title)}".rstrip()
    written = [f"{heading} ({points(question.score, question.max_score, say)})", ""]
    written += [_row(columns), _row(["---"] * len(columns))]
    for part in question.parts:
        cells = shared.of(part, "cells", partial(_cells, part, say))
        answer = [_value(right_answer(part, reveal), part, say)] if shows_answers else []
        written.append(_row([*cells, *answer]))
    written.append("")
    if question.convention:
        written += [_label(sentence("Accepted convention: {name}", name=question.convention), say), ""]
    said = [line for part in question.parts for line in shared.of(part, "said", partial(_said, part, reveal, say))]
    return "\n".join([*written, *said, ""] if said else written)


def _cells(part: PartReport, say: Say) -> list[str]:
    """Its name, its verdict, its marks, and what was read."""
    cells = [
        escape(part.id),
        f"{VERDICTS[part.verdict].symbol} {_label(VERDICTS[part.verdict].word, say)}",
        points(part.points, part.max_score, say),
    ]
    if nothing_read(part):
        return [*cells, prose(" ".join(text(said, say) for said in part.message))]
    return [*cells, _value(part.submitted if part.read is None else part.read, part, say)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _value(value: object, part: PartReport, say: Say) -> str:
    if value is None or value == "":
        return ""
    value = labelled(value, part.kind, part.choices)
    shown = one_line(value.strip() if isinstance(value, str) else value, part.kind)
    return code(shorten(f"{shown} {part.unit}" if part.unit else shown, _VALUE, say), say)


def _said(part: PartReport, reveal: Reveal, say: Say) -> list[str]:
    said = [*remarks(part, say), *(diagnosis(one, say) for one in causes(part))]
    if revealed(part, reveal):
        said += [text(rubric_line(*line), say) for line in part.rubric]
    written = [f"- **{escape(part.id)}**: {prose(one)}" for one in said]
    return written if part.review is None else [*written, f"- {escape(_given(part, part.review, say))}"]


def _given(part: PartReport, review: Review, say: Say) -> str:
    """A person's mark, its reason, and the comment."""
    given = sentence(
        "{part}: {who} gave {points} of {most}",
        part=part.id,
        who=review.who or say(sentence("a person")),
        points=review.points,
        most=plain(part.max_score),
    )
    return ": ".join(filter(None, [say(given), review.why, review.comment]))
