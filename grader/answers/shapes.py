"""One shape such as `(None, 14 * 14 * 32)`: what it may mean."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from grader.answers.characters import fold, unmarked
from grader.answers.formulas import calculated
from grader.answers.named_axes import axis_of, named_shape
from grader.answers.pasted import printed_shape, summary_row, unlatex
from grader.answers.phrases import BATCH, BLANKS, number_words, says_nothing
from grader.answers.refusal import ambiguous, described, quoted, unreadable
from grader.answers.remarks import (
    bracket_behind,
    says_only_words,
    undecorated,
    without_head,
    without_tail,
    words_change,
)
from grader.answers.sizes import MAX_SIZE_TEXT, Sizes, named_sizes, plain_sizes, whole_size
from grader.answers.spec import MAX_ANSWER, AnswerSpec
from grader.answers.splitting import MAX_SIDES, Side, chain_of
from grader.answers.tokens import GROUPED
from grader.answers.values import Reading, WrittenShape, shape_text
from grader.errors import UnreadableError
from grader.messages import sentence
from grader.patterns import pattern

MAX_AXES = 10
_SIZE = pattern(rf"[-+]?(?:{GROUPED}|\d+)(?:\.\d*)?|\d{{1,9}}/[1-9]\d{{0,8}}")
"""An unrounded size such as 14.5 is wrong, not unreadable."""
_LARGEST_BATCH = 1024
_PRODUCT = pattern(r"\d\s?[xX×*]\s?\d")
_DASH = pattern(r"^\s*-\s+(?=[\d(\[])", needs="-")
_COUNT = pattern(r"[\s,;(]*\d{1,9}\s(?!param|weight|bias|pixel|cell|value|entr|number|stride)[^\W\d_]{3,}[^\d]*")
"""A number of something that may be the size that a shape lacks: `24x24 (64 planes each)`."""
_DIMENSIONAL = pattern(
    r"(?<=\d)\s?-?(?:d|dim|dims|dimensional|dimensions?)\b(?:\s(?:vector|tensor|array)\b)?|"
    r"(?<=\d)-(?:matri\w{1,6}|tensor|vektor|vector|bild|image)\b",
    re.IGNORECASE,
    needs=("d", "matri", "tensor", "vektor", "vector", "bild", "image"),
)
_TWO = pattern(r"(\d\s?[*xX]\s?\d{1,9})\s/\s(?=\d{1,9}\s?[*xX]\s?\d)", needs="/")
_TO_THE_SHAPE = pattern(
    r"(?<=\d)[,;]\s(?=[^\d()=,;]{0,30}\d{1,9}\s?[*xX]\s?\d{1,9}\s?[*xX]\s?\d{1,9}\b[^=]*$)", needs=",;"
)
"""The separator between the calculation of a side and the whole shape, `(32-5)/1+1 = 28, 28x28x6`."""
_COMPARED = pattern(r"!=|≠|[<>≤≥]\s?[\d(\[]|±", needs="!≠<>≤≥±")
_ENDED = pattern(r"^([^;]*[=≈→][^;]*);\s*((?:\d{1,9}\s?[*xX]\s?)+\d{1,9}|\([\d, ]{3,60}\))$", needs=";")
_WORDS = pattern(r"\s(?:i\.e\.?|that is|giving|which is)\s", needs="gitw")
_CAUSES = fold("because|since|weil|denn|porque|puisque|потому что|так как|چون|زیرا")
_CAUSE = pattern(rf"[,;]?\s(?:{_CAUSES})\s.*$", re.IGNORECASE, needs=_CAUSES.split("|"))
_STEP = pattern(r"([\d\s()⌊⌋+*/.-]{3,80})(?:[=→][\d\s()⌊⌋+*/.-]{1,60}){0,4}[=→]\s*(\d{1,9})", needs="=→")
_NAMES_LEFT = pattern(r"^[^=\n]*=.*[\d)]\s*[,;]\s*[^\W\d_]\w{0,12}\s?=\s?[\d(]", re.MULTILINE, needs="=")


def shape_readings(raw: object, spec: AnswerSpec) -> tuple[Reading, ...]:
    """What one shape from a TOML value may mean, without a leading batch axis; empty where it is blank.

    Raises:
        UnreadableError: not a shape of whole numbers, or with equally likely readings.
    """
    if isinstance(raw, str):
        if len(raw) > MAX_ANSWER:
            raise unreadable(
                "expected a shape of at most {most} characters, received {received}", most=MAX_ANSWER, received=len(raw)
            )
        found = shapes_in(unlatex(fold(raw)), raw, spec)
    elif isinstance(raw, bool) or not isinstance(raw, (int, Decimal, list)):
        raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=described(raw))
    elif isinstance(raw, list):
        if len(raw) == 1 and isinstance(raw[0], str):
            return shape_readings(raw[0], spec)
        found = _of_list(raw)
    else:
        found = [Sizes((_size(raw),))]
    return tuple(Reading(shape, natural=natural) for shape, natural in _asked(found, spec))


def _asked(found: list[Sizes], spec: AnswerSpec) -> list[tuple[WrittenShape, bool]]:
    """Fit the shapes to the question: a side may mean its square, and a leading batch axis does not count."""
    asked = spec.axes[0] if spec.axes else None
    readings: dict[WrittenShape, bool] = {}
    for sizes in found:
        shape = sizes.shape
        if asked is not None and asked >= 2 and len(shape) == asked + 1:  # the size of a batch, or a square's channels
            square = asked == 2 and shape[1] in (shape[0], shape[2])
            readings.setdefault(shape[1:], sizes.natural and not square)
        if asked is not None and 1 < asked < len(shape):  # `19x19x5x25` where 19x19x125 is expected
            for at in range(len(shape) - 1):
                together = (*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :])
                readings.setdefault(together, False)
        if asked == 2 and len(shape) == 1 and isinstance(shape[0], int):
            readings.setdefault(shape, sizes.natural)
            readings.setdefault((shape[0], shape[0]), sizes.natural)
        if asked == 1 and len(shape) == 2 and min(shape) > 1:  # a side as its square, a batch, a flattened map
            if shape[0] == shape[1]:
                readings.setdefault(shape[:1], sizes.natural)
            elif shape[0] <= _LARGEST_BATCH and not sizes.product:
                readings.setdefault(shape[1:], False)  # or the shape of the weights
            readings.setdefault((shape[0] * shape[1],), False)
        readings.setdefault(shape, sizes.natural)
    return list(readings.items())


def _of_list(raw: list[object]) -> list[Sizes]:
    """A shape given as a list of sizes."""
    if len(raw) == 1 and isinstance(raw[0], list):
        if any(isinstance(item, list) for item in raw[0]):
            raise unreadable("expected one shape such as (5, 4, 3), received {received}", received=described(raw))
        return _of_list(raw[0])
    written = [str(item) for item in raw[:MAX_AXES] if isinstance(item, (str, int))]
    if len(written) == len(raw) and any(_PRODUCT.search(item) for item in written if len(item) < MAX_SIZE_TEXT):
        return shapes_in(
            fold(" x ".join(item[:MAX_SIZE_TEXT] for item in written)), ", ".join(written), AnswerSpec("shape")
        )
    if len(raw) > MAX_AXES:
        raise unreadable(
            "expected a shape of at most {most} axes, received {received}", most=MAX_AXES, received=len(raw)
        )
    if all(isinstance(item, str) and item.strip() in BLANKS for item in raw):
        return []
    return [Sizes(tuple(_size(item, index) for index, item in enumerate(raw) if index or not _is_batch(item)))]


def _is_batch(item: object) -> bool:
    return item == -1 if isinstance(item, int) else isinstance(item, str) and item.strip().casefold() in BATCH


def _size(item: object, index: int = 0) -> int | Fraction:
    """One axis of a shape given as a list."""
    if isinstance(item, str) and len(item) < MAX_SIZE_TEXT:
        text = unmarked(fold(item))
        if _SIZE.fullmatch(text):
            return whole_size(text)
    elif isinstance(item, int) and not isinstance(item, bool) and item.bit_length() < 996:
        return item
    elif isinstance(item, Decimal) and item.is_finite() and abs(item.adjusted()) < 300:
        return whole_size(f"{item:f}")
    raise unreadable(
        "expected a whole number in a shape, received {received}, on axis {axis}",
        received=described(item),
        axis=index + 1,
    )


def shapes_in(folded: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """What a folded text without LaTeX may mean as one shape; empty where it is blank."""
    lines = [line for line in folded.split("\n") if line.strip()]
    rows = [row for line in lines if (row := summary_row(line))]
    if len(rows) == 1:
        folded = rows[0][0]
    folded = re.sub(r"\n(?=[^\n=]*\d\s?[*xX]\s?\d)", "; ", folded.strip()) if "=" in folded else folded
    said = _DASH.sub("", _once(" ".join(printed_shape(folded).split())))
    line = undecorated(said)
    if line in BLANKS or says_nothing(line):
        return []
    if _COMPARED.search(line):
        raise unreadable("expected one value, received a comparison or a range in {received}", received=quoted(raw))
    four = spec.axes == (4,)
    listed = re.sub(r"\s*\n\s*", ", ", "\n".join(lines).strip())
    named = named_sizes(listed, raw, spec, four) or named_sizes(line, raw, spec, four) or _worked_out(listed, spec)
    if named:
        return named
    cause = _CAUSE.search(line)
    line = line[: cause.start()] if cause and _PRODUCT.search(line[: cause.start()].replace(",", "x")) else line
    whole = _only_shape(line, spec)
    if whole is not None:
        return [Sizes(whole)]
    if spec.axes != (1,) and _NAMES_LEFT.search(line):
        raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=quoted(raw))
    line = _without_counts(_DIMENSIONAL.sub("", _TWO.sub(r"\1 = ", line)))
    if said.startswith(line) and _COUNT.fullmatch(said[len(line) :]) and _cuts_a_size(said, line, raw, spec):
        raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=quoted(raw))
    asked = spec.axes[0] if spec.axes else None
    ended = _ENDED.search(line)
    if ended and asked == len(re.findall(r"\d+", ended[2])):
        line = f"{ended[1]} → {ended[2]}"
    found = _TO_THE_SHAPE.search(line)
    if found and not _PRODUCT.search(re.split(r"[=≈]", line[: found.start()])[-1]):
        line = f"{line[: found.start()]} → {line[found.end() :]}"
    told = [
        (side, sizes)
        for side in chain_of(_WORDS.sub(" = ", line))[-MAX_SIDES:]
        if (sizes := _of_side(side.text, raw, spec))
    ]
    if told:
        return _told(told, raw, spec)
    raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=quoted(raw))


def _worked_out(line: str, spec: AnswerSpec) -> list[Sizes]:
    """As many calculations as sizes are asked, one for each: `(28 - 3)/1 + 1 = 26, (40 - 5)/1 + 1 = 36`."""
    pieces = re.split(r"[,;](?=\s)|\band\b", line)
    if len(pieces) < 2 or spec.axes != (len(pieces),):
        return []
    steps = [_STEP.fullmatch(piece.strip()) for piece in pieces]
    sizes = tuple(int(step[2]) for step in steps if step and re.search(r"[-+*/]", step[1]))
    return [Sizes(sizes)] if len(sizes) == len(steps) else []


def _only_shape(line: str, spec: AnswerSpec) -> tuple[int, ...] | None:
    """The only shape of the expected length among calculations of its sizes: `112x112x64, (224-7+6)/2+1 = 112`."""
    asked = spec.axes[0] if spec.axes else 0
    if asked < 2 or not re.search(r"[=≈→]", line):
        return None
    size = r"\d{1,9}"
    times = rf"(?<![\d*xX(+-])(?<![*xX] ){size}(?:\s?[*xX]\s?{size}){{{asked - 1}}}(?!\s?[*xX@/+^-]|[\d.])"
    listed = rf"(?<![\w)])[(\[]\s*{size}(?:\s*,\s*{size}){{{asked - 1}}}\s*[)\]]"
    found = {tuple(map(int, re.findall(r"\d+", one))) for one in re.findall(f"{times}|{listed}", line)}
    rest = re.sub(f"{times}|{listed}", " ", line)
    ends = [Fraction(end) for end in re.findall(r"[=≈→]\s*(\d{1,9}(?:\.\d{1,9})?)(?![\d.]|\s?[-*xX/+^@])", rest)]
    if len(found) != 1 or not ends or words_change(re.sub(r"[\d.]", " ", rest)):
        return None
    (shape,) = found
    return shape if all(int(end) in shape for end in ends) else None


def _without_counts(line: str) -> str:
    """The text without remarks on other quantities after the shape: `28x28x6, 156 params`."""
    pieces = line.split(", ")
    counts = all(
        re.search(r"\d", piece)
        and re.search(r"[^\W\d_]{3}", piece)
        and not re.search(r"\d ?[*xX] ?\d", piece)
        and not any(axis_of(word) for word in re.findall(r"[^\W\d_]+", piece))
        for piece in pieces[1:]
    )
    return pieces[0] if len(pieces) > 1 and counts and re.search(r"\d ?[*xX] ?\d", pieces[0]) else line


def _once(line: str) -> str:
    """Only one copy of a text that appears twice, as when it was copied from a page with rendered formulas."""
    close = re.sub(r" ?\* ?", "*", line)
    pieces = close.split(" ")
    return pieces[0] if len(pieces) == 2 and pieces[0] == pieces[1] and "*" in close else line


def _of_side(side: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """What one side of a chain may mean; empty for words."""
    text = undecorated(side)
    for _ in range(4):
        found = plain_sizes(text, raw, spec) or _with_bracket(text, raw, spec)
        if found:
            return found
        shorter = without_tail(text) or without_head(text)
        if shorter is None:
            break
        if _cuts_a_size(text, shorter, raw, spec):
            raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=quoted(raw))
        text = shorter
    words = number_words(text)
    if words is None:
        factors = len(re.split(r" ?[xX] ?(?=[\d(⌊f])", text))  # `64 x (224+6-7)/2+1 x 160` is no product
        return [] if factors > 1 and spec.axes == (factors,) else _calculated(text)
    return [Sizes((words,))]


def _cuts_a_size(text: str, shorter: str, raw: str, spec: AnswerSpec) -> bool:
    """Whether the words cut off behind a shape hold a number while it lacks a size: `7x7 across 64 groups`."""
    asked = spec.axes[0] if spec.axes else 0
    if asked < 2 or not text.startswith(shorter) or not re.search(r"\d", text[len(shorter) :]):
        return False
    lengths = [len(one.shape) for one in plain_sizes(shorter, raw, spec)]
    return bool(lengths) and max(lengths) < asked and lengths != [1]  # one size may be the side of a square


def _with_bracket(text: str, raw: str, spec: AnswerSpec) -> list[Sizes]:
    """A shape with a remark after it: words, the number of entries, or the whole shape after its side."""
    behind = bracket_behind(text)
    head = plain_sizes(undecorated(behind[0]), raw, spec) if behind else []
    if behind is None or not head:
        return []
    if _COUNT.fullmatch(behind[1]) and _cuts_a_size(text, behind[0], raw, spec):
        raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=quoted(raw))
    inside = [sizes for part in chain_of(behind[1]) for sizes in _of_side(part.text, raw, spec)]
    if not inside or says_only_words(behind[1]):
        return head
    same = [one for one in inside if one.size in (head[0].size, head[0].size ** 2)]
    maps = named_shape(f"{head[0].size}@{behind[1]}", spec.order) if not same and len(head[0].shape) == 1 else None
    if maps and spec.axes == (len(maps),):
        return [Sizes(maps)]
    for one in inside if not same else []:
        _refuse_two(head[0], one, raw)
        if len(head[0].shape) > 1 and spec.axes == (len(head[0].shape) + len(one.shape),):  # `24x24 (64 deep each)`
            raise unreadable("expected a shape such as (5, 4, 3), received {received}", received=quoted(raw))
    shape = head[0].shape
    products = [(*shape[:-1], shape[-1] * one.size) for one in inside if re.search(r"\d\(", text)]  # `13x13x5(5+3)`
    return [*head, *(same or [Sizes(other, natural=False) for other in (*(one.shape for one in inside), *products)])]


def _refuse_two(one: Sizes, other: Sizes, raw: str) -> None:
    """Refuse two different shapes with as many axes that are said to be equal."""
    if len(one.shape) == len(other.shape) > 1 and one.shape != other.shape:
        raise ambiguous(raw, shape_text(one.shape), shape_text(other.shape))


def _calculated(text: str) -> list[Sizes]:
    """The value of a calculation of one size."""
    if (re.search(r"[*xX]", text) and not re.search(r"[-+/]", text)) or not re.search(r"\d", text):
        return []
    try:
        value = calculated(text[:MAX_SIZE_TEXT])
    except UnreadableError:
        return []
    return [Sizes((int(value),))] if value >= 0 and Fraction(value).denominator == 1 else []


def _told(told: list[tuple[Side, list[Sizes]]], raw: str, spec: AnswerSpec) -> list[Sizes]:
    """What the sides of a chain say together: a shape agrees with its number of entries, else the last counts."""
    asked = spec.axes[0] if spec.axes else None
    start = max((at for at, (side, _) in enumerate(told) if side.link == "→"), default=0)
    sides = [sizes for _, sizes in told[start:]]
    last = sides[-1]
    sizes = {one.size for one in last}
    same = [one for found in sides for one in found if one.size in sizes]
    fitting = [one for one in same if len(one.shape) == asked]
    for at in range(start + 1, len(told)):
        _refuse_two(told[at - 1][1][0], told[at][1][0], raw)
    if any(one.power and one is not same[-1] for one in same) and len(sides) > 1:
        return [*last, *(Sizes(one.shape, natural=False) for one in same if one.power)]
    if fitting:
        return fitting
    if asked is not None or len(sides) < 2:
        return last
    before, final = sides[-2][0], last[0]
    if final.product and len(final.shape) > 1 and before.shape == (final.size,):
        return [before]
    if len(final.shape) == 1 and not before.product and before.shape != final.shape and before.size == final.size:
        raise ambiguous(
            raw,
            sentence("the shape {shape}", shape=str(before.shape)),
            sentence("the size {size}", size=str(final.shape[0])),
        )
    return last
