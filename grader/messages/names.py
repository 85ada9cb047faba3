"""Names and values as quoted in messages, and the names nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

from grader.messages.sentences import Sentence, sentence

MAX_SHOWN = 60
MAX_LISTED = 40


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name most similar to `name`, ignoring case, or None if none is similar.

    >>> nearest("pionts", ["prompt", "points", "unit"])
    'points'
    """
    folded = {known.casefold(): known for known in reversed(list(allowed))}
    found = all_near(name.casefold(), folded, most=1)
    return folded[found[0]] if found else None


def all_near(name: str, allowed: Iterable[str], most: int = 3) -> list[str]:
    """At most `most` of the allowed names, nearest first; empty if none is near.

    >>> all_near("conv2", ["conv2d", "relu"])
    ['conv2d']
    """
    from difflib import get_close_matches

    return get_close_matches(name[:200], dict.fromkeys(known[:200] for known in allowed), n=most, cutoff=0.6)


def shown(value: object) -> str:
    """A value on one short line, control characters escaped, for a message.

    >>> shown("red\\x1b[31m")
    "'red\\\\x1b[31m'"
    """
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value) if len(value) <= MAX_SHOWN else repr(value[: MAX_SHOWN - 1] + "…")
    if isinstance(value, int) and value.bit_length() > 200:
        return "an integer of more than 60 digits"
    return str(value)[:MAX_SHOWN]


def described(value: object) -> str | Sentence:
    """What was received, for a field of a message: like `shown`, but translatable."""
    if isinstance(value, dict):
        return sentence("a table")
    if isinstance(value, list):
        return sentence("a list")
    if isinstance(value, int) and value.bit_length() > 200:
        return sentence("an integer of more than {most} digits", most=60)
    return shown(value)


def listed(names: Iterable[str]) -> str:
    """Names with commas between them, the first forty of them, escaped as a message needs.

    >>> listed(["a", "b, c"])
    "a, 'b, c'"
    """
    words = list(names)
    plain = [
        word if word.isprintable() and "," not in word and len(word) <= MAX_SHOWN else shown(word)
        for word in words[:MAX_LISTED]
    ]
    return ", ".join(plain) + (", …" if len(words) > MAX_LISTED else "") if plain else "none"
