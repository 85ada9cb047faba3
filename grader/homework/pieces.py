"""The pieces of an assignment, each with a short digest: a key lists them in comments, to show later what has changed.

The digest of the whole assignment decides whether a key is current; these only name what differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from grader.homework.tables import Table, canonical, sha256
from grader.messages import Sentence, sentence
from grader.patterns import pattern

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment

WHOLE = "assignment"
"""Used instead of a question's id for what belongs to the whole assignment."""
HEADING = "# built from these pieces, by short digests: `grader keys check` says which of them have changed"
_LINE = pattern(r"^# ([\w-]+):((?: [\w.-]+=[0-9a-f]{8})*)$", re.MULTILINE)
_TABLES = ("given", "compute", "symbols", "parts")

Pieces = dict[tuple[str, str], str]
"""Short digests by question (or `assignment`) and piece, such as `given.X`."""


def pieces(assignment: Assignment) -> Pieces:
    """The short digest of every written piece, from its canonical content."""
    found = {(WHOLE, name): _short(canonical(value)) for name, value in _written(assignment)}
    found.pop((WHOLE, "questions"))
    for question in assignment.questions:
        for name, value in _written(question):
            inner = {f"{name}.{each}": value[each] for each in value} if name in _TABLES else {name: value}
            found |= {(question.id, piece): _short(canonical(content)) for piece, content in inner.items()}
    return found


def _written(table: Table) -> Iterator[tuple[str, Any]]:
    """The fields of a table without its id, silent fields, and fields at their defaults."""
    for name, value in vars(table).items():
        declared = table.fields[name]
        if name != "id" and not declared.silent and (declared.required or value != declared.absent()):
            yield name, value


def _short(content: Any) -> str:
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(written)[:8]


def comments(found: Pieces) -> Iterator[str]:
    """The pieces as comments: one line for the assignment and for each question."""
    yield HEADING
    for owner in dict.fromkeys(owner for owner, _ in found):
        yield " ".join([f"# {owner}:", *(f"{piece}={digest}" for (of, piece), digest in found.items() if of == owner)])


def read_comments(text: str) -> Pieces:
    """The pieces in a key's comments; empty for a key without such comments."""
    return {
        (owner, piece): digest
        for owner, line in _LINE.findall(text)
        for piece, _, digest in (word.partition("=") for word in line.split())
    }


def changes(before: Mapping[tuple[str, str], str], now: Pieces) -> Iterator[Sentence]:
    """What has changed since a key was built, piece by piece, in the order of the assignment."""
    if not before:
        return
    for owner, piece in dict.fromkeys([*now, *before]):
        said = _named(owner, piece)
        if (owner, piece) not in before:
            yield sentence("{piece} is new", piece=said)
        elif (owner, piece) not in now:
            yield sentence("{piece} is gone", piece=said)
        elif before[owner, piece] != now[owner, piece]:
            yield sentence("{piece} has changed", piece=said)


def _named(owner: str, piece: str) -> Sentence:
    """A piece in words."""
    table, _, name = piece.partition(".")
    if owner == WHOLE:
        return sentence("{field} in [assignment]", field=piece)
    match table:
        case "given":
            return sentence("the given {name} of {question}", name=name, question=owner)
        case "compute":
            return sentence("the formula {name} of {question}", name=name, question=owner)
        case "symbols":
            return sentence("the symbol {name} of {question}", name=name, question=owner)
        case "parts":
            return sentence("the part {name} of {question}", name=name, question=owner)
        case "title":
            return sentence("the title of {question}", question=owner)
        case "prompt":
            return sentence("the prompt of {question}", question=owner)
    return sentence("{field} of {question}", field=piece, question=owner)
