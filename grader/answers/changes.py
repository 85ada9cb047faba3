"""Words around a whole answer that say what is still to be done with it, in the languages that students write.

`156 halved`, `the root of [1, 2]` and `[1, 2].sum()` hold the value that they do not mean. Each phrase is looked for
right in front of a value or right behind it: in other places it describes something else, `28 (the input is halved)`.
"""

from __future__ import annotations

import re

from grader.answers.characters import fold
from grader.patterns import pattern

_DONE = (
    "halved|doubled|tripled|trebled|quadrupled|quartered|squared|cubed|inverted|negated|rooted|halbiert|verdoppelt|"
    "verdreifacht|quadriert|doppelt|transponiert"
)
"""What is done with a value: it may stand on either side."""
MANY_TIMES = fold(r"نصف|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|صد|هزار|چند|\d+")
"""Alternatives of an expression: how many times as much, in front of a Persian word that else says `equal to`."""
DONE_IN_FRONT = fold(
    f"{_DONE}|twice|thrice|double|triple|quadruple|(?:the )?(?:opposite|negation|complement|inverse|half|double) of|"
    "one (?:more|less) than|das doppelte von|die hälfte von|wurzel(?: aus)?|(?:das )?gegenteil von|"
    "le double de|la moitié de|(?:la )?racine(?: carrée)? de|l'opposé de|"
    "el doble de|la mitad de|(?:la )?raíz(?: cuadrada)? de|(?:el )?opuesto de|"
    "نصف|نیمی از|(?:جذر|ریشه|رادیکال|معکوس|وارون|قرینه|ترانهاده|مخالف|مکمل|لگاریتم)"
)
"""Alternatives of an expression: what is said right in front of a value with which something is still to be done."""
DENIED_IN_FRONT = fold(
    "at least|at most|more than|less than|fewer than|up to|down to|until|all but|except|"
    "anything but|everything but|other than|outside|under|below|above|over|"
    "beyond|almost|exceeds|exceeding|unlike|unequal to|different from|none of|one of|some of|either of|"
    "(?:a )?(?:subset|superset) of|(?:an? )?(?:common |frequent |typical |usual )?mistake(?: is| would be)?|without|"
    "(?:wrong|incorrect|old|previous|earlier|crossed[- ]out|deleted) (?:answer|result|value)|wrong|incorrect|"
    "crossed out|ignore(?: this)?|disregard|impossible|exclude|excludes|excluding|excepting|"
    "mindestens|höchstens|kein|ohne|falsch|außer|incorrecto|excepto|salvo|tod[oa]s menos|"
    "au moins|au plus|sans|faux|sauf|al menos|"
    "حداقل|حداکثر|(?:بیشتر|کمتر|کوچکتر|بزرگتر|غیر) از|به جز|بجز|جز|غلط|نادرست|هیچ|اشتباه|بدون|نه|خیر|除了?|错误"
)
"""Alternatives of an expression: what is said right in front of a value that is not the one that is meant."""
_BEHIND = fold(
    f"{_DONE}|twice|thrice|repeated|at least|at most|backwards?|upside[- ]down|complement(?:ed)?|"
    "in (?:the |an? )?(?:reversed?|opposite|other|another|different) order|"
    "in (?:tens|hundreds|thousands|millions|billions)|rückwärts|in umgekehrter reihenfolge|(?:im|zum) quadrat|"
    "au carré|au cube|al cuadrado|al cubo|"
    "نصف|(?:دو|سه|چهار|چند)? ?برابر|ترانهاده|برعکس|به ترتیب برعکس|از آخر به اول|چرخیده|چرخانده شده|وارونه|معکوس"
)
_OPERATION = fold(
    "divided by|multiplied by|times|plus|minus|geteilt durch|multipliziert mit|mal|divisé par|multiplié par|"
    "fois|moins|dividido por|multiplicado por|más|menos|"
    "به توان|ضرب ?در|ضربدر|تقسیم بر|به علاوه|بعلاوه|به اضافه|منهای"
)


def _words(*alternatives: str) -> frozenset[str]:
    """The words in alternatives of expressions."""
    return frozenset(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", " ".join(alternatives).casefold()))


_SMALL = fold(r"(?:(?:all|each|then|both|and|but|wird|dann|puis|luego|سپس|بعد)\s)*")
_COUNTED = fold(
    "the|an?|its|le|la|les|el|los|den|die|das|nombre|anzahl|número|batch|image|images|sample|samples|channel|channels|"
    "filter|filters|kernel|kernels|layer|layers|head|heads|step|steps|epoch|epochs|number|lr|bias|biases|تعداد|بایاس"
)
"""What a value is still to be multiplied with."""
_NEXT_STEP = fold(
    "then|still|yet|add|subtract|apply|divide|multiply|swap|exchange|need|needs|dann|danach|puis|ensuite|luego|después|"
    r"سپس|(?:with\s)?(?:the\s|all\s|its\s|both\s)*(?:rows?|columns?|signs?|entries|axes)\s(?:are\s)?(?:swapped|exchanged|"
    r"reversed|flipped|switched|interchanged|inverted)|with (?:an? |the )?(?:opposite|negative|minus|reversed|flipped|"
    r"inverted|wrong) signs?"
)
"""What a list is followed by that is only a step towards the answer."""
_METHODS_THAT_KEEP = (
    r"(?:T(?!\()|t\(\)|tolist|numpy|item|detach|cpu|cuda|astype|float|double|int|long|half|copy|clone|to|eval)\b"
)
_STILL = pattern(
    rf"(?<!\w)(?:{MANY_TIMES})\s?{fold('برابر')}\s?[:=]?\s*[-\d\[({{]|"
    rf"[\d)\]}}%]\W{{0,4}}{_SMALL}(?:{_BEHIND})\W*$|"
    rf"[\d)\]}}]\s*[,(]?\s*(?:{_OPERATION})\s(?:{_COUNTED})\b|"
    rf"[\])}}][^\w\\]{{0,4}}(?:{_OPERATION})\s|"
    r"[\d)\]}]\s*[,(]?\s*(?:up to\s[^\d]*(?:sign|constant|factor)|mod(?:ulo)?(?:\s\w|\d))|"
    rf"[\])}}]\W{{0,3}}(?:hundred|thousand|[mb]illion|dozen|{fold('درصد|هزار|میلیون|میلیارد')})s?\W*$|"
    rf"[\])}}]\s?\.(?!{_METHODS_THAT_KEEP})[a-z]\w*(?:\(|$)|"
    rf"[\])}}]\W{{1,4}}(?:(?:and|but|und|et|y|و)\s)?(?:{_NEXT_STEP})(?![^\W\d_])[^\d\[\](){{}}]{{0,40}}$|"
    r"\]\s?[kKM]\W*$|"
    rf"\]\W{{1,3}}(?:x|\*)\s(?:{_COUNTED})\b|"
    rf"[\])}}]\s*ᶜ|"
    rf"^\W*\d[\d.,]*\s?[x*×]\s(?:{_COUNTED})\b",
    re.IGNORECASE,
)
WHY = r"because|since|as|weil|denn|da|car|parce que|porque|چون|ز[یي]را"
"""Alternatives of an expression: words that a reason begins with."""
_REASON = pattern(rf"(?<!\w)(?:{WHY})(?!\w)", re.IGNORECASE)
_BESIDE_A_LIST = pattern(r"^[^\[({]*[∉⊂⊆⊄⊃⊇∖]\s*[\[({]|[\])}]\s*[∩∪∖△]", needs="∉⊂⊆⊄⊃⊇∩∪∖△")
_MORE = pattern(
    r"[\])}][\s,]*(?:\.{3}|…|(?:etc|and so on|and (?:some )?more|among others|usw|"
    rf"{fold('و غیره|الی آخر')})\b)[\s.)]*$",
    re.IGNORECASE,
)
CHANGING_SIGNS = ("...", "…", ").", "].", "}.", "ᶜ", *"∉⊂⊆⊄⊃⊇∩∪∖△")
"""Signs of which a text with a list that is changed has one, if it has none of the words."""


CHANGING_WORDS = _words(
    *(
        DONE_IN_FRONT,
        DENIED_IN_FRONT,
        _BEHIND,
        _OPERATION,
        _COUNTED,
        _NEXT_STEP,
        "k m todos todas",
        fold("درصد هزار میلیون میلیارد و غیره الی آخر"),
    ),
    "mod modulo sign constant factor hundred hundreds thousand thousands million millions billion billions",
    "dozen dozens etc so more others usw",
) - {"none"}  # `(None, 14)`; `none of` has another
"""Every text whose value is changed by a word has one of these."""


def still_to_be_done(text: str) -> bool:
    """Whether a folded text on one line says, behind its value, what is still to be done with it.

    >>> still_to_be_done("156 halved"), still_to_be_done("[1, 2].sum()"), still_to_be_done("28 (the input is halved)")
    (True, True, False)
    >>> still_to_be_done("156 x batch size"), still_to_be_done("28 x 28 filters")
    (True, False)
    """
    found = _STILL.search(text)
    if found and found[0][1:].count(")") > found[0].count("(") and text[:1] != "(":
        return False  # within a remark, `14 (28 halved)`
    if found and _REASON.search(text[: found.start()]):
        return False
    return found is not None or _BESIDE_A_LIST.search(text) is not None


def leaves_out(text: str) -> bool:
    """Whether a folded text on one line says, behind a list, that it is not whole.

    >>> leaves_out("{0, 2, 5}, ..."), leaves_out("0.333...")
    (True, False)
    """
    return _MORE.search(text) is not None
