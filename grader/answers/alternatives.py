"""What stands beside an option: a reason for it, or another option."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from grader.answers.characters import fold
from grader.patterns import pattern

_LINKS = frozenset(
    fold(
        "or and maybe perhaps possibly also but could might may be too wait actually then even either both & / + vs "
        "oder und vielleicht auch aber ou et peut-être quizás или и یا و شاید"
    ).split()
)
"""Words between two options."""
_DOUBTS = pattern(
    fold(
        r"(?:but\s+|and\s+)?(?:or|maybe|perhaps|possibly|oder|vielleicht|ou|peut-être|quizás|или|یا|شاید)\s+\S|"
        r"(?:(?:is|are)\s+)?(?:not|wrong|false|incorrect|falsch|faux)$"
    )
)
_AFTER = frozenset({"or", "and", "too", "also", "for", "if", "when", "in", "as", "is"})
"""Words after an option that is named, not described: `but false for n = 1`, unlike `and no padding`."""
_ENDS = tuple(",;:.)?!")
_AROUND = " ,;:.()[]?!-–—"
_WITH = pattern(r"\b(?:w/(?!o\b)|plus\b)|(?<=[^\W_]{2})\s*\+\s*(?=[^\W_]{2})")
_WORD = pattern(r"[^\W_]+")
_SMALL = frozenset({"a", "an", "the"})
_MOST_WORDS = 40
"""Options further behind are not looked for."""


def spelled_out(text: str) -> list[str]:
    """The words of a text without punctuation and articles, and without a `with` between two of them.

    >>> spelled_out("sgd (with momentum)"), spelled_out("sgd + momentum"), spelled_out("with bias")
    (['sgd', 'momentum'], ['sgd', 'momentum'], ['with', 'bias'])
    """
    words = [word for word in _WORD.findall(_WITH.sub(" with ", text)) if word not in _SMALL]
    return [word for at, word in enumerate(words) if word != "with" or not at]


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
            return None
        ended = end == len(words) or words[end - 1].endswith(_ENDS) or words[end].strip(_AROUND) in _AFTER
        if named != own and linked and ended:
            return named
        found = found if named == own else named
        at, linked = end, False
    return found
