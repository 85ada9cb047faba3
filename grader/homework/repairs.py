"""A TOML error, answered with the repair where it is plain."""

from __future__ import annotations

import re

from grader.messages import Sentence, sentence

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def explain(text: str, problem: str) -> tuple[Sentence, int | None, int | None]:
    """What is said about a TOML error, its line and, where no repair is plain, its column."""
    found = _AT.search(problem)
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    column = int(found[2]) if found and found[2] else None
    return sentence("not TOML: {problem}", problem=_AT.sub("", problem)), line, column
