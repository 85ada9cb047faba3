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
        r"(?:only\s+)?(?:if|unless|sometimes|falls|sofern|اگر)\b|only\s+(?:for|when)\b|(?:and\s+)?then\b|as well as\b|"
        r"(?:(?:wait|actually|hm+|oh|oops)\W+)?(?:(?:is|are)\s+)?(?:not|no|nope|wrong|false|incorrect|falsch|nein|"
        r"faux|non|نیست|نه|خیر|(?:غلط|اشتباه|نادرست)(?: است)?)$"
    )
)
_REFUTED = pattern(
    fold(
        r"(?:(?:is|are|ist|est)\s+)?(no|not|false|wrong|incorrect|nein|falsch|faux|non|نه|خیر|غلط|اشتباه|نادرست)"
        r"(?:\s*[,;.:]\s*\S|\s\(?[a-z]\s?[:=)-])"
    )
)
"""A verdict on an option where those on others follow: `A: no, B: yes`."""
_LIMITED = pattern(fold(r"\bonly\s+(?:for|if|when)\b|(?:فقط|تنها)\s+(?:اگر|وقتی|برای)"))
_AFTER = frozenset({"or", "and", "too", "also", "for", "if", "when", "in", "as", "is"})
"""Words after an option that is named, not described: `but false for n = 1`, unlike `and no padding`."""
_DENIALS = frozenset({"not", "no", "never", "nor", "nicht", "kein", "keine", "pas", "не", "نه"})
"""Words after which options are named that do not hold: `A, B, but not C` leaves A and B."""
DENIED = frozenset(
    fold(
        "not no never neither nor between except without rather instead than or but wrong false incorrect untrue maybe "
        "perhaps sometimes less half partly partially mostly almost nearly hardly barely non quasi semi pseudo anti un "
        "nicht kein keine nie niemals fast teilweise pas jamais presque nunca casi не нет почти نیست تقریبا falsch "
        "faux incorrect değil yanlış ليس नहीं गलत 不是 错误 anything least most more twice opposite inverse derivative "
        "gradient hard leaky log like may might could minus plus times rarely seldom unless kaum selten rarement "
        "نه خیر نمی نمیشود نمیباشد نباشد نبود غلط اشتباه نادرست جز بجز غیر مگر هیچ خلاف مخالف برعکس یا شاید گاهی معکوس "
        "وارون مشتق گرادیان"
    ).split()
)
"""Words that change the meaning of a statement with an option in it."""
QUALIFIED = DENIED | frozenset(
    fold(
        "and if unless then doubt doubtful scaled shifted rescaled modified weighted approximate approximated "
        "truncated clipped parametric randomized inverted reversed flipped noisy gated smooth smoothed swish linear "
        "exponential binary categorical sparse global adaptive fractional depthwise separable dilated atrous "
        "transposed grouped strided stochastic batch nesterov squared root cubed negative absolute normalized "
        "average averaged mean max min mixed variant variants similar predecessor successor fails fail avoid bad worse "
        "depends stops stop stopped ceases cease unlikely slower prevents prevent can much lot enough "
        "و اگر سپس منفی وارونه"
    ).split()
)
"""Words beside an option that make another thing of it: `global average pooling`, `it shrinks and grows`."""
_CORRECTS = frozenset({"no", "nein", "non"})
"""Words right behind an option that may put another one in its place: `B, no C`."""
_HOLDS = frozenset({"would", "could", "can", "may", "might", "works", "work", "does", "holds", "fits", "helps"})
_ENDS = tuple(",;:.)?!")
_AROUND = " ,;:.()[]?!-–—"
_CALCULATED = pattern(
    r"\d\s*[-+*/^·×]\s*\(?[^\W\d_]|[^\W\d_]\)?\s*[-+*/^·×]\s*\d|\d [^\W\d_]+ [-+] \d|"
    r"\bd\s?/\s?d|[^\W\d_]\)?'(?!\w)"
)
_WITH = pattern(r"\b(?:w/(?!o\b)|plus\b)|(?<=[^\W_]{2})\s*\+\s*(?=[^\W_]{2})")
_WORD = pattern(r"[^\W_]+")
_SHORT = {"avg": "average"}
_SMALL = frozenset({"a", "an", "the"})
_ENDING = pattern(r"(?:ing|ed|es|s|e|d)$")
_SHORTEST_STEM = 5
_MOST_VERB_WORDS = 4
_MOST_WORDS = 40
"""Options further behind are not looked for."""


@lru_cache(2_000)
def normal(text: str) -> str:
    """A text normalised for comparison: without case, blanks, quotes, emphasis and a final full stop."""
    folded = fold(text.casefold()).strip(" *_\"'`\n\t").casefold().rstrip(" .!*_\"'")
    folded = folded if re.match(r"\.\d", folded) else folded.lstrip(".")
    return " ".join((folded.replace("n't", " not") if "n't" in folded else folded).split())


def _spelled(words: str) -> frozenset[str]:
    return frozenset(map(normal, words.split()))


YES = _spelled(
    "yes y yep yeah yup true t correct right ja wahr richtig stimmt oui vrai si sí verdadero cierto correcto да верно "
    "истина 是 是的 对 对的 正确 没错 예 네 참 نعم صحيح صحیح صح بله بلی آری درست"
)
NO = (
    _spelled(
        "no n nope nah false f incorrect wrong nein falsch non faux falso incorrecto нет неверно ложь 否 不 不对 "
        "不正确 错 错误 아니오 아니요 거짓 لا خطأ خیر نه نادرست غلط اشتباه"
    )
    | {f"not {word}" for word in ("true", "correct", "right")}
    | {f"{it} not" for it in ("it does", "it is", "it can", "no, it does", "no, it is", "definitely", "certainly")}
    | {"not at all", "stimmt nicht"}
)


def spelled_out(text: str) -> list[str]:
    """The words of a text without punctuation and articles, and without a `with` between two of them.

    >>> spelled_out("sgd (with momentum)"), spelled_out("sgd + momentum"), spelled_out("with bias")
    (['sgd', 'momentum'], ['sgd', 'momentum'], ['with', 'bias'])
    """
    words = [
        word for word in _WORD.findall(_WITH.sub(" with ", text.replace("w/o ", "without "))) if word not in _SMALL
    ]
    return [word for at, word in enumerate(words) if word != "with" or not at]


def joined(text: str) -> str:
    """The words of a text without articles and blanks, with common short forms written out.

    >>> joined("the avg pool"), joined("max-pooling")
    ('averagepool', 'maxpooling')
    """
    words = [_SHORT.get(word, word) for word in _WORD.findall(text)]
    return "".join(word for word in words if word not in _SMALL)


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


def refuted(rest: str) -> str | None:
    """The verdict against an option that what follows it begins with, before those on others; None where none does.

    >>> refuted("no, b: yes"), refuted("no bias, so it is")
    ('no', None)
    """
    found = _REFUTED.match(rest)
    return found[1] if found else None


def calculated_with(text: str) -> bool:
    """Whether something is calculated with what a text names: `1 - sigmoid`, `relu^2`, `d/dx tanh`, `tanh'`.

    >>> calculated_with("2*sigmoid"), calculated_with("max-pool"), calculated_with("sigmoid (0-1)")
    (True, False, False)
    """
    return _CALCULATED.search(text) is not None


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
        if words[at].strip(_AROUND) in _LINKS or (not at and words[at] in _CORRECTS):
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
    if numeric(option) is None and (of_words(option) or not re.search(r"[()^*/+=]", option)):
        return False
    inside = r"\s*".join(map(re.escape, "".join(option.split())))
    return re.search(rf"(?<![\w*/^+@-])(?<![*/^+@-][\s(]){inside}(?!\s?[*/^+-]|\w|\()", text) is None
