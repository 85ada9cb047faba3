"""The words of an option beside those that a student writes, and what may follow an option: a reason, or another one.

Options are also compared as numbers, and as formulas without blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache

from grader.answers.characters import fold
from grader.patterns import pattern

_LINKS = frozenset(
    fold(
        "or and maybe perhaps possibly also but could might may be too wait actually then even either both & / + vs "
        "sorry correction corrected edit = ≠ i mean meant instead changed to scratch that korrektur "
        "oder und vielleicht auch aber ou et peut-être quizás или и یا و شاید"
    ).split()
)
"""Words between two options."""
_ALSO = frozenset({"also", "too", "equally", "both", "auch", "aussi"})
"""Words that let another option hold as well, wherever they stand."""
_DOUBTS = pattern(
    fold(
        r"(?:but\s+|and\s+)?(?:or|maybe|perhaps|possibly|oder|vielleicht|ou|peut-être|quizás|или|یا|شاید)\s+\S|"
        r"only\s+(?:for|if|when)\b|(?:(?:is|are)\s+)?(?:not|no|nope|wrong|false|incorrect|falsch|nein|"
        r"faux|non|نیست|نه|خیر|(?:غلط|اشتباه|نادرست)(?: است)?)$"
    )
)
_LIMITED = pattern(fold(r"\bonly\s+(?:for|if|when)\b|(?:فقط|تنها)\s+(?:اگر|وقتی|برای)"))
_AFTER = frozenset({"or", "and", "too", "also", "for", "if", "when", "in", "as", "is"})
"""Words after an option that is named, not described: `but false for n = 1`, unlike `and no padding`."""
_DENIALS = frozenset({"not", "no", "never", "nor", "nicht", "kein", "keine", "pas", "не", "نه"})
"""Words after which options are named that do not hold: `A, B, but not C` leaves A and B."""
DENIED = frozenset(
    fold(
        "not no never neither nor except without rather instead than or but wrong false incorrect untrue maybe perhaps "
        "sometimes less half partly partially mostly almost nearly hardly barely non quasi semi pseudo anti un nicht "
        "kein keine nie niemals fast teilweise pas jamais presque nunca casi не нет почти نیست تقریبا falsch faux "
        "incorrect değil yanlış ليس नहीं गलत 不是 错误 anything least most more twice opposite inverse derivative "
        "gradient hard leaky log like may might could minus plus times rarely seldom unless kaum selten rarement "
        "نه خیر نمی نمیشود نمیباشد نباشد نبود غلط اشتباه نادرست جز بجز غیر مگر هیچ خلاف مخالف برعکس یا شاید گاهی معکوس "
        "وارون مشتق گرادیان"
    ).split()
)
"""Words that change the meaning of a statement with an option in it."""
_HOLDS = frozenset({"would", "could", "can", "may", "might", "works", "work", "does", "holds", "fits", "helps"})
_ENDS = tuple(",;:.)?!")
_AROUND = " ,;:.()[]?!-–—"
_WITH = pattern(r"\b(?:w/(?!o\b)|plus\b)|(?<=[^\W_]{2})\s*\+\s*(?=[^\W_]{2})")
_WORD = pattern(r"[^\W_]+")
_SMALL = frozenset({"a", "an", "the"})
_ENDING = pattern(r"(?:ing|ed|es|s|e|d)$")
_SHORTEST_STEM = 5
_MOST_VERB_WORDS = 4
_MOST_WORDS = 40
"""Options further behind are not looked for."""


@lru_cache(2_000)
def normal(text: str) -> str:
    """A text normalised for comparison: without case, blanks, quotes, emphasis and a final full stop."""
    folded = fold(text.casefold()).strip(" !*_\"'`\n\t").casefold().rstrip(" .!*_\"'")
    folded = folded if re.match(r"\.\d", folded) else folded.lstrip(".")
    return " ".join((folded.replace("n't", " not") if "n't" in folded else folded).split())


def spelled_out(text: str) -> list[str]:
    """The words of a text without punctuation and articles, and without a `with` between two of them.

    >>> spelled_out("sgd (with momentum)"), spelled_out("sgd + momentum"), spelled_out("with bias")
    (['sgd', 'momentum'], ['sgd', 'momentum'], ['with', 'bias'])
    """
    words = [word for word in _WORD.findall(_WITH.sub(" with ", text)) if word not in _SMALL]
    return [word for at, word in enumerate(words) if word != "with" or not at]


def limited(text: str) -> bool:
    """Whether a text says that an option holds under a condition, `convex only for w > 0`."""
    return _LIMITED.search(text) is not None


def of_words(option: str) -> bool:
    """Whether an option is words, so that punctuation between them means nothing."""
    return all(len(word) > 1 and word[0].isalpha() for word in _WORD.findall(option)) and not re.search(
        r"[=<>^*]", option
    )


def longer(words: Sequence[str], option: int, choices: Sequence[Sequence[str]]) -> int | None:
    """The option that begins with all words of a given one, and which `words` begin with; None where there is none."""
    own = choices[option]
    for index, other in enumerate(choices):
        if len(other) > len(own) and other[: len(own)] == own and words[: len(other)] == other:
            return index
    return None


def longer_within(text: str, option: int, choices: Sequence[str]) -> bool:
    """Whether a text has the words of an option that begins with the words of a given one."""
    words, spelled = spelled_out(text), [spelled_out(choice) for choice in choices]
    return any(longer(words[at:], option, spelled) is not None for at in range(len(words)))


def inflected(text: str, choices: Sequence[str]) -> int | None:
    """The only option of one word whose stem ends a text of few words; None where there is none.

    >>> inflected("it will decrease", ["increases", "decreases"]), inflected("it overfits", ["overfitting", "fits"])
    (1, 0)
    """
    words = _WORD.findall(text)
    if not 0 < len(words) <= _MOST_VERB_WORDS:
        return None
    stems, spelled = [_stem(word) for word in words], [_stem(choice) for choice in choices]
    same = [index for index, stem in enumerate(spelled) if len(stem) >= _SHORTEST_STEM and stem == stems[-1]]
    return same[0] if len(same) == 1 and not set(stems[:-1]) & set(spelled) else None


def _stem(word: str) -> str:
    """A verb without its ending.

    >>> [_stem(word) for word in ("decreases", "decreased", "overfits", "overfitting")]
    ['decreas', 'decreas', 'overfit', 'overfit']
    """
    stem = _ENDING.sub("", word)
    return stem[:-1] if stem[-2:-1] == stem[-1:] and stem[-1:] in "bdgmnprt" else stem


def doubted(rest: str) -> bool:
    """Whether what follows an option begins with an alternative, or only denies it.

    >>> doubted("or something else"), doubted("because it is")
    (True, False)
    """
    return _DOUBTS.match(rest.rstrip(_AROUND)) is not None


def another(rest: str, own: int, name: Callable[[str], int | None], most: int = 1) -> int | None:
    """Another option than `own` that the words after it name: after `or` and the like, or as nothing but options.

    `name` is the option of a text of at most `most` words.

    >>> names = {"a": 0, "b": 1, "no": 2}
    >>> another("or b", 0, names.get), another("b is wrong", 0, names.get), another("and no padding", 0, names.get)
    (1, None, None)
    """
    words = rest.split()[:_MOST_WORDS]
    if any(word.strip(_AROUND) in _ALSO for word in words):
        for start, end in ((at, at + count) for count in range(most, 0, -1) for at in range(len(words) - count + 1)):
            named = name(" ".join(words[start:end]).strip(_AROUND))
            if named not in (None, own) and _ended(words, end, _AFTER | _ALSO | _HOLDS):
                return named
    at, linked, found = 0, False, None
    while at < len(words):
        if words[at].strip(_AROUND) in _LINKS:
            at, linked = at + 1, True
            continue
        for end in range(min(len(words), at + most), at, -1):
            named = name(" ".join(words[at:end]).strip(_AROUND))
            if named is not None:
                break
        else:
            return found if words[at].strip(_AROUND) in _DENIALS else None
        if named != own and linked and _ended(words, end, _AFTER):
            return named
        found = found if named == own else named
        at, linked = end, False
    return found


def _ended(words: Sequence[str], end: int, after: frozenset[str]) -> bool:
    """Whether an option that ends before the word at `end` is named, and not described by that word."""
    return end == len(words) or words[end - 1].endswith(_ENDS) or words[end].strip(_AROUND) in after


def numeric(text: str) -> tuple[Decimal, ...] | None:
    """A number or a shape as numbers, in any spelling; None for words."""
    pieces = [piece for piece in re.split(r"\s*(?:[x×*,]|\s)\s*", text.strip("()[] ")) if piece]
    try:
        return tuple(Decimal(piece).normalize() for piece in pieces) if 0 < len(pieces) <= 12 else None
    except ArithmeticError:  # not a number, or out of bounds
        return None


def bare(text: str) -> str | None:
    """A formula without blanks and brackets, which identifies an option if no two are then alike."""
    return re.sub(r"[\s()\[\]*]", "", text) if re.search(r"\w\s?[-+/^=*)]", text) else None


def other_formula(text: str, option: str) -> bool:
    """Whether an option is a formula that a text has the letters of, but not by itself: `o(n*n)` for `o(n)`.

    >>> other_formula("o(n*n)", "o(n)"), other_formula("linear: o(n)", "o(n)"), other_formula("max of all", "max")
    (True, False, False)
    """
    if of_words(option) or not re.search(r"[()^*/+=]", option):
        return False
    inside = r"\s*".join(map(re.escape, "".join(option.split())))
    return re.search(rf"(?<![\w*/^+-])(?<![*/^+-]\s){inside}(?!\s?[*/^+-]|\w|\()", text) is None
