"""What an answer of any kind says about itself: that it is the answer, that it is not, that it is taken back."""

from __future__ import annotations

import re

from grader.answers.changes import (
    CHANGING_SIGNS,
    CHANGING_WORDS,
    DENIED_IN_FRONT,
    DONE_IN_FRONT,
    MANY_TIMES,
    WHY,
    leaves_out,
    still_to_be_done,
)
from grader.answers.characters import fold
from grader.answers.refusal import quoted, unreadable
from grader.patterns import pattern

MAX_TEXT = 2_000
"""Longer texts are read as they are."""
_VALUE = r"(?=[-+.\d(\[{\\√⌊$|]|\w{1,12}\s?=)"
_IT = fold(r"it|that|this|the|answer|result|value|i|we|it's|es|das|die|der|antwort|ce|c|la|réponse|el|respuesta|من|我")
_NOT = fold(
    r"is not|isn't|are not|aren't|not|don't|do not|never|kann nicht|"
    r"(?:can|could)(?:not| not|n't|'t)(?: be)?|nicht|n'est pas|no es|не|ليس|نیست|नहीं|不是|不等于"
)
_ALL = fold(r"all|every\w*|alle|alles|tous|toutes?|tout|tod[oa]s?|x|همه|همگی|هر|每个|所有")
_FRONT = pattern(
    rf"^\W*?(?:(?:{_IT}|{_ALL})[\s']+){{0,5}}(?:{_NOT}|{DENIED_IN_FRONT}|(?P<done>{DONE_IN_FRONT}))[\s:]*"
    rf"(?:(?:the|a|an|it|is|equal to|in|of|think|believe|that)\s+){{0,6}}{_VALUE}",
    re.IGNORECASE,
)
_SIGNED = pattern(r"^\s*(?:!=?|≠|¬|<>|[✗✘❌]\ufe0f?)\s*\S")
_UNTICKED = pattern(r"^\s*(?:[-*•]\s+)?(?:\[\s*\]|\(\s+\)|[☐□◻])\s*\S[^\n]*$", needs="[(☐□◻")
_CROSSED = pattern(r"[✗✘❌👎]\ufe0f?\s*$|^\s*[^\W\d_]{2,}(?:\(\w+\))?['’′]\s*$", needs="✗✘❌👎'’′")
_BACK = pattern(
    fold(
        r"[\w)\]}%]\W{0,4}(?:(?:is|are|was|this is|that is|ist|est|es)\s+)?(?:wrong|incorrect|false|"
        r"not (?:right|correct|true)|falsch|faux|incorrecto|неверно|değil|yanlış|"
        r"نیست|نمی[\s\u200c]?شود|(?:غلط|اشتباه)(?: است)?|خیر|"
        r"(?:is\s)?impossible|(?:can|could)(?:not| not|n't|'t)(?: be)?(?: right| correct| true)?|"
        r"(?:does(?:n't| not)|won't|will not) (?:work|fit)|unmöglich|impossible|imposible|"
        r"غیرممکن|نمی[\s\u200c]?تواند(?: باشد)?|"
        r"too (?:big|large|small|high|low|long|short|much|many|few|little)|nope|[✗✘❌👎]\ufe0f?|"
        r"(?<!कोई )नहीं(?: है)?|गलत|ليس|خطأ|不对|错误?)[\s).!]*$"
    ),
    re.IGNORECASE,
)
_TAKEN_BACK = pattern(
    fold(
        r"[\d)\]}]\W{0,5}(?:no[,.]? wait|wait|edit|correction|corrected|scratch that|oops|korrektur|düzeltme|perdón|"
        r"erratum|no,|nein,|non,|تصحیح|اصلاح|更正|修正)\W{0,4}(?=[-+.\d(\[{\\]|[^\W\d]+\W{0,3}[-\d([{])"
    ),
    re.IGNORECASE,
)
_DOUBTED = pattern(r"[\d)\]}]\s*\(([^()]*\d[^()]*)\?+\s*\)\s*$", needs="?")
_BASE = r"(?:hex(?:adecimal|adezimal)?|octal|oktal|binary|binär|base\s?(?!10\b)\d+)"
_OTHER_BASE = pattern(
    rf"^{_BASE}\s*:?\s*[\w.]+$|(?:^[\w.,]+|[\])}}])\s*[,(]?\s*(?:in\s+)?{_BASE}\s*\)?\.?$", re.IGNORECASE
)
_STRUCK = pattern(r"~~(?=\S).+?(?<=\S)~~|<(s|del|strike)>.*?</\1>", re.DOTALL | re.IGNORECASE, needs="~<")
_TELLING = CHANGING_WORDS | frozenset(
    fold(
        "not isn't aren't don't do never than nicht pas no не ليس نیست नहीं wrong incorrect false right correct true "
        "falsch faux неверно incorrecto değil yanlış غلط اشتباه نمی نمیشود خیر गलत خطأ wait edit correction corrected "
        "scratch oops korrektur düzeltme perdón nein erratum non تصحیح اصلاح hex hexadecimal hexadezimal octal oktal "
        "binary binär base too nope impossible imposible unmöglich can can't cannot "
        "could couldn't doesn't does won't will kann غیرممکن"
    )
    .casefold()
    .split()
)
"""Every text that denies its value or takes it back contains one of these words."""
_WORD = pattern(r"[\u0900-\u097f]+|[^\W\d_]+(?:['’][^\W\d_]+)?")
_SIGNS = ("!=", "≠", "¬", "<>", "不", "错", "更正", "修正", "?", "✗", "✘", "❌", "👎", *CHANGING_SIGNS)

_SO = r"(?:(?:so|hence|thus|therefore|then|also|folglich|donc|así|∴|⇒|→|=>|⟹)[\s,:]+|[∴⇒→]\s*)?"
_CALLED = (
    r"(?:(?:the|my|our|die|meine|la|ma|le|el|mi)\s+)?(?:final\s+|correct\s+|right\s+)?"
    r"(?:answer|ans|result|solution|antwort|lösung|ergebnis|réponse|résultat|respuesta|resultado|solución|risposta|cevap|"
    r"yanıt|sonuç|ответ|результат|پاسخ|جواب|نتیجه|الجواب|الإجابة|الاجابة|उत्तर|答案|答|結果|结果|답)"
    r"(?:\.(?=\s)|\s+(?:is|are|ist|est|es)\b|\s?هي|\s?هو|\s?है|是|为)?\s*[:=：]?\s*"
)
_SAID = (
    r"(?:i|we)\s+(?:get|got|have|find|found|obtain|choose|chose|think|pick)(?:\s+that)?\s+|"
    r"it(?:['’]s|\s+(?:is|must\s+be|should\s+be))\s+"
)
_ANNOUNCED = pattern(rf"^\s*{_SO}(?:{_CALLED}|{_SAID})?(?=\S)", re.IGNORECASE)
_EQUALS = pattern(
    fold(
        rf"^\s*(?:(?!(?:{MANY_TIMES})\s)[^\s\d()\[\]{{}}=:،؛,;]{{1,20}}\s+){{0,6}}"
        r"برابر(?:\s(?:است|هست|می\s?شود|می\s?باشد|خواهد بود|شد))?(?:\sبا)?\s*[:=]?\s*(?=[-+\d(\[{\\$√])"
    ),
    needs="برابر",
)
"""What is equal to the value: `مقدار آن برابر است با`."""
_CLOSED = pattern(
    r"\s*(?:\((?:final|the)?\s?answer\)|\[(?:final\s)?answer\]|\s#\s.*|[✓✔✅👍🙂☺]\ufe0f?|[:;]-?\)|(?:(?<=[^\W\d_]{2})|(?<=[\]}]))!+|"
    r"\s(?:است|هست|م[یي][\u200c\s]?(?:باشد|شود)|خواهد بود)\.?|です)\s*$",
    re.IGNORECASE,
)
_WHEN = r"for|where|when|if|assuming|für|wenn|pour|si|para|برا[یي]|اگر"
_REMARK = (
    r"\s*[,;(–—-]+\s*(?:no|same|valid|full|zero)\s(?:zero[- ]?)?(?:padding|bias(?:es)?|stride|dilation|pooling|"
    r"convolution|activation)\W*$"
)
_REASON = pattern(rf"(?<=[\w)\]}}%])(?:[\s,;:(–—-]+(?:{WHY})\s|{_REMARK})", re.IGNORECASE)
_CONDITION = pattern(rf"(?<=[\d)\]}}%])[\s,;:(–—-]+(?:{_WHEN})\s", re.IGNORECASE)
_CASE = r"for|when|if|after|before|with|without|at|für|wenn|bei|nach|pour|si|après|para|برا[یي]|اگر|وقتی|بعد از|با"
_CASES = pattern(
    fold(
        rf"[\d)\]%]\W{{0,3}}\s(?P<case>{_CASE})\s[^;\n()\[\]]{{1,60}}?(?:[,;]|\s(?:and|but|while|und|et|y|و|ولی)\s)\s*"
        rf"(?:and\s|but\s)?[-+]?\d[\d.,/]*(?:\s?[x*]\s?\d+)*\s(?:(?P=case)|without|ohne|sans|sin|بدون)(?:\s|$)|"
        rf"[\d)\]]\W{{0,3}}\s(?:{_CASE})\s[^;\n()\[\]=]{{1,60}}?(?:[,;]|\s)\s*"
        rf"(?:it (?:is|would be|becomes)|we get)\s[-+]?\d|"
        r"[\d)\]]\s?[,;]\s(?:and\s|but\s)?(?:after|before|then|later|nach|après|بعد از)\s[^\d;\n()\[\]=]{1,40}"
        r"\d+(?:\s?[x*]\s?\d+){2,3}\W*$"
    ),
    re.IGNORECASE,
)
"""A second value with its own condition: `156 with bias, 150 without bias`."""
_SAYS_MORE = pattern(
    fold(
        r"\b(?:or|else|otherwise|so|times|then|but|except|not|each|every|oder|sonst|also|aber|nicht|jede[nrs]?|ou|sinon|"
        r"mais|n'est|chaque|o|si no|pero|no|cada)\b|یا|وگرنه|پس|ولی|اما|نه|هر|[\[\]{}]|\([\s\d]*,"
    ),
    re.IGNORECASE,
)
"""What a reason does not say: another value, or what is still to be done with this one."""
_AROUND = pattern(r'\s*(?:"([^"]+)"|\*\*([^*]+)\*\*|“([^”]+)”|«([^»]+)»)\s*', needs='"*“«')


def refuse_denied(raw: str, behind: bool = False) -> None:
    """Refuse a value that is said not to be the answer, `0.5 is wrong`, or that another one takes back.

    Words behind another value, `14 (not 13)`, are left to the readers of the kinds. With `behind`, so are words in
    front of a value.

    Raises:
        UnreadableError: a denial before or behind the whole, or a correction.
    """
    text = fold(raw) if len(raw) <= MAX_TEXT else ""
    if not _may_deny(text):
        return
    text = " ".join(text.split())
    front = None if behind else _FRONT.search(text)
    if _BACK.search(text) or (not behind and _SIGNED.match(text)) or (front and not front["done"]):
        raise unreadable("expected an answer, received {received}, which says what it is not", received=quoted(raw))
    if front or still_to_be_done(text):
        raise unreadable(
            "expected the values themselves, received {received}, in which something is still to be done with them",
            received=quoted(raw),
        )
    if leaves_out(text):
        raise unreadable("expected all entries, received {received}, which leaves some out", received=quoted(raw))
    if _OTHER_BASE.search(text):
        raise unreadable("expected a decimal number, received {received}, in another base", received=quoted(raw))
    if _TAKEN_BACK.search(text) or _DOUBTED.search(text):
        raise unreadable("expected one answer, received several in {received}", received=quoted(raw))


def refuse_two_values(raw: object) -> None:
    """Refuse two values that hold in two cases, where one value is asked for.

    Raises:
        UnreadableError: such as `28 for training, 14 for testing`.
    """
    if isinstance(raw, str) and len(raw) <= MAX_TEXT and " " in raw and _CASES.search(fold(raw)):
        raise unreadable("expected one answer, received several in {received}", received=quoted(raw))


def _may_deny(text: str) -> bool:
    words = (word.casefold() for word in _WORD.findall(text))
    return any(sign in text for sign in _SIGNS) or not _TELLING.isdisjoint(words)


def signed_away(raw: str) -> bool:
    """Whether a sign next to an option denies or changes it, `!= B`, `[ ] B` without a tick, `B ✗`, `tanh'`."""
    return any(sign.search(raw) for sign in (_SIGNED, _UNTICKED, _CROSSED)) or raw.lstrip()[:1] in ("<", ">", "≤", "≥")


def without_struck(raw: str) -> str:
    """A text without what is struck out in it, `~~14~~ 13`.

    Raises:
        UnreadableError: nothing is left.

    >>> without_struck("~~14~~ 13"), without_struck("<s>no</s> yes")
    ('13', 'yes')
    """
    if len(raw) > MAX_TEXT or not _STRUCK.search(raw):
        return raw
    left = _STRUCK.sub(" ", raw).strip()
    if not left:
        raise unreadable("expected an answer, received {received}, which says what it is not", received=quoted(raw))
    return left


def without_reason(raw: str, conditional: bool = True, numbers: bool = True) -> str:
    """A text without the reason behind its value, where that names no other one; if `conditional`, nor a condition.

    Without `numbers`, a reason has none: in `7x7 for 64 groups` there is a size.

    >>> without_reason("[1, 2] because padding is 1"), without_reason("28x28x6, no padding")
    ('[1, 2]', '28x28x6')
    >>> without_reason("[1, 2] if p = 1, otherwise more"), without_reason("[1, 2] for x, [3, 4] for y")
    ('[1, 2] if p = 1, otherwise more', '[1, 2] for x, [3, 4] for y')
    """
    text = raw[:MAX_TEXT]
    found = _REASON.search(text) or (_CONDITION.search(text) if conditional else None)
    if found is None or text != raw or _CASES.search(fold(text)):
        return raw
    rest = fold(text[found.end() :])
    if _SAYS_MORE.search(rest) or (not numbers and any(map(str.isdigit, rest))):
        return raw
    return text[: found.start()]


def without_announcement(raw: str) -> str:
    """A text without words that say no more than that it is the answer.

    >>> without_announcement("Answer: n^2"), without_announcement("So the answer is yes!"), without_announcement("28 ✓")
    ('n^2', 'yes', '28')
    """
    if len(raw) > MAX_TEXT:
        return raw
    text = _EQUALS.sub("", fold(raw), count=1) if "برابر" in raw else raw
    text = _CLOSED.sub("", _ANNOUNCED.sub("", text.strip(), count=1), count=1).strip(" \t\n\u00a0")
    around = _AROUND.fullmatch(text)
    return next((inner for inner in around.groups() if inner), text) if around else text
