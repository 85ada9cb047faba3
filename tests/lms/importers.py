"""The rules by which gradebooks read files, written again as readers: what they refuse is an error here."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

_CONVERTED = re.compile(r"^-?[0-9.,]+%?$")
_DROPPED = re.compile(r"(?:Current|Final|Override) (?:Score|Points|Grade)")


def table(path: Path, *, for_people: bool = False) -> list[list[str]]:
    data = path.read_bytes().decode("utf-8")
    assert data.startswith("\ufeff") == for_people, "Excel wants the mark; to an importer it is part of a header"
    data = data.removeprefix("\ufeff")
    rows = list(csv.reader(data.splitlines(keepends=True), strict=True))
    assert len({len(row) for row in rows}) == 1, "every row has as many cells"
    return rows


def no_formula(path: Path, *, for_people: bool = False) -> None:
    """No text cell of a file begins with what a spreadsheet runs; numbers may be negative."""
    for row in table(path, for_people=for_people):
        for cell in row:
            number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
            assert number or cell == "--" or cell[:1] not in tuple("=+-@\t\r\n"), cell
            assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", cell), cell


def canvas(path: Path, students: Iterable[dict[str, str]], assignments: dict[str, str]) -> dict[str, Decimal]:
    """What Canvas takes from the file: scores by the ID of the student. `assignments` are titles by number."""
    header, points, *rows = table(path)
    assert "Student" in header[0]
    assert "ID" in header[1]
    last = header.index("Section")
    assert len(header) > 3
    assert "Points Possible" in points[0]
    titles = header[last + 1 :]
    assert len(titles) == 1
    assert not _DROPPED.search(titles[0]), "the column would be dropped"
    number = re.search(r"\((\d+)\)$", titles[0])
    assert (number and number[1] in assignments) or titles[0] in assignments.values(), "a new assignment is made"
    known = list(students)
    found: dict[str, Decimal] = {}
    for row in rows:
        person = next(
            (
                one
                for name in ("ID", "SIS User ID", "SIS Login ID", "Student")
                for one in known
                if name in header and row[header.index(name)] and row[header.index(name)] == one[name]
            ),
            None,
        )
        assert person is not None, f"missing student {row}"
        for name in header[:last]:
            assert row[header.index(name)] == person[name], "the information columns are as they were"
        cell = row[last + 1]
        if cell in ("", "-"):
            continue
        assert _CONVERTED.fullmatch(cell)
        assert "," not in cell, "a thousands mark would be read as a decimal"
        assert cell == f"{Decimal(cell):.2f}", "scores are compared at two decimals"
        assert person["ID"] not in found
        found[person["ID"]] = Decimal(cell)
    return found


def moodle(path: Path, users: Iterable[dict[str, str]], most: Decimal, by: str = "username") -> dict[str, Decimal]:
    """What Moodle takes from the file, by username; one bad row and nothing is taken."""
    header, *rows = table(path)
    assert header[:3] == ["username", "idnumber", "email"]
    assert header[4] == f"{header[3]} (feedback)"
    known = {one[by]: one["username"] for one in users}
    found: dict[str, Decimal] = {}
    for row in rows:
        user = row[header.index(by)]
        assert user in known, f"unknown user {user!r}: the whole import is aborted"
        if row[3] in ("", "-"):
            continue
        assert re.fullmatch(r"\d+(\.\d+)?", row[3]), "no number: the whole import is aborted"
        assert Decimal(row[3]) <= most
        assert known[user] not in found
        found[known[user]] = Decimal(row[3])
    return found


def gradescope(path: Path) -> Decimal:
    """The total that Gradescope takes from a results file."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    top = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format"}
    assert set(document) <= top | {"visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"}
    formats = {"text", "html", "simple_format", "md", "ansi"}
    visible = {"hidden", "after_due_date", "after_published", "visible"}
    assert document.get("output_format", "text") in formats
    assert document.get("visibility", "visible") in visible
    assert isinstance(document.get("output", ""), str)
    fields = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"}
    for test in document.get("tests", []):
        assert set(test) <= fields | {"visibility", "extra_data"}
        assert test.get("status", "passed") in ("passed", "failed")
        assert test["visibility"] != "hidden", "one hidden test hides the total"
        assert 0 <= Decimal(test["score"]) <= Decimal(test["max_score"])
        assert isinstance(test["number"], str)
    if "score" not in document:
        assert all("score" in test for test in document["tests"])
        return sum((Decimal(test["score"]) for test in document["tests"]), Decimal(0))
    if document.get("tests"):
        assert sum((Decimal(test["score"]) for test in document["tests"]), Decimal(0)) == document["score"]
    return Decimal(document["score"])
