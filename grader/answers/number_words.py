"""Numbers in words: `seven`, `one hundred fifty-six`, `two million`."""

from __future__ import annotations

from grader.answers.phrases import NUMBER_WORDS

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
