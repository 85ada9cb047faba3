"""Unreadable answers: every error says what was expected, what was received, and where."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from grader.errors import UnreadableError
from grader.messages import Sentence, sentence

MAX_SHOWN = 80
MOST_LISTED = 10


def quoted(text: str) -> str:
    r"""The text for a message: quoted, shortened, with control and invisible characters made visible.

    >>> print(quoted("a\x1b[31m"))
    'a\x1b[31m'
    """
    head = text[: MAX_SHOWN + 1]
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in head[:MAX_SHOWN])
    return f"'{shown}…'" if len(head) > MAX_SHOWN else f"'{shown}'"


def described(raw: object) -> str | Sentence:
    """What was received, for a message: a short text quoted, anything else by its TOML type."""
    if isinstance(raw, str):
        return quoted(raw)
    if isinstance(raw, bool):
        return sentence("the boolean {value}", value=str(raw).lower())
    if isinstance(raw, int):
        return str(raw) if raw.bit_length() < 250 else sentence("an integer of more than {most} digits", most=75)
    if isinstance(raw, Decimal):
        return str(raw)[:MAX_SHOWN]
    if isinstance(raw, list):
        return sentence("a list of {count}", count=len(raw))
    if isinstance(raw, dict):
        return sentence("a table")
    if isinstance(raw, datetime.datetime):
        return sentence("a date-time")
    if isinstance(raw, datetime.date):
        return sentence("a date")
    if isinstance(raw, datetime.time):
        return sentence("a time")
    return sentence("a value of type {name}", name=type(raw).__name__)


def unreadable(template: str, /, **fields: object) -> UnreadableError:
    """An UnreadableError with this sentence."""
    return UnreadableError(sentence(template, **fields))


def the_numbers(pieces: Sequence[str]) -> Sentence:
    """Several numbers as one reading of a text; of many, the first few.

    >>> print(the_numbers(["1", "5"]), the_numbers(["1", "5", "9"]), sep="; ")
    the 2 numbers 1 and 5; the 3 numbers 1 and 5 and 9
    """
    few = [quoted(piece)[1:-1] for piece in pieces[:MOST_LISTED]] + ["…"] * (len(pieces) > MOST_LISTED)
    listed = sentence("{one} and {other}", one=few[0], other=few[1])
    for piece in few[2:]:
        listed = sentence("{one} and {other}", one=listed, other=piece)
    return sentence("the {count} numbers {listed}", count=len(pieces), listed=listed)


def ambiguous(received: str, first: object, second: object) -> UnreadableError:
    """The error for two readings."""
    return unreadable(
        "expected one reading, received {received}, which can be read as {first} or as {second}",
        received=quoted(received),
        first=first,
        second=second,
    )


def in_cell(error: UnreadableError, index: tuple[int, ...]) -> UnreadableError:
    """The same error with the entry where it occurred, counted from zero as everywhere."""
    reason: Sentence = error.said
    if not index:
        return error
    entry = str(index[0]) if len(index) == 1 else f"({', '.join(map(str, index))})"
    return unreadable("{reason}, in entry {entry}, counted from zero", reason=reason, entry=entry)


def refused_row(said: Sentence) -> tuple[int, Sentence] | None:
    """The row of the entry that a sentence of `in_cell` is about, and the sentence without it; None for another one.

    >>> row, reason = refused_row(in_cell(unreadable("expected a number"), (2, 0)).said)
    >>> row, str(reason)
    (2, 'expected a number')
    """
    reason, entry = said.fields.get("reason"), said.fields.get("entry")
    if not isinstance(reason, Sentence) or not isinstance(entry, str):
        return None
    return int(entry.strip("()").partition(",")[0]), reason
