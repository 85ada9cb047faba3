"""The texts of a question in which values may stand. Reading a submission needs no more of prompts than this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.homework.assignment import Question

OPEN = "{{"
"""What opens a place for a value."""


def texts(question: Question) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The texts of a question in which values may stand, each with the keys that lead to it."""
    yield question.prompt, ("prompt",)
    for name, part in question.parts.items():
        yield part.prompt, ("parts", name, "prompt")
        yield from ((text, ("parts", name, "choices", place)) for place, text in enumerate(part.choices))
        yield from ((text, ("parts", name, "items", item)) for item, text in part.items.items())
        yield from ((line.text, ("parts", name, "rubric", place, "text")) for place, line in enumerate(part.rubric))
