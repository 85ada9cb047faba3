"""What the database stores from a report: marks, parts that need a person, named causes, unexplained values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.gradebook.review.apply import folded
from grader.marking.report import PartReport, Report
from grader.messages.languages import Say
from grader.reports import json as documents

_LONGEST_VALUE = 500

Named = tuple[str, PartReport]
"""A part with the id of its question."""


def parts_of(report: Report) -> list[Named]:
    """All parts, in order."""
    return [(question.id, part) for question in report.questions for part in question.parts]


def mark_lines(parts: Sequence[Named]) -> str:
    """One line per part with its marks, to tell later which of them moved; a person's points come last."""
    return "".join(
        f"{question}.{part.id}\t{part.verdict}\t{part.score}\t{part.max_score}\t"
        f"{'' if part.review is None else part.review.points}\n"
        for question, part in parts
    )


def waiting(parts: Sequence[Named], say: Say) -> Iterator[tuple[int, str, str, str, str, str]]:
    """Of each part that needs a person: place, question, part, answer, the remark on it, the answer's folded digest."""
    for place, (question, part) in enumerate(parts):
        if part.needs_person:
            written = part.submitted
            answer = written if isinstance(written, str) else documents.dumps(documents.submitted(written))
            remark = "" if part.verdict == "pending" else " ".join(map(say, part.message))
            yield place, question, part.id, answer, remark, folded(answer)


def findings(parts: Sequence[Named]) -> Iterator[tuple[str, str, str]]:
    """Question, part and id of each named cause."""
    found = ((question, part.id, one.id) for question, part in parts for one in part.diagnoses if one.kind != "carried")
    yield from dict.fromkeys(found)


def unexplained(parts: Sequence[Named]) -> Iterator[tuple[str, str, str]]:
    """Question, part and value of unexplained wrong answers: if many agree, the key may be wrong."""
    for question, part in parts:
        if part.verdict not in ("wrong", "partial") or part.read is None or part.review is not None:
            continue
        if any(one.kind == "misconception" for one in part.diagnoses):
            continue
        written = documents.dumps(documents.plain(part.read))
        if len(written) <= _LONGEST_VALUE:
            yield question, part.id, written
