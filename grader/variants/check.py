"""Comparing the committed variants with those drawn now."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.errors import AuthorError
from grader.homework.keys import difference
from grader.homework.solution import Solution
from grader.homework.variants import VARIANTS_FILE, read_document, variants_bytes, variants_digest, variants_text
from grader.messages import Sentence, sentence
from grader.variants.draw import draw_variants


def check_variants_file(base: Solution, folder: Path) -> list[Sentence]:
    """The differences between a folder's committed variants and those drawn now.

    Raises AuthorError where they cannot be drawn.
    """
    if base.assignment.variants is None:
        return []
    file = f"{folder.resolve().name}/{VARIANTS_FILE}"
    drawn = variants_text(base, draw_variants(base).variants)
    try:
        data = variants_bytes(folder)
        if data is None:
            return [sentence("{file} is missing: run `grader keys build`", file=file)]
        if data.replace(b"\r\n", b"\n") == drawn.encode():
            return []
        document, tables = read_document(data, file)
    except AuthorError as problem:
        return [
            sentence("{file} cannot be read: {reason}; run `grader keys build`", file=file, reason=str(problem.said))
        ]
    found = []
    if document.digest != variants_digest(base.assignment):
        found.append(sentence("{file} was drawn from another state of the assignment", file=file))
    expected = tomllib.loads(drawn)["variants"]
    committed = {id: {"given": table.given, "answers": table.answers} for id, table in tables.items()}
    for id in dict.fromkeys([*expected, *committed]):
        found += _of_variant(id, _flat(expected.get(id, {})), _flat(committed.get(id, {})))
    return found or [sentence("{file} is not written as `grader keys build` writes it", file=file)]


def _of_variant(id: str, expected: Mapping[str, Any], committed: Mapping[str, Any]) -> Iterator[Sentence]:
    for name in dict.fromkeys([*expected, *committed]):
        yield from difference(f"{id}.{name}", expected.get(name), committed.get(name))


def _flat(variant: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The numbers and the key of a variant by `question.name`; no part has the name of a given."""
    return {
        f"{question}.{name}": value
        for table in variant.values()
        for question, entries in table.items()
        for name, value in entries.items()
    }
