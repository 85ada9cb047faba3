"""Entries given one by one with their labels: `g(0,1) = 20`, `O_{11} = 3`, `a = 4.04`."""

from __future__ import annotations

import math
import re

from grader.answers.characters import fold
from grader.answers.label_names import against_custom, bullets, by_columns, numbered_rows, placed, stem_and_number
from grader.answers.list_forms import TIMES
from grader.answers.named_entries import MAX_NAMED, named_entries
from grader.answers.pasted import printed_value, unlatex
from grader.answers.refusal import MOST_LISTED, quoted, unreadable
from grader.answers.rows import as_rows
from grader.answers.spec import AnswerSpec
from grader.answers.splitting import outside
from grader.answers.tokens import spellings
from grader.errors import UnreadableError
from grader.patterns import pattern
from grader.structs import Struct

MAX_TEXT = 100_000
MAX_INDEX = 1000
MAX_GRID = 10_000

_STATEMENT = pattern(r"([^=≈→]{1,60}?)\s*[=≈→:]\s*(.*\S)", re.DOTALL, needs="=≈→:")
_NAMED_VALUE = pattern(r"[^\W\d][\w ]{0,20}:\s*[-+\d(]", needs=":")
_NEXT = pattern(r"(?<=[\d)\]])[ \t]+(?=[^\W\d][\w()\[\]/]{0,30}=)", needs="=")
_INDEXED = pattern(r"[(\[]\d{1,4}(?:\s?,\s?\d{1,4})+[)\]]\s?[:→]", needs=":→")
_PAIR = pattern(r"_\{?\s?\(?(\d{1,4})\s?,\s?(\d{1,4})\)?\}?", needs="_")
_PLAIN_NAME = pattern(r"[^\W\d][\w{}^' ]{0,30}")
_NUMBERED_NAME = pattern(r"(?<![\w=+*/^-])(?<![=+*/^-] )([^\W\d_]+)[ _]?[{(\[]?(\d{1,3})(?![\d.xX*])")
_NUMBERED_ROW = pattern(
    r"(?:^|(?<=[\n,;\])}|]))[ \t]*([^\W\d][^\W\d_]{0,20})[ _]?(\d{1,3})[ \t]*(?:[:=|]|(?=[\[(]))"
    r"(?=\s*(?:[\[({\n]|[-+]?[\d./]+[ ,\t|]+[-+]?[\d.]))",
    re.MULTILINE,
    needs=":=|[(",
)
_NAME = pattern(r"[^\W\d]|[∂(\[]")
_CALCULATION = pattern(r"[\s\d()xX*/^.-]*[*/^+-][\s\d()xX*/^.+-]*")
_BRACKETED = pattern(r"(?:.*[^\W\d_]_?)?\s*[(\[]\s*(\d{1,4}(?:\s*(?:,|\]\s*\[|\)\s*\()\s*\d{1,4})*)\s*[)\]]\)?")
_NAMED_FORMULA = pattern(r"\s*([^=:]{1,40}?)\s*[=:]\s*(\S[\s\S]*?)\s*")
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
    if len(set(indexes)) < len(indexes) == len({label for label, _ in pairs}) and rank == 1:
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


def by_names(raw: object, spec: AnswerSpec) -> list[object] | None:
    """The entries of a list in the order asked, where their names tell it; None where they are written in order.

    Raises:
        UnreadableError: names that do not tell the order.
    """
    texts = raw if isinstance(raw, list) else [raw]
    words = [item for item in texts if isinstance(item, str)]
    if not words or len(words) < len(texts) or sum(map(len, words)) > MAX_TEXT:
        return None
    written = "\n".join(words)
    folded = printed_value(as_rows(fold(TIMES.sub("x", written) if spec.counts else written)))
    if spec.rank != 1:
        refuse_exchanged(folded)
        return None
    named = in_named_order(folded, spec.labels) if spec.labels else None
    named = in_numbered_order(folded, spec.axes[0] if spec.axes else None) if named is None else named
    if named is None and not spec.labels:
        _refuse_against_custom(folded)
    return None if named is None else list(named)


def formulas_by_name(raw: object, names: tuple[str, ...]) -> list[str] | None:
    """The formulas of a list in the order of `names`, where each has one of them; None where none is named.

    Raises:
        UnreadableError: an unknown name beside known ones, or a repeated one.

    >>> formulas_by_name("dL/db = 2y, dL/da = x", ("dL/da", "dL/db")), formulas_by_name("x, 2y", ("dL/da", "dL/db"))
    (['x', '2y'], None)
    """
    whole = raw if isinstance(raw, list) else outside(raw, ",;\n") if isinstance(raw, str) else []
    pieces = [piece for piece in whole if not isinstance(piece, str) or piece.strip()]
    found = [_NAMED_FORMULA.fullmatch(piece) if isinstance(piece, str) else None for piece in pieces]
    named = [(one[1], one[2]) for one in found if one]
    if not names or not named or len(named) < len(pieces) or len(raw if isinstance(raw, str) else "") > MAX_TEXT:
        return None
    written = [unlatex(fold(name)).replace("∂", "d") for name, _ in named]
    places = placed(written, tuple(name.replace("∂", "d") for name in names))
    if all(place is None for place in places) and not _all_plain(written):
        return None
    if None in places or len(set(places)) < len(places):
        wrong = (name for name, at in zip(written, places, strict=True) if at is None or places.count(at) > 1)
        raise _misfit(names, next(wrong))
    values = dict(zip(places, (value for _, value in named), strict=True))
    return [values.get(at, "") for at in range(len(names))]


def in_named_order(folded: str, names: tuple[str, ...]) -> list[str] | None:
    """The entries of a list with known labels, in the order of `names`; None where no labels are written.

    Raises:
        UnreadableError: an unknown label, a repeated one, or labels that are not next to values.

    >>> in_named_order("v = 0.909, θ = 0.091", ("theta", "v")), in_named_order("TP, FN: 3 1", ("FN", "TP"))
    (['0.091', '0.909'], ['1', '3'])
    """
    entries = named_entries(folded)
    if entries is None:
        _refuse_loose(folded, names)
        return None
    places = placed(entries.names, names)
    if None in places or len(set(places)) < len(places):
        indexed = all(_index(name, 1) for name in entries.names)
        if all(place is None for place in places) and (indexed or not entries.said or not _all_plain(entries.names)):
            return None
        label = next(
            name for name, place in zip(entries.names, places, strict=True) if place is None or places.count(place) > 1
        )
        raise _misfit(names, label)
    values = dict(zip(places, entries.values, strict=True))
    return [values.get(at, "") for at in range(len(names))]


def in_numbered_order(folded: str, count: int | None = None) -> list[str] | None:
    """The entries of a list in the order of the numbers in their names; None where their names have no numbers.

    With consecutive numbers in that order already, the entries are returned if there are `count` of them.

    Raises:
        UnreadableError: numbers that leave a place out.

    >>> in_numbered_order("y3: 0.5, y1: 0.2, y2: 0.3"), in_numbered_order("second: 3, first: 2")
    (['0.2', '0.3', '0.5'], ['2', '3'])
    >>> in_numbered_order("y1: 0.5, y2: 0.2"), in_numbered_order("x2: 0.5, y1: 0.2")
    (None, None)
    """
    entries = named_entries(folded, numbers=True)
    if entries is None:
        _refuse_loose_numbers(folded)
    found = [stem_and_number(name) for name in entries.names] if entries else []
    stems = {one[0] for one in found if one}
    if entries is None or len(stems) != 1 or not all(found):
        return None
    numbers = [one[1] for one in found if one]
    whole = sorted(numbers) in (list(range(len(numbers))), list(range(1, len(numbers) + 1)))
    if numbers == sorted(numbers) and not (whole and count == len(numbers)):
        return None
    if not whole:
        raise _disordered(folded)
    return [value for _, value in sorted(zip(numbers, entries.values, strict=True))]


def _refuse_loose_numbers(folded: str) -> None:
    """Refuse names with numbers among values that they cannot be matched with, unless their numbers ascend."""
    text = unlatex(folded, row=True) if len(folded) <= MAX_NAMED else ""
    found = [(one[1].casefold(), int(one[2])) for one in _NUMBERED_NAME.finditer(text)]
    numbers = list(dict.fromkeys(number for _, number in found))
    values = re.findall(r"\d+", _NUMBERED_NAME.sub(" ", text))
    if len({stem for stem, _ in found}) == 1 and 1 < len(found) <= len(values) and numbers != sorted(numbers):
        raise _disordered(folded)


def _refuse_against_custom(folded: str) -> None:
    """Refuse names in another order than everybody writes them in: nothing tells which order is asked for.

    Raises:
        UnreadableError: such as `y1 = 10, x1 = 20`.
    """
    entries = named_entries(folded)
    names = bullets(folded) or (entries.names if entries is not None else [])
    if against_custom(names):
        raise unreadable(
            "expected the entries in the order asked for, received {received}, where {names} is an unusual order",
            received=quoted(folded.strip()),
            names=", ".join(names[:MOST_LISTED]),
        )


def _disordered(folded: str) -> UnreadableError:
    return unreadable(
        "expected the entries in the order of their numbers, received {received}", received=quoted(folded.strip())
    )


def refuse_exchanged(folded: str) -> None:
    """Refuse rows or matrices with numbered names that are not in the order of their numbers.

    Raises:
        UnreadableError: such as `channel 2: [[..]], channel 1: [[..]]`; columns in place of rows.
    """
    text = numbered_rows(folded)
    if by_columns(text):
        raise unreadable("expected a matrix row by row, received columns in {received}", received=quoted(folded))
    found = _NUMBERED_ROW.findall(text) if len(text) <= MAX_NAMED else []
    numbers = [int(number) for _, number in found]
    if len({stem.casefold().strip() for stem, _ in found}) == 1 and numbers != sorted(numbers):
        raise _disordered(folded)
    _refuse_against_custom(folded)


def _all_plain(written: list[str]) -> bool:
    return all(_PLAIN_NAME.fullmatch(name) for name in written)


def _refuse_loose(folded: str, names: tuple[str, ...]) -> None:
    """Refuse labels among values that they cannot be matched with, unless all are in the order of `names`."""
    text = unlatex(folded, row=True).casefold()
    found: list[tuple[int, int, str]] = []
    for at, name in enumerate(names):
        for form in sorted({form.casefold() for form in spellings(name)}, key=len, reverse=True):
            beside = r"(?=\s*[=:≈→←(),;^|'\]}])" if len(form) == 1 else ""
            found += [
                (hit.start(), at, form) for hit in re.finditer(rf"(?<![\w.]){re.escape(form)}(?!\w){beside}", text)
            ]
    order = list(dict.fromkeys(at for _, at, _ in sorted(found)))
    if order and order != list(range(len(names))):
        raise _misfit(names, min(found)[2])


def _misfit(names: tuple[str, ...], label: str) -> UnreadableError:
    return unreadable(
        "expected the labels {names}, each once, received {label}", names=", ".join(names), label=quoted(label)
    )


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
