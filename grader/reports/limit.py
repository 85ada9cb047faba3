"""Shortening a report that is too long: what is left out, in which order, and the notice about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.messages import sentence
from grader.messages.languages import Say
from grader.reports import LIMIT

Dumps = Callable[[Any], str]
ShorteningStep = Callable[[dict[str, Any], Dumps, Say], str]
"""A step that leaves something out of a document that is too long, and returns the text."""

_CELLS_KEPT = 50
_MESSAGE_KEPT = 400


def shortened(report: dict[str, Any], dumps: Dumps, say: Say) -> str:
    """The document's text within the limit: long values are left out, the longest first, and the message says so."""
    written = dumps(report)
    for shorten in _STEPS:
        if len(written) <= LIMIT:
            return written
        written = shorten(report, dumps, say)
    return written


def _parts(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for question in report["questions"] for part in question["parts"]]


def _note(part: dict[str, Any], name: str, say: Say) -> None:
    said = say(
        sentence("({name} is left out here: a report has at most {limit:,} characters.)", name=name, limit=LIMIT)
    )
    part["message"] = f"{part['message']} {said}".strip()


def _leave_out(*names: str, replacement: Callable[[Any], Any] = lambda _: None) -> ShorteningStep:
    """A step that replaces these values of all parts, the largest first, until the report fits."""

    def step(report: dict[str, Any], dumps: Dumps, say: Say) -> str:
        written = dumps(report)
        excess = len(written) - LIMIT
        found = [(len(dumps(part[name])), part, name) for part in _parts(report) for name in names if part.get(name)]
        for size, part, name in sorted(found, key=lambda entry: -entry[0]):
            if excess <= 0:
                break
            part[name] = replacement(part[name])
            _note(part, name, say)
            excess -= size - len(dumps(part[name])) - 110
        return dumps(report)

    return step


def _shorter_words(limit: int) -> ShorteningStep:
    """A step that cuts the comments of marks by people."""

    def step(report: dict[str, Any], dumps: Dumps, say: Say) -> str:
        del say
        for part in _parts(report):
            review = part.get("review") or {}
            for name in ("comment", "who", "why"):
                if len(review.get(name, "")) > limit:
                    review[name] = review[name][:limit] + "…"
        return dumps(report)

    return step


def _fewer_cells(entries: dict[str, Any]) -> dict[str, Any]:
    return {**entries, "wrong": entries["wrong"][:_CELLS_KEPT]}


def _fewer_parts(report: dict[str, Any], dumps: Dumps, say: Say) -> str:
    """The last resort: drop whole questions from the end. The totals remain those of the whole report."""
    total = len(report["questions"])
    written = dumps(report)
    while len(written) > LIMIT and report["questions"]:
        keep = min(int(len(report["questions"]) * LIMIT / len(written)), len(report["questions"]) - 1)
        report["questions"] = report["questions"][:keep]
        report["message"] = say(
            sentence(
                "{count} of {total} questions are left out here: a report has at most {limit:,} characters.",
                count=total - keep,
                total=total,
                limit=LIMIT,
            )
        )
        written = dumps(report)
    return written


_STEPS: tuple[ShorteningStep, ...] = (
    _leave_out("submitted", "read"),
    _leave_out("entries", replacement=_fewer_cells),
    _leave_out("diagnoses", replacement=lambda _: []),
    _leave_out("expected"),
    _leave_out("message", replacement=lambda message: message[:_MESSAGE_KEPT] + "…"),
    _shorter_words(1_000),
    _shorter_words(100),
    _fewer_parts,
)
