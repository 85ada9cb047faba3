"""The report as JSON, schema `grader/report/1`: for programs, and as the record of the marking."""

from __future__ import annotations

import copy
import json
import math
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial
from json.encoder import encode_basestring
from typing import Any

import grader
from grader.marking.report import Diagnosis, PartReport, QuestionReport, Review, SubmissionReport
from grader.messages.languages import Say
from grader.reports import LIMIT, Reveal
from grader.reports.fragments import Fragments
from grader.reports.limit import shortened
from grader.reports.parts import right_answer
from grader.reports.sanitise import escaped_in_json, visible
from grader.structs import Struct

SCHEMA = "grader/report/1"
SUBMITTED_LIMIT = 2_000
_DEEPEST = 40
_LINE = 100
_IN_ONE_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def render(
    report: SubmissionReport, *, reveal: Reveal = "never", say: Say = str, fragments: Fragments | None = None
) -> str:
    """The whole report as one JSON document of at most 60,000 characters.

    `fragments` caches the rendering of parts that reports share.
    """
    shared = fragments or Fragments()
    return fit(document(report, reveal=reveal, say=say, fragments=shared), say, shared)


def render_rejected(message: str, *, assignment: str | None = None, student: str | None = None) -> str:
    """The report on a submission that could not be graded, and why."""
    rejected = {
        "schema": SCHEMA,
        "grader": grader.__version__,
        "assignment": None if assignment is None else assignment[:SUBMITTED_LIMIT],
        "student": None if student is None else student[:SUBMITTED_LIMIT],
        "status": "rejected",
        "message": message if len(message) <= SUBMITTED_LIMIT else message[: SUBMITTED_LIMIT - 1] + "…",
    }
    return dumps(rejected)


def document(
    report: SubmissionReport, *, reveal: Reveal = "never", say: Say = str, fragments: Fragments | None = None
) -> dict[str, Any]:
    """The report as plain JSON data, before anything is left out for length; its parts may be shared."""
    shared = fragments or Fragments()
    questions = [shared.entry(one, partial(_question, one, reveal, say, shared)) for one in report.questions]
    return {**head(report), "questions": questions}


def head(report: SubmissionReport) -> dict[str, Any]:
    """Everything above the questions."""
    return {
        "schema": SCHEMA,
        "grader": report.grader,
        "assignment": report.assignment,
        "key_digest": report.key_digest,
        "student": report.student,
        **_variant(report),
        "status": report.status,
        "score": float(report.score),
        "max_score": float(report.max_score),
        "pending_points": float(report.pending_points),
    }


def _variant(report: SubmissionReport) -> dict[str, Any]:
    """The variant, if the assignment has variants; and the declared one if it differs."""
    if report.variant is None:
        return {}
    declared = {"declared_variant": report.variant.declared} if report.staff_note is not None else {}
    return {"variant": report.variant.id, **declared}


def _question(question: QuestionReport, reveal: Reveal, say: Say, shared: Fragments) -> dict[str, Any]:
    return {
        "id": question.id,
        "title": question.title,
        "score": float(question.score),
        "max_score": float(question.max_score),
        "convention": question.convention,
        "parts": [shared.entry(part, partial(_part, part, reveal, say)) for part in question.parts],
    }


def _part(part: PartReport, reveal: Reveal, say: Say) -> dict[str, Any]:
    entries = part.entries
    written = {
        "id": part.id,
        "kind": part.kind,
        "verdict": part.verdict,
        "score": float(part.score),
        "max_score": float(part.max_score),
        "submitted": submitted(part.submitted),
        "read": plain(part.read),
        "expected": plain(right_answer(part, reveal)),
        "rule": None if part.rule is None else say(part.rule),
        "carried_from": list(part.carried_from),
        "entries": None
        if entries is None
        else {"total": entries.total, "correct": entries.correct, "wrong": [list(cell) for cell in entries.wrong]},
        "diagnoses": [_diagnosis(one, say) for one in part.diagnoses],
        "message": " ".join(say(said) for said in part.message),
    }
    if part.review is not None:
        written["review"] = _review(part.review)
    return written


def _review(review: Review) -> dict[str, Any]:
    said = {"comment": review.comment, "who": review.who, "why": review.why}
    return {"points": float(review.points), **{name: text for name, text in said.items() if text}}


def _diagnosis(one: Diagnosis, say: Say) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "group": one.group,
        "message": say(one.message),
        "explained": one.explained,
        "of": one.of,
        "unexplained": [list(cell) for cell in one.unexplained],
    }


def plain(value: object, depth: int = _DEEPEST) -> Any:
    """A value as JSON data: exact where JSON can represent it, else as text with the digits written.

    >>> plain([Decimal("0.50"), Decimal("0.25"), Fraction(9, 4)])
    ['0.50', 0.25, '9/4']
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < 10_000 else "an integer of over 3,000 digits"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        near = float(value)
        return near if math.isfinite(near) and repr(near) == str(value) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(entry, depth - 1) for entry in value] if depth else "[…]"
    if isinstance(value, dict):
        return {str(key): plain(entry, depth - 1) for key, entry in value.items()} if depth else "{…}"
    return str(value) if isinstance(value, Fraction) else visible(str(value))


def first_leaves(value: object, most: int) -> object:
    """The first leaves of a nested value: enough for a text that will be cut, however large the value.

    >>> first_leaves([[1, 2], [3, 4], [5, 6]], 3)
    [[1, 2], [3]]
    """
    room = most

    def pruned(inner: object, depth: int) -> object:
        nonlocal room
        if isinstance(inner, list | tuple) and depth:
            kept = []
            for entry in inner:
                if room <= 0:
                    break
                kept.append(pruned(entry, depth - 1))
            room -= not inner
            return kept
        room -= 1
        return inner

    return pruned(value, _DEEPEST)


def submitted(value: object) -> Any:
    """The answer as written; if longer than 2,000 characters, its beginning as text."""
    shown = plain(first_leaves(value, SUBMITTED_LIMIT))
    written = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return shown if len(written) <= SUBMITTED_LIMIT else written[: SUBMITTED_LIMIT - 1] + "…"


# -- writing -------------------------------------------------------------------------------------------------------


class _Written(Struct):
    """A value already serialised for its position."""

    text: str


def dumps(value: object) -> str:
    r"""Readable JSON: a line for each key of an object, and one line for any value that fits on it.

    Control characters become JSON escapes, so the text is safe in a terminal and nothing is lost.

    >>> print(dumps({"a": [[1, 2], [3, 4]], "b": "\x9b\u202e"}))
    {"a": [[1, 2], [3, 4]], "b": "\u009b\u202e"}
    """
    return _write(value, 0)


def _write(value: object, indent: int) -> str:
    if isinstance(value, str):
        text = encode_basestring(value)  # as json.dumps does, without its overhead
        return text if text.isascii() and text.isprintable() else escaped_in_json(text)
    if value is None:
        return "null"
    if type(value) is float and math.isfinite(value):
        return float.__repr__(value)
    if isinstance(value, _Written):
        return value.text
    if isinstance(value, dict) and value:
        rows = [f"{_name(key)}: {_write(entry, indent + 2)}" for key, entry in value.items()]
        return _laid_out(rows, "{}", indent)
    if isinstance(value, list) and any(isinstance(entry, (dict, _Written)) for entry in value):
        return _laid_out([_write(entry, indent + 2) for entry in value], "[]", indent)
    return escaped_in_json(_IN_ONE_LINE.encode(value))


@lru_cache(maxsize=1_000)
def _name(key: str) -> str:
    return _write(key, 0)


def _laid_out(rows: list[str], brackets: str, indent: int) -> str:
    """The entries of an object or a list: on one line if it has room for them, else a line each."""
    opening, closing = brackets[0], brackets[1]
    if sum(map(len, rows)) + 2 * len(rows) + indent <= _LINE and not any("\n" in row for row in rows):
        return f"{opening}{', '.join(rows)}{closing}"
    outer = "\n" + " " * indent
    return f"{opening}{outer}  " + f",{outer}  ".join(rows) + f"{outer}{closing}"


def fit(report: dict[str, Any], say: Say = str, fragments: Fragments | None = None) -> str:
    """The document within the limit: long values are left out, the longest first, and the part's message says so."""
    return fitted(report, say, fragments)[0]


def fitted(report: dict[str, Any], say: Say = str, fragments: Fragments | None = None) -> tuple[str, dict[str, Any]]:
    """The document's text within the limit, and its document, shortened if it was too long."""
    written = _document_text(report, fragments or Fragments())
    if len(written) <= LIMIT:
        return written, report
    shorter = copy.deepcopy(report)
    return shortened(shorter, dumps, say), shorter


def _document_text(report: dict[str, Any], shared: Fragments) -> str:
    """The document's text; each question and part is written once, however many reports have it."""
    questions = [_Written(shared.of(one, "text", partial(_question_text, one, shared))) for one in report["questions"]]
    return _write({**report, "questions": questions}, 0)


def _question_text(question: dict[str, Any], shared: Fragments) -> str:
    parts = [_Written(shared.of(part, "text", partial(_write, part, 8))) for part in question["parts"]]
    return _write({**question, "parts": parts}, 4)
