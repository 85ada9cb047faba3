"""The kinds of a part, and what the reader of an answer is told about the part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["integer", "number", "shape", "shapes", "array", "formula", "choice", "text"]
KINDS: tuple[Kind, ...] = ("integer", "number", "shape", "shapes", "array", "formula", "choice", "text")


@dataclass(frozen=True)
class Wanted:
    """What an answer is read as.

    `rank` is 0 for one value; for kinds `array` and `formula` it is the number of axes of the key (2 for a matrix;
    a formula of rank 2 is a matrix of formulas). `counts` says that entries are counts, where `-` means 0.
    `names` are the earlier parts that a formula may name, `symbols` the question's declared symbols.
    """

    kind: Kind
    rank: int = 0
    counts: bool = False
    unit: str | None = None
    symbols: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
