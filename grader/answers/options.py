"""The options of a question as students name them: by letter, text, number, yes and no, with a reason behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from grader.answers.characters import fold
from grader.answers.refusal import quoted, unreadable
from grader.patterns import pattern

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PERSIAN = ("الف", "ب", "ج", "د", "ه", "و", "ز", "ح", "ط", "ی")
"""Persian options are lettered in the order of the abjad."""


def with_letter(option: Any, choices: Sequence[str]) -> Any:
    """An option behind its letter; anything else as it is.

    >>> with_letter("7x7", ["5x5", "7x7"]), with_letter("9x9", ["5x5", "7x7"])
    ('B. 7x7', '9x9')
    """
    return f"{letter(choices.index(option))}. {option}" if option in choices else option


@lru_cache(2_000)
def normal(text: str) -> str:
    """A text as options are compared: letter case, blanks, quotes, emphasis and a full stop at the end do not count."""
    return " ".join(fold(text.casefold()).strip(" .!*_\"'`\n\t").casefold().split())


def _spelled(words: str) -> frozenset[str]:
    return frozenset(map(normal, words.split()))


_YES = _spelled(
    "yes y true t correct right ja wahr richtig oui vrai si sí verdadero да верно истина 是 对 正确 예 네 참 نعم "
    "صحيح صحیح بله بلی آری درست"
)
_NO = _spelled(
    "no n false f incorrect wrong nein falsch non faux falso нет неверно ложь 否 不 错 错误 아니오 아니요 거짓 "
    "لا خطأ خیر نه نادرست غلط"
)
_NONE = _spelled("none") | {"none of them", "none of the above", "nothing", "[]", "{}", "هیچ", "هیچکدام", "هیچ کدام"}
_NAMED = pattern(
    r"^(?:option|choice|answer|the answer is|گزینه|پاسخ|antwort|réponse|respuesta|ответ|选项?|選)\s*:?\s*(?=\S)"
    r"|\s*选项$"
)
_LETTERED = pattern(r"^\(?\s*([a-z]|" + "|".join(_PERSIAN) + r")\s*(?:[).:\]]|$)\s*(.*)$", re.DOTALL)
_BEHIND = pattern(r"\s*(?:[,;:.!(\n]|\s[-–—]\s|\bbecause\b|\bsince\b|\bas\b|\bweil\b|زیرا|چون)")
_SEPARATORS = pattern(r"\s*(?:[,;،؛|+&\n/]|\band\b|\bund\b|\bet\b|\by\b|\sو\s)\s*")
_MARKS = pattern(r"^(?:[-*•]\s+)?(?:\[\s?[xX✓✔]\s?\]\s*|[☑✓✔✅]\s*)?")
_SHORT = {"avg": "average"}
LONGEST = 2_000
_LONGEST_PAIR = 200


def letter(index: int) -> str:
    """The letter of an option, as sheets, templates and reports write it."""
    return LETTERS[index] if index < len(LETTERS) else str(index + 1)


def lettered(choices: Sequence[str]) -> str:
    """The options with their letters.

    >>> lettered(["5x5", "7x7"])
    'A. 5x5; B. 7x7'
    """
    return "; ".join(f"{letter(index)}. {choice}" for index, choice in enumerate(choices))


def option_index(written: str, choices: Sequence[str]) -> int | None:
    """Which option a text names; None where it names none.

    Raises UnreadableError where it names two.

    >>> option_index("(b)", ["5x5", "7x7"]), option_index("7 x 7", ["5x5", "7x7"]), option_index("c", ["5x5", "7x7"])
    (1, 1, None)
    """
    text = normal(_ticked(written[:LONGEST]))
    whole = _whole(text, choices)
    if whole is not None:
        return whole
    named = _NAMED.sub("", text)
    if named != text:
        return option_index(named, choices)
    if found := _LETTERED.match(text):
        index, rest = _letter_or_text(found[1], choices), found[2]
        if index is not None:
            second = _whole(normal(rest), choices) if rest else index
            if second is not None and second != index:
                raise _two(written, choices[index], choices[second])
            return index
    with_reason = _with_reason(written, text, choices)
    return _begun(text, choices) if with_reason is None else with_reason


def _ticked(written: str) -> str:
    """Without the mark of a list or of a ticked box, and with one letter that looks like a Latin one as that."""
    text = _MARKS.sub("", written.strip())
    return fold(text) if len(text) == 1 else text


def _begun(text: str, choices: Sequence[str]) -> int | None:
    """The only option that begins so, however its words are joined and shortened: `max pool` of max pooling."""
    begun = _joined(text)
    if len(begun) < 4:
        return None
    same = [index for index, choice in enumerate(choices) if _joined(normal(choice)).startswith(begun)]
    return same[0] if len(same) == 1 else None


def _joined(text: str) -> str:
    words = [_SHORT.get(word, word) for word in re.findall(r"[^\W_]+", text)]
    return "".join(word for word in words if word not in ("the", "a", "an"))


def _letter_or_text(text: str, choices: Sequence[str]) -> int | None:
    """The option of a letter, or the option whose text is that letter."""
    spelled = [normal(choice) for choice in choices]
    return spelled.index(text) if text in spelled else _letter_index(text, choices)


def _with_reason(written: str, text: str, choices: Sequence[str]) -> int | None:
    """An option in front of a reason; what stands behind may not name another option by itself."""
    longest = max(map(len, choices), default=0) + 60
    for found in _BEHIND.finditer(text[:longest]):
        head, rest = normal(text[: found.start()]), normal(text[found.end() :].lstrip(" ,;:)"))
        index = _whole(head, choices)
        if index is None:
            index = _letter_index(head, choices) if len(head) <= 4 else None
        if index is None:
            continue
        other = _whole(rest, choices)
        if other is None and len(rest) <= 4:
            other = _letter_index(rest, choices)
        if other is not None and other != index:
            raise _two(written, choices[index], choices[other])
        return index
    return None


def _two(written: str, one: str, other: str) -> Exception:
    return unreadable(
        "expected one option, received {received}, which names {one} and {other}",
        received=quoted(written),
        one=repr(one),
        other=repr(other),
    )


def _whole(text: str, choices: Sequence[str]) -> int | None:
    """The option that a text is, letter by letter, as a number or shape, or as yes or no."""
    spelled = [normal(choice) for choice in choices]
    if text in spelled:
        return spelled.index(text)
    value = _value(text)
    if value is not None:
        same = [index for index, choice in enumerate(spelled) if _value(choice) == value]
        if len(same) == 1:
            return same[0]
    for words in (_YES, _NO):
        if text in words:
            same = [index for index, choice in enumerate(spelled) if choice in words]
            return same[0] if len(same) == 1 else None
    return None


def _letter_index(text: str, choices: Sequence[str]) -> int | None:
    """The option of a letter, unless an option's own text is a letter that letters another one."""
    if any(normal(choice) in set(LETTERS[: len(choices)].casefold()) for choice in choices):
        return None
    index = _PERSIAN.index(text) if text in _PERSIAN else LETTERS.find(text.upper()) if len(text) == 1 else -1
    return index if 0 <= index < len(choices) else None


def _value(text: str) -> tuple[Decimal, ...] | None:
    """A number or a shape as numbers, however it is spelled; None for words."""
    pieces = [piece for piece in re.split(r"\s*(?:[x×*,]|\s)\s*", text.strip("()[] ")) if piece]
    try:
        return tuple(Decimal(piece).normalize() for piece in pieces) if 0 < len(pieces) <= 12 else None
    except InvalidOperation:
        return None


def option_from(raw: object, choices: Sequence[str]) -> str:
    """The option that a student chose.

    Raises UnreadableError for none of the options, and for two.
    """
    allowed = ", ".join(choices)
    if isinstance(raw, bool):
        raw = "true" if raw else "false"
    if isinstance(raw, list) and all(isinstance(entry, int) for entry in raw):
        raw = "x".join(map(str, raw))
    if not isinstance(raw, str | int | Decimal):
        raise unreadable("expected one of {allowed}", allowed=allowed)
    index = option_index(str(raw), choices)
    if index is None:
        raise unreadable("expected one of {allowed}, received {received}", allowed=allowed, received=quoted(str(raw)))
    return choices[index]


def options_from(raw: object, choices: Sequence[str]) -> tuple[str, ...]:
    """The options that a student ticked, in the order of the question; none for `none`.

    Raises UnreadableError where a piece of the answer names no option.
    """
    if isinstance(raw, list):
        ticked = {option_from(entry, choices) for entry in raw}
        return tuple(choice for choice in choices if choice in ticked)
    if not isinstance(raw, str):
        return (option_from(raw, choices),)
    text = normal(raw[:LONGEST])
    if text in _NONE and text not in map(normal, choices):
        return ()
    if (index := _whole(text, choices)) is not None:
        return (choices[index],)
    ticked = set()
    for piece in dict.fromkeys(_pieces(text, choices)):
        index = option_index(piece, choices)
        if index is None:
            raise unreadable(
                "expected some of {allowed}, or none, received {received}",
                allowed=", ".join(choices),
                received=quoted(raw),
            )
        ticked.add(choices[index])
    return tuple(choice for choice in choices if choice in ticked)


def _pieces(text: str, choices: Sequence[str]) -> Iterator[str]:
    """What stands between separators; `ACD` and `a c d` are letters one by one."""
    compact = re.sub(r"[\s,]", "", text)
    single = all(_letter_index(character, choices) is not None for character in compact)
    if compact and single and len(set(compact)) == len(compact):
        yield from compact
        return
    yield from (piece for piece in _SEPARATORS.split(text.strip("[]{} ")) if piece)


def pairs_from(raw: object, items: Sequence[str], choices: Sequence[str]) -> tuple[str | None, ...]:
    """For each item the choice that a student put beside it, None where there is none; choices count from 1.

    Raises UnreadableError for an item or a choice that is not asked, and for an item that has two choices.
    """
    found: dict[str, str] = {}
    for name, written in _written_pairs(raw):
        item = next((item for item in items if normal(item) == normal(name)), None)
        if item is None:
            raise unreadable(
                "expected one of the items {allowed}, received {received}",
                allowed=", ".join(items),
                received=quoted(name),
            )
        if isinstance(written, str) and not normal(written).strip("-?"):
            continue
        choice = _numbered(written, choices)
        if found.setdefault(item, choice) != choice:
            raise unreadable("expected one choice for {item}, received two", item=item)
    return tuple(found.get(item) for item in items)


def _numbered(written: object, choices: Sequence[str]) -> str:
    text = fold(str(written)).strip(" .()")
    if text.isascii() and text.isdigit() and text not in map(normal, choices):
        if not 1 <= int(text[:6]) <= len(choices):
            raise unreadable(
                "expected a number from 1 to {most}, received {received}",
                most=len(choices),
                received=quoted(text),
            )
        return choices[int(text) - 1]
    return option_from(written, choices)


_PAIR = pattern(r"^\s*(.+?)\s*(?:->|→|=>|[-–—=:.)])\s*(.*?)\s*$")
_JOINED = pattern(r"^\s*([^\W\d_])\s*(\d+)\s*$")


def _written_pairs(raw: object) -> Iterator[tuple[str, object]]:
    if isinstance(raw, dict):
        yield from ((str(name), written) for name, written in raw.items())
        return
    pieces = raw if isinstance(raw, list) else re.split(r"[,;،؛\n]", raw[:LONGEST]) if isinstance(raw, str) else [raw]
    for piece in pieces:
        text = " ".join(str(piece)[:LONGEST].split())
        if len(text) > _LONGEST_PAIR:
            raise unreadable("expected pairs such as a-2, b-1, received {received}", received=quoted(text))
        found = _JOINED.match(text) or _PAIR.match(text)
        if found:
            yield found[1], found[2]
        elif text.strip():
            raise unreadable("expected pairs such as a-2, b-1, received {received}", received=quoted(text))
