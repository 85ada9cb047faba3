"""Entries given one by one with their labels: `g(0,1) = 20`, `O_{11} = 3`, `a = 4.04`."""

from __future__ import annotations

import math
import re

from grader.answers.latex import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.answers.vocabulary import spellings
from grader.patterns import pattern
from grader.structs import Struct

MAX_INDEX = 1000
MAX_GRID = 10_000
_MAX_ALTERNATING = 1_000

_STATEMENT = pattern(r"([^=≈→]{1,60}?)\s*[=≈→:]\s*(.*\S)", re.DOTALL)
_NAMED_VALUE = pattern(r"[^\W\d][\w ]{0,20}:\s*[-+\d(]", needs=":")
_NEXT = pattern(r"(?<=[\d)\]])[ \t]+(?=[^\W\d][\w()\[\]/]{0,30}=)")
_INDEXED = pattern(r"[(\[]\d{1,4}(?:\s?,\s?\d{1,4})+[)\]]\s?[:→]", needs=":→")
_PAIR = pattern(r"_\{?\s?\(?(\d{1,4})\s?,\s?(\d{1,4})\)?\}?")
_RULE = pattern(r"[\s|:+-]{3,}")
_WITH_NAME = pattern(r"([^\W\d][\w{}^' ]{0,30}?|[^\W\d])\s*(?:[=:≈→]|\s)\s*([-+≈]?\s?[\d.\\(√].*)")
_NAME = pattern(r"[^\W\d]|[∂(\[]")
_CALCULATION = pattern(r"[\s\d()xX*/^.-]*[*/^+-][\s\d()xX*/^.+-]*")
_BRACKETED = pattern(r"(?:.*[^\W\d_]_?)?\s*[(\[]\s*(\d{1,4}(?:\s*(?:,|\]\s*\[|\)\s*\()\s*\d{1,4})*)\s*[)\]]\)?")
_SUBSCRIPT = pattern(r".*[^\W\d_]_?\(?(\d{1,4}(?:[,_]\d{1,4})*)\)*")


class Labelled(Struct):
    """Texts by index (from 0), with the shape that the labels span; with shape None they are in the order given."""

    values: dict[tuple[int, ...], str]
    shape: tuple[int, ...] | None


def from_labels(folded: str, rank: int) -> Labelled | None:
    """The entries by label; None where the text has no labels.

    A label that holds a 0 counts from 0, otherwise all count from 1; a missing entry is blank.

    Raises:
        UnreadableError: a repeated label, labels of different lengths, an index too large.

    >>> from_labels("g(0,0) = 5\\ng(0,1) = 7", 2).values
    {(0, 0): '5', (0, 1): '7'}
    """
    if not ("=" in folded or _INDEXED.search(folded)) or "\\begin" in folded or "&" in folded:
        return None
    folded = _PAIR.sub(r"_\1_\2", folded)
    pairs: list[tuple[str, str]] = []
    for statement in _statements(unlatex(folded, row=True)):
        found = _STATEMENT.fullmatch(statement)
        if not found or not _NAME.match(found[1]) or _CALCULATION.fullmatch(found[1].strip()):
            return None
        pairs.append((found[1].strip(), found[2]))
    indexes = [_index(label, rank) for label, _ in pairs]
    if None not in indexes and len(set(indexes)) < len(indexes) == len({label for label, _ in pairs}) and rank == 1:
        return _in_order(pairs, rank)  # different names with the same number, `x1 = 9, y1 = 0`
    _refuse_repeated([label for label, _ in pairs], indexes)
    if any(index is None for index in indexes):
        if rank > 1 and len(pairs) > 1 and not any(" " in text or "\t" in text for _, text in pairs):
            label = pairs[indexes.index(None)][0]
            raise unreadable("expected labels with {rank} indices, received {label}", rank=rank, label=quoted(label))
        return _in_order(pairs, rank)
    return _on_grid(
        [(index, text) for index, (_, text) in zip(indexes, pairs, strict=True) if index is not None], pairs
    )


def in_named_order(folded: str, names: tuple[str, ...]) -> list[str] | None:
    """The entries of a list with known labels, in the order of `names`; None where no labels are written.

    Raises:
        UnreadableError: an unknown label, or a repeated one.

    >>> in_named_order("v = 0.909, θ = 0.091", ("theta", "v")), in_named_order("TP, FN: 3 1", ("FN", "TP"))
    (['0.091', '0.909'], ['1', '3'])
    """
    text = unlatex(folded, row=True).strip().rstrip(".")
    spelled = {form.casefold(): at for at, name in reversed(list(enumerate(names))) for form in spellings(name)}
    pairs = _headed(text) or _named(text) or _alternating(text, spelled)
    if pairs is None:
        return None
    places = [_place(label, spelled) for label, _ in pairs]
    if None in places or len(set(places)) < len(places):
        if all(place is None for place in places) and all(_index(label, 1) for label, _ in pairs):
            return None
        label = next(
            pair[0] for pair, place in zip(pairs, places, strict=True) if place is None or places.count(place) > 1
        )
        raise unreadable(
            "expected the labels {names}, each once, received {label}", names=", ".join(names), label=quoted(label)
        )
    values = dict(zip(places, (value for _, value in pairs), strict=True))
    return [values.get(at, "") for at in range(len(names))]


def _place(label: str, spelled: dict[str, int]) -> int | None:
    """The position of a name, which may be spelled out: `true positives` for TP."""
    name = label.casefold().strip()
    words = name.split()
    initials = "".join(word[0] for word in words) if len(words) > 1 else name
    return spelled.get(name, spelled.get(initials))


def _alternating(text: str, spelled: dict[str, int]) -> list[tuple[str, str]] | None:
    """`8 TP, 2 FP`, `TP 8 FP 2`: known names and values in turn."""
    if len(text) > _MAX_ALTERNATING:
        return None
    words = [word for word in re.split(r"[\s,;|]+", text) if word]
    for names, values in ((words[::2], words[1::2]), (words[1::2], words[::2])):
        known = len(names) == len(values) > 1 and all(name.casefold() in spelled for name in names)
        if known and all(re.match(r"[-+.\d]", value) for value in values):
            return list(zip(names, values, strict=True))
    found = re.findall(r"(?<![\d.])([-+]?[\d.]{1,20})\s+([^\W\d_][^\d,;]{0,40})(?:[,;]\s*|$)", text)
    full = len(found) > 1 and all(_place(name, spelled) is not None for _, name in found)
    return [(name, value) for value, name in found] if full else None


def _headed(text: str) -> list[tuple[str, str]] | None:
    """`TP, FP, FN, TN: 3 1 2 4` and two lines or rows of a table, names above values."""
    lines = [line.strip().strip("|") for line in text.split("\n") if line.strip() and not _RULE.fullmatch(line)]
    head, mark, rest = (
        re.split(r"([:=])", text, maxsplit=1)
        if len(lines) == 1 and re.search("[:=]", text)
        else (lines[0], ":", lines[1])
        if len(lines) == 2
        else ("", "", "")
    )
    names = [name for name in re.split(r"[\s,;|/]+", head.strip("() ")) if name]
    slashes = rest.count("/") == len(names) - 1 > 1
    values = [
        value for value in re.split(r"[\s;|/]+|,\s*" if slashes else r"[\s;|]+|,\s*", rest.strip("()[] ")) if value
    ]
    if not mark or len(names) < 2 or len(names) != len(values) or any(name[0].isdigit() for name in names):
        return None
    return list(zip(names, values, strict=True)) if all(re.search(r"\d|^-$", value) for value in values) else None


def _named(text: str) -> list[tuple[str, str]] | None:
    """`weights 300, bias 1`, `v = 0.9, w = 0.1`: a name before every value."""
    pieces = [
        piece for line in text.split("\n") for piece in re.split(r"[;,]\s+|\s(?:and|und|et|y|و)\s", line) if piece
    ]
    found = [_WITH_NAME.fullmatch(piece.strip()) for piece in pieces]
    if len(found) < 2 or not all(found):
        return None
    return [(one[1].strip(), one[2].strip()) for one in found if one]


def _statements(text: str) -> list[str]:
    """Lines, split at commas and semicolons outside brackets; `w = 1,234` stays whole."""
    pieces: list[str] = []
    for line in _NEXT.sub(";", text).split("\n"):
        start, level, fresh = 0, 0, True
        for at, char in enumerate(line + ";"):
            level += (char in "([{") - (char in ")]}")
            if char not in ",;" or (level > 0 and at < len(line)):
                continue
            piece = line[start:at].strip(" \t.")
            start = at + 1
            if (
                not fresh
                and pieces
                and not (_INDEXED.match(piece) or ("=" in piece and _NAME.match(piece)) or _NAMED_VALUE.match(piece))
            ):
                pieces[-1] += "," + piece
            elif piece:
                pieces.append(piece)
                fresh = False
    return pieces


def _in_order(pairs: list[tuple[str, str]], rank: int) -> Labelled | None:
    """Entries such as `a = 4.04`; a single one labels the whole: `O = [[1, 2], [3, 4]]`."""
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
