"""Items matched by students: `a-2, b-1`, a table, lines, or the choices in the order of the items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from grader.answers.characters import fold
from grader.answers.option_words import normal
from grader.answers.options import LETTERS, PERSIAN_LETTERS, check_length, option_from, option_index
from grader.answers.pasted import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.errors import UnreadableError
from grader.patterns import pattern

_LONGEST_PAIR = 200
_PAIR = pattern(r"^\s*(.+?)\s*(?:->|→|=>|↔|⟷|[-–—=:.)])\s*(.*?)\s*$")
_BETWEEN = pattern(r"->|→|=>|↔|⟷|[-–—=:.(]")
_JOINED = pattern(r"^\s*([^\W\d_])\s*(\d+)\s*$")
_MARK = r"\s*(?:\)|\])?\s*(?:-?>|→|↔|⟷|[-–—=:.,)|]|\s)[-=>\s|]*"
_STEP = pattern(r"\s*(?:[-=]+>|→|⇒|[,;،؛\n]?\s*\bthen\b|[,;،؛\n])\s*")
_STEP_IN_WORDS = pattern(
    r"\s*(?:→|[-=]+>|[,;،؛\n]?\s*\b(?:(?:and\s+|und\s+|et\s+)?(?:then|finally|lastly|dann|puis|سپس)|and|und|et|"
    r"before|followed by|و)\b|[,;،؛\n])\s*|\s+(?=\d{1,2}[.):]\s)"
)
_DASHES = pattern(r"\s*[-–—/|]\s*")
_ORDER = pattern(
    fold(r"^\s*(?:the\s)?(?:correct\s|right\s)?(?:order|sequence|reihenfolge|ordre|orden|ترتیب)(?:\sis)?\s*[:=]?\s+"),
    re.IGNORECASE,
)
_BULLET = pattern(r"^\(?(\d{1,2})[.):]\s*")
_ARROW = pattern(r"[⇒⟹⟶⇔⟺↦]|\s~\s|(?<=\w)~(?=\w)")
_UNEQUAL = pattern(r"!=|≠|<>|¬|↛|≁")
_VERB = fold(r"is|are|with|matches(?:\swith)?|(?:goes|pairs)\swith|belongs\sto|to|ist|est|با|مربوط\sبه")
_LED_BY = pattern(r"^(?:[-–—]\s|[\s=:→>])+(?=\S)")
_NUMBER_AND_TEXT = pattern(r"([1-9]\d?)\s*[-–—:.)(]\s*(\D.*)")
_FIRST_WORD = pattern(r"(\w+)\s*[\s().:-]\s*(.+?)[()]?")
_LAST_WORD = pattern(r"(.+?)\s*[\s(:-]\s*(\w+)[()]?")
_ORDINALS = tuple(
    fold(words).casefold().split()
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth",
        "erste zweite dritte vierte fünfte sechste",
        "premier deuxième troisième quatrième cinquième sixième",
        "اول دوم سوم چهارم پنجم ششم هفتم هشتم",
    )
)
_AROUND = " ,;،؛|()[]{}\n\t."


def pairs_from(
    raw: object, items: Sequence[str], choices: Sequence[str], texts: Sequence[str] = ()
) -> tuple[str | None, ...]:
    """The choice matched with each item, None where there is none; choices are numbered from 1.

    `texts` are the items' texts, which a student may write instead of their names.

    Raises UnreadableError for an unknown item or choice, and for an item with two choices.

    >>> pairs_from("a-2, b-1", ["a", "b"], ["pooling", "convolution"])
    ('convolution', 'pooling')
    >>> pairs_from("Sobel: edges; Gauss: blur", ["a", "b"], ["blur", "edges"], ["Sobel", "Gauss"])
    ('edges', 'blur')
    """
    found: dict[str, str] = {}
    for name, written in _written_pairs(raw, items, choices, texts):
        item = _item(name, items, texts)
        if item is None and isinstance(written, str) and _item(written, items, texts) is not None:
            name, written = written, name  # `1-a`
            item = _item(name, items, texts)
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


def _item(name: str, items: Sequence[str], texts: Sequence[str]) -> str | None:
    """The item with this name or text."""
    written = normal(name.strip("() "))
    known = {normal(text): item for item, text in zip(items, texts, strict=False)} | {normal(i): i for i in items}
    if list(items) == list(LETTERS[: len(items)].lower()):  # `الف-۲` for a-2
        known = dict(zip(map(normal, PERSIAN_LETTERS), items, strict=False)) | known
    return known.get(written) or _named_twice(written, known)


def _named_twice(written: str, known: Mapping[str, str]) -> str | None:
    """The item that a text names by its name and its text, `a (Sobel`, `Sobel (a`; None for anything else."""
    for found in (_FIRST_WORD.fullmatch(written), _LAST_WORD.fullmatch(written)):
        named = known.get(found[1]) if found else None
        if found and named and known.get(found[2]) == named:
            return named
    return None


def _numbered(written: object, choices: Sequence[str]) -> str:
    written = _LED_BY.sub("", written) if isinstance(written, str) else written
    text = fold(str(written)).strip(" .()")
    both = _NUMBER_AND_TEXT.fullmatch(text)
    if both and int(both[1]) <= len(choices) and option_index(both[2], choices) == int(both[1]) - 1:
        return choices[int(both[1]) - 1]  # `2 - edges`
    if text.isascii() and text.isdigit() and text not in map(normal, choices):
        if not 1 <= int(text[:6]) <= len(choices):
            raise unreadable(
                "expected a number from 1 to {most}, received {received}",
                most=len(choices),
                received=quoted(text),
            )
        return choices[int(text) - 1]
    return option_from(written, choices)


def _written_pairs(
    raw: object, items: Sequence[str], choices: Sequence[str], texts: Sequence[str]
) -> Iterator[tuple[str, object]]:
    if isinstance(raw, dict):
        yield from ((str(name), written) for name, written in raw.items())
        return
    if isinstance(raw, str):
        check_length(raw)
        raw = _plain(raw, items, texts)
    ranked = _ranked(raw, items, choices, texts)
    if ranked is not None:
        yield from zip(ranked, choices, strict=True)
        return
    if isinstance(raw, str):
        marked = _marked(raw, items, texts)
        if marked:
            yield from marked
            return
    alone = _in_order(raw, items, choices, texts)
    if alone is not None:
        yield from zip(items, alone, strict=True)
        return
    pieces = raw if isinstance(raw, list) else re.split(r"[,;،؛\n]", raw) if isinstance(raw, str) else [raw]
    words = raw.split() if isinstance(raw, str) and len(pieces) == 1 else []
    if len(words) == len(items) and all(_item_behind(word, items, texts) for word in words):
        pieces = words  # `2→a 1→b`
    for piece in pieces:
        text = " ".join(str(piece).split())
        if len(text) > _LONGEST_PAIR:
            raise unreadable("expected pairs such as a-2, b-1, received {received}", received=quoted(text))
        found = _JOINED.match(text) or _PAIR.match(text)
        behind = _item_behind(text, items, texts) if not found or _item(found[1], items, texts) is None else None
        if behind:
            yield behind
        elif found:
            yield found[1], found[2]
        elif text.strip():
            raise unreadable("expected pairs such as a-2, b-1, received {received}", received=quoted(text))


def _plain(raw: str, items: Sequence[str], texts: Sequence[str]) -> str:
    """A text with one sign for arrows and for the verb behind an item, `a is 2`, and a comma for `and` before one.

    Raises:
        UnreadableError: a sign that parts an item from a choice, `a != 2`.
    """
    raw = unlatex(raw)
    if _UNEQUAL.search(raw):
        raise unreadable("expected pairs such as a-2, b-1, received {received}", received=quoted(raw))
    known = "|".join(re.escape(name) for name in sorted({*items, *texts}, key=len, reverse=True))
    text = re.sub(
        rf"(?<![^\W_])({known})\s+(?:{_VERB})\s+(?=\S)", r"\1 → ", _ARROW.sub(" → ", raw), flags=re.IGNORECASE
    )
    return re.sub(rf"(?<=\w)\s+(?:and|und|et|و|&)\s+(?=\(?(?:{known})\s?[-–—=:→)])", ", ", text, flags=re.IGNORECASE)


def _item_behind(text: str, items: Sequence[str], texts: Sequence[str]) -> tuple[str, str] | None:
    """An item and the choice before it, `blur = Gauss` or `blur (Gauss)`; None where no item is at the end."""
    for found in _BETWEEN.finditer(text):
        item, choice = text[found.end() :].strip(" -=>"), text[: found.start()].strip()
        if choice and item and _item(item, items, texts) is not None:
            return item, choice
    return None


def _in_order(raw: object, items: Sequence[str], choices: Sequence[str], texts: Sequence[str] = ()) -> list[str] | None:
    """Choices only, one for each item in order: `1, 2, 3`; None for anything else."""
    if isinstance(raw, str):
        written = [piece for piece in re.split(r"[,;،؛\n]", fold(raw).strip(_AROUND)) if piece.strip()]
        if len(written) == 1 and len(items) > 1:
            written = written[0].split()
        if len(written) == 1 and len(written[0]) == len(items) and written[0].isdigit():
            written = list(written[0])
    else:
        written = [str(piece) for piece in raw] if isinstance(raw, list) else []
    if len(written) != len(items) or any(len(piece) > _LONGEST_PAIR for piece in written):
        return None
    pairs = [found for piece in written if (found := _JOINED.match(piece) or _PAIR.match(piece))]
    if any(_item(found[1], items, texts if "(" in found[1] else ()) is not None for found in pairs):
        return None
    if any(_item_behind(piece, items, texts) for piece in written):
        return None
    try:
        named = [piece for piece in written if _is_choice(piece, choices)]
    except UnreadableError:
        return None
    return written if len(named) == len(items) else None


def _ranked(raw: object, items: Sequence[str], choices: Sequence[str], texts: Sequence[str]) -> list[str] | None:
    """All items, each once, in the order that the choices stand for, `b, d, c, a`; None for anything else.

    The choices must be an order, such as first, second, third.
    """
    if len(choices) != len(items) or not all(_says_place(choice, at) for at, choice in enumerate(choices, 1)):
        return None
    if isinstance(raw, str):
        check_length(raw)
        text = _ORDER.sub("", fold(raw)).strip(_AROUND)
        ways = [
            [piece for piece in step.split(text) if piece.strip(_AROUND)] for step in (_STEP, _STEP_IN_WORDS, _DASHES)
        ]
        if len(ways[0]) == 1:
            ways.append(text.split() if " " in text else list(text))
    else:
        ways = [[str(piece) for piece in raw]] if isinstance(raw, list) else []
    orders = (_each_once(written, items, texts) for written in ways)
    return next((order for order in orders if order is not None), None)


def _each_once(written: Sequence[str], items: Sequence[str], texts: Sequence[str]) -> list[str] | None:
    """The items that the pieces name, each once; None where they do not, or are numbered otherwise than in order."""
    if len(written) != len(items):
        return None
    bullets = [_BULLET.match(piece.strip(_AROUND)) for piece in written]
    if any(bullet and int(bullet[1]) != place for place, bullet in enumerate(bullets, 1)):
        return None
    found = [_item(_BULLET.sub("", piece.strip(_AROUND)), items, texts) for piece in written]
    named = [item for item in found if item is not None]
    return named if len(named) == len(items) == len(set(named)) else None


def _says_place(choice: str, place: int) -> bool:
    """Whether a choice is the place of this number in an order: `first`, `2nd`, `step 3`, `چهارم`."""
    numbers = re.findall(r"\d+", fold(choice))
    if numbers:
        return numbers == [str(place)]
    words = re.findall(r"[^\W\d_]+", fold(choice).casefold())
    return any(place <= len(ordinals) and ordinals[place - 1] in words for ordinals in _ORDINALS)


def _is_choice(written: str, choices: Sequence[str]) -> bool:
    text = fold(written).strip(" .()")
    if text.isascii() and text.isdigit():
        return 1 <= int(text[:6]) <= len(choices)
    return len(text) > 1 and option_index(written, choices) is not None


def _marked(raw: str, items: Sequence[str], texts: Sequence[str]) -> list[tuple[str, object]]:
    """The text after each item's name or text, up to the next: `a) 1 b) 2`, `| a | 1 |`; empty otherwise."""
    names = sorted({*items, *texts}, key=len, reverse=True)
    known = "|".join(re.escape(name) for name in names)
    marks = list(re.finditer(rf"(?<![^\W_])\(?({known})(?:{_MARK}|(?=\d))(?=\S)", raw, re.IGNORECASE))
    if not marks or raw[: marks[0].start()].strip(_AROUND) or len(marks) > len(items):
        return []
    ends = [*(found.start() for found in marks[1:]), len(raw)]
    values = [raw[found.end() : end].strip(_AROUND) for found, end in zip(marks, ends, strict=True)]
    if any(not value or len(value) > _LONGEST_PAIR for value in values):
        return []
    loose = [not re.search(r"[^\s,]", raw[found.end(1) : found.end()]) for found in marks]
    if any(alone and not value[:1].isdigit() and len(value) < 2 for alone, value in zip(loose, values, strict=True)):
        return []  # `b, a`: letters of items or of choices: ambiguous
    return [(found[1], value) for found, value in zip(marks, values, strict=True)]
