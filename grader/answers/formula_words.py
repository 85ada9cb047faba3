"""Preparing one side of a formula for the parser: surrounding words dropped, common spellings normalised."""

from __future__ import annotations

import re

from grader.answers.characters import fold
from grader.answers.phrases import COUNTED
from grader.answers.refusal import ambiguous
from grader.answers.remarks import words_change
from grader.answers.vocabulary import Vocabulary
from grader.patterns import pattern

_LOGARITHM = pattern(r"\blog\s?_\s?\(?(2|10|e)\)?(?![0-9])")
_BARS = pattern(r"\|([^|]{1,200})\|")
_TIMES = pattern(r"(?<=[\d)\]])\s?[xX]\s?(?=[\d(\[])|(?<=[\w)\]])\s[xX]\s(?=[\w(\[])|(?<=[A-Z\d])x(?=[A-Z\d])")
_CLOSE = pattern(r"\b(sqrt|exp|ln)(?=\d)", needs="els")
_MODULES = pattern(r"\b(?:np|numpy|math|torch|tf|jnp)\.(?=[a-z]+\d{0,2}\s?\(|(?:e|pi)\b)")
_LOUD = pattern(r"\b(?:floor|ceil|sqrt|exp|log|ln|abs|max|min|int|pow|sigmoid|tanh|relu)(?=\s?\()", re.IGNORECASE)
_POWERED = pattern(
    r"\b(sinh|cosh|tanh|sin|cos|tan|exp|log|ln|sigmoid)\s?\^\s?\(?([2-9])\)?\s?(\((?:[^()]|\([^()]{0,80}\)){1,200}\)|[^\W\d]\w{0,10})",
    needs="^",
)
_OVER = pattern(r"(?<=[)\d]):(?=[\w(])")
_BEHIND = pattern(fold(r",?\s(?:where|for|if|when|with|because|since|wobei|für|donde|où|где|که)\s.*$"), re.IGNORECASE)
_DOMAIN = pattern(r",\s*\w{1,8}\s*[<>≤≥].*$", needs=",")
_LAST_WORD = pattern(r"(?<=[\w)\]])\s+([^\W\d_]{5,20})$")
_IN_WORDS = pattern(r"\s\(([^()]*[^\W\d_]{4,}[^()\d]*)\)$")
_NAMED = pattern(r"^[^\W\d_][^\W\d_ ]{3,30}(?: [^\W\d_]{2,20}){0,3}\s?:\s")
_LEGEND = pattern(r"\s\((?:[^()]*[:=][^()]*[^\W\d_]{3}[^()]*)\)$")
_REMARK = pattern(
    r",\s\w{1,8}\s(?:is\s)?(?:an?\s)?(?:odd|even|integer|ungerade|gerade|impair|pair|impar|par)\b.*$", needs=","
)
_WORDS = pattern(r"[^\W\d_]+")
_CONDITION = pattern(r"\s\((?:for|if|when|where|with|since|assuming|provided)\s[^()]*\)$")
_ROOT = pattern(r"√\s?([^\W\d_]{2,})", needs="√")


def without_words(side: str, words: Vocabulary) -> str:
    """The side without a trailing domain, explanation or unit word.

    >>> without_words("2W + 1 parameters", Vocabulary(["W"], [])), without_words("ax, x < 0", Vocabulary(["a"], []))
    ('2W + 1', 'ax')
    """
    text = _LEGEND.sub("", _DOMAIN.sub("", _BEHIND.sub("", _NAMED.sub("", side))))
    text = _CONDITION.sub("", _REMARK.sub("", text))
    text = _IN_WORDS.sub(lambda found: "" if not set(_WORDS.findall(found[1])) & set(words.spelled) else found[0], text)
    found = _LAST_WORD.search(text)
    if found and found[1] in words.spelled and re.fullmatch(COUNTED, found[1]):
        raise ambiguous(side, text[: found.start()], f"{text[: found.start()]} * {found[1]}")
    if not found or found[1] in words.spelled or words_change(found[1]):
        return text
    return text[: found.start()]


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
    if "σ" in side and "σ" not in words.spelled:
        side = re.sub(r"σ(?=\s?[\^(])", "sigmoid", side)
    if "sigma" in side and "sigma" not in words.spelled:
        side = re.sub(r"\bsigma(?=\s?[\^(])", "sigmoid", side)
    side = _LOUD.sub(lambda found: found[0] if found[0] in words.spelled else found[0].lower(), side)
    side = _POWERED.sub(r"((\1\3)^\2)", side)
    if ":" in side:
        side = _OVER.sub("/", side)
    if ("x" in side or "X" in side) and not any(name[0] in "xX" for name in words.spelled):
        side = _TIMES.sub("*", side)
    return _CLOSE.sub(r"\1 ", side)
