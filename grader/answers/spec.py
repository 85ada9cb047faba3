"""What the readers of answers know about the part."""

from __future__ import annotations

from grader.structs import Struct

MAX_TEXT = 20_000
MAX_ARRAY = 100_000
"""The most characters that are read as one number or shape, and as an array."""


class AnswerSpec(Struct):
    """What an answer is read as.

    `kind` is the kind's name. `rank` is 0 for one value; for arrays of numbers or of formulas it is the number of axes
    of the key (2 for a matrix). `counts` says that entries are counts, where `-` means 0. `names` are the earlier parts
    that a formula may name, `symbols` the question's declared symbols, `choices` its options, `items` the names of the
    items to match with them and `item_texts` their texts. `axes` is the expected number of entries along each axis
    (for a shape: of sizes), where it is known; it decides between readings and is never shown; neither is `unasked`,
    the entries of an array that are not asked for. `labels` are the names of the entries of a list. `order` is the
    axis order of shapes. `decimal` is the decimal mark that the paper clearly uses elsewhere.
    """

    kind: str
    rank: int = 0
    counts: bool = False
    unit: str | None = None
    symbols: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    item_texts: tuple[str, ...] = ()
    axes: tuple[int, ...] | None = None
    order: str = ""
    decimal: str | None = None
    labels: tuple[str, ...] = ()
    unasked: tuple[tuple[int, ...], ...] = ()
