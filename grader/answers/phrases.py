"""Words that mean a value or none, in many languages, in lower case and folded."""

from __future__ import annotations

from collections.abc import Iterable

from grader.answers.characters import fold


def folded(words: Iterable[str]) -> frozenset[str]:
    """Words as folding leaves them: Cyrillic letters that look Latin become Latin."""
    return frozenset(fold(word).casefold() for word in words)


BLANKS = frozenset({"", "-", "--", "---"})
"""Blank answers and cells; `-` is 0 where a count is asked for."""


def is_blank(raw: object, depth: int = 0) -> bool:
    """Whether an answer is nothing but blanks: empty text, `-`, and lists of such.

    >>> is_blank(" - "), is_blank(["", "-"]), is_blank(0)
    (True, True, False)
    """
    if isinstance(raw, str):
        return len(raw) < 400 and (raw.strip() in BLANKS or fold(raw).strip() in BLANKS)
    return isinstance(raw, list) and depth < 50 and all(is_blank(item, depth + 1) for item in raw)


NOTHING = frozenset({"none", "nothing", "[]", "{}", "()", "∅", "\\emptyset", "هیچ"})
"""Words for an empty set, or for no option, normalised by `normal`."""

DIVIDERS = r"[,;،؛、|+&\n]|\band\b|\bund\b|\bet\b|\sو\s"
"""Separators between the entries of a set, and between ticked options."""

NO_ANSWER = folded(
    {
        *(
            "?",
            "??",
            "???",
            "n/a",
            "na",
            "n.a",
            "todo",
            "tbd",
            "tba",
            "idk",
            "i don't know",
            "i dont know",
        ),
        *("don't know", "dont know", "i do not know", "not sure", "no idea", "skip", "skipped", "unanswered", "blank"),
        *(
            "no answer",
            "not answered",
            "weiß nicht",
            "weiß ich nicht",
            "keine ahnung",
            "keine antwort",
            "no sé",
            "no se",
        ),
        *("no lo sé", "je ne sais pas", "sais pas", "не знаю", "نمیدانم", "نمی دانم", "بلد نیستم", "لا أعرف", "不知道"),
        *(
            "모름",
            "모르겠음",
            "모르겠습니다",
            "모르겠어요",
            "잘 모르겠습니다",
            "xxx",
            "leer",
            "empty",
            "no clue",
            "later",
            "to do",
        ),
        *(
            "dunno",
            "have no idea",
            "i have no idea",
            "i am not sure",
            "i'm not sure",
            "unsure",
            "don't remember",
            "pass",
        ),
        *(
            "no response",
            "left blank",
            "intentionally left blank",
            "will do later",
            "not done",
            "not finished",
            "fixme",
        ),
        *("ich weiß es nicht", "ich weiß nicht", "k.a", "k. a", "keine idee", "offen", "sin respuesta", "en blanco"),
        *("ni idea", "pas de réponse", "aucune idée", "sans réponse", "j'en sais rien", "не знаю ответа", "нет ответа"),
        *("без ответа", "не уверен", "затрудняюсь", "بدون پاسخ", "بدون جواب", "نمیدونم", "نمی دونم", "پاسخی ندارم"),
        *(
            "bilmiyorum",
            "bilmem",
            "boş",
            "cevap yok",
            "मुझे नहीं पता",
            "पता नहीं",
            "ran out of time",
            "out of time",
            "no time",
        ),
        *(
            "keine zeit",
            "pas eu le temps",
            "süre yetmedi",
            "zaman yetmedi",
            "وقت نشد",
            "没时间",
            "left blank intentionally",
        ),
        *("لا أعلم", "لا أعرف الإجابة", "لا أدري", "不会", "不会做", "不清楚", "我不知道", "未知", "没做", "略"),
    }
)
"""Words for no answer; `n/a` is 0 where a count is asked for."""


def says_nothing(line: str) -> bool:
    """Whether a folded line says that there is no answer, apart from brackets and stops around it.

    >>> says_nothing("(I don't know)"), says_nothing("..."), says_nothing("no parameters")
    (True, True, False)
    """
    if len(line) > 60:
        return False
    bare = line.casefold().strip("()[]<>_.!- ")
    return (not bare and "-" not in line) or bare in NO_ANSWER


ZERO_WORDS = folded(
    {
        *(
            "there are none",
            "there is none",
            "none at all",
            "none",
            "no",
            "zero",
            "nothing",
            "no parameters",
            "no parameter",
            "no params",
            "without parameters",
        ),
        *("has no parameters", "no trainable parameters", "صفر", "ندارد", "هیچ", "پارامتری ندارد", "پارامتر ندارد"),
        *("بدون پارامتر", "پارامتر آموزشی ندارد", "بدون پارامتر آموزشی", "صفر پارامتر"),
        *("n/a", "na", "null", "nil", "no trainable params", "no weights", "no learnable parameters", "not applicable"),
        *("no learnable params", "without params", "has no params", "no learnable weights"),
        *("keine", "kein", "keine parameter", "entfällt", "ninguno", "ninguna", "cero", "nada", "sin parámetros"),
        *("no tiene parámetros", "aucun", "aucune", "aucun paramètre", "zéro", "rien", "нет", "ноль"),
        *(
            "нет параметров",
            "без параметров",
            "отсутствуют",
            "لا يوجد",
            "لا شيء",
            "无",
            "没有",
            "无参数",
            "没有参数",
            "零",
        ),
        *("없음", "없다", "파라미터 없음", "yok", "sıfır", "hiç", "parametre yok", "शून्य", "कोई नहीं", "〇"),
        *("it has none", "has none", "parameterless", "parameter-free", "no learnable parameter"),
    }
)
"""Words for 0 where a count is asked for."""

SAME = folded(
    {
        *("does not change", "doesn't change", "do not change", "unchanged", "no change", "not changed", "same"),
        *("the same", "same as above", "same as before", "as above", "previous", "تغییری نمیکند", "تغییری نمی کند"),
        *('"', "〃", "ditto", "''", "idem", "no change.", "stays the same", "remains the same", "wie oben", "gleich"),
        *("unverändert", "keine änderung", "wie vorher", "igual", "sin cambios", "lo mismo", "inchangé", "pareil"),
        *(
            "identique",
            "без изменений",
            "то же",
            "не меняется",
            "так же",
            "不变",
            "同上",
            "无变化",
            "동일",
            "변화 없음",
        ),
        *("لا يتغير", "نفس الشيء"),
        *("تغییر نمیکند", "تغییر نمی کند", "بدون تغییر", "تغییری ندارد", "همان", "همان قبلی", "مانند قبل", "ثابت"),
    }
)
"""Words for the shape of the row above."""

BATCH = frozenset(
    {"none", "null", "batch", "batch_size", "batchsize", "batch size", "b", "n", "m", "bs", "?", "*", "...", "…", "-1"}
)
"""Spellings of the batch axis, which is dropped."""

HUNDREDTHS = fold(
    r"(?:percent|per cent|pct|prozent|por ciento|pour cent|процент(?:а|ов)?|درصد|بالمئة|في المئة|بالمائة|퍼센트)"
)
"""Words for percent, after a number."""

DEGREES = fold(r"(?:degrees?|deg|grad|grados?|degrés?|градус(?:а|ов)?|درجه|درجة|度|도)")
"""Words for degrees, after a number."""

_POWERS = {
    **dict.fromkeys(["k", "thousand", "tsd", "tausend", "mille", "тыс", "тысяч", "هزار", "ألف", "천"], 3),
    **dict.fromkeys(["m", "mn", "mio", "mil", "million", "millions", "millionen", "millones", "millón"], 6),
    **dict.fromkeys(["млн", "миллион", "миллиона", "миллионов", "میلیون", "ملیون", "مليون", "백만"], 6),
    **dict.fromkeys(["g", "b", "bn", "billion", "billions", "mrd", "milliarde", "milliarden", "milliard"], 9),
    **dict.fromkeys(["milliards", "mil millones", "млрд", "миллиард", "миллиардов", "میلیارد", "بیلیون", "مليار"], 9),
    **{"t": 12, "trillion": 12, "تریلیون": 12, "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8},
}
POWERS = {fold(word): power for word, power in _POWERS.items()}
"""Words of magnitude after a number, as powers of ten."""

COUNTED = fold(
    r"(?:parameters?|params?|channels?|pixels?|px|macs?|flops?|operations?|ops|weights?|units?|neurons?|images?|"
    r"filters?|پارامتر|کانال|پیکسل|عملیات|عمل|ضرب|معلمة|个参数|参数|개|个)"
)
"""Words for what is counted, after a number."""

NUMBER_WORDS = {
    fold(word): value
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze",
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده",
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
        "零 一 二 三 四 五 六 七 八 九 十 十一 十二",
        "sıfır bir iki üç dört beş altı yedi sekiz dokuz on",
        "शून्य एक दो तीन चार पाँच छह सात आठ नौ दस",
    )
    for value, word in enumerate(words.split())
}
"""Number words up to twelve."""


_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ADDED = {word: value for value, word in enumerate(_SMALL.split())}
_ADDED |= {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
_TIMES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


def number_words(text: str) -> int | None:
    """A number in words: up to twelve in several languages, larger ones in English only.

    >>> number_words("seven"), number_words("one hundred fifty-six"), number_words("half")
    (7, 156, None)
    """
    words = text.casefold().replace("-", " ").split()
    if not words or len(words) > 12:
        return None
    if len(words) == 1 and words[0] in NUMBER_WORDS:
        return NUMBER_WORDS[words[0]]
    total, current = 0, 0
    for word in words:
        if word in _ADDED:
            current += _ADDED[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word in _TIMES and 0 < current < 1000:
            total, current = total + current * _TIMES[word], 0
        elif word != "and":
            return None
    return total + current
