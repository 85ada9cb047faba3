"""Rosters: the table in which an LMS lists a course's people, and matching results with its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.homework.names import person_key, spelling_differences
from grader.lms.results import Record
from grader.lms.table_file import read_cells
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown
from grader.reports.sanitise import shorten, visible
from grader.structs import Struct

LARGEST = 20_000_000
_SHOWN = 20
_NAME = 60


class Roster(Struct):
    """A table with a header; `rows` have as many cells as the header, `lines` are their row numbers in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, *names: str) -> int | None:
        """The first column with one of these names, ignoring case and blanks."""
        wanted = {_plain(name) for name in names}
        return next((place for place, name in enumerate(self.header) if _plain(name) in wanted), None)

    def only(self, wanted: Callable[[tuple[str, ...]], bool]) -> Roster:
        """The roster without the rows that are not wanted."""
        kept = [(row, line) for row, line in zip(self.rows, self.lines, strict=True) if wanted(row)]
        return Roster(self.header, tuple(row for row, _ in kept), tuple(line for _, line in kept))


class Match(Struct):
    """The rows of a roster with their records, whether all records matched, and notes on the rest."""

    rows: list[tuple[tuple[str, ...], Record]]
    everybody: bool
    notes: list[Sentence]


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def read_roster(path: Path) -> Roster:
    """A roster as an LMS writes it; rows of empty cells are left out.

    Raises UsageError if it is not a table.
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
    """Match each record with a row: the columns are tried in order, for exact equality; blank cells match nobody.

    A text in several rows of a column is ambiguous there. If two records match one row, neither is used.
    """
    known = [column for column in columns if column is not None]
    exact = [_places(roster, column, str) for column in known]
    near = [_places(roster, column, person_key) for column in known]
    taken: dict[int, list[Record]] = {}
    nobody: list[str] = []
    close: list[Sentence] = []
    several: list[Sentence] = []
    for one in records:
        hits = [places[one.student] for places in exact if one.student in places]
        place = next((hit[0] for hit in hits if len(hit) == 1), None)
        if place is not None:
            taken.setdefault(place, []).append(one)
        elif hits:
            several.append(_ambiguous(one.student, [roster.lines[hit] for hit in hits[0]]))
        else:
            nobody.append(one.student)
            close += [_near(one.student, roster, *place) for place in _close(one.student, near, known)]
    by_row = {place: found[0] for place, found in taken.items() if len(found) == 1}
    twice = [_twice(one, found[0]) for found in taken.values() for one in found[1:]]
    without = [row[name] for place, row in enumerate(roster.rows) if place not in by_row]
    notes = [sentence("students who match a row of the roster: {count}", count=len(by_row))]
    if nobody:
        notes.append(
            sentence(
                "students who match nobody in the roster and are left out ({count}): {names}",
                count=len(nobody),
                names=names(nobody),
            )
        )
    notes += [*close[:_SHOWN], *several[:_SHOWN], *twice[:_SHOWN]]
    if without:
        notes.append(
            sentence(
                "rows of the roster without a result, which stay without a mark ({count}): {names}",
                count=len(without),
                names=names(without),
            )
        )
    rows = [(roster.rows[place], one) for place, one in sorted(by_row.items())]
    return Match(rows, not (nobody or several or twice), notes)


def _places(roster: Roster, column: int, form: Callable[[str], str]) -> dict[str, list[int]]:
    """The rows of each text in a column, normalised by `form`."""
    found: dict[str, list[int]] = {}
    for place, row in enumerate(roster.rows):
        if cell := row[column].strip():
            found.setdefault(form(cell), []).append(place)
    return found


def _ambiguous(student: str, rows: Sequence[int]) -> Sentence:
    return sentence(
        "{student} matches several rows of the roster ({rows}) and is left out: use an id that only one row has",
        student=_cut(student),
        rows=listed(map(str, rows)),
    )


def _close(student: str, near: Sequence[Mapping[str, list[int]]], columns: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The rows that nearly match a student, each with the last column in which it does."""
    found = zip(near, columns, strict=True)
    return {row: column for places, column in found for row in places.get(person_key(student), ())}.items()


def _near(student: str, roster: Roster, row: int, column: int) -> Sentence:
    cell = roster.rows[row][column].strip()
    return sentence(
        "{student} is nearly row {row} of the roster, {cell} ({differences}): correct one of them",
        student=_cut(student),
        row=roster.lines[row],
        cell=_cut(cell),
        differences=", ".join(map(str, spelling_differences(student, cell))),
    )


def _twice(one: Record, other: Record) -> Sentence:
    return sentence(
        "{one} and {other} match the same row of the roster: neither is taken",
        one=_cut(one.student),
        other=_cut(other.student),
    )


def names(found: Sequence[str]) -> str:
    """The first few names, on one line."""
    shown_names = ", ".join(_cut(name) for name in found[:_SHOWN])
    return shown_names if len(found) <= _SHOWN else f"{shown_names} … ({len(found)})"


def _cut(name: str) -> str:
    return shorten(shown(name) if "," in name else visible(name), _NAME)
