"""Writing variants.toml: the numbers of every variant, and the key computed from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from grader.homework.keys import HEADING, round_entry, toml
from grader.homework.variants import variants_digest

if TYPE_CHECKING:
    from grader.homework.solution import Solution
    from grader.homework.variants import Variants


def variants_text(base: Solution, variants: Variants) -> str:
    """The text of `variants.toml`: byte-identical wherever it is built.

    Raises AuthorError where a variant cannot be solved or its key is not finite.
    """
    solved = base.with_variants(variants)
    head = {"assignment": base.assignment.id, "digest": variants_digest(base.assignment)}
    lines = [HEADING, *(f"{name} = {toml(text)}\n" for name, text in head.items())]
    for id, givens in variants.givens.items():
        for question, drawn in givens.items():
            lines += _table(f"variants.{id}.given.{question}", drawn)
        for question, key in _own_key(solved.variant(id), base, givens).items():
            lines += _table(f"variants.{id}.answers.{question}", key)
    return "".join(lines)


def _own_key(variant: Solution, base: Solution, givens: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The keys of the parts that depend on a variant's numbers, by question."""
    found: dict[str, dict[str, Any]] = {}
    for question in givens:
        reached = base.questions[question].varying
        for name, part in variant.questions[question].parts.items():
            if name in reached:
                found.setdefault(question, {})[name] = round_entry(part.key_entry)
    return found


def _table(name: str, entries: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n[{name}]\n"
    for target, value in entries.items():
        yield f"{_name(target)} = {toml(value)}\n"


def _name(target: str) -> str:
    """A target as a TOML key: quoted where it leads into a given."""
    return target if target.replace("_", "").isalnum() and target.isascii() else toml(target)
