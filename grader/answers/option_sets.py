"""Answers that choose several options: by letter, by text, as all but some, or with true or false for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.answers.option_words import NO, YES, normal
from grader.answers.options import check_length, letter_index, option_from, option_index
from grader.answers.phrases import DIVIDERS, NOTHING
from grader.answers.refusal import quoted, unreadable
from grader.errors import UnreadableError
from grader.patterns import pattern

_NONE = (
    NOTHING
    | {"هیچکدام", "هیچ کدام", "هیچیک", "هیچ یک", "هیچ گزینهای", "no option", "no options"}
    | {f"none {rest}" for rest in ("of them", "of the above", "of these", "are correct", "is correct", "are true")}
)
_EVERY = r"همه(?:\u0654|[\s\u200c]?ی)?(?:\s(?:موارد|گزینه[\s\u200c]?ها|آن[\s\u200c]?ها))?"
_ALL = pattern(
    rf"all(?: of (?:them|the above|these)| options)?|everything|{_EVERY}(?:\s(?:درست|صحیح)(?:\s(?:است|هستند|اند))?)?"
)
_SEPARATORS = pattern(
    rf"\s*(?:\bas well as\b|\bsowie\b|(?:[,;،؛]|\band\b)?\s*\b(?:also|auch)\b|{DIVIDERS}|[/、和]|\b[yи]\b)\s*"
)
_VERDICTS = "|".join(sorted((word for word in YES | NO if len(word) > 1 and " " not in word), key=len, reverse=True))
_CLAUSES = pattern(rf"\s*(?:[;\n]|(?<=[^\W_]{{2}}|.\ue001)\.\s|[.,\s]\s*(?=(?:{_VERDICTS})\s?:\s*\S))\s*")
_HEADED = pattern(rf"^({_VERDICTS})\s?:\s*(?=\S)")
"""A verdict before the options that it is on: `false: B, C`."""
_DENIED = pattern(r"^(?:but\s+)?not\s+(?=\S)")
_MORE = pattern(r"\.{2,}|…|\betc\b|\b(?:and|or)\s(?:more|others?|so on)\b")
"""Options that are not named, between two or behind the last."""
_BUT = pattern(
    r"^(?:(?:all|everything|every option|any)(?: of them| options)?\s+(?:but|except(?: for)?)|"
    rf"{_EVERY}\s+(?:به\s?جز|جز|(?:به\s)?غیر از|مگر))\s+(?=\S)"
)
_LEAD = pattern(
    r"^(?:both|only|just|options?|choices?|statements?|answers?|correct|true|"
    r"فقط|تنها|گزینه(?:[\s\u200c]?ها)?(?:[\s\u200c]?ی)?|موارد|مورد)\b(?:\s+(?:is|are))?[\s:]*(?=\S)"
)
_HOLD = pattern(
    r"\s+(?:only|فقط)$|\s+(?:درست|صحیح)(?:\s(?:است|هستند|اند))?$|"
    r"\s+(?:is|are|hold)(?:\s(?:both|all))?(?:\s(?:true|correct|right|ticked))?$|"
    r"(?:\s(?:is|are))?\s(?:true|correct|right|the correct ones?)$"
)
_FAIL = pattern(r"\s+(?:is|are)(?:\s(?:both|all))?\s(?:false|incorrect|wrong|not (?:true|correct|right))$")
_JUDGED = pattern(r"^(.+?)\s*(?:[:=–—-]|\bis\b|\()\s*([^\W\d_]{1,12}(?: [^\W\d_]{1,12})?)\)?$")
"""An option with its own verdict: `A: true`."""
_LEFT_OUT = pattern(r"[:=]\s*[-–—_0✗✘☐]\s*$")
"""A mark for an option that is not chosen, `B: -`."""
_LETTER_AND_VERDICT = pattern(r"\(?\b([a-z])\s?[).:=–-]*\s*([^\W\d_]{2,12}|\b[tfny]\b|[✓✔✗✘×*])(?=[\s,;.]|$)")
_TICK = r"\[\s?[xX✓✔]\s?\]|\(\s?[xX✓✔]\s?\)|[☑✓✔✅]"
_EMPTY = r"\[\s*\]|\(\s*\)|[☐□✗✘❌]"
_BOX = pattern(rf"(?P<tick>{_TICK})|{_EMPTY}")
_BULLETS = " \n\t-*•,;.:"
_REJECTED = pattern(
    r"\s*\(\s*(?:but\s+)?not\s+([^()]+)\)\s*$|(?:,|;|\bbut|\band|,\s*but)\s*\bnot\s+([^,;()]+)$", needs="n"
)
"""Options that are called wrong behind the right ones: `A, D (not B, C)`, `A and D, but not B`."""
_FOUND = "\ue000{}\ue001"
"""The placeholder for an option's text while an answer is split, because options may contain commas."""
_BRACKETED = pattern("\\(\\s*(\ue000\\d+\ue001)\\s*\\)$")
_PLACE = pattern("^(?:(.*?)[).:]?\\s*)?\ue000(\\d+)\ue001$")


def options_from(raw: object, choices: Sequence[str]) -> tuple[str, ...]:
    """The options that a student ticked, in the order of the question; an empty tuple for `none`.

    Raises UnreadableError if a piece of the answer names no option.

    >>> options_from("all but B", ["relu", "gelu", "tanh"]), options_from("A: true, B: false", ["relu", "gelu"])
    (('relu', 'tanh'), ('relu',))
    """
    if isinstance(raw, list):
        ticked = {option_from(entry, choices) for entry in raw}
    elif not isinstance(raw, str):
        ticked = {option_from(raw, choices)}
    else:
        ticked = _ticked(raw, choices)
    return tuple(choice for choice in choices if choice in ticked)


def _ticked(raw: str, choices: Sequence[str]) -> set[str]:
    """The options that a text names."""
    check_length(raw)
    text = normal(raw)
    own = set(map(normal, choices))
    if text in own:
        return {choice for choice in choices if normal(choice) == text}
    if text in _NONE:
        return set()
    if _ALL.fullmatch(text):
        return set(choices)
    told = _judged_one_by_one(text, choices)
    if told is not None and (any(told.values()) or len(told) == len(choices)):
        return {choice for choice, true in told.items() if true}
    boxes = _boxes(raw, choices)
    if boxes is not None:
        return boxes
    told = {}
    for place, clause in enumerate(_clauses(raw, choices)):
        clause, rejected = _without_rejected(clause, choices, raw)
        told |= {choices[index]: False for index in rejected}
        headed, denied = _HEADED.match(clause), _DENIED.match(clause) if place else None
        lead = headed or denied
        clause = clause[lead.end() :] if lead else clause
        rest = _BUT.sub("", clause)
        claimed = _FAIL.sub("", rest)
        fails = claimed != rest or denied is not None or (headed is not None and headed[1] in NO)
        named = {choices[index]: true for index, true in _named(_HOLD.sub("", claimed), choices, raw)}
        if rest != clause:
            named = {choice: choice not in named for choice in choices}
        said = {choice: true and not fails for choice, true in named.items()}
        if any(told.get(choice, true) != true for choice, true in said.items()):
            raise _unnamed(raw, choices)
        told |= said
    if (
        not told
        or _MORE.search("".join(_clauses(raw, choices)))
        or (not any(told.values()) and len(told) < len(choices))
    ):
        raise _unnamed(raw, choices)  # if only false options are named, the rest are not necessarily true
    return {choice for choice, true in told.items() if true}


def _boxes(raw: str, choices: Sequence[str]) -> set[str] | None:
    """The options of a list with ticked and empty boxes, before or behind each; None for anything else.

    Raises UnreadableError where a box has no option of its own, or none is ticked.
    """
    marks = list(_BOX.finditer(raw))
    if all(mark["tick"] for mark in marks):
        return None
    ahead = not raw[: marks[0].start()].strip(_BULLETS)
    starts = [mark.end() for mark in marks] if ahead else [0, *(mark.end() for mark in marks[:-1])]
    ends = [*(mark.start() for mark in marks[1:]), len(raw)] if ahead else [mark.start() for mark in marks]
    named = [option_index(raw[start:end].strip(_BULLETS), choices) for start, end in zip(starts, ends, strict=True)]
    ticked = {choices[at] for at, mark in zip(named, marks, strict=True) if mark["tick"] and at is not None}
    left = "" if ahead else raw[marks[-1].end() :].strip(_BULLETS)
    if None in named or len(set(named)) < len(named) or left or not ticked:
        raise _unnamed(raw, choices)
    return ticked


def _without_rejected(clause: str, choices: Sequence[str], raw: str) -> tuple[str, set[int]]:
    """A clause without the options that it calls wrong at its end, and their positions."""
    found = _REJECTED.search(clause)
    head = clause[: found.start()].strip(" ,;") if found else ""
    if not found or not head:
        return clause, set()
    pieces = re.split(r"\s*(?:,|\b(?:or|nor|and)\b|/)\s*", found[1] or found[2])
    named = [_place(re.sub(r"^(?:not|n?either)\s+", "", piece), choices, raw) for piece in pieces if piece.strip()]
    indices = {index for index in named if index is not None}
    return (head, indices) if None not in named and named else (clause, set())


def _judged_one_by_one(text: str, choices: Sequence[str]) -> dict[str, bool] | None:
    """The options with their verdicts, given after each letter or for all in order: `a) true b) false`, `T, F`."""
    found = [] if set(text) <= {"t", "f"} else _LETTER_AND_VERDICT.findall(text)
    places = [letter_index(letter, choices) for letter, _ in found]
    if found and None not in places and not _LETTER_AND_VERDICT.sub("", text).strip(" ,;.\n"):
        verdicts = [_verdict(word) for _, word in found]
    else:
        words = list(text) if set(text) <= {"t", "f"} else [word for word in re.split(r"[\s,;/]+", text) if word]
        places, verdicts = list(range(len(choices))), [_verdict(word) for word in words]
    if None in places or None in verdicts or len(places) != len(verdicts) or len(set(places)) < len(places):
        return None
    return {choices[place]: bool(true) for place, true in zip(places, verdicts, strict=True) if place is not None}


def _verdict(word: str) -> bool | None:
    """Whether a word calls an option true; None for other words."""
    return True if word in YES | {"✓", "✔"} else False if word in NO | {"✗", "✘", "×", "*"} else None


def _unnamed(raw: str, choices: Sequence[str]) -> UnreadableError:
    return unreadable(
        "expected some of {allowed}, or none, received {received}", allowed=", ".join(choices), received=quoted(raw)
    )


def _clauses(raw: str, choices: Sequence[str]) -> Iterator[str]:
    """The lines and sentences of an answer, with option texts replaced by their positions."""
    lines = [" ".join(line.split()) for line in raw.split("\n")]
    text = "\n".join(line.casefold() for line in lines if line)
    longest = sorted(range(len(choices)), key=lambda index: -len(choices[index]))
    for index in longest:
        option = re.escape(" ".join(choices[index].casefold().split()).rstrip("."))
        if len(choices[index]) > 1:
            text = re.sub(rf"(?<!\w){option}(?!\w)\.?", _FOUND.format(index), text)
    yield from filter(None, (clause.strip() for clause in _CLAUSES.split(text)))


def _named(clause: str, choices: Sequence[str], raw: str) -> Iterator[tuple[int, bool]]:
    """The positions of the options in one clause, and whether each is called true."""
    shorter = _LEAD.sub("", clause)
    while shorter != clause:
        clause, shorter = shorter, _LEAD.sub("", shorter)
    for piece in dict.fromkeys(_pieces(clause, choices)):
        if _LEFT_OUT.search(piece):
            raise _unnamed(raw, choices)
        judged = _JUDGED.match(piece)
        verdict = normal(judged[2]) if judged else ""
        told = verdict in YES or verdict in NO
        index = _place(judged[1] if judged and told else piece, choices, raw)
        if index is None:
            raise _unnamed(raw, choices)
        yield index, verdict not in NO


def _place(piece: str, choices: Sequence[str], raw: str) -> int | None:
    """The position of the option that a piece names: by its text, its letter, or both."""
    found = _PLACE.match(_BRACKETED.sub(r"\1", piece.strip()))
    if not found:
        return None if "\ue000" in piece else option_index(piece, choices)
    index, before = int(found[2]), (found[1] or "").strip("-*•() [\t")
    if not before or before in ("x", "x]", "✓", "✔", "☑", "✅"):
        return index
    other = option_index(before, choices)
    return index if other == index else None if other is None else _two(raw, choices[index], choices[other])


def _two(raw: str, one: str, other: str) -> int:
    raise UnreadableError(
        unreadable(
            "expected one option, received {received}, which names {one} and {other}",
            received=quoted(raw),
            one=repr(one),
            other=repr(other),
        ).said
    )


def _split_outside_brackets(text: str) -> list[str]:
    """The pieces between separators that are in no round bracket, `A, D (B and C saturate)`."""
    level, levels = 0, []
    for char in text:
        level += (char == "(") - (char == ")")
        levels.append(level)
    if not levels or level or min(levels) < 0:
        return _SEPARATORS.split(text)
    if len(text) > 2 and min(levels[:-1]) > 0:
        return _split_outside_brackets(text[1:-1]) if text.count("(") == 1 else [text]
    pieces, start = [], 0
    for found in _SEPARATORS.finditer(text):
        if not levels[found.start()] and found.end() > found.start():
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def _pieces(text: str, choices: Sequence[str]) -> Iterator[str]:
    """The pieces between separators; `ACD`, `a c d` and `(a) (c) (d)` are split into letters."""
    compact = re.sub(r"[\s,.()\[\]]", "", text)
    single = all(letter_index(character, choices) is not None for character in compact)
    if compact and single and len(set(compact)) == len(compact):
        yield from compact
        return
    for piece in _split_outside_brackets(text.strip("[]{} ")):
        letters = piece.split()
        if len(letters) > 1 and all(letter_index(one, choices) is not None for one in letters):
            yield from letters
        elif piece.strip(" ()"):
            yield piece
