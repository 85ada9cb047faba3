"""What moves when changed files are applied, as rows of the staff page: totals, final scores, parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from grader.reports.sanitise import shorten, visible
from grader.service.course.finals import ATTEMPT, DEDUCTION, Final
from grader.service.course.remark import MarkMove, Moves
from grader.service.web.moved import cause_in, causes_in, mark_in
from grader.service.web.staff.class_page import student_path
from grader.service.web.staff.words import StaffWords


def shown_moves(words: StaffWords, assignment: str, moves: Moves) -> dict[str, Any]:
    """The rows of the page."""
    return {
        "totals": _totals(words, moves),
        "finals": [_final(words, assignment, one) for one in moves.finals],
        "parts": _parts(words, moves.moved),
        "moves": [_move(words, assignment, one) for one in moves.moved],
    }


def _totals(words: StaffWords, moves: Moves) -> list[dict[str, Any]]:
    """How many students are concerned, in which way; what concerns nobody is left out."""
    counting = [one for one in moves.finals if one.counts]
    changes = [_points(one.after) - _points(one.before) for one in counting]
    counted = {
        "rising": sum(change > 0 for change in changes),
        "falling": sum(change < 0 for change in changes),
        "other_attempt": _students(one for one in counting if ATTEMPT in one.causes),
        "other_deduction": _students(one for one in moves.finals if DEDUCTION in one.causes),
        "newly_shown": moves.visible.shown,
        "newly_hidden": moves.visible.hidden,
        "answers_shown": moves.visible.answers,
    }
    return [
        {"what": getattr(words.word, name), "count": words.students(count)} for name, count in counted.items() if count
    ]


def _students(finals: Iterable[Final]) -> int:
    return len({one.student for one in finals})


def _points(score: str) -> Decimal:
    """The points of `14.5/20`; none without marks."""
    return Decimal(score.partition("/")[0]) if "/" in score else Decimal()


def _final(words: StaffWords, assignment: str, one: Final) -> dict[str, Any]:
    return {
        **_whose(words, assignment, one),
        "before": mark_in(words, one.before),
        "after": mark_in(words, one.after),
        "why": words.language.comma.join(_reasons(words, one)),
    }


def _reasons(words: StaffWords, one: Final) -> list[str]:
    """Why a final score moves, with both shares and both attempts."""
    said = []
    for name in one.causes:
        if name == ATTEMPT:
            said.append(words.attempt_counts(one.attempt_before, one.attempt))
        elif name == DEDUCTION:
            said.append(words.lateness(Decimal(one.deduction_before), Decimal(one.deduction_after)))
        else:
            said.append(cause_in(words.language, name))
    return said if one.counts else [*said, words.not_counting()]


def _parts(words: StaffWords, moves: Sequence[MarkMove]) -> list[dict[str, Any]]:
    """How many marks move in which way, part by part."""
    counted = Counter((one.part, one.before, one.after) for one in moves)
    return [
        {"part": part, "before": mark_in(words, before), "after": mark_in(words, after), "count": words.students(count)}
        for (part, before, after), count in sorted(counted.items(), key=lambda pair: (pair[0][0], -pair[1]))
    ]


def _move(words: StaffWords, assignment: str, one: MarkMove) -> dict[str, Any]:
    return {
        **_whose(words, assignment, one),
        "part": one.part,
        "before": mark_in(words, one.before),
        "after": mark_in(words, one.after),
        "why": causes_in(words.language, one.why),
    }


def _whose(words: StaffWords, assignment: str, one: MarkMove | Final) -> dict[str, Any]:
    return {
        "student": shorten(visible(one.student), 200),
        "path": student_path(assignment, one.student),
        "attempt": words.count(one.attempt),
    }
