"""What surrounds a value without being part of it: labels, remarks in brackets, unit words, decoration.

A word is a remark unless it changes the meaning: "156 parameters" is 156, but "half of 28" is not 28 and "not 156" is
not 156. Words that change a value, or that deny it, are listed; all others are ignored.
"""

from __future__ import annotations

import re

from grader.answers.characters import fold, unmarked
from grader.answers.phrases import DEGREES, HUNDREDTHS, NUMBER_WORDS, POWERS, ZERO_WORDS
from grader.answers.refusal import quoted, unreadable
from grader.patterns import pattern


def _split(words: str) -> list[str]:
    return fold(words).split()


MAX_BESIDE = 1_000
"""In longer texts, words next to a value are not looked for."""
_CHANGING = frozenset(
    _split(
        "not no isn't never except without minus plus over per than least most more less fewer above below under "
        "between up max maximum minimum half third quarter double twice triple dozen tenth tenths hundredths halves "
        "thirds quarters zehntel viertel squared cubed halved doubled tripled quadrupled inverted quadriert halbiert "
        "verdoppelt hundred thousand million billion trillion percent power root square factorial instead none "
        "rather cube or and maybe perhaps wrong from divided multiplied almost increase decrease unknown nicht kein "
        "mindestens höchstens von hundert halb oder und hälfte weder pas moins demi cent mille moitié ou et menos "
        "más mitad mil cien o y не минус плюс половина или и сто тысяч نصف نیم منهای بعلاوه برابر یا و نیست حداقل "
        "حداکثر بیش کمتر بیشتر صد see page drawing figure fig attached photo sheet appendix inverse transpose "
        "transposed negated opposite reciprocal reversed swapped exchanged negativ négatif négative negativo "
        "negativa arctan arcsin arccos atan asin acos sinh cosh section exercise problem question siehe seite blatt "
        "abbildung voir ver página figura см страница рисунок صفحه شکل رجوع انظر"
    )
)
"""Words that change the value next to them, or say that it is elsewhere."""
_SMALL_WORDS = frozenset({"a", "an", "is", "to", "so", "it", "we", "px", "ms", "cm", "mm", "km", "s", "nm", "ns"})
_COMPARED = pattern(r"[<>≤≥≠±∓]|!=|≮|≯", needs="<>≤≥≠±∓!≮≯")
_BECAUSE = pattern(
    fold(
        r"[\s,;:(]+(?:because|since|where|with|using|for|as|hence|when|due to|via|after|before|assuming|if|weil|"
        r"denn|da|mit|für|parce que|car|avec|porque|ya que|con|para|потому|так как|где|для|چون|زیرا|که|با|برای)\s.*$"
    ),
    re.IGNORECASE,
    needs=fold(
        "because since where with using for as hence when due via after before if weil denn da mit für parce car avec "
        "porque que con para потому так где для چون زیرا که با برای"
    ).split(),
)
_TAGS = pattern(r"</?[A-Za-z][A-Za-z0-9]{0,9}(?:\s[^<>]{0,80})?/?>")
_DECORATION = pattern(
    "[\u2190-\u2191\u2193-\u21ff\u2705\u2713\u2714\u2717\u2718\u274c\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]+"
)
_BULLET = pattern(
    rf"^\s*(?:[*•◦▪●‣]\s+|\(?[ivx]{{1,4}}\)\s+|\(?(?:[a-hA-H]|{fold('الف|[بپتثجد]')})\)\s+|"
    r"\(\d{1,2}\)\s+|\d{1,2}\)\s+)(?=\S)",
    needs="*•◦▪●‣)",
)
_COMMENT = pattern(r"\s(?:#|//\s*(?=[^\W\d_])).*$")
OTHERWISE = pattern(
    fold(r"\b(?:else|elsewhere|otherwise|sonst|ailleurs|sinon|si no|иначе)\b|وگرنه"),
    needs=fold("else otherwise sonst ailleurs sinon si|no иначе وگرنه").replace("|", " ").split(" "),
)
_ALTERNATIVE = pattern(
    rf"\b(?:or|maybe|alternatively|perhaps|possibly|not sure|would be|oder|vielleicht|ou|peut-être|quizás|"
    rf"{fold('или')})\b|یا|شاید",
    needs=fold("or maybe alternatively perhaps possibly sure would oder vielleicht ou peut quizás или یا شاید").split(),
)
_CALLED = pattern(r"[^\W\d_]+$")
_BITS = pattern(r"[kmgt]?i?(?:b|bits?|bytes?)")
_QUANTITY = (
    r"(?:sigmoid|softmax|softplus|tanh|[a-z]*relu|exp|log|ln|sqrt|sin|cos|tan|alpha|beta|gamma|delta|epsilon|eps|eta|"
    r"theta|lambda|mu|sigma|rho|tau|phi|momentum|rate|learning rate|lr|decay|dropout|probability|prob|bias|loss)"
)
_DASHED = pattern(rf"(?<=[\d)\]%])\s+--?\s+(?!{_QUANTITY}(?:\(.*)?$)[^\W\d_]{{2}}[^=\d]*$", re.IGNORECASE, needs="-")
"""A remark behind a dash, unless something may be subtracted, `1 - sigmoid`."""
_NONE = pattern(
    rf"\b(?:no|has no|have no|without|not any|nothing|does(?:n't| not) have|keine|ohne|sin|aucun|sans|pas de|"
    rf"{fold('нет|без')}|بدون|没有|无)(?:\s+\w+)?\s*(?:param|weight|train|learn|gewicht|pesos|poids|{fold('параметр|вес')}|پارامتر|وزن|参数|权重)"
)
_FIRST = pattern(r"[(\[,;:.]|\s-+\s|\s(?:because|since|as|for|in|weil|da|car|porque)\s")
_SCALE = pattern(rf"\s*(?:{HUNDREDTHS}|{DEGREES})(?![^\W\d_])", re.IGNORECASE)
_PER = pattern(r"(?<=[^\W\d_]) per (?!cent)[^\W\d_]+")
_HYPHENATED = pattern(
    r"(?<=\d)-(?:dimensional|dim|class|layer|bit|channel|element|entry|pixel|way)\b[^\d=]{0,40}$", needs="-"
)
_TIMES_MORE = pattern(
    r"(?<=\d)\s?(?:[x*]|times|-?fold)(?:\s(?:less|fewer|more|smaller|larger|greater|bigger|cheaper|faster|slower|lower|"
    r"higher|reduction|as (?:many|much|few|large))(?:\s[^\d=+*/]{0,60})?)?$",
    needs=("x", "*", "times", "fold"),
)
_OF_EVENT = pattern(r"^\s*[^\W\d]\w{0,8}\s?[(\[][^()\[\]=]{1,40}[)\]]\s?(?==(?!=))", needs="=")
"""A probability by its name, `P(X > 2) =`."""
_CONDITION = pattern(r"(?<=[(\s])[^\W\d]\w{0,8}\s?[<>≤≥]=?\s?-?[\d.]+", needs="<>≤≥")
_WEIGHTS_AND_BIASES = pattern(r"\b(?:weights|kernels|filters) and biases\b", needs="b")
_WORD = pattern(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LABEL = pattern(r"(?:#\s*)?[^\W\d_][^=:]{0,60}?\s*:\s*(?=\S)", needs=":")
_HEAD = pattern(
    r"(?:#\s*)?(?:[^\W\d_]{2,10}\.\s+(?=[-+]?\d)|[^\W\d_][^\d=:()\[\]{}+*/^√.,|-]{0,60}?[\s:]*(?=[-+]?[\d.,(\[√]))"
)
FUNCTION_WORDS = (
    r"(?:arc|ar|a)?(?:sin|cos|tan|cot|sec|csc)h?|(?:co)?sine|(?:co)?tangent|log(?:2|10|e|arithm)?(?:\s+base)?|ln|lg|exp|"
    r"exponential|softmax|sigmoid|softplus|logit|[gs]elu|elu|silu|swish|arg(?:max|min)?|mod|modulo|root|square|factorial|"
    r"negat\w*|négat\w*|minus|neg|inverse|reciprocal|opposite|منفی|минус"
)
"""Functions and signs that act on what follows them, a number as well as a list."""
_FUNCTION_AHEAD = pattern(
    rf"(?:^|[^\W\d_][\s-]+|[\s(])(?:{FUNCTION_WORDS})(?:\s+(?:of|the|von|der|de))*\s*$", re.IGNORECASE
)
"""A function or a sign right before a number."""
_APPLIED = pattern(
    r"\b(?:after|by|with|using|via|through|from|before|nach|mit)\s+(?:an?\s|the\s)?[^\W\d_]+\s*$", re.IGNORECASE
)
"""A function that was applied: `after softmax`."""
_SIGN = pattern(
    fold(
        r"[\s,;(]*(?:(?:is|with|but|an?|the|it|of|sign|mit|avec)\s+)*(?:negative|minus|neg|negated|opposite|negativ\w*|négati\w*|"
        r"отрицательн\w*|منفی)(?:\s+(?:sign|value|number|one|vorzeichen|signe))?[\s).!]*"
    ),
    re.IGNORECASE,
    needs=fold("neg minus opposite négati отрицательн منفی").split(),
)
_FACTOR = pattern(
    r"\s*(?:[*/x^]\s?[\d.]+|(?:to be )?(?:twice|double[ds]?|tripled|squared|cubed|halved|inverse|inverted|reciprocal|"
    r"transposed)|times (?:\d+|two|three)|"
    r"(?:\+|plus)\s?(?:\d{1,9}|(?:the\s)?bias(?:es)?)(?:\s(?:for\s)?(?:the\s)?(?:bias(?:es)?|weights?|param\w*))?)\s*",
    re.IGNORECASE,
    needs=(
        "*",
        "/",
        "x",
        "^",
        "twice",
        "double",
        "tripled",
        "squared",
        "cubed",
        "halved",
        "inver",
        "reciprocal",
        "trans",
        "times",
        "+",
        "plus",
    ),
)
_TAIL = pattern(r"(?<=[\d)\]}%!…'])\s*[^\W\d_][^=\d]*$")


def without_tags(text: str) -> str:
    """A text without HTML tags."""
    return _TAGS.sub(" ", text) if "<" in text else text


def refuse_comparisons(text: str) -> None:
    """Refuse `>= 156`, `!= 156` and `60 ± 1`, which do not name a single value.

    Raises:
        UnreadableError: a comparison sign.
    """
    text = _OF_EVENT.sub("", text, count=1)
    if _COMPARED.search(_CONDITION.sub("", text) if re.match(r"[^<>(]*\d", text) else text):
        raise unreadable("expected one value, received a comparison or a range in {received}", received=quoted(text))


def undecorated(text: str) -> str:
    """A folded text without HTML tags, bullets, emoji, comments and surrounding marks.

    >>> undecorated("* **156**<br>"), undecorated("3 ✅"), undecorated("156 # 5*5*6+6"), undecorated("156?")
    ('156', '3', '156', '156')
    """
    text = _DECORATION.sub(" ", _TAGS.sub(" ", text)) if "<" in text or not text.isascii() else text
    text = _BULLET.sub("", text, count=1)
    if "#" in text or "//" in text:
        found = _COMMENT.search(text)
        if found and re.search(r"\d", text[: found.start()]) and "http" not in text:
            text = text[: found.start()]
    text = re.sub(r"^\(\s*[=≈]\s*", "(", text.strip().strip("=").strip())
    text = unmarked(text.strip("| ") if "| " in text or " |" in text else text)
    while len(text) > 1 and text[-1] in '?:;,.!"' and not (text[-1] == "." and text[-2] == "."):
        if text[-1] == "!" and text[-2].isdigit():
            break
        text = text[:-1].rstrip()
    quoted = len(text) > 2 and text[0] == text[-1] == "'"
    return text[1:-1].strip() if quoted else text.strip('"').strip()


def words_change(text: str) -> bool:
    """Whether a text next to a value changes its meaning.

    >>> words_change("parameters in total"), words_change("half of"), words_change("B")
    (False, True, True)
    """
    words = [word.casefold() for word in _WORD.findall(_WEIGHTS_AND_BIASES.sub("parameters", text))]
    if any(word in _CHANGING or word in NUMBER_WORDS or _BITS.fullmatch(word) for word in words):
        return True
    short = [word for word in words[:1] if len(word) <= 2 and word not in _SMALL_WORDS]
    return len(words) == 1 and any(word.isascii() or "α" <= word <= "ω" for word in short)


def without_head(text: str) -> str | None:
    """The text without leading words such as `Total params:` or `size`; None where there are none.

    >>> without_head("softmax(3)") is None
    True
    >>> without_head("Total params: 156"), without_head("size 28"), without_head("half of 28"), without_head("28")
    ('156', '28', None, None)
    """
    found = _LABEL.match(text) or _HEAD.match(text) if len(text) < MAX_BESIDE else None
    if not found or (words_change(re.sub(r"[(\[].*?[)\]]", "", found[0])) and ":" not in found[0]):
        return None
    labelled = ":" in found[0]
    rest = text[found.end() :].strip()
    signed = rest[:1] == "-" and says_sign(found[0].rstrip(": "))  # `negative: -0.5`
    if not signed and (says_sign(found[0].rstrip(": ")) or (not labelled and _acts_on_number(found[0]))):
        return None
    if re.search(r"(?:^|[^A-Za-z]|[A-Z?])[xX*]\s?$", found[0]):
        return None  # a size that is not a number, `H x W x 6`
    if rest[:1] == "(" and found[0][-1:] not in " :\t":
        return None  # a call to an unknown function
    return rest if rest and rest != text else None


def _acts_on_number(head: str) -> bool:
    return _FUNCTION_AHEAD.search(head) is not None and _APPLIED.search(head) is None


def without_tail(text: str) -> str | None:
    """The text without the words after its value; None where there are none, or where they change it.

    >>> without_tail("156 parameters"), without_tail("5 because 10/2"), without_tail("2 hundred"), without_tail("28")
    ('156', '5', None, None)
    """
    if len(text) > MAX_BESIDE:
        return None
    found = _BECAUSE.search(text)
    signed = text[:1] == "-"
    if found and (OTHERWISE.search(found[0]) or (says_sign(found[0]) and not signed)):
        return None
    if found and re.search(r"\d", text[: found.start()]):
        return text[: found.start()].strip()
    found = _TIMES_MORE.search(text) or _DASHED.search(text) or _HYPHENATED.search(text)
    if found:
        return text[: found.start()].strip() or None
    found = _TAIL.search(text)
    if not found or re.search(r"\d", found[0]) or re.match(r"\s*[^\W\d_]+\s?[+*/^]\s?(?:[^\W\d_]|\()", found[0]):
        return None  # names in a calculation, `2PR/(P+R)`
    words = found[0].split(" ")
    for at in range(len(words)):
        tail = " ".join(words[at:])
        said = tail.removeprefix("per ") if at and words[at - 1] else tail  # `1.5 bits per symbol`
        if says_sign(tail) and not signed:
            return None
        if tail.strip() and not words_change(_PER.sub("", said)) and not _scales(tail):
            return (text[: found.start()] + " ".join(words[:at])).strip() or None
    return None


def says_sign(text: str) -> bool:
    """Whether words are nothing but a negative sign.

    >>> says_sign("with negative sign"), says_sign("negative"), says_sign("negative log likelihood")
    (True, True, False)
    """
    return _SIGN.fullmatch(text) is not None


def says_factor(text: str) -> bool:
    """Whether a remark is nothing but what is still to be done with a value.

    >>> says_factor("x2"), says_factor("squared"), says_factor("squared error"), says_factor("2*7")
    (True, True, False, False)
    """
    return _FACTOR.fullmatch(text) is not None


def _scales(tail: str) -> bool:
    """Whether the words after a value begin with a multiplier: `million`, `Prozent`, `degrees`."""
    return tail.split()[0].casefold().rstrip(".,") in POWERS or _SCALE.match(tail) is not None


def bracket_behind(text: str) -> tuple[str, str] | None:
    """A value and the bracket after it, `156 (5*5*6+6)`; None where the text does not end in a bracket.

    >>> bracket_behind("156 (26*6)"), bracket_behind("(1/2)"), bracket_behind("(1)(2)")
    (('156', '26*6'), None, ('(1)', '2'))
    >>> bracket_behind("5 - sqrt(24)") is None  # a call is not a remark
    True
    """
    pairs = {")": "(", "]": "[", "}": "{"}
    if not text or text[-1] not in pairs:
        return None
    level = 0
    for at in range(len(text) - 1, -1, -1):
        level += (text[at] in ")]}") - (text[at] in "([{")
        if level == 0:
            head = text[:at].strip()
            called = _CALLED.search(head)
            return (head, text[at + 1 : -1].strip()) if head and not (called and _function(called[0])) else None
    return None


def _function(word: str) -> bool:
    return word.casefold() in _FUNCTIONS


def offers_another(text: str) -> bool:
    """Whether a remark names another possible value.

    >>> offers_another("or 14"), offers_another("floor of 14.5")
    (True, False)
    """
    return re.search(r"\d", text) is not None and _ALTERNATIVE.search(text.casefold()) is not None


def says_zero(text: str) -> bool:
    """Whether a folded lower-case text says that there is nothing to count.

    >>> says_zero("max pooling has no parameters"), says_zero("parameters are not learned"), says_zero("156 parameters")
    (True, False, False)
    """
    if len(text) > 200 or re.search(r"\d", text):
        return False
    return _NONE.search(text) is not None or _FIRST.split(text, maxsplit=1)[0].strip() in ZERO_WORDS


def says_only_words(text: str) -> bool:
    """Whether a remark is words, possibly with numbers, rather than a calculation.

    >>> says_only_words("floor of 14.5"), says_only_words("5*5*6+6"), says_only_words("sqrt(2)")
    (True, False, False)
    """
    words = [word for word in _WORD.findall(text) if len(word) > 1 and word.casefold() not in _FUNCTIONS]
    return bool(words) or not re.search(r"\d", text)


_FUNCTIONS = frozenset(
    {"sqrt", "exp", "log", "ln", "floor", "ceil", "abs", "max", "min", "sin", "cos", "tan", "tanh", "pi"}
)
