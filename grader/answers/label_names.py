"""Which label a written name means, and the number in a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from grader.answers.remarks import words_change
from grader.answers.vocabulary import spellings
from grader.patterns import pattern

_ARTICLE = pattern(r"^(?:the|an?|der|die|das|la|le|el|new)\s+")
_DECORATION = pattern(
    r"[_ ]?(?:new|neu|next|old|hat)$|[_^]?\(*t\s?\+\s?1\)*$|['*]+$|\^\(\(\w{1,3}\)\)$|_?\d{1,2}$|\^[^\W\d]$"
)
_OF_VARIABLE = pattern(
    r"\(*[d∂]\s?[^\W\d_]{0,6}\)?\s?/\s?\(?[d∂]\s?(\w{1,12})\)*|(?:∇_?|grad(?:ient)? (?:of )?)(\w{1,12})"
)
_SYNONYMS = (
    ("mean", "mu", "μ", "average", "avg", "mittelwert", "moyenne", "media", "میانگین"),
    ("var", "variance", "σ2", "sigma2", "s2", "varianz", "varianza", "واریانس"),
    ("std", "sd", "σ", "sigma", "stdev", "stddev", "standarddeviation", "standardabweichung"),
)
_ENDING = pattern(r"(\D*?)[\s_^(\[{#]*(\d{1,4})[)\]}]*")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def placed(written: list[str], names: tuple[str, ...]) -> list[int | None]:
    """The positions among `names` of what was written, None for a name that fits none of them.

    A name may be spelled out (`true positives` for TP), shortened (`s` for stride), longer (`accuracy` for acc),
    decorated alike in all places (`w_new`, `b_new`), or stand among other words (`the mean value`); the
    strictest reading that places all counts.

    >>> placed(["P(B)", "p_a"], ("pa", "pb")), placed(["w'", "b'"], ("w", "b")), placed(["p", "s"], ("stride", "pad"))
    ([1, 0], [0, 1], [1, 0])
    """
    spelled = {form.casefold(): at for at, name in reversed(list(enumerate(names))) for form in spellings(name)}
    close = {_letters(form): at for form, at in reversed(spelled.items())}
    for group in _SYNONYMS:
        at = _only(close[word] for word in group if word in close)
        close |= {word: at for word in group if at is not None and word not in close}
    plain = [_ARTICLE.sub("", name.casefold().strip()) for name in written]
    alike = len({found and found[0] for found in map(_DECORATION.search, plain)}) == 1
    readers: tuple[Callable[[str], int | None], ...] = (
        lambda name: spelled.get(name, spelled.get(_initials(name))),
        lambda name: close.get(_letters(name)),
        lambda name: close.get(_letters(_DECORATION.sub("", name))) if alike else None,
        lambda name: _derivative(name, close),
        lambda name: _only(at for form, at in spelled.items() if _says(name, form)),
        lambda name: _only(at for form, at in spelled.items() if form.startswith(name)),
        lambda name: _only(at for form, at in spelled.items() if len(form) > 2 and name.startswith(form)),
    )
    best: list[int | None] = [None] * len(written)
    for read in readers:
        places = [read(name) for name in plain]
        if None not in places and len(set(places)) == len(places):
            return places
        best = [old if old is not None else new for old, new in zip(best, places, strict=True)]
    return best


def _says(name: str, form: str) -> bool:
    """Whether a name consists of words, one of them `form`, and none that changes the value: not `sigma squared`."""
    words = name.split()
    return form in words and all(map(str.isalpha, words)) and not words_change(" ".join(words))


def _derivative(name: str, close: dict[str, int]) -> int | None:
    """The place of `dw`, `grad_w` or `w` for `∂L/∂w`."""
    found = _OF_VARIABLE.fullmatch(name)
    forms = [front + _letters(found[1] or found[2]) for front in ("d", "grad", "g", "")] if found else []
    return next((close[form] for form in forms if form in close), None)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name)


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words) if len(words) > 1 else name


def _only(places: Iterable[int]) -> int | None:
    """The only place, None where there are several or none."""
    found = set(places)
    return found.pop() if len(found) == 1 else None


def stem_and_number(name: str) -> tuple[str, int] | None:
    """The number that a name ends in, and what stands before it: `Layer 2`, `y_2`, `y[2]`, `2`, `second`."""
    plain = _ARTICLE.sub("", name.casefold().strip())
    ordinal = plain.split()[0] if plain else ""
    if ordinal in _ORDINALS:
        return plain.removeprefix(ordinal).strip(), _ORDINALS.index(ordinal) + 1
    found = _ENDING.fullmatch(plain)
    return (found[1].strip(" _^([{#"), int(found[2])) if found else None
