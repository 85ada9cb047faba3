"""What the readers of answers know about a part, what a kind may read from it, and the web form field it asks for."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from grader.messages import Sentence
from grader.structs import Struct

MAX_ANSWER = 20_000
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


class PartFields(Protocol):
    """What a kind may read from the author's part."""

    @property
    def choices(self) -> Any:
        """The options."""

    @property
    def items(self) -> Any:
        """The items to match with options: their names and texts."""

    @property
    def credit(self) -> Any:
        """How a partly right answer is marked."""

    @property
    def answer(self) -> Any:
        """The right choice or formula, where the author wrote one."""

    @property
    def rubric(self) -> Any:
        """What a person looks for."""


class UnfitPartError(ValueError):
    """An author's part that does not fit its kind: the message, and the field at fault."""

    def __init__(self, said: Sentence, field: str) -> None:
        """Store the message and the field at fault."""
        super().__init__(str(said))
        self.said = said
        self.field = field


class FormField(Struct):
    """The web form field of an answer.

    `options` are those of radio buttons and check boxes; with `items`, one option is chosen for each item. `grid` is 1
    or 2 where a row or a table of cells may be offered besides a text area; `table` is set where rows, one line each,
    may be offered, to the names of the rows, or empty where their number is not given away. `blank` is written for a
    blank cell.
    """

    input: Literal["text", "textarea", "radio", "checkbox"]
    rows: int = 1
    placeholder: str = ""
    options: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    grid: int = 0
    table: tuple[str, ...] | None = None
    blank: str = "-"
