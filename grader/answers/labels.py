"""Entries given one by one with their labels: `g(0,1) = 20`, `O_{11} = 3`, `a = 4.04`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from grader.answers.latex import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.patterns import pattern

MAX_INDEX = 1000
MAX_GRID = 10_000

_STATEMENT = pattern(r"([^=≈→]{1,60}?)\s*[=≈→:]\s*(.*\S)", re.DOTALL)
_NEXT = pattern(r"(?<=[\d)\]])[ \t]+(?=[^\W\d][\w()\[\]/]{0,30}=)")
_NAME = pattern(r"[^\W\d]|[∂(\[]")
_BRACKETED = pattern(r"(?:.*[^\W\d_]_?)\s*[(\[]\s*(\d{1,4}(?:\s*(?:,|\]\s*\[|\)\s*\()\s*\d{1,4})*)\s*[)\]]\)?")
_SUBSCRIPT = pattern(r".*[^\W\d_]_?\(?(\d{1,4}(?:[,_]\d{1,4})*)\)*")


@dataclass(frozen=True)
class Labelled:
    """Texts by index (from 0), with the shape that the labels span; shape None: in the order given."""

    values: dict[tuple[int, ...], str]
    shape: tuple[int, ...] | None


def from_labels(folded: str, rank: int) -> Labelled | None:
    """The entries by label; None where the text is not written so.

    A label that holds a 0 counts from 0, otherwise all count from 1; an entry that is not there is blank.

    Raises:
        UnreadableError: a label twice, labels of different length, an index too large.

    >>> from_labels("g(0,0) = 5\\ng(0,1) = 7", 2).values
    {(0, 0): '5', (0, 1): '7'}
    """
    if "=" not in folded or "\\begin" in folded or "&" in folded:
        return None
    pairs: list[tuple[str, str]] = []
    for statement in _statements(unlatex(folded, row=True)):
        found = _STATEMENT.fullmatch(statement)
        if not found or not _NAME.match(found[1]):
            return None
        pairs.append((found[1].strip(), found[2]))
    indexes = [_index(label, rank) for label, _ in pairs]
    _refuse_repeated([label for label, _ in pairs], indexes)
    if any(index is None for index in indexes):
        if rank > 1 and len(pairs) > 1 and not any(" " in text or "\t" in text for _, text in pairs):
            label = pairs[indexes.index(None)][0]
            raise unreadable("expected labels with {rank} indices, received {label}", rank=rank, label=quoted(label))
        return _in_order(pairs, rank)
    return _on_grid(
        [(index, text) for index, (_, text) in zip(indexes, pairs, strict=True) if index is not None], pairs
    )


def _statements(text: str) -> list[str]:
    """Lines, and what commas and semicolons outside brackets divide; `w = 1,234` stays whole."""
    pieces: list[str] = []
    for line in _NEXT.sub(";", text).split("\n"):
        start, level, fresh = 0, 0, True
        for at, char in enumerate(line + ";"):
            level += (char in "([{") - (char in ")]}")
            if char not in ",;" or (level > 0 and at < len(line)):
                continue
            piece = line[start:at].strip(" \t.")
            start = at + 1
            if not fresh and pieces and not ("=" in piece and _NAME.match(piece)):
                pieces[-1] += "," + piece
            elif piece:
                pieces.append(piece)
                fresh = False
    return pieces


def _in_order(pairs: list[tuple[str, str]], rank: int) -> Labelled | None:
    """Entries such as `a = 4.04`; one alone is a label before the whole: `O = [[1, 2], [3, 4]]`."""
    if rank != 1 or len(pairs) < 2:
        return None
    return Labelled({(at,): text for at, (_, text) in enumerate(pairs)}, None)


def _index(label: str, rank: int) -> tuple[int, ...] | None:
    found = _BRACKETED.fullmatch(label) or _SUBSCRIPT.fullmatch(label)
    if not found or set(label) & set("+-*"):
        return None
    numbers = re.findall(r"\d+", found[1])
    if len(numbers) == 1 and rank > 1 and len(numbers[0]) == rank:
        numbers = list(numbers[0])
    return tuple(map(int, numbers)) if len(numbers) == rank else None


def _refuse_repeated(labels: list[str], indexes: list[tuple[int, ...] | None]) -> None:
    seen: set[object] = set()
    for label, index in zip(labels, indexes, strict=True):
        key = index if index is not None else "".join(label.split())
        if key in seen:
            raise unreadable("expected every label once, received {label} twice", label=quoted(label))
        seen.add(key)


def _on_grid(entries: list[tuple[tuple[int, ...], str]], pairs: list[tuple[str, str]]) -> Labelled | None:
    base = 0 if any(0 in index for index, _ in entries) else 1
    shape = tuple(max(index[axis] for index, _ in entries) - base + 1 for axis in range(len(entries[0][0])))
    if max(shape) > MAX_INDEX or math.prod(shape) > MAX_GRID:
        raise unreadable(
            "expected labels up to {most}, received {label}", most=MAX_INDEX, label=quoted(max(p[0] for p in pairs))
        )
    if len(entries) == 1:
        return None
    return Labelled({tuple(at - base for at in index): text for index, text in entries}, shape)
