"""The texts of a question that may contain fills; the only module of the package that reading a submission needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.patterns import pattern

if TYPE_CHECKING:
    from grader.homework.assignment import Question

OPEN = "{{"
"""What opens a fill."""

# What remains of \frac, \beta, \theta, \rho and \nabla when TOML reads them between double quotes.
_EATEN = pattern(r"[\x08\t\f\r](?=[A-Za-z])|\n(?=(?:abla|eq|eg)\b)")


def to_be_checked(text: str) -> bool:
    """Whether a text has fills, or LaTeX that may have lost a backslash."""
    return OPEN in text or ("$" in text and eaten(text) is not None)


def eaten(text: str) -> int | None:
    """The offset at which a backslash may have been lost; None if there is none."""
    found = _EATEN.search(text)
    return None if found is None else found.start()


def texts(question: Question) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The texts of a question that may contain fills, each with its key path."""
    yield question.prompt, ("prompt",)
    for name, part in question.parts.items():
        yield part.prompt, ("parts", name, "prompt")
        yield from ((text, ("parts", name, "choices", place)) for place, text in enumerate(part.choices))
        yield from ((text, ("parts", name, "items", item)) for item, text in part.items.items())
        yield from ((line.text, ("parts", name, "rubric", place, "text")) for place, line in enumerate(part.rubric))
