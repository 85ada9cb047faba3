"""Lists whose entries are joined otherwise than by commas: `64-64-128`, `0 to 0.5`, `[0, 0.5)`, `P(1|2)`."""

from __future__ import annotations

import re

from grader.answers.characters import fold
from grader.answers.latex import unlatex
from grader.answers.spec import AnswerSpec
from grader.patterns import pattern

MAX_TEXT = 300
_PLAIN_PAIR = pattern(r"\([^()|]*\)|\[[^\[\]()|]*\]|(?!.*\.\.)[-+\d.,;\s/%]*")
_NUMBER = r"(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:/\d+)?(?:\s?%)?"
_SIGNED = rf"[-+]?\s?{_NUMBER}"
_JOINTS = ("-", r"\s?>\s?", "_", r"\s?->\s?")
_TO = fold(r"to|until|through|up to|bis|à|hasta|ile|تا|إلى|الى|до|से|到|至|～|〜|≈|\.\.\.?|…")
_AND = fold(r"and|und|et|y|a|و|ve")
_FROM = fold(r"from|between|von|zwischen|de|entre|desde|از|بین|من|بين|от|从|range|interval|the interval")
_RANGE = pattern(
    rf"(?:(?:{_FROM})\s*:?\s*)?({_SIGNED})\s*(?:{_TO})\s*({_SIGNED}){fold('(?: arasında)?')}\.?|"
    rf"(?:{_FROM})\s*:?\s*({_SIGNED})\s+(?:{_AND})\s+({_SIGNED})\.?",
    re.IGNORECASE,
)
_BOUNDED = pattern(
    rf"({_SIGNED})\s*(?:<|≤|<=)\s*[^\W\d]\w{{0,5}}\s*(?:<|≤|<=)\s*({_SIGNED})|"
    rf"(?:[^\W\d]\w{{0,5}}\s*(?:∈|\sin\s)\s*|(?:the\s)?(?:range|interval)\s*:?\s*)?"
    rf"(?:\[|\]|\()\s*({_SIGNED})\s*[,;]\s*({_SIGNED})\s*(?:\]|\[|\))",
    re.IGNORECASE,
)
_DASH = pattern(rf"\s*({_NUMBER})[–—]({_NUMBER})\s*", needs="–—")
_POINT = pattern(
    fold(
        r"(?:(?:the\s|der\s|le\s)?(?:point|punkt|punto|nokta|نقطه|النقطة|点)\s?)?(?:[A-Z](?:_?\d)?\s?(?:=\s?)?)?"
        r"\(([^()|;,]{1,30})([|;,])([^()|;,]{1,30})\)\.?"
    ),
    re.IGNORECASE,
)


def entries_apart(raw: object, spec: AnswerSpec) -> object:
    """The entries of a list with semicolons between them, where they are joined otherwise; anything else unchanged.

    >>> four, pair = AnswerSpec("array", 1, axes=(4,)), AnswerSpec("array", 1, axes=(2,))
    >>> entries_apart("64-64-128-256", four), entries_apart("0 to 0.5", pair), entries_apart("[0, 0.5)", pair)
    ('64; 64; 128; 256', '0; 0.5', '0; 0.5')
    >>> entries_apart("P(1, 2)", pair), entries_apart("(1|2)", pair), entries_apart("1-2", pair)
    ('1; 2', '1; 2', '1-2')
    """
    asked = spec.axes[0] if spec.axes is not None and len(spec.axes) == 1 else 0
    if not isinstance(raw, str) or asked < 2 or not 2 < len(raw) <= MAX_TEXT or "\n" in raw.strip():
        return raw
    if "/" in raw and not raw.isascii():
        return raw  # a Persian slash has two readings
    entries = _dashed(raw) if asked == 2 else None
    text = unlatex(fold(raw)).strip(" $\n")
    entries = entries or (_pair(text) if asked == 2 else _chained(text, asked))
    return raw if entries is None else "; ".join(entry.strip() for entry in entries)


def _dashed(raw: str) -> list[str] | None:
    """The ends of `0–0.5`: a range by its dash, where `0-0.5` may be a difference."""
    found = _DASH.fullmatch(raw)
    return [found[1], found[2]] if found else None


def _pair(text: str) -> list[str] | None:
    """The ends of an interval or the coordinates of a point; None for anything else."""
    if _PLAIN_PAIR.fullmatch(text):
        return None  # as every reader knows it
    found = _RANGE.fullmatch(text) or _BOUNDED.fullmatch(text)
    if found and not _plain(text):
        return [end for end in found.groups() if end is not None]
    point = _POINT.fullmatch(text)
    if point is None or not all(re.search(r"\d", one) for one in (point[1], point[3])):
        return None
    letter = re.search(r"(?:^|\s)([A-Za-z])(?:_?\d)?\s?\($", text[: text.index("(") + 1])
    call = letter is not None and letter[1].islower()
    given = letter is not None and letter[1] == "P" and point[2] == "|"  # a probability, P(1|2)
    return None if call or given else [point[1], point[3]]


def _plain(text: str) -> bool:
    """Whether brackets of one kind are around the whole, so that the pair needs no help."""
    return (text[:1], text[-1:]) in (("(", ")"), ("[", "]"))


def _chained(text: str, asked: int) -> list[str] | None:
    """As many numbers as are asked, with the same sign between all of them; None for anything else."""
    bare = text[1:-1] if _plain(text) else text
    for joint in _JOINTS:
        entries = re.split(joint, bare.replace("→", "->").strip())
        if len(entries) == asked and all(re.fullmatch(_NUMBER, entry) for entry in entries):
            return entries
    return None
