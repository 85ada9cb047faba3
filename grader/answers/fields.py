"""What a kind reads from the author's part, and the web form field it asks for."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from grader.messages import Sentence
from grader.structs import Struct


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
    or 2 where a row or a table of cells may be offered besides a text area; `table` is set where one line a row may be,
    with the names of the rows, or empty where it is not told how many there are. `blank` is written for a blank cell.
    """

    input: Literal["text", "textarea", "radio", "checkbox"]
    rows: int = 1
    placeholder: str = ""
    options: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    grid: int = 0
    table: tuple[str, ...] | None = None
    blank: str = "-"
