"""What a format of sheets must define, and the registry of all formats."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar, TypeVar

from grader import registries
from grader.messages.languages import Language
from grader.reports.sheets.sheet import Sheet

REGISTERED_SHEET_FORMATS: dict[str, SheetFormat] = {}
"""Every format by its name."""


class SheetFormat(ABC):
    """One format; see `grader.reports.sheets.formats` for how to add one."""

    name: ClassVar[str]
    """The name on the command line."""
    about: ClassVar[str]
    """What is written, as a short phrase."""
    ending: ClassVar[str]
    """The file extension, with its dot."""
    text: ClassVar[bool] = True
    """Whether a terminal can show it."""

    @abstractmethod
    def write(self, sheet: Sheet, language: Language) -> bytes:
        """The file of a sheet, with the grader's sentences in a language; the same bytes for the same sheet.

        Raises:
            UsageError: a library that the format needs is not installed.
        """


_ATTRIBUTES = {"name": str, "about": str, "ending": str, "text": bool}
_NAME = re.compile("[a-z][a-z0-9]*")
_FormatT = TypeVar("_FormatT", bound=SheetFormat)


def register(one: type[_FormatT]) -> type[_FormatT]:
    """Put a format into the registry.

    Raises:
        TypeError: it lacks an attribute or `write`.
        ValueError: its name is taken, or an attribute says nothing.
    """
    registries.check(one, _ATTRIBUTES)
    if not _NAME.fullmatch(one.name) or not one.about.strip() or not re.fullmatch(r"\.[a-z]+", one.ending):
        raise ValueError(
            f"{one.name}: expected a name of lower-case letters, a description and an ending such as .html"
        )
    registries.put(REGISTERED_SHEET_FORMATS, one, "formats of sheets")
    return one
