"""Isolating mathematics and identifiers inside right-to-left sentences, so that they stay in order.

Without isolates the Unicode bidirectional algorithm moves signs and brackets of `d(k-1)+1` to where no reader expects
them. An isolate is U+2066 before and U+2069 after. Source: Unicode Standard Annex #9.
"""

from __future__ import annotations

from grader.patterns import pattern

LEFT_TO_RIGHT, FIRST_STRONG, POP = "\u2066", "\u2068", "\u2069"
_DIRECTIONS = pattern("[\u2066-\u2069]", needs="⁦⁧⁨⁩")
# In a template: a field, or a run of the characters of mathematics and identifiers, words and the blanks between them.
_RUN = pattern(r"(\{[^{}]*\})|((?:[!-z|~°²³·×−≤≥≈√∂∑Α-ω]+ *)+)")
_STRONG = pattern(r"[0-9A-Za-zΑ-ω]")
_OPENING = {")": "(", "]": "["}
_ENDS = (": ", ", ", ". ", "; ")
"""Punctuation that ends the words before a run, and belongs to them."""
_CLOSING = {"(": ")", "[": "]"}


def isolate(text: str) -> str:
    """The text inside an isolate."""
    return f"{LEFT_TO_RIGHT}{text}{POP}"


def without_isolates(text: str) -> str:
    r"""A text from outside with its own isolates escaped, so that it cannot end or open one of ours.

    >>> print(without_isolates("1\u2069 2"))
    1\u2069 2
    """
    return _DIRECTIONS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def unisolated(text: str) -> str:
    """The text without isolates, for programs that would show them as boxes.

    >>> unisolated("a\u2066b\u2069")
    'ab'
    """
    return _DIRECTIONS.sub("", text)


def isolated_template(template: str, has_fields: bool) -> str:
    """The template with its mathematics and identifiers isolated; fields isolate themselves when they are filled in."""
    return _RUN.sub(lambda found: found[1] if found[1] and has_fields else isolated(found.group()), template)


def isolated(run: str) -> str:
    """Mathematics or an identifier isolated for a right-to-left sentence; the sentence's punctuation stays outside.

    >>> isolated("d(k-1)+1: ") == "\u2066d(k-1)+1\u2069: ", isolated(": 3, .5") == ": \u20663, .5\u2069"
    (True, True)
    """
    start, end = 0, len(run)
    while end > start and (run[end - 1] in " .,:;!?" or _closes_alone(run[start:end])):
        end -= 1
    while start < end and (run[start] == " " or run[start : start + 2] in _ENDS or _opens_alone(run[start:end])):
        start += 1
    inner = run[start:end]
    return f"{run[:start]}{isolate(inner)}{run[end:]}" if _STRONG.search(inner) else run


def _closes_alone(run: str) -> bool:
    opening = _OPENING.get(run[-1])
    return opening is not None and run.count(run[-1]) > run.count(opening)


def _opens_alone(run: str) -> bool:
    closing = _CLOSING.get(run[0])
    return closing is not None and run.count(run[0]) > run.count(closing)
