"""One option as students name it: by letter, text, number, or yes and no, among words or before a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from grader.answers.characters import fold
from grader.answers.option_words import (
    DENIED,
    NO,
    QUALIFIED,
    YES,
    another,
    bare,
    calculated_with,
    doubted,
    inflected,
    joined,
    limited,
    longer,
    longer_within,
    normal,
    numeric,
    of_words,
    other_formula,
    refuted,
    spelled_out,
)
from grader.answers.pasted import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.answers.sayings import refuse_denied, signed_away
from grader.errors import UnreadableError
from grader.patterns import pattern

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PERSIAN_LETTERS = ("الف", "ب", "ج", "د", "ه", "و", "ز", "ح", "ط", "ی")
"""Persian options are lettered in the order of the abjad."""


def with_letter(option: Any, choices: Sequence[str]) -> Any:
    """An option after its letter; anything else unchanged.

    >>> with_letter("7x7", ["5x5", "7x7"]), with_letter("9x9", ["5x5", "7x7"])
    ('B. 7x7', '9x9')
    """
    return f"{letter(choices.index(option))}. {option}" if option in choices else option


_NAMED = pattern(
    r"^(?:(?:the |my )?(?:correct |right |final )?(?:option|choice|answer|ans|opt)s?(?: is| are)?|only|just|"
    r"i(?:'d| would| will|'ll)? (?:choose|chose|pick|think|believe|guess|say|go (?:for|with)|take)|its|it's|that's|"
    r"(?:it|this|that|the statement|this statement) is|(?:correct|final|selected|chosen)(?=:)|"
    r"c'est|es la|richtig ist|opción|"
    r"(?:گزین(?:ه|\u06c0)|مورد|پاسخ|جواب)(?:\u0654| ?ی)?(?: ما)?(?: (?:میشود|میشه|برابر است با))?|antwort|"
    r"lösung|réponse|respuesta|ответ|答案是?|[我应故]?(?:选择|选项?|選))(?:\s*[:.]\s*|\s+|(?<=[选项選择案是]))(?=\S)|\s*选项$"
)
"""Words before an option: `the answer is`, `option`."""
_CALLED_RIGHT = pattern(
    r"^(.+?)\s(?:(?:درست|صحیح)(?:\sاست)?$|(?:is|ist|est)\s(?:the\s)?(?:correct|right|true|richtig)(?:\s(?:one|answer|option|choice))?$)"
)
_LETTERED = pattern(r"^[(\[]?\s*([a-z]|" + "|".join(PERSIAN_LETTERS) + r")\s*(?:[).:\]]|$)\s*(.*)$", re.DOTALL)
_BEHIND = pattern(r"\s*(?:[,;:.!(\n]|\s[-–—]\s|\bbecause\b|\bsince\b|\bas\b(?!\swell\b)|\bweil\b|زیرا|چون)")
_MARKS = pattern(r"^(?:[-*•]\s+)?(?:\[\s?[xX✓✔]\s?\]\s*|[☑✓✔✅]\s*)?")
_CHECKED = pattern(r"(?<=\S)\s*[☑✓✔✅]\s*$")
_NO_WAIT = pattern(
    r"\b(?:no|nein|non)\W{1,3}(?=wait|actually|sorry|correction|i mean)|^(?:no|nein|non), (?!\w+ (?:is|has)\b)"
)
_CONCLUDES = pattern(r"\s*(?:→|⟹|=|,?\s\b(?:so|hence|therefore|thus)\b:?)\s*")
_WORD = pattern(r"[\u0900-\u097f]+|[^\W_]+")
"""A word; in Devanagari, with its vowel signs."""
_LATEX = pattern(r"\\[A-Za-z]|\$")
LONGEST = 2_000
_SMALL = frozenset({"it", "is", "they", "are", "this", "the", "a", "an"})
_MOST_BESIDE = 4
"""How many words may surround an option's text."""
_SHORT_OPTION = 3
"""An option of at most as many letters is looked for only at either end of a text."""


def letter(index: int) -> str:
    """The letter of an option, as sheets, templates and reports write it."""
    return LETTERS[index] if index < len(LETTERS) else str(index + 1)


def lettered(choices: Sequence[str]) -> str:
    """The options with their letters.

    >>> lettered(["5x5", "7x7"])
    'A. 5x5; B. 7x7'
    """
    return "; ".join(f"{letter(index)}. {choice}" for index, choice in enumerate(choices))


def check_length(raw: object) -> None:
    """Refuse a text too long to read to its end, which may contradict its beginning.

    Raises UnreadableError.
    """
    if isinstance(raw, str) and len(raw.strip()) > LONGEST:
        raise unreadable(
            "expected one or more of the options in at most {most:,} characters, received {count:,}",
            most=LONGEST,
            count=len(raw.strip()),
        )


def option_index(written: str, choices: Sequence[str]) -> int | None:
    """Which option a text names; None where it names none.

    Raises UnreadableError where it names two.

    >>> option_index("(b)", ["5x5", "7x7"]), option_index("7 x 7", ["5x5", "7x7"]), option_index("c", ["5x5", "7x7"])
    (1, 1, None)
    >>> option_index("it shrinks", ["shrinks", "grows"]), option_index("it never shrinks", ["shrinks", "grows"])
    (0, None)
    """
    text = normal(_ticked(written[:LONGEST]))
    if signed_away(written) and not any(signed_away(one) and normal(one) == text for one in choices):
        return None
    for _ in range(4):
        whole = _whole(text, choices)
        if whole is not None:
            return whole
        right = _CALLED_RIGHT.match(text)
        if right and letter_index(right[1], choices) is not None:
            return letter_index(right[1], choices)
        shorter = _NAMED.sub("", text)
        if shorter == text:
            break
        text = normal(shorter)
    if found := _LETTERED.match(text):
        index, rest = _letter_or_text(found[1], choices), found[2]
        if index is not None:
            return _alone(index, rest, choices, written, rest)
    for reader in (_by_words, _with_reason, _concluded, _valued, _begun, _within, _inflected):
        index = reader(text, choices, written)
        if index is not None:
            return index
    first, _, rest = written.strip().partition("\n")
    return option_index(f"{first.rstrip('.')}; {' '.join(rest.split())}", choices) if rest else None


def _ticked(written: str) -> str:
    """The text without LaTeX, list bullet or ticked box; a single letter that looks Latin becomes Latin."""
    text = _CHECKED.sub("", _MARKS.sub("", written.strip()))
    if _LATEX.search(text):
        text = unlatex(text).strip()
    return fold(text) if len(text) == 1 else text


def _begun(text: str, choices: Sequence[str], _written: str) -> int | None:
    """The only option with this beginning, with words joined or shortened: `max pool` for max pooling."""
    begun = joined(text)
    if len(begun) < 4 or not re.search(r"[^\W\d_]{2}", text):
        return None
    same = [index for index, choice in enumerate(choices) if joined(normal(choice)).startswith(begun)]
    return same[0] if len(same) == 1 else None


def _inflected(text: str, choices: Sequence[str], _written: str) -> int | None:
    """The only option that is the last word of a text in another form, `it decreased` for decreases."""
    other = calculated_with(text) or QUALIFIED & set(_words(text))
    return None if other else inflected(text, [normal(choice) for choice in choices])


def _within(text: str, choices: Sequence[str], _written: str) -> int | None:
    """The only option whose text is among a few other words, or of which these are most of the words."""
    words = _words(text) if re.search(r"[^\W\d_]", text) and not limited(text) else []
    spelled = [_words(normal(choice)) for choice in choices]
    around = [index for index, option in enumerate(spelled) if _beside(words, option) is not None]
    if len(around) == 1 and len(choices[around[0]]) <= _SHORT_OPTION and choices[around[0]].isalpha():
        around = [index for index in around if spelled[index] in (words[:1], words[-1:])]  # not `sure, no problem`
    around = [index for index in around if not other_formula(text, normal(choices[index]))]
    around = [index for index in around if "^" not in text or "^" in choices[index]]  # not `sigmoid^-1`
    if len(around) == 1 and longer_within(text, around[0], [normal(choice) for choice in choices]):
        return None
    if len(around) == 1 and len(words) - len(spelled[around[0]]) <= _MOST_BESIDE:
        beside = _beside(words, spelled[around[0]]) or ()
        other = any(letter_index(word, choices) not in (None, around[0]) for word in beside)  # `B/tanh`
        worded = of_words(choices[around[0]])
        numbers = numeric(choices[around[0]]) and re.search(r"\d", " ".join(beside))
        changed = calculated_with(text) if worded else numbers
        unlike = (QUALIFIED if worded else DENIED) & set(beside)
        return None if other or changed or unlike else around[0]
    rests = [_beside(option, words) if 2 * len(words) >= len(option) else None for option in spelled]
    inside = [index for index, rest in enumerate(rests) if rest]
    telling = sum(map(len, words)) >= 4 or any(word[-1].isdigit() and word[0].isalpha() for word in words)
    sure = len(inside) == 1 and not around and telling and not DENIED & {*words, *(rests[inside[0]] or ())}
    return inside[0] if sure else None


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in _SMALL]


def _beside(words: list[str], few: list[str]) -> list[str] | None:
    """The words left when `few`, a consecutive run in `words`, is removed; None where it is not there."""
    count = len(few)
    if not "".join(few) or "".join(few).isdigit() or len("".join(few)) < 2:
        return None
    places = (at for at in range(len(words) - count + 1) if words[at : at + count] == few)
    return next(([*words[:at], *words[at + count :]] for at in places), None)


def _letter_or_text(text: str, choices: Sequence[str]) -> int | None:
    """The option of a letter, or the option whose text is that letter."""
    spelled = [normal(choice) for choice in choices]
    return spelled.index(text) if text in spelled else letter_index(text, choices)


def _with_reason(text: str, choices: Sequence[str], written: str) -> int | None:
    """An option before a reason that names no other option."""
    longest = max(map(len, choices), default=0) + 60
    for found in reversed(list(_BEHIND.finditer(text[:longest]))):
        head = normal(text[: found.start()])
        index = _whole(head, choices)
        if index is None:
            index = _by_words(head, choices, written)
        if index is None:
            index = letter_index(head, choices) if len(head) <= 4 else None
        if index is not None:
            return _alone(index, text[found.end() :], choices, written, text)
    return None


def _alone(index: int, rest: str, choices: Sequence[str], written: str, whole: str) -> int:
    """The option at the head of an answer, where `rest`, what follows it, names no other and does not offer one.

    `whole` is the text that may begin with the words of a longer option, `SGD, with momentum`.
    """
    behind = _NO_WAIT.sub("", normal(rest.lstrip(" ,;:)-–—")))
    other = _by_words(behind, choices, written)
    if other is None:
        other = longer(spelled_out(whole), index, [spelled_out(normal(choice)) for choice in choices])
    if other is None:
        most = max(len(choice.split()) for choice in choices) + 1
        other = another(behind, index, lambda text: _lettered_or_whole(normal(text), choices), most)
    if other is not None and other != index:
        raise _two(written, choices[index], choices[other])
    verdict = refuted(normal(rest.lstrip(" ,;:)-–—")))
    against = verdict is not None and _lettered_or_whole(verdict, choices) != index
    if against or (doubted(behind) and _lettered_or_whole(behind.rstrip(" ).!"), choices) != index):
        raise unreadable(
            "expected one of {allowed}, received {received}", allowed=", ".join(choices), received=quoted(written)
        )
    return index


def _lettered_or_whole(text: str, choices: Sequence[str]) -> int | None:
    index = _whole(text, choices)
    return letter_index(text, choices) if index is None else index


def _by_words(text: str, choices: Sequence[str], _written: str) -> int | None:
    """The option with the same words in the same order, with any punctuation between them."""
    words = spelled_out(text)
    same = [index for index, one in enumerate(choices) if of_words(one) and spelled_out(normal(one)) == words]
    return same[0] if len(same) == 1 else None


def _concluded(text: str, choices: Sequence[str], _written: str) -> int | None:
    """The option after a calculation: `(63 - 7)/2 + 1 = 29, so 29x29x32`."""
    steps = _CONCLUDES.split(text)
    last = normal(steps[-1])
    heads = [normal(step) for step in steps[:-1]]
    if not last or not heads or any(head.isalpha() or _whole(head, choices) is not None for head in heads if head):
        return None
    index = _whole(last, choices)
    return letter_index(last, choices) if index is None else index


def _two(written: str, one: str, other: str) -> UnreadableError:
    return unreadable(
        "expected one option, received {received}, which names {one} and {other}",
        received=quoted(written),
        one=repr(one),
        other=repr(other),
    )


def _whole(text: str, choices: Sequence[str]) -> int | None:
    """The option equal to the text: literally, as a number or shape, as a formula, or as yes or no."""
    spelled = [normal(choice) for choice in choices]
    if text in spelled:
        return spelled.index(text)
    for form in (numeric, bare):
        value = form(text)
        if value is not None:
            same = [index for index, choice in enumerate(spelled) if form(choice) == value]
            if len(same) == 1:
                return same[0]
    for words in (YES, NO):
        if text in words:
            same = [index for index, choice in enumerate(spelled) if choice in words]
            return same[0] if len(same) == 1 else None
    return None


def letter_index(text: str, choices: Sequence[str]) -> int | None:
    """The option with this letter, unless an option's own text is the letter of another one."""
    if any(normal(choice) in set(LETTERS[: len(choices)].casefold()) for choice in choices):
        return None
    index = (
        PERSIAN_LETTERS.index(text) if text in PERSIAN_LETTERS else LETTERS.find(text.upper()) if len(text) == 1 else -1
    )
    return index if 0 <= index < len(choices) else None


def _valued(text: str, choices: Sequence[str], _written: str) -> int | None:
    """The option equal to the number that a text states, `p = (7 - 1)/2 = 3`, where all options are numbers."""
    if not (re.search(r"\d", text) or text.isalpha()) or not all(re.match(r"[-+.]?\d[\d.,]*$", one) for one in choices):
        return None
    from grader.answers.numbers import number_from
    from grader.answers.spec import AnswerSpec

    whole = not any(re.search(r"[.,]\d{1,2}$|[.,]\d{4,}|^-?0?[.,]", choice) for choice in choices)
    spec = AnswerSpec("integer" if whole else "number", counts=whole)
    try:
        refuse_denied(text)
        number, *values = (number_from(written, spec) for written in (text, *choices))
    except UnreadableError:
        return None
    same = [index for index, one in enumerate(values) if number and one and number.value == one.value]
    return same[0] if len(same) == 1 else None


def option_from(raw: object, choices: Sequence[str]) -> str:
    """The option that a student chose.

    Raises UnreadableError where the answer names none of the options, or two.
    """
    allowed = ", ".join(choices)
    if isinstance(raw, bool):
        raw = "true" if raw else "false"
    if isinstance(raw, list) and all(isinstance(entry, int) for entry in raw):
        raw = "x".join(map(str, raw))
    if not isinstance(raw, str | int | Decimal):
        raise unreadable("expected one of {allowed}", allowed=allowed)
    check_length(raw)
    index = option_index(str(raw), choices)
    if index is None:
        raise unreadable("expected one of {allowed}, received {received}", allowed=allowed, received=quoted(str(raw)))
    return choices[index]
