"""Locating the refusals of a document: the first in the file is reported, with its line, question and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.errors import Place
from grader.homework.readers import Path, RefusedError
from grader.homework.tables import RefusedTableError
from grader.messages import Sentence
from grader.messages.names import shown


def first_refusal(
    problem: RefusedTableError, values: Mapping[str, Any], text: str, file: str
) -> tuple[Sentence, Place]:
    """The refusal that comes first in the file, and its place; the arguments of a GraderError."""
    from grader.homework.lines import Lines

    lines = Lines(text)
    line, _, refusal = min(
        ((lines.of(each.path) or 1, index, each) for index, each in enumerate(problem.refusals)),
        key=lambda found: found[:2],
    )
    question, name = _names(refusal.path, values)
    return refusal.said, Place(file=file, line=line, question=question, name=name)


def whole_refusal(error: RefusedError, values: Mapping[str, Any], text: str, file: str) -> tuple[Sentence, Place]:
    """The same for tables that are each valid but do not fit together; fields of the header are in [assignment]."""
    from grader.homework.lines import Lines

    path = error.at if error.at[:1] == ("questions",) else ("assignment", *error.at)
    question, name = _names(path, values)
    return error.said, Place(file, Lines(text).of(path), None, question, name)


def _names(path: Path, values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The question's id and the name in it, as far as the path and the document give them."""
    if path[:1] == ("answers",):
        words = []
    elif path[:1] == ("questions",) and len(path) > 1:
        own = _at(values, (*path[:2], "id"))
        inside = path[2:4] if path[2:3] in (("parts",), ("compute",), ("given",), ("symbols",)) else ()
        words = [own if isinstance(own, str) else f"question {int(path[1]) + 1}", *map(str, inside[1:])]
    else:
        words = []
    plain = [word if word.isprintable() and len(word) <= 100 else shown(word) for word in words]
    return (plain[0] if plain else None), (plain[1] if len(plain) > 1 else None)


def _at(values: Any, path: Path) -> Any:
    """The value at a path of the document, or None."""
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values
