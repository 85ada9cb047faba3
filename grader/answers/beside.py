"""Words and signs next to a list or an array: whether they change it, `log [1, 2]`, or only describe it."""

from __future__ import annotations

import re

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.latex import unlatex
from grader.answers.refusal import quoted, unreadable
from grader.answers.remarks import FUNCTION_WORDS, words_change
from grader.patterns import pattern

_TURNING = (
    r"(?:negat\w*|négat\w*|squared?|cubed|flip\w*|rot(?:\d+|ate\w*)?|mirror\w*|permut\w*|swapped|transpos\w*|inv|"
    r"inver[st]\w*|revers\w*|det|determinant|gespiegelt|gedreht|transponiert|quadriert)"
)
_ACTING = (
    rf"(?:{FUNCTION_WORDS}|{'|'.join(sorted(FUNCTIONS))}|log\w*|sqr|gelu|leaky\w*|sum|mean|average|product|sign|round\w*|"
    rf"plus|inv|opp|recip|rev|revers\w*|invers\w*|invert\w*|exchang\w*|squared|{_TURNING})"
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
    r"[\d+*/^<>!≠±\\%|]|(?<![^\W\d_])-|-(?![^\W\d_])|"
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
