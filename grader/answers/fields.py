"""What a kind looks at in the author's table of a part, and the field of a web form that it asks for."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from grader.messages import Sentence
from grader.structs import Struct


class PartFields(Protocol):
    """What a kind may look at in the author's table of a part."""

    @property
    def choices(self) -> Any:
        """What can be chosen."""

    @property
    def items(self) -> Any:
        """The names of what is matched with choices, each with its text."""

    @property
    def credit(self) -> Any:
        """How an answer that is not wholly right is marked."""

    @property
    def answer(self) -> Any:
        """The right choice or formula, where the author wrote one."""

    @property
    def rubric(self) -> Any:
        """What a person looks for."""


class UnfitPartError(ValueError):
    """An author's part that does not fit its kind: what is said, and the field of the part at fault."""

    def __init__(self, said: Sentence, field: str) -> None:
        """Keep both."""
        super().__init__(str(said))
        self.said = said
        self.field = field


class FormField(Struct):
    """An answer's field in a web form.

    `options` are what radio buttons and check boxes choose from; with `items`, one option for each of them. `grid` is 1
    or 2 where a row or a table of cells may be offered beside a text area.
    """

    input: Literal["text", "textarea", "radio", "checkbox"]
    rows: int = 1
    placeholder: str = ""
    options: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    grid: int = 0
