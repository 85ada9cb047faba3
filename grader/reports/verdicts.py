"""How each verdict and each sort of cause is shown: the one table for all formats, the class page and the README.

In data, a verdict is its id in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from grader.marking.report import Verdict
from grader.messages import Sentence, sentence


class VerdictWords(NamedTuple):
    """One verdict: a symbol, the word in tables, the phrase on pages, the terminal colour, and its meaning."""

    symbol: str
    word: Sentence
    phrase: Sentence
    colour: str
    meaning: str


VERDICTS: Mapping[Verdict, VerdictWords] = {
    "correct": VerdictWords(
        "✓",
        sentence("correct"),
        sentence("correct"),
        "green",
        "equal to the key within the tolerance, or to what follows from rounded earlier answers",
    ),
    "partial": VerdictWords("◐", sentence("partial"), sentence("partly right"), "yellow", "some entries are right"),
    "carried": VerdictWords(
        "→",
        sentence("carried"),
        sentence("carried"),
        "cyan",
        "follows correctly from an earlier wrong answer; earns the points, or the share that the assignment sets",
    ),
    "wrong": VerdictWords("✗", sentence("wrong"), sentence("wrong"), "red", "none of these"),
    "missing": VerdictWords("–", sentence("missing"), sentence("missing"), "red", "left blank"),
    "unreadable": VerdictWords(
        "?",
        sentence("unreadable"),
        sentence("unreadable"),
        "magenta",
        "cannot be read, or can be read in two ways: a person looks at it",
    ),
    "pending": VerdictWords(
        "…", sentence("pending"), sentence("waits for a person"), "blue", "free text: a person marks it"
    ),
    "error": VerdictWords(
        "!",
        sentence("error"),
        sentence("a fault of the grader"),
        "bold red",
        "a fault of the grader; it never counts as a zero for the student",
    ),
}


class CauseWords(NamedTuple):
    """One sort of cause: the word in tables, and the phrase on pages."""

    word: Sentence
    phrase: Sentence


CAUSE_WORDS: Mapping[str, CauseWords] = {
    "misconception": CauseWords(sentence("misconception"), sentence("misconception")),
    "slip": CauseWords(sentence("slip"), sentence("slip")),
    "carried": CauseWords(sentence("carried"), sentence("carried error")),
}
