"""What stands around an array: a factor, a transposition, a chain that leads to it, words and signs.

Words and signs may change the array, `log [1, 2]`, or only describe it.
"""

from __future__ import annotations

import re

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.characters import fold
from grader.answers.pasted import unlatex, without_call
from grader.answers.refusal import quoted, unreadable
from grader.answers.remarks import FUNCTION_WORDS, words_change
from grader.answers.splitting import closes_last, end_of_bracket, outermost, outside
from grader.patterns import pattern
from grader.structs import Struct

_TURNING = (
    r"(?:negat\w*|négat\w*|squared?|cubed|flip\w*|rot(?:\d+|ate\w*)?|mirror\w*|permut\w*|swapped|transpos\w*|inv|"
    r"inver[st]\w*|revers\w*|det|determinant|gespiegelt|gedreht|transponiert|quadriert)"
)
_ACTING = (
    rf"(?:{FUNCTION_WORDS}|{'|'.join(sorted(FUNCTIONS))}|log\w*|sqr|gelu|leaky\w*|sum|mean|average|product|sign|round\w*|"
    rf"plus|inv|opp|recip|rev|revers\w*|invers\w*|invert\w*|exchang\w*|squared|{_TURNING}|"
    rf"{fold('مجموع|جمع|میانگین|بیشینه|کمینه|ماکزیمم|مینیمم')})"
)
"""What acts on a number acts on a list, too; `mean` and the like do so only with a list."""
ACTING = pattern(rf"(?<![^\W\d_]){_ACTING}(?![^\W\d_])", re.IGNORECASE)
"""Functions and words next to a list that act on an entry or on the list."""
_ACTING_IN_FRONT = pattern(rf"(?<![^\W\d_]){_ACTING}(?![^\W\d_])(?:\s+(?:of|on|the|von|der|de))*\s*$", re.IGNORECASE)
_ACTING_BEHIND = pattern(
    rf"[\s,;(\[]*(?:(?:then|and|but|all|element-?wise)\s+)*(?:{_TURNING}|before|vor|avant|in units? of|per ?cent)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
_OTHERWISE = pattern(
    r"[\d+*/^<>≤≥!≠±√∛\\%|@]|\.(?:T\b|t\()|(?<![^\W\d_])-|-(?![^\W\d_])|"
    r"\b(?:not|no|or|never|without|except|minus|plus|half|twice|times|transposed?|inverse|see|wrong|"
    r"instead|but|than|oder|nicht|ou|pas)\b",
    re.IGNORECASE,
)
"""Words or signs next to an array that change its value."""
_BULLET = pattern(r"^\s*(?:\(?\w{1,2}[.)]|[*•◦▪●])\s+")
_CLAUSE = pattern(r"[\s,;(]+(?://|#|(?:since|because|as|where|with|after)\b).*$", re.DOTALL)
_BRACKETS = pattern(r"[\[\](){}|$&]")
_CALLED = pattern(r"(?:[^\W\d]\w*\s*\.\s*)*([^\W\d]\w*)$")
_CONSTRUCTORS = frozenset(
    {
        "array", "asarray", "tensor", "matrix", "vector", "list", "tuple", "constant", "variable", "parameter", "mat",
        "floattensor", "doubletensor", "inttensor", "longtensor", "size", "tensorshape", "shape", "ndarray",
    }
)  # fmt: skip


def acts_in_front(text: str, bracket: str) -> bool:
    """Whether the text before an array acts on it; `bracket` is the array's first character.

    >>> acts_in_front("log ", "["), acts_in_front("np.exp", "("), acts_in_front("max pooling gives ", "[")
    (True, True, False)
    >>> acts_in_front("Y = np.array", "("), acts_in_front("after softmax: ", "[")
    (False, False)
    """
    text = _BULLET.sub("", text, count=1)
    called = _CALLED.search(text) if bracket in "([{" and text[-1:] not in (" ", "\t", "\n") else None
    if called:
        if called[1].casefold() not in _CONSTRUCTORS:
            return True
        text = text[: called.start()]
    return _OTHERWISE.search(text) is not None or _ACTING_IN_FRONT.search(text) is not None


def acts_behind(text: str) -> bool:
    """Whether the text after an array acts on it.

    >>> acts_behind(" squared"), acts_behind(" (before relu)"), acts_behind(" after max pooling"), acts_behind(" + 1")
    (True, True, False, True)
    """
    return _OTHERWISE.search(text) is not None or remark_acts(text)


def remark_acts(text: str) -> bool:
    """Whether a remark after an array begins with a word that acts on it; it may hold numbers.

    >>> remark_acts("(transposed)"), remark_acts("in units of 10"), remark_acts("with the kernel flipped")
    (True, True, False)
    """
    return _ACTING_BEHIND.match(text) is not None


def acts_beside(text: str) -> bool:
    """Whether words next to a list act on it or on one of its entries.

    >>> acts_beside("square root of"), acts_beside("half"), acts_beside("boxes")
    (True, True, False)
    """
    return words_change(text) or ACTING.search(text) is not None


def refuse_outside(before: str, behind: str) -> None:
    """Refuse what would change a LaTeX matrix; labels, brackets and words around it are dropped.

    Raises:
        UnreadableError: numbers, signs or symbols outside the matrix.
    """
    front = _BRACKETS.sub(" ", re.split(r"[=≈→:]", _BULLET.sub("", unlatex(before), count=1))[-1]).strip()
    back = _BRACKETS.sub(" ", _CLAUSE.sub("", unlatex(behind), count=1)).strip(" .,;!\n")
    for text, acts in ((front, acts_in_front(f"{front} ", "[")), (back, acts_behind(back) and back[0] not in "=≈→")):
        if acts or (len(text) == 1 and text.isalpha()):
            raise unreadable(
                "expected only a label or a factor next to a matrix, received {received}", received=quoted(text)
            )


MAX_CHAIN = 5_000
MAX_FACTOR = 80
_TRANSPOSED = pattern(
    r"(?<=[\])}])\s*(?:\.T|\.t\(\)|\^\s?\{?\s*(?:T|\\top|\\intercal|⊤)\s*\}?|ᵀ|')\s*\$*$", needs=")]}"
)
_SIDES = pattern(r"\\(?:left|right|bigl?|bigr|Bigl?|Bigr|mathopen|mathclose)(?![A-Za-z])\s?", needs="\\")
_NAME = pattern(r"[^\W\d_∇∂][\w ]{0,40}:\s*(?=[-\d(.\\])", needs=":")
_OPENER = pattern(r"[\[({]|\\begin(?=\s*\{)|(?<![\w.\\])[A-Za-z][A-Za-z.]{0,30}(?=\()", needs="[({\\")
_ENVIRONMENT = pattern(r"\\(begin|end)\s*\{[A-Za-z]+\*?\}")
_SEVERAL = pattern(r"[,;\n]|[\d.)]\s+[-+.\d(]")
_SIGN = r"(?:\*(?!\*)|\\cdot(?![a-z])|\\times(?![a-z])|\\,)"
_FACTOR = pattern(
    rf"\s*([-+]?\s*(?:\*\*|[\d\s./()^{{}}√π-]|e(?=[-+^\d])|sqrt(?![a-z])|pi(?![a-z])|"
    rf"\\(?:sqrt|[dt]?frac|pi)(?![a-z])|{_SIGN})*)\s*"
)
_ENDS_IN_SIGN = pattern(rf"(?<![*^])\s*{_SIGN}\s*$")
_EXPONENT = pattern(r"(?:\^|\*\*)\s?(?:\{[^{}]*\}|\([^()]*\)|[-+]?\d+)|(?<=\d)[eE][-+]?\d+|\([^()]*\)|\{[^{}]*\}")
_BARE = pattern(r"[\d.]+\s*|\d+\s?/\s?\d+\s*")
_BEHIND = pattern(rf"\s*(/|{_SIGN}|[xX](?=\s?10\s?\^))\s*(.+)", re.DOTALL)
_POWER_BEHIND = pattern(r"[eE]([-+]?\d{1,3})")
_SCALED = pattern(r"\s*(\d{1,3}(?:\.\d{1,10})?e[-+]\d{1,3})[ \t]*\*[ \t]*\n", needs="*")
"""The common factor that MATLAB prints above a matrix."""
_EQUALS = pattern(r"[\])}]\s*(?:[-+*/][^=≈→]*)?[=≈→]", needs="=→≈")
_SYMBOL = pattern(r"[^\W\d_∇∂][\w ]{0,20}|[∇∂]\w{1,5}")
_ARRAY_LIKE = pattern(r"[-\d\s./√*()]*(?:[\[(]|\\begin|\\left)")
_WHOLE = pattern(r"(?:[\[(]|\\begin|\\left).*[\])}]", re.DOTALL)
_SHAPE_BESIDE = pattern(
    r",?\s*\b(?:of\s)?(?:shape|size|dtype)\s*[=:]?\s*(?:\([\d, x*]*\)|\d+\s?[x*]\s?\d+|\w+)|"
    r"(?:∈|\\in|in)\s*(?:\\mathbb\s?\{?)?[Rℝ]\}?\s*\^\s?[({]?[\d\s*x]*(?:\\times)?[\d\s]*[)}]?|"
    r"\b\d+\s?[x*]\s?\d+\s?:"
)
"""A shape next to an array, which adds nothing."""


class Framed(Struct):
    """An array's text without its surroundings, its outer factor, and whether it is transposed."""

    text: str
    factor: str = ""
    divided: bool = False
    transposed: bool = False


def framed(folded: str) -> Framed:
    """Take off the factor before or after a matrix, and a transposition.

    >>> framed("1/4 * [[9, 13], [7, 3]]")
    Framed(text='[[9, 13], [7, 3]]', factor='1/4', divided=False, transposed=False)
    >>> framed("[[2, 4], [6, 8]] / 2").divided, framed("[1, 2]^T").transposed, framed("[1, 2]").factor
    (True, True, '')
    >>> framed("-(1, 2)").factor, framed("10^-3 * [1, 2]").factor, framed("-tensor([1., 2.])").text
    ('-1', '10^-3', '[1., 2.]')
    >>> framed("1 + [1, 2]").factor, framed("2**[1, 2]").factor, framed("(1/4), (1/2)").factor
    ('', '', '')
    """
    text = folded.strip()
    found = _TRANSPOSED.search(text)
    transposed = found is not None
    if found:
        text = text[: found.start()]
        text = without_call(text) or text
    scaled = _SCALED.match(folded)
    if scaled:
        return Framed(folded[scaled.end() :], scaled[1])
    bare = _SIDES.sub("", text).strip("$ ")
    name = _NAME.match(bare)
    for inner in (bare, bare[name.end() :]) if name else (bare,):
        outer = _in_front(inner) or _behind(inner)
        if outer is not None:
            return Framed(outer.text, outer.factor, outer.divided, transposed)
    return Framed(text if transposed else folded, transposed=transposed)


def _in_front(text: str) -> Framed | None:
    for found in _OPENER.finditer(text[:MAX_FACTOR]):
        at = found.start()
        factor = factor_of(text[:at]) if at else ""
        if factor is None and _FACTOR.fullmatch(text[:at]) is None:
            return None
        if not factor:
            continue
        array = _array(text[at:])
        if array is not None and not (array[:1] == "(" and _BARE.fullmatch(text[:at])):
            return Framed(array, factor)
    return None


def factor_of(text: str) -> str | None:
    """A factor written before an array, without the sign of a product; None for anything else.

    >>> factor_of("1/4 * "), factor_of("-"), factor_of("10^{-3} \\\\cdot "), factor_of("1 - "), factor_of("x ")
    ('1/4', '-1', '10^{-3}', None, None)
    """
    if len(text) > MAX_FACTOR:
        return None
    written = text.strip("$ \n\t")
    sign = _ENDS_IN_SIGN.search(written)
    written = (written[: sign.start()] if sign else written).strip()
    if written == "-" and not sign:
        return "-1"
    if written.count("(") != written.count(")"):
        return None  # `1) [1, 2]` is numbered
    found = _FACTOR.fullmatch(written)
    if found is None or _SEVERAL.search(written) or not re.search(r"\d|π|pi\b", written) or written[-1] in "-+*/^.":
        return None
    level = _EXPONENT.sub("", _EXPONENT.sub("", written)).lstrip("+-")
    return None if re.search(r"[-+]", level) else re.sub(r"^([-+])\s+", r"\1", written)


def _array(text: str) -> str | None:
    """An array as written behind a factor, without the call or the parentheses around it; None for anything else."""
    if text.startswith("\\begin"):
        return text
    if text[:1].isalpha():
        return without_call(text)
    text = text.rstrip(" .;")
    while text[:1] == "(" and text[1:].lstrip()[:1] in ("[", "(") and closes_last(text):
        inner = text[1:-1].strip()
        if not closes_last(inner):
            break
        text = inner
    if text[:1] == "[":
        return text
    return text if closes_last(text) and _SEVERAL.search(text) else None


def _behind(text: str) -> Framed | None:
    end = _end(text)
    rest = text[end:].strip(" $.") if end else ""
    if not rest or len(rest) > MAX_FACTOR or not _array(text[:end]):
        return None
    power = _POWER_BEHIND.fullmatch(rest)
    if power:
        return Framed(text[:end], f"1e{power[1]}")
    found = _BEHIND.fullmatch(rest)
    factor = factor_of(found[2]) if found and not _ENDS_IN_SIGN.search(found[2]) else None
    return Framed(text[:end], factor, found[1] == "/") if found and factor else None


def _end(text: str) -> int:
    """Where the array at the start of a text ends; 0 for anything else."""
    if text.startswith("\\begin"):
        level = 0
        for found in _ENVIRONMENT.finditer(text):
            level += 1 if found[1] == "begin" else -1
            if level == 0:
                return found.end()
        return 0
    return end_of_bracket(text) if text[:1] in ("[", "(", "{") else 0


def concluded(folded: str) -> str:
    """The last side of a chain of arrays, `[1, 0] / 0.5 = [2, 0]`; anything else unchanged.

    >>> concluded("[2x, 20y] = [20, 20]"), concluded("a = (1, 2), b = (3, 4)"), concluded("O = [1, 2]")
    ('[20, 20]', 'a = (1, 2), b = (3, 4)', 'O = [1, 2]')
    """
    if not _EQUALS.search(folded) or len(folded) > MAX_CHAIN or "\n" in folded.strip():
        return folded
    *sides, last = (side.strip(" $") for side in outside(folded, "=≈→"))
    last = last.strip(" $.")
    named = sides[1:] if sides and _SYMBOL.fullmatch(sides[0]) else sides
    steps = [side for side in named if side]
    single = all(len(outside(side, ",;")) == 1 for side in (*steps, last))
    return last if steps and single and all(map(_ARRAY_LIKE.match, steps)) and _WHOLE.fullmatch(last) else folded


def only_array(folded: str) -> str | None:
    """The only bracketed array, without the words, name or shape around it; None where there are several.

    >>> only_array("max pooling gives [[6, 8], [3, 4]]"), only_array("Y = np.array([1, 2]), shape (2,)")
    ('[[6, 8], [3, 4]]', '[1, 2]')
    >>> only_array("[1, 2] or [3, 4]"), only_array("2 - [1, 2]"), only_array("np.exp([1, 2])")
    (None, None, None)
    """
    if len(folded) > MAX_CHAIN:
        return None
    text = _SHAPE_BESIDE.sub(" ", folded)
    groups, closed = outermost(text)
    arrays = [(first, last) for first, last in groups if re.search(r"\d[^\[\]]*[,;\s][^\[\]]*\d", text[first:last])]
    if len(arrays) != 1 or not closed:
        return None
    first, last = arrays[0]
    inner = text[first + 1 : last - 1].strip()
    array = inner if text[first] == "(" and inner[:1] == "[" and inner[-1:] == "]" else text[first:last]
    return None if acts_in_front(text[:first], text[first]) or acts_behind(text[last:]) else array
