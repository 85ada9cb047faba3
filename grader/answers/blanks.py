"""Blank answers."""

from __future__ import annotations

from grader.answers.characters import fold
from grader.answers.phrases import BLANKS


def is_blank(raw: object, depth: int = 0) -> bool:
    """Whether an answer is nothing but blanks: empty text, `-`, and lists of such.

    >>> is_blank(" - "), is_blank(["", "-"]), is_blank(0)
    (True, True, False)
    """
    if isinstance(raw, str):
        return len(raw) < 400 and (raw.strip() in BLANKS or fold(raw).strip() in BLANKS)
    return isinstance(raw, list) and depth < 50 and all(is_blank(item, depth + 1) for item in raw)
