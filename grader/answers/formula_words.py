"""Preparing one side of a formula for the parser: surrounding words dropped, common spellings normalised."""

from __future__ import annotations

import re
import unicodedata

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.characters import fold
from grader.answers.phrases import COUNTED
from grader.answers.refusal import ambiguous, quoted, unreadable
from grader.answers.remarks import OTHERWISE, says_sign, words_change
from grader.answers.tokens import Vocabulary
from grader.patterns import pattern

_LOGARITHM = pattern(r"\blog\s?_\s?\(?(2|10|e)\)?(?![0-9])")
_BARS = pattern(r"\|([^|]{1,200})\|")
_TIMES = pattern(r"(?<=[\d)\]])\s?[xX]\s?(?=[\d(\[])|(?<=[\w)\]])\s[xX]\s(?=[\w(\[])|(?<=[A-Z\d])x(?=[A-Z\d])")
_CLOSE = pattern(r"\b(sqrt|exp|ln)(?=\d)", needs="els")
_MODULES = pattern(
    r"\b(?:(?:np|numpy|math|torch|tf|jnp|F|nn|functional|special|keras|activations)\.)+"
    r"(?=[A-Za-z]+\d{0,2}\s?\(|(?:e|pi)\b)",
    needs=".",
)
_EXTREME = pattern(r"\b(max|min)imum(?=\s?\()", needs="imum")
_LOUD = pattern(
    r"\b(?:floor|ceil|sqrt|exp|log|ln|abs|max|min|int|pow|sigmoid|tanh|relu)(?=\s?\()",
    re.IGNORECASE,
    needs=["floor", "ceil", "sqrt", "exp", "log", "ln", "abs", "max", "min", "int", "pow", "sigmoid", "tanh", "relu"],
)
_POWERED = pattern(
    r"\b(sinh|cosh|tanh|sech|sin|cos|tan|exp|log|ln|sigmoid)\s?\^\s?\(?([2-9])\)?\s?(\((?:[^()]|\([^()]{0,80}\)){1,200}\)|[^\W\d]\w{0,10})",
    needs="^",
)
_CASES = pattern(
    fold(
        r"(?:[,;]|\s(?:and|und|et|y)\b)\s*(?:(?!since|because|where|weil|car)[^,;]){1,40}?(?:,\s*\w{1,8}\s*[<>≤≥]|"
        r"\s(?:for|if|when|für|falls|wenn|si|pour|для|если|اگر|برای)\s)"
    ),
    re.IGNORECASE,
    needs=fold("< > ≤ ≥ for if when für falls wenn si pour для если اگر برای").split(),
)
"""A second value with its own condition: `z for z > 0, 0 for z <= 0`."""
_CONDITIONED = pattern(r"[<>≤≥]|\s(?:for|if|when|für|falls|wenn|si|pour)\s", re.IGNORECASE)
_ACTED = pattern(
    rf"[\s(](?:with|after|through|using)\s(?:an?\s|the\s)?(?:{'|'.join(sorted(FUNCTIONS))}|softmax|[gs]elu)\s*\)?$",
    re.IGNORECASE,
    needs=("with", "after", "through", "using"),
)
_ROUNDED = pattern(
    r"\b(?:rounded|rounding|round(?:s|ed)? (?:up|down)|floored|(?:ab|auf)?gerundet|arrondi\w*|redondea\w*)\b|"
    r"[\s(](?:floor|ceil|ceiling)\s?\)?$",
    re.IGNORECASE,
    needs="rRfFcCgG",
)
"""Rounding in words, which would be dropped."""
_UPDATED = pattern(r"^\s*([^\W\d]\w{0,20})\s?([-+]|\s[*/])=(?!=)\s*([^=]+)$", needs="=")
_UPDATES = pattern(r"(?<=[\w)\]])(?:\s?[-+]=|\s[-+*/]\s?=)(?!=)|^\s*[-+*/]\s?=(?!=)", needs="=")
_OVER = pattern(r"(?<=[)\d]):(?=[\w(])")
_SIGNED = pattern(
    r"^\s*[^-\s].*(?:\snegative|\s(?:with|of)\s(?:an?\s|the\s)?(?:opposite|reversed|flipped|inverted|other)\ssign)\W*$",
    re.IGNORECASE,
    needs=("negative", "sign"),
)
_LIMIT = pattern(
    r"((?:\\?\b(?:sum|prod|lim)|[ΣΠ∑∏])\s?_\s?\(?\s?[^\W\d]\w*\s?)(?:=|→|->|\\to\b)",
    needs=[*"ΣΠ∑∏", "sum", "prod", "lim"],
)
"""The lower limit of a sum, whose `=` does not part two sides of a chain."""
_BAR = pattern(r"(?:([^\n]{1,80}=)\s*)?([^\n]+)\n[ \t]*[-–—―─_]{2,}[ \t]*\n([^\n]+)")
_RULED = pattern(r"^[ \t]*[-–—―─_]+[ \t]*$|[-–—―─_]{3,}[ \t]*$", re.MULTILINE)
"""A line under which another one is written, so that it may be a fraction, and not a sign."""
_ACCENTS = {
    **{"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303"},
    **{"widetilde": "\u0303", "dot": "\u0307"},
}
_ACCENTED = pattern(
    rf"\\({'|'.join(_ACCENTS)})(?:\s*\{{\s*([^\W\d_])\s*\}}|\s+([^\W\d_]))", needs=[f"\\{name}" for name in _ACCENTS]
)
_LIMITS = fold("where|for|if|when|with|because|since|wobei|für|donde|où|где|که")
_BEHIND = pattern(rf",?\s(?:{_LIMITS})\s.*$", re.IGNORECASE, needs=_LIMITS.split("|"))
_DOMAIN = pattern(r",\s*\w{1,8}\s*[<>≤≥].*$", needs=",")
_LAST_WORD = pattern(r"(?<=[\w)\]])\s+([^\W\d_]{5,20})$")
_IN_WORDS = pattern(r"\s\(([^()]*[^\W\d_]{4,}[^()\d]*)\)(?=\s*[-+]|$)")
_LEAD = pattern(
    r"^(?:(?:so|hence|thus|therefore|then|we (?:get|have|find)|there are|it is|(?:(?:the|my|our) )?(?:final )?"
    r"(?:answer|result|solution|formula|lösung|antwort|réponse|respuesta)(?: is| ist| est| es)?)\s?[,:]?\s+)+(?=\S)",
    re.IGNORECASE,
    needs=[
        "so",
        "hence",
        "thus",
        "therefore",
        "then",
        "we",
        "there",
        "it",
        "answer",
        "result",
        "solution",
        "formula",
        "lösung",
        "antwort",
        "réponse",
        "respuesta",
    ],
)
_NAMED = pattern(r"^[^\W\d_][^\W\d_ ]{3,30}(?: [^\W\d_]{2,20}){0,3}\s?:\s")
_LEGEND = pattern(r"\s\((?:[^()]*[:=][^()]*[^\W\d_]{3}[^()]*)\)$")
_REMARK = pattern(
    r",\s\w{1,8}\s(?:is\s)?(?:an?\s)?(?:odd|even|integer|ungerade|gerade|impair|pair|impar|par)\b.*$", needs=","
)
_WORDS = pattern(r"[^\W\d_]+")
_CONDITION = pattern(r"\s\((?:for|if|when|where|with|since|assuming|provided)\s[^()]*\)$")
_ROOT = pattern(r"√\s?([^\W\d_]{2,})", needs="√")


def refuse_cases(text: str, words: Vocabulary) -> None:
    """Refuse a formula by cases, of which only the first would be read, and a function named after its argument.

    Raises:
        UnreadableError: `z if z > 0 else 0`, `z for z > 0, 0 for z <= 0`, `z with relu`, `w -= g`, `h/2 rounded down`.
    """
    first = _CASES.search(text)
    cases = first is not None and _CONDITIONED.search(text[: first.start()]) is not None
    otherwise = OTHERWISE.search(text.casefold())
    if cases or (otherwise and otherwise[0] not in words.spelled):
        raise unreadable("expected one formula, received several cases in {received}", received=quoted(text))
    if _SIGNED.search(text) or _ACTED.search(text) or _UPDATES.search(text) or _ROUNDED.search(text):
        raise unreadable("expected a formula, received {received}", received=quoted(text))


def updated(text: str) -> tuple[str, str] | None:
    """The new value that `w -= g` gives to w, and the step g; None for anything else.

    >>> updated("w -= 0.1*g"), updated("w = 0.1*g")
    (('w - (0.1*g)', '0.1*g'), None)
    """
    found = _UPDATED.match(fold(text))
    step = found[3].strip(" ;,.") if found else ""
    return (f"{found[1]} {found[2].strip()} ({step})", step) if found and step else None


def ruled(text: str) -> str:
    """A fraction over three lines as one line; other text unchanged.

    Raises:
        UnreadableError: another line of dashes, which would be read as signs.

    >>> ruled("1 + z\\n-----\\n2"), ruled("1 - z")
    ('(1 + z)/(2)', '1 - z')
    """
    if "\n" not in text or not _RULED.search(text):
        return text
    found = _BAR.fullmatch(text.strip())
    if not found or _RULED.search(f"{found[2]}\n{found[3]}"):
        raise unreadable("expected a formula, received {received}", received=quoted(text))
    return f"{found[1] or ''}({found[2].strip()})/({found[3].strip()})"


def with_limits(line: str) -> str:
    r"""A line in which the limits of a sum are no sides of a chain, so that no part of the sum is read as a formula.

    >>> with_limits("sum _i=1^n i = n(n+1)/2"), with_limits("y = x")
    ('sum _i∈1^n i = n(n+1)/2', 'y = x')
    """
    return _LIMIT.sub(r"\1∈", line)


def accented(text: str, words: Vocabulary) -> str:
    r"""A text in which a letter with an accent is the name that is declared for it, or one letter.

    >>> accented(r"\hat{y} - y", Vocabulary(["y", "y_hat"], [])), accented("ŷ", Vocabulary(["y_hat"], []))
    ('y_hat - y', 'y_hat')
    """
    text = _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", (found[2] or found[3]) + _ACCENTS[found[1]]), text)
    if text.isascii():
        return text
    for accent, mark in _ACCENTS.items():
        for name in words.allowed:
            bare = re.fullmatch(rf"([^\W\d_])_?{accent}(_?\w*)", name)
            one = unicodedata.normalize("NFC", bare[1] + mark) if bare else ""
            if bare and one not in words.spelled:
                text = re.sub(rf"{one}{bare[2]}(?![^\W_])" if bare[2] else one, name, text)
    return text


def without_words(side: str, words: Vocabulary) -> str:
    """The side without a trailing domain, explanation or unit word.

    >>> without_words("2W + 1 parameters", Vocabulary(["W"], [])), without_words("ax, x < 0", Vocabulary(["a"], []))
    ('2W + 1', 'ax')
    """
    lead = _LEAD.match(side)
    side = side if lead is None or set(_WORDS.findall(lead[0])) & set(words.spelled) else side[lead.end() :]
    text = _LEGEND.sub("", _DOMAIN.sub("", _BEHIND.sub("", _NAMED.sub("", side))))
    text = _CONDITION.sub("", _REMARK.sub("", text))
    signed = text[:1] == "-"
    text = _IN_WORDS.sub(lambda found: found[0] if _acts(found[1], words, signed) else "", text)
    found = _LAST_WORD.search(text)
    if found and found[1] in words.spelled and re.fullmatch(COUNTED, found[1]):
        raise ambiguous(side, text[: found.start()], f"{text[: found.start()]} * {found[1]}")
    if not found or found[1] in words.spelled or words_change(found[1]):
        return text
    return text[: found.start()]


def _acts(remark: str, words: Vocabulary, signed: bool) -> bool:
    """Whether words in a bracket may be part of a formula, or change it."""
    return (
        bool(set(_WORDS.findall(remark)) & set(words.spelled))
        or words_change(remark)
        or (says_sign(remark) and not signed)
    )


def _powered(found: re.Match[str], words: Vocabulary) -> str:
    """`tanh^2 z` as the power of a call; unchanged where its argument may be more than one name."""
    argument = found[3] if found[3][0] == "(" else f"({found[3]})"
    names = words.split(found[3], called=False) if found[3][0] != "(" else None
    return found[0] if names and len(names) > 1 else f"(({found[1]}{argument})^{found[2]})"


def spelled(side: str, words: Vocabulary) -> str:
    """Common spellings rewritten for the tokenizer: `log_2`, `|x|`, `sqrt2`, and `3x3` if x is not declared.

    Raises:
        UnreadableError: `√xy`, which may be the root of x or of xy; a trailing `(+K)`.
    """
    root = _ROOT.search(side)
    names = words.split(root[1], called=False) if root else None
    if root and names and len(names) > 1:
        raise ambiguous(side, f"√({'*'.join(names)})", f"√{names[0]} * {'*'.join(names[1:])}")
    if re.search(r"[\w)]\s\(\s?\+", side):
        first, second = side.split("(")[0].strip(), re.sub(r"\s\(\s?\+([^()]*)\)", r" + \1", side)
        raise ambiguous(side, first, second)
    if "log" in side:
        side = _LOGARITHM.sub(lambda found: "ln " if found[1] == "e" else f"log{found[1]} ", side)
    if "|" in side:
        side = _BARS.sub(r"abs(\1)", side)
    if "." in side:
        side = re.sub(r"\bpower(?=\s?\()", "pow", _MODULES.sub("", side))
    side = _EXTREME.sub(r"\1", side)
    if "σ" in side and "σ" not in words.spelled:
        side = re.sub(r"σ(?=\s?[\^(])", "sigmoid", side)
    if "sigma" in side and "sigma" not in words.spelled:
        side = re.sub(r"\bsigma(?=\s?[\^(])", "sigmoid", side)
    side = _LOUD.sub(lambda found: found[0] if found[0] in words.spelled else found[0].lower(), side)
    side = _POWERED.sub(lambda found: _powered(found, words), side)
    if ":" in side:
        side = _OVER.sub("/", side)
    if ("x" in side or "X" in side) and not any(name[0] in "xX" for name in words.spelled):
        side = _TIMES.sub("*", side)
    return _CLOSE.sub(r"\1 ", side)
