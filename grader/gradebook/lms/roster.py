"""Rosters: the table in which an LMS lists a course's people, and which result belongs to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from grader.errors import UsageError
from grader.gradebook.lms.near import differences, key
from grader.gradebook.lms.near import index as key_index
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
    """A table with a header; `rows` have as many cells as the header, `lines` say which row of the file each is."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, *names: str) -> int | None:
        """The first column with one of these names, capitals and blanks aside."""
        wanted = {_plain(name) for name in names}
        return next((place for place, name in enumerate(self.header) if _plain(name) in wanted), None)

    def only(self, wanted: Callable[[tuple[str, ...]], bool]) -> Roster:
        """The roster without the rows that are not wanted."""
        kept = [(row, line) for row, line in zip(self.rows, self.lines, strict=True) if wanted(row)]
        return Roster(self.header, tuple(row for row, _ in kept), tuple(line for _, line in kept))


class NearMiss(NamedTuple):
    """A student who matches no row exactly, and a row that differs little."""

    student: str
    row: int
    cell: str
    differences: tuple[Sentence, ...]


class Ambiguity(NamedTuple):
    """A student whom several rows match."""

    student: str
    rows: tuple[int, ...]


@dataclass
class Match:
    """Which record belongs to which row of the roster, and what belongs to nothing."""

    by_row: dict[int, Record] = field(default_factory=dict)
    nobody: list[str] = field(default_factory=list)
    near: list[NearMiss] = field(default_factory=list)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)

    @property
    def everybody(self) -> bool:
        """Whether every record has a row of its own."""
        return not (self.nobody or self.ambiguous or self.twice)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def read_roster(path: Path) -> Roster:
    """A roster as an LMS writes it; rows of empty cells are left out.

    Raises UsageError where it is no table.
    """
    found = [(row, line) for line, row in enumerate(read_cells(path, LARGEST), 1) if any(row)]
    if not found:
        raise UsageError(sentence("{file}: expected a table with a header, it is empty", file=shown(path.name)))
    header = tuple(found[0][0])
    width = len(header)
    rows = tuple(tuple((row + [""] * width)[:width]) for row, _ in found[1:])
    return Roster(header, rows, tuple(line for _, line in found[1:]))


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


def match(roster: Roster, records: Iterable[Record], columns: Sequence[int | None], name: int) -> Match:
    """Each record's row: the columns are tried in their order, each for an exact equal; blank cells match nobody.

    A text that stands in several rows of a column is ambiguous there. Two records of one row: neither is taken.
    """
    known = [column for column in columns if column is not None]
    cells = [{place: row[column].strip() for place, row in enumerate(roster.rows)} for column in known]
    exact = [_places(each) for each in cells]
    near = [key_index(each) for each in cells]
    found = Match()
    refused: set[int] = set()
    for one in records:
        hits = [index[one.student] for index in exact if one.student in index]
        place = next((hit[0] for hit in hits if len(hit) == 1), None)
        if place is None and hits:
            found.ambiguous.append(Ambiguity(one.student, tuple(roster.lines[hit] for hit in hits[0])))
        elif place is None:
            _miss(found, one.student, roster, near, cells)
        elif place in found.by_row or place in refused:
            earlier = found.by_row.pop(place, None)
            found.twice += [(one.student, earlier.student)] if earlier else [(one.student, one.student)]
            refused.add(place)
        else:
            found.by_row[place] = one
    found.without = [row[name] for line, row in enumerate(roster.rows) if line not in found.by_row]
    return found


def _places(cells: Mapping[int, str]) -> dict[str, list[int]]:
    """The rows of each text in a column."""
    found: dict[str, list[int]] = {}
    for place, cell in cells.items():
        if cell:
            found.setdefault(cell, []).append(place)
    return found


def _miss(
    found: Match,
    student: str,
    roster: Roster,
    near: Sequence[Mapping[str, list[int]]],
    cells: Sequence[Mapping[int, str]],
) -> None:
    """Keep a student whom no row matches, and the rows that differ little."""
    found.nobody.append(student)
    close = {place: column for index, column in zip(near, cells, strict=True) for place in index.get(key(student), ())}
    found.near += [
        NearMiss(student, roster.lines[place], column[place], tuple(differences(student, column[place])))
        for place, column in close.items()
    ]


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
    said += [
        sentence(
            "{student} is nearly row {row} of the roster, {cell} ({differences}): correct one of them",
            student=_cut(each.student),
            row=each.row,
            cell=_cut(each.cell),
            differences=", ".join(map(str, each.differences)),
        )
        for each in found.near[:_SHOWN]
    ]
    said += [
        sentence(
            "{student} matches several rows of the roster ({rows}) and is left out: use an id that only one row has",
            student=_cut(each.student),
            rows=listed(map(str, each.rows)),
        )
        for each in found.ambiguous[:_SHOWN]
    ]
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
