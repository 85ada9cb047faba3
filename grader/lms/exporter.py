"""What an export format must define, and the registry of all formats."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import ClassVar, TypeVar

from grader import registries
from grader.gradebook.run.files import write_whole
from grader.lms.results import ClassResults, Record
from grader.messages import Sentence
from grader.reports.spreadsheet import BYTE_ORDER_MARK, lines, mark
from grader.structs import Struct

REGISTERED_EXPORTERS: dict[str, Exporter] = {}
"""Every exporter by the name of its format."""

Files = Callable[[Path], Iterator[tuple[Path, Iterator[str]]]]
"""A function from the destination to the path and text of every file, which reads only when iterated."""


class Request(Struct):
    """What to export, and the instructor's options; `out` is None if no destination was given."""

    results: ClassResults
    roster: Path | None = None
    title: str | None = None
    out: Path | None = None
    provisional: bool = False
    """Whether marks are written while parts wait for a person."""

    def total(self, one: Record) -> str:
        """A student's marks as a cell: blank where there are none, and where they are not final."""
        return mark(one.score) if one.graded and (one.final or self.provisional) else ""


@dataclass
class Export:
    """An export ready to write; `notes` is the preview, `complete` says whether everybody is in it."""

    files: Files
    notes: list[Sentence] = field(default_factory=list)
    complete: bool = True

    def write(self, out: Path) -> list[Path]:
        """Write every file atomically; return the paths."""
        return [write_whole(path, text) for path, text in self.files(out)]

    @classmethod
    def of_table(
        cls,
        rows: Iterable[Sequence[str]],
        notes: Iterable[Sentence] = (),
        *,
        complete: bool = True,
        for_people: bool = False,
    ) -> Export:
        """One CSV file with these rows.

        A table `for_people` begins with a byte order mark, by which Excel recognises UTF-8; an LMS importer would take
        it for a part of the first header.
        """
        begin = [BYTE_ORDER_MARK] if for_people else []
        return cls(lambda out: iter([(out, chain(begin, lines(rows)))]), list(notes), complete)


class Exporter(ABC):
    """One export format; see `grader.lms.formats` for how to add one."""

    name: ClassVar[str]
    """The name on the command line."""
    about: ClassVar[str]
    """What is written and for which system, as a phrase that continues "writes"."""
    then: ClassVar[str]
    """What the instructor does with it, as a phrase for the README."""
    file_name: ClassVar[str]
    """The file, or the folder, below DIR/exports/; `{assignment}` stands for the assignment's id."""
    takes_roster: ClassVar[bool]
    """Whether the format can match students with a roster of the system."""

    blanks: ClassVar[bool] = True
    """Whether marks that are not final stay blank; False for a format that needs a number."""

    @abstractmethod
    def export(self, request: Request) -> Export:
        """The export, with what the instructor should know before using it.

        Raises:
            UsageError: an invalid roster, or a choice that only the instructor can make.
        """


_ATTRIBUTES = {"name": str, "about": str, "then": str, "file_name": str, "takes_roster": bool}
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_ExporterT = TypeVar("_ExporterT", bound=Exporter)


def register(exporter: type[_ExporterT]) -> type[_ExporterT]:
    """Put an exporter into the registry.

    Raises:
        TypeError: it lacks an attribute or `export`.
        ValueError: its name is taken, or an attribute says nothing.
    """
    registries.check(exporter, _ATTRIBUTES)
    if not _NAME.fullmatch(exporter.name):
        raise ValueError(f"expected a name of lower-case letters, digits and -, received {exporter.name!r}")
    if not (exporter.about.strip() and exporter.then.strip()) or "{assignment}" not in exporter.file_name:
        raise ValueError(f"{exporter.name}: expected a description, and {{assignment}} in the file name")
    registries.put(REGISTERED_EXPORTERS, exporter, "exporters")
    return exporter
