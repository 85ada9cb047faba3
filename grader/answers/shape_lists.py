"""Lists of shapes: one row per layer, in any form."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.answers.characters import fold, unmarked
from grader.answers.label_names import bullets, exchanged
from grader.answers.named_axes import named_shape
from grader.answers.pasted import summary_row, unlatex
from grader.answers.phrases import BLANKS, SAME, says_nothing
from grader.answers.refusal import described, in_cell, quoted, unreadable
from grader.answers.shapes import shape_readings
from grader.answers.spec import MAX_ANSWER, AnswerSpec
from grader.answers.splitting import closes_last, outside
from grader.answers.values import Reading, WrittenShape
from grader.errors import UnreadableError
from grader.patterns import pattern

MAX_SHAPES = 500
_TREE = ("├─", "└─", "|    └─", "|    ├─")
"""How rows of layers begin in a summary drawn as a tree; the row above them is the whole model."""
_LABEL = pattern(r"[^\W\d][\w .+-]{0,40}(?:\([^()]{0,30}\)\s*)?\s*[:=\t]\s*")
_NUMBERED = pattern(r"\s*(\d{1,3})[.):]\s+")
_NAMED = pattern(r"[^\W\d][\w().-]{0,30}\s+(?!\d+:)(?=[\d(\[])")
_DASH = pattern(r"\s*-\s+(?=[\d(\[])")
_BETWEEN = pattern(r"\s(?:and|then|und|dann|et|puis|y|luego|и|و|سپس)\s(?=[^ ]*\d)")
_LETTERED = pattern(r"(?:^|\s)\(?([a-h])\)\s+")
_ROW = pattern(r"[^(]*\d\s?[*xX@]\s?\d.*|[\[(][^\[\]()]*[\])].*|\d+(?:\^\(?2\)?)?(?:\s*\([^()]*\))?")
_CHANGES_NOTHING = pattern(
    fold(
        r"\b(?:same|unchanged|identical|ditto|no change|stays?|keeps|not? chang\w*|n't chang\w*|gleich|unverändert|"
        r"keine änderung|ändert\b.*\bnicht|identique|inchangée?s?|ne change pas|même|igual|mismo|misma|"
        r"sin cambios?|no cambia|без изменений|не (?:из)?меня\w*|так(?:ая|ой)? же|то же)\b|"
        r"تغییر\w* (?:نمی|ندار)|همان|بدون تغییر|لا يتغير|نفس|"
        r"不变|相同|同上|一样|无变化|변화\s?없|변하지|동일|같"
    ),
    re.IGNORECASE,
    needs=fold(
        "same unchanged identical ditto chang stay keeps gleich unverändert änder identique inchang même igual mism "
        "cambi измен меня так то همان تغییر يتغير نفس 不变 相同 同上 一样 无变化 변화 변하지 동일 같"
    ).split(),
)
_ROW_NAME = pattern(r"(?:^|[\n,;|])[ \t]*([^\W\d][\w .+-]{0,40}?)\s*[:=]\s*(?=[\d(\[])", needs=":=")
_BUT = pattern(r"\b(?:but|except|aber|mais|pero|half|padding|double|halved|hälfte)\b", re.IGNORECASE)


def shapes_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What a list of shapes may mean: a TOML list of shapes in any form, or text with one shape per line.

    `does not change` repeats the shape of the row above. Empty where everything is blank. With one row too many, the
    first may be the input.

    Raises:
        UnreadableError: a row that is not a shape, with its number.
    """
    items = raw if isinstance(raw, list) else _lines(raw) if isinstance(raw, str) else [raw]
    if len(items) > MAX_SHAPES:
        raise unreadable("expected at most {most} shapes, received {received}", most=MAX_SHAPES, received=len(items))
    _refuse_exchanged(raw)
    row = replace(spec, axes=spec.axes[1:] or None if spec.axes else None)
    shapes: list[WrittenShape | None] = []
    squares: list[WrittenShape | None] = []
    for index, item in enumerate(items):
        try:
            if _says_same(item):
                if not shapes:
                    raise unreadable("expected a shape in the first row, received {received}", received=described(item))
                shapes.append(shapes[-1])
                squares.append(squares[-1])
            else:
                natural = [reading.value for reading in shape_readings(_named_again(item), row) if reading.natural]
                shapes.append(natural[0] if natural else None)  # type: ignore[arg-type]
                squares.append(natural[-1] if natural else None)  # type: ignore[arg-type]
        except UnreadableError as error:
            raise in_cell(error, (index,)) from None
    if all(shape is None for shape in shapes):
        return ()
    readings = [Reading(tuple(shapes))]
    if squares != shapes:
        readings.append(Reading(tuple(squares)))
    if spec.axes and len(shapes) == spec.axes[0] + 1:
        readings.append(Reading(tuple(shapes[1:]), natural=False))
    return tuple(readings)


def _refuse_exchanged(raw: object) -> None:
    """Refuse rows whose names are not in order, `layer 2: 14x14x6, layer 1: 28x28x6`.

    Raises:
        UnreadableError: such rows.
    """
    items = raw if isinstance(raw, list) else [raw]
    text = "\n".join(item for item in items if isinstance(item, str))
    folded = fold(text) if len(text) <= MAX_ANSWER else ""
    if exchanged(bullets(folded) or _ROW_NAME.findall(folded)):
        raise unreadable(
            "expected the entries in the order of their numbers, received {received}", received=quoted(text)
        )


def _says_same(item: object) -> bool:
    """Whether a row repeats the shape of the row above; `same (13x13x32)` is the shape that it names."""
    if not isinstance(item, str) or len(item) > 80:
        return False
    text = " ".join(fold(item).split()).casefold().strip(".() ")
    says = _CHANGES_NOTHING.search(text) and not _BUT.search(text) and not re.search(r"\d", text)
    return text in SAME or bool(says)


def _named_again(item: object) -> object:
    """The shape named in `no change (13x13x32)` or `unchanged: 13x13x32`."""
    found = (
        re.fullmatch(r"([^\d(:=,]{3,40})[(:=,]\s*(.*\d.*?)\)?", item)
        if isinstance(item, str) and len(item) < 80
        else None
    )
    return found[2] if found and _says_same(found[1]) else item


def _lines(raw: str) -> list[str]:
    """The rows of a text: lines, or pieces between `;`, arrows, or commas that separate products or brackets."""
    if len(raw) > 10 * MAX_ANSWER:
        raise unreadable(
            "expected shapes in at most {most} characters, received {received}", most=10 * MAX_ANSWER, received=len(raw)
        )
    text = unlatex(fold(raw)).strip()
    lines = [line.strip(" ,;") for line in text.split("\n") if line.strip()]
    if len(lines) > 1:
        return _rows(lines)
    if not lines:
        return []
    line = unmarked(" ".join(lines[0].split()))
    for mark in (";", "→", "|"):
        if mark in line.strip("| "):
            return [piece.strip() for piece in line.split(mark) if piece.strip()]
    if re.fullmatch(r"\[.*\]", line) and closes_last(line):
        line = line[1:-1]
    letters = _LETTERED.findall(line)
    if len(letters) > 1 and "".join(letters) == "abcdefgh"[: len(letters)]:
        return [piece.strip(" ,;") for piece in _LETTERED.split(line)[2::2]]
    pieces = [piece.strip() for piece in outside(_BETWEEN.sub(", ", line), ",")]
    for label in (_LABEL, _NAMED):
        if len(pieces) > 1 and all(label.match(piece) for piece in pieces):
            return [label.sub("", piece, count=1) for piece in pieces]
    if len(pieces) > 1 and all(_ROW.fullmatch(piece) or _says_same(piece) for piece in pieces):
        return pieces
    if re.search(r"[)\]}]", line):
        return [piece.strip() for piece in re.split(r"(?<=[)\]}]) ?,? ?(?=[(\[{])", line)]
    if re.search(r"\d\s*[*xX]\s*\d", line) or re.fullmatch(r"[\d\s,]*", line):
        return [piece.strip() for piece in line.split(",")] if "," in line else _by_spaces(line)
    return [line]


def _rows(lines: list[str]) -> list[str]:
    """The shapes in several lines, without line numbers, labels, frames and headers; of a model summary, its shapes."""
    if any(line.startswith(_TREE) for line in lines):
        lines = [line for line in lines if line.startswith(_TREE)] if any(map(summary_row, lines)) else lines
    summary = [summary_row(line) for line in lines]
    if any(summary):
        return [row[0] for row in summary if row]
    lines = [line for line in lines if not re.fullmatch(r"[-+|=: ]{3,}", line)]
    numbers = [_NUMBERED.match(line) for line in lines]
    if all(numbers) and [int(found[1]) for found in numbers if found] == list(range(1, len(lines) + 1)):
        lines = [_NUMBERED.sub("", line, count=1) for line in lines]
    for mark in (_NAMED, _DASH):
        if all(mark.match(line) or line.casefold().rstrip(".") in SAME for line in lines):
            lines = [mark.sub("", line, count=1) for line in lines]
    cells = [[cell.strip() for cell in re.split(r"[|]", line.strip("| ")) if cell.strip()] or [line] for line in lines]
    if all(len(row) <= 2 for row in cells) and not any(re.search(r"\d", cell) for cell in cells[0]):
        cells = cells if _is_row(cells[0][-1]) else cells[1:]
    return [_unlabelled(" ".join(row[-1].split(" "))) if len(row) else "" for row in cells]


def _is_row(first: str) -> bool:
    """Whether a first line without digits is a row that is blank or repeats another, and no header."""
    text = _unlabelled(first)
    return text.casefold().rstrip(".") in SAME or (bool(text) and (text in BLANKS or says_nothing(text)))


def _unlabelled(line: str) -> str:
    """A line without the name of its layer; the names in `H=W=26, C=32` are axes and stay."""
    found = _LABEL.match(line) if named_shape(line, "HWC") is None else None
    return line[found.end() :] if found else line


def _by_spaces(line: str) -> list[str]:
    return (
        re.split(r"\s+", line)
        if re.fullmatch(r"[\d\sxX*]*", line) and not re.search(r"\s[xX*]|[xX*]\s", line)
        else [line]
    )
