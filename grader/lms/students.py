"""Which column of a table of answers identifies the student: ids before e-mail addresses before names, never a guess.

The wrong column loses work: two people with one name become one student, whose newer submission replaces the other's.
So if the columns of a table disagree about who is who, the instructor must choose.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.errors import Place, UsageError
from grader.lms.roster import read_roster
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown

STUDENT_COLUMN = "student"
"""The header of our own tables; with this exact spelling it takes precedence."""
_IDS = (
    *("student id", "studentid", "student number", "matriculation number", "matrikelnummer", "شماره دانشجویی"),
    *("sis user id", "sis id", "id number", "idnumber", "id", "username", "user name", "login", "login id"),
    "sis login id",
)
_EMAILS = ("email", "email address", "e-mail", "e-mail address", "mail", "ایمیل", "نشانی ایمیل")
_NAMES = ("student", "student name", "name", "full name", "نام و نام خانوادگی", "نام")
FIRST = ("first name", "given name", "vorname", "prénom", "نام")
LAST = ("last name", "surname", "family name", "nachname", "nom", "نام خانوادگی")
_RESPONSES = (("start time", "completion time"), ("startzeit", "fertigstellungszeit"))
"""Microsoft Forms has these columns besides `ID`, which there is the number of the response."""
_NOBODY = ("anonymous", "anonym", "ناشناس")
"""What anonymous forms write instead of an address."""


def plain(header: str) -> str:
    """A header normalised for comparison: without case, underscores and repeated blanks.

    >>> plain(" SIS_ID "), plain("E-Mail  address")
    ('sis id', 'e-mail address')
    """
    return " ".join(unicodedata.normalize("NFC", header).replace("_", " ").split()).casefold()


def is_nobody(cell: str) -> bool:
    """Whether a cell is a form's word for an anonymous response."""
    return cell.strip().casefold() in _NOBODY


class Candidates:
    """The columns of a table that could identify the student, best first."""

    def __init__(self, headers: Sequence[str], rows: Sequence[Sequence[str]], taken: Mapping[int, str]) -> None:
        """Columns with another meaning (`taken`) and blank columns are not candidates."""
        self.headers = headers
        self.rows = rows
        folded = [plain(header) for header in headers]
        free = {
            place: name
            for place, name in enumerate(folded)
            if place not in taken and any(self._cell(row, place) for row in rows)
        }
        responses = any(set(pair) <= set(folded) for pair in _RESPONSES)
        ids = tuple(name for name in _IDS if name != "id" or not responses)
        own = [place for place in free if headers[place] == STUDENT_COLUMN]
        self.ids = [*own, *_in_order(free, ids)]
        self.emails = _in_order(free, _EMAILS)
        self.names = [place for place in _in_order(free, _NAMES) if place not in own]
        self._pair = [*_in_order(free, FIRST)[:1], *_in_order(free, LAST)[:1]]

    def choose(self, file: str) -> int | None:
        """The column that identifies the student; None if there is none.

        Raises:
            UsageError: two columns with one header, or columns that disagree about who is who.
        """
        found = next((group[0] for group in (self.ids, self.emails, self.names) if group), None)
        if found is None:
            return None
        if sum(plain(header) == plain(self.headers[found]) for header in self.headers) > 1:
            raise UsageError(sentence("two columns stand for {target}", target=shown(STUDENT_COLUMN)), Place(file=file))
        for columns in self._others(found):
            said = self._disagreement(found, columns)
            if said is not None:
                raise UsageError(said, Place(file=file))
        return found

    def namesakes(self, chosen: int) -> set[int]:
        """The rows with the same name in a chosen column of names but different ids or addresses."""
        others = [] if chosen in (*self.ids, *self.emails) else [*self.ids, *self.emails]
        return {
            place + 2
            for places in self._groups((chosen,)).values()
            if any(len({self._cell(self.rows[place], column) for place in places} - {""}) > 1 for column in others)
            for place in places
        }

    def _others(self, found: int) -> Iterator[tuple[int, ...]]:
        """The columns to compare the chosen one with; a first and a last name together count as one."""
        yield from ((column,) for column in (*self.ids, *self.emails, *self.names) if column != found)
        if len(self._pair) == 2 and found not in self._pair:
            yield tuple(self._pair)

    def _disagreement(self, found: int, columns: tuple[int, ...]) -> Sentence | None:
        """The message if rows are one student by one column and two by another."""
        header = " + ".join(self.headers[column] for column in columns)
        told_apart = self._split(columns, (found,))
        if told_apart is not None:
            return _asked(header, self.headers[found], told_apart)
        # One id with two spellings of a name is one person; with two different ids or addresses it may be a slip.
        if columns[0] in self.ids or columns[0] in self.emails:
            told_apart = self._split((found,), columns)
            if told_apart is not None:
                return _asked(self.headers[found], header, told_apart)
        return None

    def _split(self, same: tuple[int, ...], different: tuple[int, ...]) -> tuple[int, int] | None:
        """The first two rows with the same cells in some columns and different ones in others; blanks are ignored."""
        for places in self._groups(same).values():
            texts = [(text, place) for place in places if (text := self._text(self.rows[place], different))]
            other = next((place for text, place in texts if text != texts[0][0]), None)
            if other is not None:
                return texts[0][1] + 2, other + 2
        return None

    def _groups(self, columns: tuple[int, ...]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows):
            text = self._text(row, columns)
            if text:
                found.setdefault(text, []).append(place)
        return found

    def _text(self, row: Sequence[str], columns: tuple[int, ...]) -> str:
        """The cells as one text for comparison; empty if any is blank."""
        cells = [self._cell(row, column) for column in columns]
        return " ".join(cells) if all(cells) else ""

    @staticmethod
    def _cell(row: Sequence[str], column: int) -> str:
        text = row[column].strip() if column < len(row) else ""
        return "" if is_nobody(text) else text


def students_of(path: Path) -> list[str]:
    """The students of a table, without repetition, in order.

    Raises UsageError if it is not a table, or no column identifies the students.
    """
    roster = read_roster(path)
    column = Candidates(roster.header, roster.rows, {}).choose(path.name)
    if column is None:
        said = sentence(
            "expected a column of ids, e-mail addresses or names of students, received {columns}",
            columns=listed(roster.header),
        )
        raise UsageError(said, Place(file=path.name))
    return list(dict.fromkeys(cell for row in roster.rows if (cell := row[column].strip())))


def _in_order(free: Mapping[int, str], names: Sequence[str]) -> list[int]:
    """The columns with one of these headers, in the order of the headers."""
    return [place for name in names for place, header in free.items() if header == name]


def _asked(same: str, different: str, rows: tuple[int, int]) -> Sentence:
    return sentence(
        "rows {rows} have one {same} and two values of {different}: say with --student which column names the student",
        rows=listed(map(str, rows)),
        same=shown(same),
        different=shown(different),
    )
