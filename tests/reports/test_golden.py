"""Whole outputs, character by character."""

from __future__ import annotations

import json
import re

import pytest

from grader.reports import json as json_report
from grader.reports import markdown, terminal
from tests.reports.samples import REPORT

TERMINAL = """\
student-01 · cnn-foundations: Homework 4

╭─ q4  Convolution  4.67 / 13.5 ───────────────────────────────────────╮
│ part  verdict          marks  read as                                │
│ O     ✓ correct        4 / 4  10   3  1                              │
│                                9  18  2                              │
│ dF    ◐ partial     0.67 / 4  9/2  1                                 │
│     expected a mean, received a sum                                  │
│     rule: within 1e-6 relative                                       │
│     • gap-side (misconception): equals one over the side of the map  │
│     [explains 1 of 2 entries] [leaves (0, 1)]                        │
│ why   … pending      0 / 1.5  because                                │
│ size  – missing        0 / 4  Not answered.                          │
╰──────────────────────────────────────────────────────────────────────╯

Total 4.67 / 13.5   (waiting for a person: 1.5)
needs review: 1 part is waiting for a person
"""

REVEALED = """\
│ part  verdict          marks  read as             right answer       │
│ O     ✓ correct        4 / 4  10   3  1                              │
│                                9  18  2                              │
│ dF    ◐ partial     0.67 / 4  9/2  1              9/4  1             │
"""

MARKDOWN = """\
# cnn-foundations: Homework 4

Student: `student-01`

## q4 Convolution (4.67 / 13.5)

| part | verdict | marks | read as |
| --- | --- | --- | --- |
| O | ✓ correct | 4 / 4 | `[[10, 3, 1], [9, 18, 2]]` |
| dF | ◐ partial | 0.67 / 4 | `[[9/2, 1]]` |
| why | … pending | 0 / 1.5 | `because` |
| size | – missing | 0 / 4 | Not answered. |

- **dF**: expected a mean, received a sum
- **dF**: rule: within 1e-6 relative
- **dF**: gap-side (misconception): equals one over the side of the map \
\\[explains 1 of 2 entries\\] \\[leaves (0, 1)\\]

**Total: 4.67 / 13.5** (waiting for a person: 1.5)

needs review: 1 part is waiting for a person
"""

PART = {
    "id": "dF",
    "kind": "array",
    "verdict": "partial",
    "score": 0.67,
    "max_score": 4.0,
    "submitted": [["9/2", 1]],
    "read": [[4.5, 1.0]],
    "expected": None,
    "rule": "within 1e-6 relative",
    "carried_from": ["O"],
    "entries": {"total": 2, "correct": 1, "wrong": [[0, 0]]},
    "diagnoses": [
        {
            "id": "gap-side",
            "kind": "misconception",
            "group": 1,
            "message": "equals one over the side of the map",
            "explained": 1,
            "of": 2,
            "unexplained": [[0, 1]],
        }
    ],
    "message": "expected a mean, received a sum",
}


def test_terminal() -> None:
    assert terminal.render(REPORT, width=72) == TERMINAL


def test_terminal_with_the_right_answers_of_what_is_not_right() -> None:
    shown = terminal.render(REPORT, width=72, reveal="wrong")
    assert REVEALED in shown
    assert "14 × 15 × 32" in shown
    assert "rubric, 1.5: bilinear sampling" in shown


def test_terminal_with_all_right_answers() -> None:
    shown = terminal.render(REPORT, width=72, reveal="always")
    assert "│ O     ✓ correct        4 / 4  10   3  1           10   3  1          │\n" in shown


def test_colours_are_codes_around_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = terminal.render(REPORT, width=72, colour=True)
    assert "\x1b[32m✓ correct" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", coloured).splitlines()] == TERMINAL.splitlines()


def test_markdown() -> None:
    assert markdown.render(REPORT) == MARKDOWN


def test_json_keys_and_their_order() -> None:
    written = json.loads(json_report.render(REPORT))
    assert list(written) == [
        "schema",
        "grader",
        "assignment",
        "key_digest",
        "student",
        "status",
        "score",
        "max_score",
        "pending_points",
        "questions",
    ]
    question = written["questions"][0]
    assert list(question) == ["id", "title", "score", "max_score", "convention", "parts"]
    assert question["parts"][1] == PART
    assert list(question["parts"][1]) == list(PART)
    assert [written[name] for name in ("status", "score", "max_score", "pending_points")] == [
        "needs_review",
        4.67,
        13.5,
        1.5,
    ]


def test_json_rejected() -> None:
    written = json.loads(json_report.render_rejected("paper.toml: line 3: not TOML", student="student-01"))
    assert list(written) == ["schema", "grader", "assignment", "student", "status", "message"]
    assert written["status"] == "rejected"
    assert (written["assignment"], written["student"]) == (None, "student-01")
    assert written["message"] == "paper.toml: line 3: not TOML"
