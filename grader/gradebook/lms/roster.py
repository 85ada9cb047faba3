"""Rosters: the table in which an LMS lists a course's people, and which result belongs to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.lms.results import Record
from grader.gradebook.lms.table_file import read_cells
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown
from grader.reports.sanitise import shorten, visible

LARGEST = 20_000_000
_SHOWN = 20
_NAME = 60


@dataclass(frozen=True)
class Roster:
    """A table with a header; `rows` have as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, *names: str) -> int | None:
        """The first column with one of these names, capitals and blanks aside."""
        wanted = {_plain(name) for name in names}
        return next((place for place, name in enumerate(self.header) if _plain(name) in wanted), None)


@dataclass
class Match:
    """Which record belongs to which row of the roster, and what belongs to nothing."""

    by_row: dict[int, Record] = field(default_factory=dict)
    nobody: list[str] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)

    @property
    def everybody(self) -> bool:
        """Whether every record has a row of its own."""
        return not self.nobody and not self.twice


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def read_roster(path: Path) -> Roster:
    """A roster as an LMS writes it; rows of empty cells are left out.

    Raises UsageError where it is no table.
    """
    found = [row for row in read_cells(path, LARGEST) if any(row)]
    if not found:
        raise UsageError(sentence("{file}: expected a table with a header, it is empty", file=shown(path.name)))
    header = tuple(found[0])
    return Roster(header, tuple(tuple((row + [""] * len(header))[: len(header)]) for row in found[1:]))


def required(roster: Roster, path: Path, *names: str) -> int:
    """The column with one of these names.

    Raises UsageError where there is none.
    """
    place = roster.column(*names)
    if place is None:
        said = sentence(
            "{file}: expected a column {wanted}, received {columns}",
            file=shown(path.name),
            wanted=names[0],
            columns=listed(roster.header[:_SHOWN]),
        )
        raise UsageError(said)
    return place


def match(roster: Roster, records: Iterable[Record], columns: Sequence[int | None], name: int | None) -> Match:
    """Each record's row: the columns are tried in their order, each for an exact equal; blank cells match nobody.

    A text that stands in several rows of a column matches nobody there. Two records of one row: neither is taken.
    """
    indices = [_index(roster, column) for column in columns if column is not None]
    found = Match()
    refused: set[int] = set()
    for one in records:
        place = next((hit for index in indices if (hit := index.get(one.student)) is not None), None)
        if place is None:
            found.nobody.append(one.student)
        elif place in found.by_row or place in refused:
            earlier = found.by_row.pop(place, None)
            found.twice += [(one.student, earlier.student)] if earlier else [(one.student, one.student)]
            refused.add(place)
        else:
            found.by_row[place] = one
    label = name if name is not None else 0
    found.without = [row[label] for line, row in enumerate(roster.rows) if line not in found.by_row]
    return found


def _index(roster: Roster, column: int) -> dict[str, int | None]:
    """The row of each text in a column; None where it is not one row."""
    index: dict[str, int | None] = {}
    for place, row in enumerate(roster.rows):
        key = row[column].strip()
        if key:
            index[key] = None if key in index else place
    return index


def preview(found: Match) -> list[Sentence]:
    """What an instructor has to know before the file is used: who matches nobody, and the other way round."""
    said = [sentence("students who match a row of the roster: {count}", count=len(found.by_row))]
    if found.nobody:
        said.append(
            sentence(
                "students who match nobody in the roster and are left out ({count}): {names}",
                count=len(found.nobody),
                names=names(found.nobody),
            )
        )
    for one, other in found.twice[:_SHOWN]:
        said.append(
            sentence(
                "{one} and {other} match the same row of the roster: neither is taken", one=_cut(one), other=_cut(other)
            )
        )
    if found.without:
        said.append(
            sentence(
                "rows of the roster without a result, which stay without a mark ({count}): {names}",
                count=len(found.without),
                names=names(found.without),
            )
        )
    return said


def names(found: Sequence[str]) -> str:
    """Names in one line, the first of them."""
    shown_names = ", ".join(_cut(name) for name in found[:_SHOWN])
    return shown_names if len(found) <= _SHOWN else f"{shown_names} … ({len(found)})"


def _cut(name: str) -> str:
    return shorten(shown(name) if "," in name else visible(name), _NAME)
